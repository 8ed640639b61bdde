/*
 * A message that reads like the captured one and tells nobody's name.
 */

#include "report/redact_message.h"
#include "support/check.h"

#define MESSAGE                                                                                 \
    "REGISTER sip:pbx.example.org SIP/2.0\r\n"                                                  \
    "Via: SIP/2.0/UDP 192.168.7.23:5062;branch=z9hG4bKsecretbranch;rport\r\n"                   \
    "Max-Forwards: 70\r\n"                                                                      \
    "From: \"Carla Muster\" <sip:carla@pbx.example.org>;tag=fromtag77\r\n"                      \
    "t: <sip:carla@pbx.example.org>\r\n"                                                        \
    "Call-ID: unique4711@192.168.7.23\r\n"                                                      \
    "CSeq: 12 REGISTER\r\n"                                                                     \
    "Contact: <sip:carla@192.168.7.23:5062;line=lineid9>;expires=60;"                           \
    "+sip.instance=\"<urn:uuid:0004f2abcdef>\"\r\n"                                             \
    "Authorization: Digest username=\"carla\", realm=\"pbx.example.org\", "                     \
    "nonce=\"noncetext5\", uri=\"sip:pbx.example.org\", response=\"resp0123\", algorithm=MD5, " \
    "qop=auth, nc=00000001, cnonce=\"cnoncetext\"\r\n"                                          \
    "User-Agent: ExamplePhone 7.1\r\n"                                                          \
    "X-Customer: Muster GmbH, Musterstadt\r\n"                                                  \
    "P-Asserted-Identity: <tel:+49301234567>\r\n"                                               \
    "Expires: 60\r\n"                                                                           \
    "Content-Length: 11\r\n"                                                                    \
    "\r\n"                                                                                      \
    "body of his"

static char *redacted(const char *text)
{
    g_autoptr(ReportRedactor) redactor = report_redactor_new();
    g_autoptr(SipMessage) message = sip_message_parse(&(NetMeta){ 0 }, str_of(text), 0);
    GString *out = g_string_new(NULL);

    redact_message(redactor, out, message);
    return g_string_free(out, FALSE);
}

static void assert_has(const char *text, const char *part)
{
    if (strstr(text, part) == NULL)
        fail_msg("no \"%s\" in:\n%s", part, text);
}

static void no_name_is_left(void **state)
{
    static const char *const names[] = { "carla",       "Carla",     "Muster",    "pbx",
                                         "example.org", "192.168.7", "fromtag77", "unique4711",
                                         "lineid9",     "0004f2",    "noncetext", "resp0123",
                                         "cnoncetext",  "4930",      "body",      "secretbranch" };
    g_autofree char *text = redacted(MESSAGE);

    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        /* "body" is said of the body, which is gone */
        if (strcmp(names[i], "body") == 0)
            assert_has(text, "(11 bytes of body left out)");
        else if (strstr(text, names[i]) != NULL)
            fail_msg("\"%s\" is in:\n%s", names[i], text);
    }
}

static void what_names_nobody_stays(void **state)
{
    static const char *const parts[] = { "REGISTER sip:host1.example SIP/2.0\r\n",
                                         "Via: SIP/2.0/UDP 10.0.0.1:5062;branch=",
                                         ";rport\r\n",
                                         "Max-Forwards: 70\r\n",
                                         "CSeq: 12 REGISTER\r\n",
                                         ";expires=60",
                                         "algorithm=MD5",
                                         "qop=auth",
                                         "nc=00000001",
                                         "User-Agent: ExamplePhone 7.1\r\n",
                                         "Expires: 60\r\n" };
    g_autofree char *text = redacted(MESSAGE);

    for (size_t i = 0; i < G_N_ELEMENTS(parts); i++)
        assert_has(text, parts[i]);
}

static void headers_that_nobody_here_knows_are_counted(void **state)
{
    g_autofree char *text = redacted(MESSAGE);

    assert_has(text, "(2 more headers left out)");
}

static void the_same_name_has_the_same_token(void **state)
{
    g_autofree char *text = redacted(MESSAGE);

    assert_has(text, "<sip:user1@host1.example>");
    assert_has(text, "username=\"user1\"");
    assert_has(text, "uri=\"sip:host1.example\"");
}

static void an_answer_keeps_its_status(void **state)
{
    g_autofree char *text = redacted("SIP/2.0 403 Account carla@pbx.example.org is barred\r\n"
                                     "Call-ID: a\r\nRetry-After: 12;carla\r\n\r\n");

    assert_has(text, "SIP/2.0 403 Account user1@host1.example is barred\r\n");
    assert_has(text, "Retry-After: 12\r\n");
}

static void credentials_of_another_scheme_are_left_out(void **state)
{
    g_autofree char *text =
        redacted("REGISTER sip:a SIP/2.0\r\nAuthorization: Basic Y2FybGE6cHc=\r\n\r\n");

    assert_has(text, "Authorization: Basic (left out)\r\n");
    assert_null(strstr(text, "Y2Fy"));
}

static void survives_any_cut(void **state)
{
    for (size_t len = 0; len <= strlen(MESSAGE); len++) {
        g_autofree char *cut = g_memdup2(MESSAGE, len > 0 ? len : 1);
        g_autoptr(ReportRedactor) redactor = report_redactor_new();
        g_autoptr(SipMessage) message = sip_message_parse(&(NetMeta){ 0 }, (Str){ cut, len }, 0);
        g_autoptr(GString) out = g_string_new(NULL);

        redact_message(redactor, out, message);
        assert_null(strstr(out->str, "carla@"));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_name_is_left),
        cmocka_unit_test(what_names_nobody_stays),
        cmocka_unit_test(headers_that_nobody_here_knows_are_counted),
        cmocka_unit_test(the_same_name_has_the_same_token),
        cmocka_unit_test(an_answer_keeps_its_status),
        cmocka_unit_test(credentials_of_another_scheme_are_left_out),
        cmocka_unit_test(survives_any_cut),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
