/*
 * The server insists on an algorithm that it named itself.
 */

#include "logins.h"

extern const Rule rule_algorithm_not_echoed;

static void fires_when_a_right_digest_does_not_name_it(void **state)
{
    g_autoptr(Judgement) j =
        judge_with(LOGIN("algorithm=none", "401"), ALICE, &rule_algorithm_not_echoed);

    assert_fires(j, FINDING_STRONG,
                 "alice@example.com answered algorithm=MD5 without naming it; its digest verifies "
                 "and was refused");
    assert_fact(j, 0, "challenge", 2);
    assert_fact(j, 1, "credentials", 3);
    assert_fact(j, 2, "answer", 4);
    assert_rejects(j, "password_wrong");
}

/* It is legal, and a wrong password explains the refusal better. */
static void is_clean_without_the_right_password(void **state)
{
    g_autoptr(Judgement) none = judge(LOGIN("algorithm=none", "401"), &rule_algorithm_not_echoed);
    g_autoptr(Judgement) wrong =
        judge_with(LOGIN("algorithm=none", "401"), OTHER_PASSWORD, &rule_algorithm_not_echoed);

    assert_clean(none);
    assert_clean(wrong);
}

static void is_clean_when_it_is_accepted(void **state)
{
    g_autoptr(Judgement) j =
        judge_with(LOGIN("algorithm=none", "200"), ALICE, &rule_algorithm_not_echoed);

    assert_clean(j);
}

static void is_clean_when_it_is_named(void **state)
{
    g_autoptr(Judgement) j = judge_with(LOGIN("", "401"), ALICE, &rule_algorithm_not_echoed);

    assert_clean(j);
}

static void is_clean_when_the_challenge_does_not_name_it_either(void **state)
{
    g_autoptr(Judgement) j = judge_with("at 0     phone -> server REGISTER\n"
                                        "at 0.020 server -> phone 401 algorithm=none\n"
                                        "at 0.060 phone -> server REGISTER auth algorithm=none\n"
                                        "at 0.080 server -> phone 401 algorithm=none\n"
                                        "end 60\n",
                                        ALICE, &rule_algorithm_not_echoed);

    assert_clean(j);
}

static void abstains_when_messages_were_cut(void **state)
{
    g_autoptr(Judgement) j = judge_with("snaplen 420\n" LOGIN("algorithm=none", "401"), ALICE,
                                        &rule_algorithm_not_echoed);

    assert_abstains(j, "messages were cut by the snapshot length");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fires_when_a_right_digest_does_not_name_it),
        cmocka_unit_test(is_clean_without_the_right_password),
        cmocka_unit_test(is_clean_when_it_is_accepted),
        cmocka_unit_test(is_clean_when_it_is_named),
        cmocka_unit_test(is_clean_when_the_challenge_does_not_name_it_either),
        cmocka_unit_test(abstains_when_messages_were_cut),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
