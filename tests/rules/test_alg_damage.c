/*
 * Text that was replaced in part, and text that only looks odd.
 */

#include "rules/alg_damage.h"

#include "support/check.h"

#define START "REGISTER sip:example.com SIP/2.0\r\n"
#define VIA "Via: SIP/2.0/UDP 192.168.1.10:5060;branch=z9hG4bKabc;rport\r\n"
#define REST                                  \
    "From: <sip:alice@example.com>;tag=1\r\n" \
    "To: <sip:alice@example.com>\r\n"         \
    "Call-ID: 1\r\n"                          \
    "CSeq: 1 REGISTER\r\n"
#define CONTACT "Contact: <sip:alice@192.168.1.10:5060>\r\n"
#define END "Content-Length: 0\r\n\r\n"

static SipMessage *parse(const char *text)
{
    NetMeta meta = { .flow.transport = NET_UDP };

    return sip_message_parse(&meta, str_of(text), 0);
}

static void assert_kind(const char *text, AlgDamageKind kind, const char *header)
{
    g_autoptr(SipMessage) message = parse(text);
    AlgDamage damage = alg_damage_find(message, NULL);

    if (damage.kind != kind)
        print_message("%s\n", text);
    assert_int_equal(damage.kind, kind);
    assert_string_equal(alg_damage_header(&damage), header);
    assert_false(alg_damage_spares(message, &damage));
}

static void assert_whole(const char *text)
{
    g_autoptr(SipMessage) message = parse(text);
    AlgDamage damage = alg_damage_find(message, NULL);

    if (damage.kind != ALG_DAMAGE_NONE)
        print_message("%s\n", text);
    assert_int_equal(damage.kind, ALG_DAMAGE_NONE);
}

static void a_port_behind_a_port_is_damage(void **state)
{
    assert_kind(START VIA REST "Contact: <sip:alice@203.0.113.9:5060:5060>\r\n" END,
                ALG_DAMAGE_PORT, "Contact");
    assert_kind(START "Via: SIP/2.0/UDP 203.0.113.9:40001:5060;branch=z9hG4bKabc\r\n" REST END,
                ALG_DAMAGE_PORT, "Via");
    assert_kind("REGISTER sip:example.com:5060:5060 SIP/2.0\r\n" VIA REST END, ALG_DAMAGE_PORT,
                "Request-URI");
}

static void an_address_with_the_rest_of_another_is_damage(void **state)
{
    assert_kind(START VIA REST "Contact: <sip:alice@203.0.113.968.1.10:5060>\r\n" END,
                ALG_DAMAGE_HOST, "Contact");
    assert_kind(START VIA REST "Contact: <sip:alice@203.0.113.9.10>\r\n" END, ALG_DAMAGE_HOST,
                "Contact");
    assert_kind(START "Via: SIP/2.0/UDP 203.0.1130:5060;branch=z9hG4bKabc\r\n" REST END,
                ALG_DAMAGE_HOST, "Via");
}

static void an_unusual_address_is_none(void **state)
{
    assert_whole(START VIA REST "Contact: <sip:alice@[2001:db8::1]:5060>\r\n" END);
    assert_whole(START VIA REST "Contact: <sip:alice@2001:db8::1>\r\n" END);
    assert_whole(START VIA REST "Contact: <sip:alice@192.168.001.010>\r\n" END);
    assert_whole(START VIA REST "Contact: <sip:alice@phone-1.example.com>\r\n" END);
    assert_whole(START VIA REST "Contact: <sip:alice@df7jal23ls0d.invalid;transport=ws>\r\n" END);
    assert_whole(START VIA REST "Contact: <tel:+15550100>\r\n" END);
    assert_whole(START VIA REST "Contact: *\r\nExpires: 0\r\n" END);
}

static void a_parameter_that_a_box_adds_stands_once(void **state)
{
    assert_kind(START
                "Via: SIP/2.0/UDP 192.168.1.10;branch=z9hG4bKabc;rport=40001;rport\r\n" REST END,
                ALG_DAMAGE_PARAM, "Via");
    assert_kind(START VIA REST
                "Contact: <sip:alice@192.168.1.10;transport=udp;transport=udp>\r\n" END,
                ALG_DAMAGE_PARAM, "Contact");
    assert_kind(START VIA REST "Contact: <sip:alice@192.168.1.10>;expires=60;expires=60\r\n" END,
                ALG_DAMAGE_PARAM, "Contact");
}

