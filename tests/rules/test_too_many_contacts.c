/*
 * The registrar says that the account is full, with whatever status.
 */

#include "expect.h"

extern const Rule rule_too_many_contacts;

#define REFUSED(how)                      \
    "at 0     phone -> server REGISTER\n" \
    "at 0.020 server -> phone " how "\n"  \
    "end 60\n"

static void fires_when_the_reason_phrase_says_so(void **state)
{
    g_autoptr(Judgement) j =
        judge(REFUSED("603 reason=\"Too Many Contacts\""), &rule_too_many_contacts);

    assert_fires(j, FINDING_STRONG,
                 "the registrar takes no more devices for alice@example.com: 603, \"Too Many "
                 "Contacts\"");
    assert_fact(j, 0, "Contact", 1);
    assert_fact(j, 1, "request", 1);
    assert_fact(j, 2, "answer", 2);
}

static void fires_when_a_header_does(void **state)
{
    g_autoptr(Judgement) j =
        judge(REFUSED("503 add=\"P-Registrar-Error: Too many registered contacts\""),
              &rule_too_many_contacts);

    assert_int_equal(j->verdict, RULE_FIRES);
    assert_checkable(j->finding);
}

static void fires_in_german(void **state)
{
    g_autoptr(Judgement) j =
        judge(REFUSED("403 reason=\"Maximale Anzahl Registrierungen erreicht\""),
              &rule_too_many_contacts);

    assert_int_equal(j->verdict, RULE_FIRES);
}

static void is_clean_on_an_overloaded_server(void **state)
{
    g_autoptr(Judgement) j =
        judge(REFUSED("503 reason=\"Maximum Calls In Progress\""), &rule_too_many_contacts);

    assert_clean(j);
}

static void is_clean_on_a_limit_of_tries(void **state)
{
    g_autoptr(Judgement) j =
        judge(REFUSED("403 reason=\"Too many registration attempts\""), &rule_too_many_contacts);

    assert_clean(j);
}

static void silences_the_overload(void **state)
{
    g_autofree char *ids =
        judge_all(REFUSED("503 add=\"P-Registrar-Error: Too many registered contacts\""));

    assert_string_equal(ids, "too_many_contacts");
}

/* The words are the evidence, whatever else was not captured. */
static void fires_without_the_request(void **state)
{
    g_autoptr(Judgement) j =
        judge("at 0     phone -> server REGISTER unseen\n"
              "at 0.020 server -> phone 403 reason=\"Too many bindings\"\nend 60\n",
              &rule_too_many_contacts);

    assert_int_equal(j->verdict, RULE_FIRES);
    assert_checkable(j->finding);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fires_when_the_reason_phrase_says_so),
        cmocka_unit_test(fires_when_a_header_does),
        cmocka_unit_test(fires_in_german),
        cmocka_unit_test(is_clean_on_an_overloaded_server),
        cmocka_unit_test(is_clean_on_a_limit_of_tries),
        cmocka_unit_test(silences_the_overload),
        cmocka_unit_test(fires_without_the_request),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
