/*
 * The kinds of trouble that RFC 4475 and RFC 5118 collect, in messages of our
 * own: what is legal and looks wrong must be read without complaint, what is
 * wrong must be named, and in both cases the rest must be there.
 */

#include "collect.h"
#include "sip/value.h"

#define REST "Call-ID: c\r\nCSeq: 1 REGISTER\r\n"
#define FROM "From: <sip:a@example.com>;tag=1\r\n"
#define TO "To: <sip:a@example.com>\r\n"
#define VIA "Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKa\r\n"
#define LINE "REGISTER sip:example.com SIP/2.0\r\n"
#define MANY_AS "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

/* Which of the values of the message keep their grammar. */
typedef enum Good {
    URI = 1 << 0,
    SENDER = 1 << 1,
    RECEIVER = 1 << 2,
    CONTACTS = 1 << 3, /* all of them; none is good too */
    PATH = 1 << 4,     /* all values of Via */
    ALL = URI | SENDER | RECEIVER | CONTACTS | PATH,
} Good;

typedef struct Case {
    const char *what;
    const char *text;
    uint32_t anomalies;
    unsigned good; /* of Good */
} Case;

static const Case cases[] = {
    { "short and folded names in a strange order",
      LINE "t \t:\r\n <sip:a@example.com>\r\nl\t: 0\r\nCSEQ :\r\n\t0001  \r\n REGISTER\r\n"
           "i:c\r\nf:\"\\\\\\\"\"<sip:a@example.com>\r\n\t;tag=1\r\n"
           "v: SIP / 2.0\r\n /UDP\r\n 192.0.2.1;branch=z9hG4bKa\r\n\r\n",
      SIP_FOLDED, ALL },
    { "every character that a method may have",
      "a!%*_+`'~.-9 sip:example.com SIP/2.0\r\n" VIA FROM TO "Call-ID: c\r\n"
      "CSeq: 1 a!%*_+`'~.-9\r\n\r\n",
      0, ALL },
    { "escapes that hide another URI in the user part",
      "REGISTER sip:sips%3Auser%40example.com@example.net SIP/2.0\r\n" VIA FROM TO REST "\r\n", 0,
      ALL },
    { "an escaped NUL", LINE VIA "From: <sip:null-%00-null@example.com>;tag=1\r\n" TO REST "\r\n",
      0, ALL },
    { "percent signs that escape nothing in the method",
      "RE%47ISTER sip:example.com SIP/2.0\r\n" VIA FROM TO "Call-ID: c\r\n"
      "CSeq: 1 RE%47ISTER\r\n\r\n",
      0, ALL },
    { "no blank between name and bracket",
      LINE VIA "From: caller<sip:a@example.com>;tag=1\r\n" TO REST "\r\n", 0, ALL },
    { "long values",
      LINE VIA "From: \"" MANY_AS MANY_AS "\" <sip:" MANY_AS "@example.com;" MANY_AS "=" MANY_AS
               ">;tag=" MANY_AS "\r\n" TO REST "\r\n",
      0, ALL },
    { "a second message behind the first",
      LINE VIA FROM TO REST "l: 0\r\n\r\n" LINE VIA FROM TO REST "\r\n", SIP_LENGTH_TOO_SMALL,
      ALL },
    { "a semicolon in the user part",
      "REGISTER sip:user;par=u%40example.net@example.com SIP/2.0\r\n" VIA FROM TO REST "\r\n", 0,
      ALL },
    { "transports nobody has heard of",
      LINE VIA
      "Via: SIP/2.0/UNKNOWN a.example.com;branch=b, SIP/2.0/TLS b.example.com\r\n" FROM TO REST
      "\r\n",
      0, ALL },
    { "parameters of a contact without brackets",
      LINE VIA FROM TO REST "Contact: sip:+19725552222@gw1.example.net;unknownparam\r\n\r\n", 0,
      ALL },
    { "an escaped header in a contact",
      LINE VIA FROM TO REST "m: <sip:a@example.com?Route=%3Csip:b.example.com%3E>\r\n\r\n", 0,
      ALL },
    { "separators all over the place",
      LINE "Via: SIP/2.0/UDP 192.0.2.15;;,;,,\r\n" FROM TO REST
           "Contact: \"Joe\" <sip:joe@example.org>;;;;\r\n\r\n",
      0, ALL & ~PATH },
    { "a length larger than the datagram", LINE VIA FROM TO REST "l: 9999\r\n\r\nbody",
      SIP_LENGTH_TOO_LARGE, ALL },
    { "a negative length", LINE VIA FROM TO REST "l: -999\r\n\r\nbody", SIP_LENGTH_MALFORMED, ALL },
    { "numbers that are too large",
      LINE VIA FROM TO "Call-ID: c\r\nCSeq: 36893488147419103232 REGISTER\r\n"
                       "Max-Forwards: 300\r\nExpires: 1000000000000000000000\r\n\r\n",
      SIP_CSEQ_MALFORMED, ALL },
    { "a quote that is never closed",
      LINE VIA FROM "To: \"Mr. J. User <sip:j.user@example.com>\r\n" REST "\r\n", 0,
      ALL & ~RECEIVER },
    { "brackets around the URI of the request",
      "REGISTER <sip:example.com> SIP/2.0\r\n" VIA FROM TO REST "\r\n", SIP_BAD_START_LINE,
      ALL & ~URI },
    { "blanks in the URI of the request",
      "REGISTER sip:example.com; lr SIP/2.0\r\n" VIA FROM TO REST "\r\n", SIP_BAD_START_LINE,
      ALL & ~URI },
    { "more than one blank in the start line",
      "REGISTER  sip:example.com  SIP/2.0\r\n" VIA FROM TO REST "\r\n", SIP_BAD_START_LINE, ALL },
    { "a blank behind the start line",
      "REGISTER sip:example.com SIP/2.0 \r\n" VIA FROM TO REST "\r\n", SIP_BAD_START_LINE, ALL },
    { "blanks inside of brackets", LINE VIA FROM "To: \"A\" < sip:a@example.com >\r\n" REST "\r\n",
      0, ALL & ~RECEIVER },
    { "a comma in a name without quotes",
      LINE VIA "From: Bell, Alexander <sip:a@example.com>;tag=1\r\n" TO REST "\r\n", 0,
      ALL & ~SENDER },
    { "a question mark in a contact without brackets",
      LINE VIA FROM TO REST "Contact: sip:a@example.com?Route=%3Csip:b%3E\r\n\r\n", 0,
      ALL & ~CONTACTS },
    { "a method that contradicts CSeq", LINE VIA FROM TO "Call-ID: c\r\nCSeq: 1 OPTIONS\r\n\r\n",
      SIP_CSEQ_METHOD_DIFFERS, ALL },
    { "single headers twice", LINE VIA FROM TO REST "Call-ID: d\r\nCSeq: 2 REGISTER\r\n\r\n",
      SIP_DUPLICATE_HEADER, ALL },
    { "two lengths", LINE VIA FROM TO REST "l: 4\r\nl: 5\r\n\r\nbody", SIP_DUPLICATE_HEADER, ALL },
    { "nothing but a start line", LINE "\r\n",
      SIP_NO_VIA | SIP_NO_FROM | SIP_NO_TO | SIP_NO_CALL_ID | SIP_NO_CSEQ, URI | CONTACTS | PATH },
    { "schemes nobody has heard of",
      "REGISTER soap.beep://192.0.2.103:3002 SIP/2.0\r\n" VIA
      "From: <name:John_Smith>;tag=1\r\nTo: isbn:2983792873\r\n" REST "\r\n",
      0, ALL },
    { "no branch and no tag, as in RFC 2543",
      LINE "Via: SIP/2.0/UDP h\r\nFrom: sip:a@example.com\r\n" TO REST "\r\n", 0, ALL },
    { "IPv6 in every place",
      "REGISTER sip:[2001:db8::10] SIP/2.0\r\n"
      "Via: SIP/2.0/UDP [2001:db8::9:1]:5070;received=[2001:db8::9:255];branch=b\r\n" FROM TO REST
      "Contact: <sip:a@[2001:db8::1]:5060>, <sip:a@[::ffff:192.0.2.1]>\r\n\r\n",
      0, ALL },
    { "an IPv6 address without brackets",
      "REGISTER sip:2001:db8::10 SIP/2.0\r\n" VIA FROM TO REST "\r\n", 0, ALL & ~URI },
    { "a received parameter without brackets",
      LINE "Via: SIP/2.0/UDP [2001:db8::9:1];received=2001:db8::9:255;branch=b\r\n" FROM TO REST
           "\r\n",
      0, ALL },
    { "a port that could be the end of the address",
      "REGISTER sip:[2001:db8::10:5070] SIP/2.0\r\n" VIA FROM TO REST "\r\n", 0, ALL },
};