/* IMS phones list a feature tag more than once. */
static void other_parameters_may_stand_twice(void **state)
{
    assert_whole(START VIA REST "Contact: <sip:alice@192.168.1.10>;+g.3gpp.icsi-ref=\"a\";"
                                "+g.3gpp.icsi-ref=\"b\"\r\n" END);
    assert_whole(START VIA REST "Contact: <sip:alice@192.168.1.10;expires=1>;expires=60\r\n" END);
}

static void a_bracket_that_stays_open_is_damage(void **state)
{
    assert_kind(START VIA REST "Contact: <sip:alice@192.168\r\n" END, ALG_DAMAGE_CUT, "Contact");
    assert_whole(START VIA REST "Contact: \"a < b\" <sip:alice@192.168.1.10>\r\n" END);
    assert_whole(START VIA REST "Contact: \"a \\\" < b\" <sip:alice@192.168.1.10>\r\n" END);
}

static void a_datagram_that_breaks_off_is_damaged(void **state)
{
    assert_kind(START VIA REST "Contact: <sip:alice@192.168.1.10>\r\nUser-Ag", ALG_DAMAGE_CUT,
                "header");
}

static void a_missing_last_line_end_is_carelessness(void **state)
{
    assert_whole(START VIA REST CONTACT "Content-Length: 0");
    assert_whole(START VIA REST CONTACT "Content-Length: 0\r\n");
}

static void a_length_that_counts_other_bytes_is_damage(void **state)
{
    assert_kind(START VIA REST CONTACT "Content-Length: 9\r\n\r\nhello", ALG_DAMAGE_LENGTH,
                "Content-Length");
    assert_kind(START VIA REST CONTACT "Content-Length: 2\r\n\r\nhello", ALG_DAMAGE_LENGTH,
                "Content-Length");
    assert_kind(START VIA REST CONTACT "Content-Length: 0\r\n\r\nhello", ALG_DAMAGE_LENGTH,
                "Content-Length");
}

static void tells_how_many_bytes_there_are(void **state)
{
    static const struct {
        const char *end;
        const char *expected;
    } cases[] = {
        { "Content-Length: 9\r\n\r\nhello", "5, the bytes that follow" },
        { "Content-Length: 2\r\n\r\nhello", "5, the bytes that follow" },
        { "Content-Length: 0\r\n\r\nhello", "5, the bytes that follow" },
        { "Content-Length: 7\n\n", "0, the bytes that follow" },
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *text = g_strconcat(START VIA REST CONTACT, cases[i].end, NULL);
        g_autoptr(SipMessage) message = parse(text);
        AlgDamage damage = alg_damage_find(message, NULL);
        g_autofree char *expected = alg_damage_expected(message, &damage);

        assert_string_equal(expected, cases[i].expected);
    }
}

static void line_ends_behind_the_body_are_nobodys_damage(void **state)
{
    assert_whole(START VIA REST CONTACT "Content-Length: 0\r\n\r\n\r\n\r\n");
    assert_whole(START VIA REST CONTACT "Content-Length: 5\r\n\r\nhello\r\n");
    assert_whole(START VIA REST CONTACT "\r\n");
}

static void over_a_stream_the_length_cuts_the_messages(void **state)
{
    NetMeta meta = { .flow.transport = NET_TCP };
    g_autoptr(SipMessage) message =
        sip_message_parse(&meta, STR(START VIA REST CONTACT "Content-Length: 9\r\n\r\nhello"), 0);

    assert_int_equal(alg_damage_find(message, NULL).kind, ALG_DAMAGE_NONE);
}

static void what_the_capture_cut_is_whole(void **state)
{
    NetMeta meta = { .flow.transport = NET_UDP, .anomalies = NET_TRUNCATED };
    g_autoptr(SipMessage) message =
        sip_message_parse(&meta, STR(START VIA REST "Contact: <sip:alice@192.16"), 0);

    assert_true(message->anomalies & SIP_CUT_SHORT);
    assert_int_equal(alg_damage_find(message, NULL).kind, ALG_DAMAGE_NONE);
}

