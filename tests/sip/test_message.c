/* Whole messages. */

#include <glib.h>

#include "sip/message.h"
#include "support/check.h"

#define HEADERS                                          \
    "Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1\r\n"     \
    "From: \"A\" <sip:a@example.com;x=y>;tag=from-1\r\n" \
    "To: sip:a@example.com;tag=to-1\r\n"                 \
    "Call-ID: one@192.0.2.1\r\n"                         \
    "CSeq: 7 REGISTER\r\n"

#define REGISTER "REGISTER sip:example.com SIP/2.0\r\n" HEADERS

static const NetMeta udp = { .flow.transport = NET_UDP };
static const NetMeta cut_udp = { .flow.transport = NET_UDP, .anomalies = NET_TRUNCATED };

static void reads_a_request(void **state)
{
    g_autoptr(SipMessage) m = sip_message_parse(&udp, STR(REGISTER "l: 4\r\n\r\nbody"), 0);

    assert_int_equal(m->anomalies, 0);
    assert_true(m->is_request);
    assert_false(m->over_websocket);
    assert_int_equal(m->method, SIP_METHOD_REGISTER);
    assert_int_equal(m->status, 0);
    assert_str_equal(m->method_name, "REGISTER");
    assert_str_equal(m->request_uri, "sip:example.com");
    assert_false(str_present(m->reason));
    assert_str_equal(m->call_id, "one@192.0.2.1");
    assert_int_equal(m->cseq, 7);
    assert_str_equal(m->from_tag, "from-1");
    assert_str_equal(m->to_tag, "to-1");
    assert_str_equal(m->branch, "z9hG4bK1");
    assert_str_equal(m->body, "body");
    assert_int_equal(m->n_headers, 6);
}

static void reads_a_response(void **state)
{
    g_autoptr(SipMessage) m =
        sip_message_parse(&udp, STR("SIP/2.0 200 All fine\r\n" HEADERS "\r\n"), 0);

    assert_int_equal(m->anomalies, 0);
    assert_false(m->is_request);
    assert_int_equal(m->status, 200);
    assert_str_equal(m->reason, "All fine");
    assert_int_equal(m->method, SIP_METHOD_REGISTER);
    assert_str_equal(m->method_name, "REGISTER");
    assert_false(str_present(m->request_uri));
    assert_false(str_present(m->body));
}

static void points_only_into_its_own_bytes(void **state)
{
    char *text = g_strdup(REGISTER "\r\nbody");
    g_autoptr(SipMessage) m = sip_message_parse(&udp, str_of(text), 0);

    memset(text, 'x', strlen(text));
    g_free(text);
    assert_str_equal(m->raw, REGISTER "\r\nbody");
    assert_str_equal(m->call_id, "one@192.0.2.1");
    assert_str_equal(m->body, "body");
    assert_true(sip_message_size(m) >= sizeof(SipMessage) + m->raw.len);
}

static void is_kept_by_references(void **state)
{
    SipMessage *m = sip_message_parse(&udp, STR(REGISTER "\r\n"), 0);
    SipMessage *again = sip_message_ref(m);

    sip_message_unref(m);
    assert_str_equal(again->call_id, "one@192.0.2.1");
    sip_message_unref(again);
    sip_message_unref(NULL);
}

static void gives_headers_by_id_and_number(void **state)
{
    g_autoptr(SipMessage) m = sip_message_parse(
        &udp, STR("OPTIONS sip:a SIP/2.0\r\nm: 1\r\nX-A: 2\r\nContact : 3\r\n\r\n"), 0);
    const SipHeader *second = sip_message_header(m, SIP_HEADER_CONTACT, 1);

    assert_str_equal(sip_message_first(m, SIP_HEADER_CONTACT), "1");
    assert_non_null(second);
    assert_str_equal(sip_message_name(m, second), "Contact");
    assert_str_equal(sip_message_value(m, second), "3");
    assert_null(sip_message_header(m, SIP_HEADER_CONTACT, 2));
    assert_null(sip_message_header(m, SIP_HEADER_DATE, 0));
    assert_false(str_present(sip_message_first(m, SIP_HEADER_DATE)));
    assert_str_equal(sip_message_value(m, sip_message_header(m, SIP_HEADER_OTHER, 0)), "2");
}

