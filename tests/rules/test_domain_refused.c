/*
 * The registrar says that it is the domain, in whatever words.
 */

#include "expect.h"

extern const Rule rule_domain_refused;

#define REFUSED(how)                      \
    "at 0     phone -> server REGISTER\n" \
    "at 0.020 server -> phone " how "\n"  \
    "end 60\n"

static void fires_when_the_reason_phrase_names_the_domain(void **state)
{
    g_autoptr(Judgement) j = judge(
        "phone 192.168.1.10 domain=198.51.100.10\n" REFUSED("403 reason=\"Domain forbidden\""),
        &rule_domain_refused);

    assert_fires(j, FINDING_STRONG,
                 "the registrar does not serve the domain \"198.51.100.10\", an address, of "
                 "alice@198.51.100.10: 403, \"Domain forbidden\"");
    assert_fact(j, 0, "To", 1);
    assert_fact(j, 1, "request", 1);
    assert_fact(j, 2, "answer", 2);
}

static void fires_in_german_and_in_a_warning(void **state)
{
    g_autoptr(Judgement) german =
        judge(REFUSED("404 reason=\"Domain unbekannt\""), &rule_domain_refused);
    g_autoptr(Judgement) warning = judge(
        REFUSED("403 warning=\"399 example.com \\\"Unknown domain\\\"\""), &rule_domain_refused);

    assert_int_equal(german->verdict, RULE_FIRES);
    assert_checkable(german->finding);
    assert_int_equal(warning->verdict, RULE_FIRES);
}

static void is_clean_when_the_user_is_unknown_there(void **state)
{
    g_autoptr(Judgement) j =
        judge(REFUSED("404 reason=\"User not found in domain\""), &rule_domain_refused);

    assert_clean(j);
}

/* Many registrars are registered at by their address. */
static void is_clean_on_a_plain_403_to_an_address(void **state)
{
    g_autoptr(Judgement) j =
        judge("phone 192.168.1.10 domain=198.51.100.10\n" REFUSED("403"), &rule_domain_refused);

    assert_clean(j);
}

static void abstains_when_the_request_is_not_in_the_capture(void **state)
{
    g_autoptr(Judgement) j =
        judge("at 0     phone -> server REGISTER unseen\n"
              "at 0.020 server -> phone 403 reason=\"Domain forbidden\"\nend 60\n",
              &rule_domain_refused);

    assert_abstains(j, "the request that was refused is not in the capture");
}

static void silences_the_umbrellas(void **state)
{
    g_autofree char *forbidden = judge_all(REFUSED("403 reason=\"Domain forbidden\""));
    g_autofree char *unknown = judge_all(REFUSED("404 reason=\"Unknown domain\""));

    assert_string_equal(forbidden, "domain_refused");
    assert_string_equal(unknown, "domain_refused");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fires_when_the_reason_phrase_names_the_domain),
        cmocka_unit_test(fires_in_german_and_in_a_warning),
        cmocka_unit_test(is_clean_when_the_user_is_unknown_there),
        cmocka_unit_test(is_clean_on_a_plain_403_to_an_address),
        cmocka_unit_test(abstains_when_the_request_is_not_in_the_capture),
        cmocka_unit_test(silences_the_umbrellas),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