/* The answer repeats the From of the request, and its To with a tag. */
static void what_was_seen_before_is_passed_over(void **state)
{
    static const char text[] = START VIA "To: <sip:alice@1.2.3.4.5>%s\r\n" END;
    g_autofree char *request = g_strdup_printf(text, "");
    g_autofree char *answer = g_strdup_printf(text, ";tag=1");
    g_autoptr(SipMessage) seen = parse(request);
    g_autoptr(SipMessage) message = parse(answer);

    assert_int_equal(alg_damage_find(message, NULL).kind, ALG_DAMAGE_HOST);
    assert_int_equal(alg_damage_find(message, seen).kind, ALG_DAMAGE_NONE);
}

/* Of Via an answer has one parameter more: any other has been doubled. */
static void a_via_like_the_one_before_is_passed_over(void **state)
{
    static const struct {
        const char *params;
        AlgDamageKind kind;
    } cases[] = {
        { ";branch=z9hG4bKabc;rport=40001;received=203.0.113.2", ALG_DAMAGE_NONE },
        { ";branch=z9hG4bKabc;rport=40001;rport", ALG_DAMAGE_PARAM },
        { ";branch=z9hG4bKabc;rport=40001;rport;received=203.0.113.2", ALG_DAMAGE_PARAM },
        { ";branch=z9hG4bKabc;rport;received=203.0.113.2;received=1.2.3.4", ALG_DAMAGE_PARAM },
        { ":5060;branch=z9hG4bKabc;rport", ALG_DAMAGE_PORT },
    };
    g_autoptr(SipMessage) seen = parse(START VIA REST END);

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *text = g_strdup_printf(
            "SIP/2.0 401 Unauthorized\r\nVia: SIP/2.0/UDP 192.168.1.10:5060%s\r\n" REST END,
            cases[i].params);
        g_autoptr(SipMessage) message = parse(text);

        assert_int_equal(alg_damage_find(message, seen).kind, cases[i].kind);
    }
}

static void survives_any_cut(void **state)
{
    static const char text[] =
        START "Via: SIP/2.0/UDP 203.0.113.9:1:2;rport;rport=1\r\n" REST
              "Contact: \"a\\\"\" <sip:a@1.2.3.4.5:1:2;transport=udp;transport=udp>;expires=1\r\n"
              "Content-Length: 9\r\n\r\nhello";

    for (size_t len = 0; len < sizeof(text); len++) {
        g_autofree char *copy = g_memdup2(text, len > 0 ? len : 1);
        NetMeta meta = { .flow.transport = NET_UDP };
        g_autoptr(SipMessage) message = sip_message_parse(&meta, (Str){ copy, len }, 0);
        AlgDamage damage = alg_damage_find(message, NULL);
        g_autofree char *expected = alg_damage_expected(message, &damage);

        assert_true((expected != NULL) == (damage.kind != ALG_DAMAGE_NONE));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_port_behind_a_port_is_damage),
        cmocka_unit_test(an_address_with_the_rest_of_another_is_damage),
        cmocka_unit_test(an_unusual_address_is_none),
        cmocka_unit_test(a_parameter_that_a_box_adds_stands_once),
        cmocka_unit_test(other_parameters_may_stand_twice),
        cmocka_unit_test(a_bracket_that_stays_open_is_damage),
        cmocka_unit_test(a_datagram_that_breaks_off_is_damaged),
        cmocka_unit_test(a_missing_last_line_end_is_carelessness),
        cmocka_unit_test(a_length_that_counts_other_bytes_is_damage),
        cmocka_unit_test(tells_how_many_bytes_there_are),
        cmocka_unit_test(line_ends_behind_the_body_are_nobodys_damage),
        cmocka_unit_test(over_a_stream_the_length_cuts_the_messages),
        cmocka_unit_test(what_the_capture_cut_is_whole),
        cmocka_unit_test(what_was_seen_before_is_passed_over),
        cmocka_unit_test(a_via_like_the_one_before_is_passed_over),
        cmocka_unit_test(survives_any_cut),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