static void names_what_is_missing(void **state)
{
    const struct {
        const char *line;
        uint32_t anomaly;
    } parts[] = {
        { "Via: SIP/2.0/UDP h;branch=b\r\n", SIP_NO_VIA },
        { "From: <sip:a@b>\r\n", SIP_NO_FROM },
        { "To: <sip:a@b>\r\n", SIP_NO_TO },
        { "Call-ID: x\r\n", SIP_NO_CALL_ID },
        { "CSeq: 1 OPTIONS\r\n", SIP_NO_CSEQ },
    };

    for (unsigned left_out = 0; left_out < 1U << G_N_ELEMENTS(parts); left_out++) {
        g_autoptr(GString) text = g_string_new("OPTIONS sip:a SIP/2.0\r\n");
        uint32_t expected = 0;

        for (unsigned i = 0; i < G_N_ELEMENTS(parts); i++) {
            if (left_out & 1U << i)
                expected |= parts[i].anomaly;
            else
                g_string_append(text, parts[i].line);
        }
        g_string_append(text, "\r\n");

        g_autoptr(SipMessage) m = sip_message_parse(&udp, (Str){ text->str, text->len }, 0);

        assert_int_equal(m->anomalies, expected);
    }
}

static void assert_cseq(const char *value, uint32_t number, uint32_t anomalies)
{
    g_autofree char *text = g_strdup_printf("REGISTER sip:a SIP/2.0\r\nCSeq: %s\r\n\r\n", value);
    g_autoptr(SipMessage) m = sip_message_parse(&udp, str_of(text), 0);

    assert_int_equal(m->cseq, number);
    assert_int_equal(m->anomalies & (SIP_CSEQ_MALFORMED | SIP_CSEQ_METHOD_DIFFERS), anomalies);
}

static void reads_cseq_as_the_grammar_says(void **state)
{
    assert_cseq("0 REGISTER", 0, 0);
    assert_cseq("2147483648 REGISTER", 2147483648U, 0);
    assert_cseq("4294967295\r\n\t REGISTER", UINT32_MAX, 0);
    assert_cseq("000001 REGISTER", 1, 0);
    assert_cseq("4294967296 REGISTER", 0, SIP_CSEQ_MALFORMED);
    assert_cseq("99999999999999999999 REGISTER", 0, SIP_CSEQ_MALFORMED);
    assert_cseq("-1 REGISTER", 0, SIP_CSEQ_MALFORMED);
    assert_cseq("5 REGISTER extra", 5, SIP_CSEQ_MALFORMED);
    assert_cseq("5 register", 5, SIP_CSEQ_METHOD_DIFFERS);
    assert_cseq("5", 5, SIP_CSEQ_MALFORMED | SIP_CSEQ_METHOD_DIFFERS);
    assert_cseq("REGISTER", 0, SIP_CSEQ_MALFORMED | SIP_CSEQ_METHOD_DIFFERS);
    assert_cseq("", 0, SIP_CSEQ_MALFORMED | SIP_CSEQ_METHOD_DIFFERS);
}

static void tags_are_those_of_the_header(void **state)
{
    g_autoptr(SipMessage) m =
        sip_message_parse(&udp,
                          STR("OPTIONS sip:a SIP/2.0\r\n"
                              "f: \"x;tag=1\" <sip:a@b;tag=2>;y=\";tag=3\" ;\r\n TAG = 4\r\n"
                              "t: <sip:a@b>\r\n\r\n"),
                          0);

    assert_str_equal(m->from_tag, "4");
    assert_false(str_present(m->to_tag));
}

static void a_length_that_lies_is_named(void **state)
{
    const struct {
        Str text;
        const NetMeta *meta;
        uint32_t anomalies;
        size_t body;
    } cases[] = {
        { STR(REGISTER "l: 2\r\n\r\nbody"), &udp, SIP_LENGTH_TOO_SMALL, 2 },
        { STR(REGISTER "l: 0\r\n\r\nbody"), &udp, SIP_LENGTH_TOO_SMALL, 0 },
        { STR(REGISTER "l: 5\r\n\r\nbody"), &udp, SIP_LENGTH_TOO_LARGE, 4 },
        { STR(REGISTER "l: -4\r\n\r\nbody"), &udp, SIP_LENGTH_MALFORMED, 4 },
        { STR(REGISTER "l: 4\r\nl: 9\r\n\r\nbody"), &udp, SIP_DUPLICATE_HEADER, 4 },
        { STR(REGISTER "\r\nbody"), &udp, 0, 4 },
        { STR(REGISTER "l: 5\r\n\r\nbody"), &cut_udp, SIP_CUT_SHORT, 4 },
        { STR(REGISTER "l: 4\r\n\r\nbody"), &cut_udp, 0, 4 },
        { STR(REGISTER "\r\nbody"), &cut_udp, SIP_CUT_SHORT, 4 },
        { STR(REGISTER "l: 5\r\n"), &cut_udp, SIP_CUT_SHORT | SIP_NO_END_OF_HEADERS, 0 },
        { STR(REGISTER "l: 0\r\n"), &udp, SIP_NO_END_OF_HEADERS, 0 },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(SipMessage) m = sip_message_parse(cases[i].meta, cases[i].text, 0);

        assert_int_equal(m->anomalies, cases[i].anomalies);
        assert_int_equal(m->body.len, cases[i].body);
        assert_int_equal(m->raw.len, cases[i].text.len);
    }
}