static bool all_ok(const SipMessage *message, SipHeaderId id)
{
    SipValues cursor = { 0 };
    bool ok = true;

    for (Str value; sip_values_next(message, id, &cursor, &value);)
        ok &= id == SIP_HEADER_VIA ? sip_via_parse(value).ok : sip_name_addr_parse(value).ok;
    return ok;
}

static unsigned good_parts(const SipMessage *message)
{
    Str from = sip_message_first(message, SIP_HEADER_FROM);
    Str to = sip_message_first(message, SIP_HEADER_TO);

    return (sip_uri_parse(message->request_uri).ok ? URI : 0U)
           | (sip_name_addr_parse(from).ok ? SENDER : 0U)
           | (sip_name_addr_parse(to).ok ? RECEIVER : 0U)
           | (all_ok(message, SIP_HEADER_CONTACT) ? CONTACTS : 0U)
           | (all_ok(message, SIP_HEADER_VIA) ? PATH : 0U);
}

static void each_kind_of_trouble_is_read_and_named(void **state)
{
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(Collected) c = collected_new();

        collected_datagram(c, str_of(cases[i].text), 0);
        assert_int_equal(c->messages->len, 1);

        const SipMessage *message = collected_message(c, 0);

        if (message->anomalies != cases[i].anomalies || good_parts(message) != cases[i].good)
            fail_msg("%s: anomalies %x, good %x", cases[i].what, message->anomalies,
                     good_parts(message));
    }
}

