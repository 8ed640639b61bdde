/*
 * The credentials are right, and the account may not register.
 */

#include "logins.h"

extern const Rule rule_account_not_allowed;

#define WORKED_BEFORE(user, how)                        \
    "at 0      phone -> server registration\n"          \
    "at 90     phone -> server REGISTER\n"              \
    "at 90.020 server -> phone 401\n"                   \
    "at 90.060 phone -> server REGISTER auth " how "\n" \
    "at 90.080 server -> phone 403\n"                   \
    "end 150\n"

static void fires_when_the_digest_verifies(void **state)
{
    g_autoptr(Judgement) j = judge_with(LOGIN("", "403"), ALICE, &rule_account_not_allowed);

    assert_fires(
        j, FINDING_PROVEN,
        "alice@example.com is forbidden to register although its credentials are right: 403 "
        "Forbidden");
    assert_fact(j, 0, "challenge", 2);
    assert_fact(j, 1, "credentials", 3);
    assert_fact(j, 2, "answer", 4);
    assert_rejects(j, "password_wrong");
}

static void cites_what_the_registrar_gives_for_a_reason(void **state)
{
    g_autoptr(Judgement) j =
        judge_with(LOGIN("", "403 warning=\"399 example.com \\\"disabled\\\"\""), ALICE,
                   &rule_account_not_allowed);

    assert_fact(j, 3, "Warning", 4);
}

static void fires_when_the_same_credentials_were_accepted_before(void **state)
{
    g_autoptr(Judgement) j = judge(WORKED_BEFORE("alice", ""), &rule_account_not_allowed);

    assert_fires(j, FINDING_STRONG,
                 "alice@example.com is forbidden to register although it was accepted before with "
                 "the same user and realm: 403 Forbidden");
    assert_rejects(j, "password_wrong");
}

static void is_clean_when_another_user_was_accepted_before(void **state)
{
    g_autoptr(Judgement) j =
        judge(WORKED_BEFORE("alice", "auth-user=bob"), &rule_account_not_allowed);

    assert_clean(j);
}

/* Many servers say 403 to a wrong password. */
static void is_clean_when_the_password_is_not_known_to_be_right(void **state)
{
    g_autoptr(Judgement) none = judge(LOGIN("", "403"), &rule_account_not_allowed);
    g_autoptr(Judgement) wrong =
        judge_with(LOGIN("", "403"), OTHER_PASSWORD, &rule_account_not_allowed);
    g_autoptr(Judgement) changed =
        judge_with(WORKED_BEFORE("alice", "password=other"), ALICE, &rule_account_not_allowed);

    assert_clean(none);
    assert_clean(wrong);
    assert_clean(changed);
}

static void is_clean_on_another_challenge(void **state)
{
    g_autoptr(Judgement) j = judge_with(LOGIN("", "401"), ALICE, &rule_account_not_allowed);

    assert_clean(j);
}

static void is_clean_without_credentials(void **state)
{
    g_autoptr(Judgement) j = judge("at 0     phone -> server REGISTER\n"
                                   "at 0.020 server -> phone 403\n"
                                   "end 60\n",
                                   &rule_account_not_allowed);

    assert_clean(j);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fires_when_the_digest_verifies),
        cmocka_unit_test(cites_what_the_registrar_gives_for_a_reason),
        cmocka_unit_test(fires_when_the_same_credentials_were_accepted_before),
        cmocka_unit_test(is_clean_when_another_user_was_accepted_before),
        cmocka_unit_test(is_clean_when_the_password_is_not_known_to_be_right),
        cmocka_unit_test(is_clean_on_another_challenge),
        cmocka_unit_test(is_clean_without_credentials),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