static void call_ids_that_differ_behind_a_nul_differ(void **state)
{
    g_autoptr(SipMessage) a = sip_message_parse(&udp, STR("A sip:a SIP/2.0\r\ni: x\0y\r\n\r\n"), 0);
    g_autoptr(SipMessage) b = sip_message_parse(&udp, STR("A sip:a SIP/2.0\r\ni: x\0z\r\n\r\n"), 0);

    assert_true(a->anomalies & SIP_NUL_BYTE);
    assert_int_equal(a->call_id.len, 3);
    assert_false(str_equal(a->call_id, b->call_id));
}

static void every_kind_of_trouble_at_once_is_read(void **state)
{
    g_autoptr(SipMessage) m = sip_message_parse(
        &udp, STR("REGISTER sip:a\n bogus\nnonsense\nCall-ID: x\nCall-ID: y\nl: z"),
        SIP_JUNK_BEFORE);

    assert_int_equal(m->anomalies, SIP_BAD_START_LINE | SIP_FOLDED | SIP_BAD_HEADER_LINE
                                       | SIP_DUPLICATE_HEADER | SIP_BARE_LF | SIP_LENGTH_MALFORMED
                                       | SIP_NO_END_OF_HEADERS | SIP_NO_VIA | SIP_NO_FROM
                                       | SIP_NO_TO | SIP_NO_CSEQ | SIP_JUNK_BEFORE);
    assert_str_equal(m->call_id, "x");
}

static void the_largest_message_is_read_and_a_larger_one_is_cut(void **state)
{
    for (size_t extra = 0; extra < 2; extra++) {
        g_autoptr(GString) text = g_string_new(REGISTER "X: ");
        size_t tail = strlen("\r\ni: last\r\n\r\n");

        while (text->len < SIP_MAX_MESSAGE - tail + extra)
            g_string_append_c(text, 'x');
        g_string_append(text, "\r\ni: last\r\n\r\n");

        g_autoptr(SipMessage) m = sip_message_parse(&udp, (Str){ text->str, text->len }, 0);

        assert_int_equal(m->raw.len, SIP_MAX_MESSAGE);
        assert_int_equal(m->anomalies, SIP_DUPLICATE_HEADER
                                           | (extra ? SIP_CUT_SHORT | SIP_NO_END_OF_HEADERS : 0));
        assert_str_equal(sip_message_value(m, sip_message_header(m, SIP_HEADER_CALL_ID, 1)),
                         "last");
    }
}

static void survives_any_cut(void **state)
{
    Str good =
        STR(REGISTER "Contact: \"x\\\"\" <sip:a@[::1]>;q=1\r\n ;expires=5\r\nl: 4\r\n\r\nbody");

    for (size_t len = 0; len <= good.len; len++) {
        g_autofree char *copy = len > 0 ? g_memdup2(good.data, len) : NULL;
        g_autoptr(SipMessage) m = sip_message_parse(&cut_udp, (Str){ copy, len }, 0);

        assert_int_equal((m->anomalies & SIP_CUT_SHORT) != 0, len < good.len);
        assert_int_equal(m->raw.len, len);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_a_request),
        cmocka_unit_test(reads_a_response),
        cmocka_unit_test(points_only_into_its_own_bytes),
        cmocka_unit_test(is_kept_by_references),
        cmocka_unit_test(gives_headers_by_id_and_number),
        cmocka_unit_test(names_what_is_missing),
        cmocka_unit_test(reads_cseq_as_the_grammar_says),
        cmocka_unit_test(tags_are_those_of_the_header),
        cmocka_unit_test(a_length_that_lies_is_named),
        cmocka_unit_test(call_ids_that_differ_behind_a_nul_differ),
        cmocka_unit_test(every_kind_of_trouble_at_once_is_read),
        cmocka_unit_test(the_largest_message_is_read_and_a_larger_one_is_cut),
        cmocka_unit_test(survives_any_cut),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
