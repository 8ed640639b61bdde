/*
 * Defects of requests and answers, one at a time, and messages without any.
 */

#include "rules/defects.h"

#include "support/check.h"

#define VIA "Via: SIP/2.0/UDP 192.168.1.10:5060;branch=z9hG4bK1\r\n"
#define NAMES "From: <sip:a@b>;tag=1\r\nTo: <sip:a@b>\r\nCall-ID: c\r\nCSeq: 1 REGISTER\r\n"
#define START "REGISTER sip:example.com SIP/2.0\r\n"
#define OK "SIP/2.0 200 OK\r\n"
#define END "Content-Length: 0\r\n\r\n"

static SipMessage *message_of(const char *text, uint32_t anomalies)
{
    NetMeta meta = { .ref.frame = 1 };

    return sip_message_parse(&meta, str_of(text), anomalies);
}

static const char *request_defect(const char *text)
{
    g_autoptr(SipMessage) request = message_of(text, 0);

    return defect_of_request(request);
}

static const char *answer_defect(const char *text)
{
    g_autoptr(SipMessage) request = message_of(START VIA NAMES END, 0);
    g_autoptr(SipMessage) answer = message_of(text, 0);

    return defect_of_answer(request, answer);
}

static void assert_names(const char *defect, const char *part)
{
    if (defect == NULL || strstr(defect, part) == NULL)
        fail_msg("\"%s\" does not name \"%s\"", defect ? defect : "(none)", part);
}

static void finds_nothing_in_a_sound_request(void **state)
{
    assert_null(request_defect(START VIA NAMES "Contact: <sip:a@192.168.1.10>\r\n" END));
    assert_null(request_defect(START VIA NAMES "Contact: *\r\nExpires: 0\r\n" END));
    assert_null(request_defect("REGISTER sip:example.com;transport=tcp SIP/2.0\r\n" VIA NAMES END));
}

static void names_what_is_wrong_with_a_request(void **state)
{
    assert_names(request_defect("REGISTER sip:a@example.com SIP/2.0\r\n" VIA NAMES END),
                 "a user part");
    assert_names(request_defect(START NAMES END), "a mandatory header");
    assert_names(request_defect(START VIA NAMES "Contact: *\r\nExpires: 60\r\n" END), "\"*\"");
    assert_names(request_defect(START VIA NAMES "Contact: *, <sip:a@b>\r\nExpires: 0\r\n" END),
                 "\"*\"");
    assert_names(request_defect(START VIA NAMES "Contact: <sip:a@b\r\n" END),
                 "a Contact breaks the grammar");
    assert_names(request_defect(START VIA "From: <sip:a@b>\r\nTo: <sip:a@b>\r\nCall-ID: c\r\n"
                                          "CSeq: 1 REGISTER\r\n" END),
                 "From has no tag");
    assert_names(request_defect(START VIA NAMES "Content-Length: 900\r\n\r\n"), "Content-Length");
}

static void finds_nothing_in_a_sound_answer(void **state)
{
    assert_null(answer_defect(OK VIA NAMES "Contact: <sip:a@192.168.1.10>;expires=60\r\n" END));
    assert_null(answer_defect(OK "Via: SIP/2.0/UDP 192.168.1.10;branch=z9hG4bK1;received=192.0.2.1"
                                 ";rport=4\r\n" NAMES END));
}

static void names_what_is_wrong_with_an_answer(void **state)
{
    assert_names(answer_defect(OK VIA VIA NAMES END), "more Via headers");
    assert_names(
        answer_defect(OK "Via: SIP/2.0/UDP 203.0.113.2:5060;branch=z9hG4bK1\r\n" NAMES END),
        "another address or port");
    assert_names(answer_defect(OK "Via: SIP/2.0/UDP 192.168.1.10:5060;branch=z9hG4bK1;"
                                  "received=[2001:db8::1]\r\n" NAMES END),
                 "brackets");
    assert_names(answer_defect(OK VIA NAMES "Contact: <sip:a@b\r\n" END), "a Contact");
    assert_names(answer_defect("SIP/2.0 401 Unauthorized\r\n" VIA NAMES
                               "WWW-Authenticate: Digest realm=\"x, nonce=\"y\"\r\n" END),
                 "challenge");
    assert_names(answer_defect(OK VIA "From: <sip:a@b>;tag=other\r\nTo: <sip:a@b>\r\n"
                                      "Call-ID: c\r\nCSeq: 1 REGISTER\r\n" END),
                 "tag in From");
}

/* What was not captured cannot be blamed on anybody. */
static void says_nothing_about_a_message_that_the_capture_cut(void **state)
{
    g_autoptr(SipMessage) request = message_of(START VIA NAMES END, 0);
    g_autoptr(SipMessage) cut_request = message_of(START VIA, SIP_CUT_SHORT);
    g_autoptr(SipMessage) cut_answer = message_of(OK VIA VIA, SIP_CUT_SHORT);

    assert_null(defect_of_request(cut_request));
    assert_null(defect_of_answer(request, cut_answer));
}

static void survives_any_cut(void **state)
{
    static const char text[] = OK VIA NAMES "Contact: <sip:a@b>, *\r\nWarning: 399 x \"y\"\r\n" END;
    g_autoptr(SipMessage) request = message_of(START VIA NAMES END, 0);
    NetMeta meta = { .ref.frame = 1 };

    for (size_t len = 0; len < sizeof(text); len++) {
        g_autofree char *block = g_memdup2(text, MAX(len, 1));
        g_autoptr(SipMessage) answer = sip_message_parse(&meta, (Str){ block, len }, 0);

        defect_of_answer(request, answer);
        defect_of_request(answer);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_nothing_in_a_sound_request),
        cmocka_unit_test(names_what_is_wrong_with_a_request),
        cmocka_unit_test(finds_nothing_in_a_sound_answer),
        cmocka_unit_test(names_what_is_wrong_with_an_answer),
        cmocka_unit_test(says_nothing_about_a_message_that_the_capture_cut),
        cmocka_unit_test(survives_any_cut),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