static void survives_any_cut(void **state)
{
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        Str text = str_of(cases[i].text);

        for (size_t len = 0; len < text.len; len++) {
            g_autoptr(Collected) c = collected_new();

            collected_datagram(c, str_first(text, len), NET_TRUNCATED);
            for (unsigned n = 0; n < c->messages->len; n++)
                good_parts(collected_message(c, n));
            assert_true(c->messages->len <= 1);
        }
    }
}

static void a_status_that_is_none_is_named(void **state)
{
    g_autoptr(Collected) c = collected_new();

    collected_datagram(c, STR("SIP/2.0 4294967301 better not break\r\n" VIA FROM TO REST "\r\n"),
                       0);
    collected_datagram(c, STR("SIP/2.0 100 \r\n" VIA FROM TO REST "\r\n"), 0);
    collected_datagram(c, STR("SIP/2.0 200 = 2**3 * 5**2 \xd0\xbd\r\n" VIA FROM TO REST "\r\n"), 0);
    assert_int_equal(collected_message(c, 0)->anomalies, SIP_BAD_START_LINE);
    assert_int_equal(collected_message(c, 0)->status, 0);
    assert_int_equal(collected_message(c, 1)->anomalies, 0);
    assert_int_equal(collected_message(c, 1)->reason.len, 0);
    assert_int_equal(collected_message(c, 2)->anomalies, 0);
    assert_str_equal(collected_message(c, 2)->reason, "= 2**3 * 5**2 \xd0\xbd");
}

static void another_version_is_not_sip(void **state)
{
    g_autoptr(Collected) c = collected_new();

    collected_datagram(c, STR("REGISTER sip:example.com SIP/7.0\r\n" VIA FROM TO REST "\r\n"), 0);
    assert_int_equal(c->messages->len, 0);
    assert_int_equal(sip_framer_stats(c->framer)->not_sip, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_kind_of_trouble_is_read_and_named),
        cmocka_unit_test(survives_any_cut),
        cmocka_unit_test(a_status_that_is_none_is_named),
        cmocka_unit_test(another_version_is_not_sip),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
