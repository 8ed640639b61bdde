/*
 * Names inside text.
 */

#include "report/redact_words.h"

#include <glib.h>

#include "support/check.h"

typedef void (*Redact)(ReportRedactor *redactor, GString *out, Str text);

static void assert_redacted(ReportRedactor *redactor, Redact redact, const char *text,
                            const char *expected)
{
    g_autofree char *block = g_strdup(text); /* of the exact size */
    g_autoptr(GString) out = g_string_new(NULL);

    redact(redactor, out, str_of(block));
    assert_string_equal(out->str, expected);
}

static void uris_keep_their_form(void **state)
{
    g_autoptr(ReportRedactor) r = report_redactor_new();

    assert_redacted(r, redact_uri, "sip:alice@acme.test", "sip:user1@host1.example");
    assert_redacted(r, redact_uri, "sips:alice:secret@acme.test:5061;transport=tls",
                    "sips:user1@host1.example:5061;transport=tls");
    assert_redacted(r, redact_uri, "sip:10.9.8.7:5062;line=abc;ob",
                    "sip:10.0.0.1:5062;line=value1;ob");
    assert_redacted(r, redact_uri, "sip:bob@[2a00::1]:5060", "sip:user2@[2001:db8::1]:5060");
    assert_redacted(r, redact_uri, "sip:pbx", "sip:host2.example");
    assert_redacted(r, redact_uri, "tel:+4930123456;phone-context=acme.test",
                    "tel:user3;phone-context=value2");
    assert_redacted(r, redact_uri, "*", "user4");
    assert_redacted(r, redact_uri, "sip:", "sip:");
    assert_redacted(r, redact_uri, "", "");
}

static void accounts_may_be_users_hosts_or_both(void **state)
{
    g_autoptr(ReportRedactor) r = report_redactor_new();

    assert_redacted(r, redact_account, "1001@acme.test", "user1@host1.example");
    assert_redacted(r, redact_account, "1001", "user1");
    assert_redacted(r, redact_account, "acme.test", "host1.example");
    assert_redacted(r, redact_account, "8.8.8.8", "192.0.2.1");
    assert_redacted(r, redact_account, "@", "@");
    assert_redacted(r, redact_account, "", "");
}

static void a_realm_is_often_a_host(void **state)
{
    g_autoptr(ReportRedactor) r = report_redactor_new();

    assert_redacted(r, redact_realm, "asterisk", "realm1");
    assert_redacted(r, redact_realm, "acme.test", "host1.example");
    assert_redacted(r, redact_realm, "8.8.8.8", "192.0.2.1");
    assert_redacted(r, redact_realm, "Our PBX", "realm2");
}

static void sentences_lose_their_names(void **state)
{
    g_autoptr(ReportRedactor) r = report_redactor_new();

    assert_redacted(
        r, redact_words,
        "alice@acme.test sent credentials (user \"4711\", realm \"asterisk\") and was "
        "refused: 403",
        "user1@host1.example sent credentials (user \"user2\", realm \"realm1\") and was "
        "refused: 403");
    assert_redacted(r, redact_words, "REGISTER sip:acme.test, CSeq 4711",
                    "REGISTER sip:host1.example, CSeq 4711");
    assert_redacted(r, redact_words, "sends from 192.168.1.7:5060, not [2a00::7]:5060.",
                    "sends from 10.0.0.1:5060, not [2001:db8::1]:5060.");
    assert_redacted(r, redact_words, "the phone of alice, again", "the phone of user1, again");
}

static void numbers_and_plain_words_stay(void **state)
{
    g_autoptr(ReportRedactor) r = report_redactor_new();

    assert_redacted(r, redact_account, "403@acme.test", "user1@host1.example");
    assert_redacted(r, redact_words, "403 Forbidden after 403 s at 12:00:00.020, see pjsip.conf",
                    "403 Forbidden after 403 s at 12:00:00.020, see pjsip.conf");
    assert_redacted(r, redact_words, "called \"403\"", "called \"user1\"");
    assert_redacted(r, redact_words, "algorithm SHA-512-256-sess", "algorithm SHA-512-256-sess");
}

static void header_parameters_lose_their_values(void **state)
{
    g_autoptr(ReportRedactor) r = report_redactor_new();

    assert_redacted(
        r, redact_words,
        "username=\"alice\", realm=\"acme.test\", nonce=\"a/b+c\", uri=\"sip:acme.test\", "
        "response=\"00\", cnonce=x, qop=auth, nc=00000001",
        "username=\"user1\", realm=\"host1.example\", nonce=\"nonce1\", "
        "uri=\"sip:host1.example\", response=\"response1\", cnonce=cnonce1, qop=auth, "
        "nc=00000001");
    assert_redacted(r, redact_words, "SIP/2.0/UDP 192.168.1.7:5060;branch=z9hG4bK1;rport",
                    "SIP/2.0/UDP 10.0.0.1:5060;branch=value1;rport");
    assert_redacted(r, redact_words, "<sip:alice@acme.test>;tag=as12",
                    "<sip:user1@host1.example>;tag=value2");
}

static void what_a_machine_made_up_goes(void **state)
{
    g_autoptr(ReportRedactor) r = report_redactor_new();

    assert_redacted(r, redact_words, "z9hG4bK77", "value1");
    assert_redacted(r, redact_words, "f81d4fae-7dec-11d0-a765-00a0c91e6bf6", "value2");
    assert_redacted(r, redact_words, "739598d2fd4783b47bcec05e09afbb57", "value3");
}

static void survives_any_cut(void **state)
{
    static const char text[] = "x \"y\" (user \"alice\") sip:a:b@[2a00::1]:5060;tag=1;x=\"q?h=1 "
                               "nonce=\"abc\" <tel:+1> [::1] a=b= = @ : ; \"";
    g_autoptr(ReportRedactor) r = report_redactor_new();

    for (size_t n = 0; n < sizeof(text); n++) {
        g_autofree char *block = g_memdup2(text, MAX(n, 1));
        g_autoptr(GString) out = g_string_new(NULL);

        redact_words(r, out, (Str){ block, n });
        redact_uri(r, out, (Str){ block, n });
        redact_account(r, out, (Str){ block, n });
        redact_realm(r, out, (Str){ block, n });
        assert_null(strstr(out->str, "alice"));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(uris_keep_their_form),
        cmocka_unit_test(accounts_may_be_users_hosts_or_both),
        cmocka_unit_test(a_realm_is_often_a_host),
        cmocka_unit_test(sentences_lose_their_names),
        cmocka_unit_test(numbers_and_plain_words_stay),
        cmocka_unit_test(header_parameters_lose_their_values),
        cmocka_unit_test(what_a_machine_made_up_goes),
        cmocka_unit_test(survives_any_cut),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
