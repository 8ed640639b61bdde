/*
 * The registrar says that it is the Contact; a difference alone says nothing.
 */

#include "expect.h"

extern const Rule rule_contact_refused;

#define REFUSED(how)                                                           \
    "at 0     phone -> server REGISTER contact=<sip:4711@192.168.1.10:5060>\n" \
    "at 0.020 server -> phone " how "\n"                                       \
    "end 60\n"

static void fires_when_a_header_names_the_contact(void **state)
{
    g_autoptr(Judgement) j = judge(
        REFUSED("400 add=\"P-Registrar-Error: Contact/received too long\""), &rule_contact_refused);

    assert_fires(j, FINDING_STRONG,
                 "the registrar refused the Contact of alice@example.com (28 bytes, with another "
                 "user part than the account): 400, \"Contact/received too long\"");
    assert_fact(j, 0, "Contact", 1);
    assert_fact(j, 1, "request", 1);
    assert_fact(j, 2, "answer", 2);
    assert_fact(j, 3, "P-Registrar-Error", 2);
}

static void fires_when_the_reason_phrase_does_so_in_german(void **state)
{
    g_autoptr(Judgement) j =
        judge(REFUSED("403 reason=\"Kontakt ung\xc3\xbcltig\""), &rule_contact_refused);

    assert_int_equal(j->verdict, RULE_FIRES);
    assert_checkable(j->finding);
}

static void is_clean_when_only_the_user_parts_differ(void **state)
{
    g_autoptr(Judgement) j = judge(REFUSED("409 reason=Conflict"), &rule_contact_refused);

    assert_clean(j);
}

static void is_clean_when_somebody_is_to_be_contacted(void **state)
{
    g_autoptr(Judgement) j = judge(
        REFUSED("403 reason=\"Not allowed, please contact your provider\""), &rule_contact_refused);

    assert_clean(j);
}

static void abstains_when_the_request_is_not_in_the_capture(void **state)
{
    g_autoptr(Judgement) j =
        judge("at 0     phone -> server REGISTER unseen\n"
              "at 0.020 server -> phone 400 reason=\"Invalid Contact\"\nend 60\n",
              &rule_contact_refused);

    assert_abstains(j, "the request that was refused is not in the capture");
}

static void silences_the_umbrella(void **state)
{
    g_autofree char *ids = judge_all(REFUSED("403 reason=\"Contact user must match account\""));

    assert_string_equal(ids, "contact_refused");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fires_when_a_header_names_the_contact),
        cmocka_unit_test(fires_when_the_reason_phrase_does_so_in_german),
        cmocka_unit_test(is_clean_when_only_the_user_parts_differ),
        cmocka_unit_test(is_clean_when_somebody_is_to_be_contacted),
        cmocka_unit_test(abstains_when_the_request_is_not_in_the_capture),
        cmocka_unit_test(silences_the_umbrella),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
