/*
 * Extensions that one side demands and the other lacks; a device that tries
 * again with or without them is fine.
 */

#include "expect.h"

extern const Rule rule_extension_refused;

static void fires_when_path_is_not_supported(void **state)
{
    g_autoptr(Judgement) j = judge("vantage server\n"
                                   "at 0     phone -> server REGISTER add=\"Path: <sip:edge;lr>\"\n"
                                   "at 0.020 server -> phone 420 add=\"Unsupported: path\"\n"
                                   "end 60\n",
                                   &rule_extension_refused);

    assert_fires(j, FINDING_PROVEN,
                 "the server refused alice@example.com for an extension: 420 Bad Extension, path");
    assert_fact(j, 0, "request", 1);
    assert_fact(j, 1, "Path", 1);
    assert_fact(j, 2, "Supported", 1);
    assert_fact(j, 3, "answer", 2);
    assert_non_null(strstr(finding_advice(j->finding), "A proxy inserted Path"));
}

static void says_what_to_do_about_outbound(void **state)
{
    g_autoptr(Judgement) j = judge("at 0     phone -> server REGISTER\n"
                                   "at 0.020 server -> phone 439\nend 60\n",
                                   &rule_extension_refused);

    assert_int_equal(j->verdict, RULE_FIRES);
    assert_non_null(strstr(finding_advice(j->finding), "Switch outbound off"));
    assert_checkable(j->finding);
}

static void says_what_to_do_about_a_security_agreement(void **state)
{
    g_autoptr(Judgement) j =
        judge("at 0     phone -> server REGISTER\n"
              "at 0.020 server -> phone 421 reason=\"Extension Required\" add=\"Require: "
              "sec-agree\"\nend 60\n",
              &rule_extension_refused);

    assert_fires(j, FINDING_PROVEN,
                 "the server refused alice@example.com for an extension: 421 Extension Required, "
                 "sec-agree");
    assert_non_null(strstr(finding_advice(j->finding), "IPsec"));
}

static void is_clean_when_the_phone_tries_again_without(void **state)
{
    g_autoptr(Judgement) j = judge("at 0    phone -> server REGISTER\n"
                                   "at 0.02 server -> phone 420 add=\"Unsupported: foo\"\n"
                                   "at 0.03 phone -> server REGISTER\n"
                                   "at 0.05 server -> phone 200\nend 60\n",
                                   &rule_extension_refused);

    assert_clean(j);
}

static void is_clean_on_another_refusal(void **state)
{
    g_autoptr(Judgement) j = judge("at 0    phone -> server REGISTER\n"
                                   "at 0.02 server -> phone 403\nend 60\n",
                                   &rule_extension_refused);

    assert_clean(j);
}

static void abstains_when_the_capture_ends_too_early(void **state)
{
    g_autoptr(Judgement) j = judge("at 0    phone -> server REGISTER\n"
                                   "at 0.02 server -> phone 420\nend 1\n",
                                   &rule_extension_refused);

    assert_abstains(j, "the capture ends too early after the refusal");
}

static void abstains_when_the_phone_goes_on_under_another_call_id(void **state)
{
    g_autoptr(Judgement) j = judge("at 0    phone -> server REGISTER\n"
                                   "at 0.02 server -> phone 420\n"
                                   "at 0.5  reboot phone\n"
                                   "at 1    phone -> server registration\nend 60\n",
                                   &rule_extension_refused);

    assert_abstains(j, "the phone went on under another Call-ID");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fires_when_path_is_not_supported),
        cmocka_unit_test(says_what_to_do_about_outbound),
        cmocka_unit_test(says_what_to_do_about_a_security_agreement),
        cmocka_unit_test(is_clean_when_the_phone_tries_again_without),
        cmocka_unit_test(is_clean_on_another_refusal),
        cmocka_unit_test(abstains_when_the_capture_ends_too_early),
        cmocka_unit_test(abstains_when_the_phone_goes_on_under_another_call_id),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
