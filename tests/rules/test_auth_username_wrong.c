/*
 * The user name in the credentials is not the one of the account.
 */

#include "logins.h"

extern const Rule rule_auth_username_wrong;

static void fires_when_the_password_belongs_to_another_name(void **state)
{
    g_autoptr(Judgement) j =
        judge_with(LOGIN("", "403"), "acct-4711:example.com:secret\n", &rule_auth_username_wrong);

    assert_fires(j, FINDING_PROVEN,
                 "alice@example.com logs in as \"alice\" with the password of the account "
                 "\"acct-4711\"");
    assert_fact(j, 0, "challenge", 2);
    assert_fact(j, 1, "credentials", 3);
    assert_fact(j, 2, "answer", 4);
    assert_rejects(j, "password_wrong");
}

static void fires_when_the_password_is_that_of_another_account(void **state)
{
    g_autoptr(Judgement) j =
        judge_with(LOGIN("", "401"), "alice:example.com:other\nbob:example.com:secret\n",
                   &rule_auth_username_wrong);

    assert_fires(j, FINDING_PROVEN,
                 "alice@example.com logs in as \"alice\" with the password of the account \"bob\"");
}

static void fires_when_another_name_was_hashed(void **state)
{
    g_autoptr(Judgement) j = judge_with(
        LOGIN("auth-user=alice@example.com replace=\"username=\\\"alice@example.com\\\"=>username="
              "\\\"alice\\\"\"",
              "401"),
        ALICE, &rule_auth_username_wrong);

    assert_fires(j, FINDING_PROVEN,
                 "alice@example.com sends the user name \"alice\" and hashed user@domain but sent "
                 "another form of the user name: \"alice@example.com\"");
}

static void fires_on_an_empty_name_without_the_password(void **state)
{
    g_autoptr(Judgement) j = judge(LOGIN("auth-user=\"\"", "401"), &rule_auth_username_wrong);

    assert_fires(j, FINDING_PROVEN,
                 "alice@example.com sent credentials with an empty user name and was refused");
}

static void fires_when_the_server_objects_to_the_name(void **state)
{
    static const char refused[] = LOGIN("auth-user=bob", "403 reason=\"Forbidden auth ID\"");
    g_autoptr(Judgement) j = judge(refused, &rule_auth_username_wrong);
    g_autoptr(Judgement) verified =
        judge_with(refused, "bob:example.com:secret\n", &rule_auth_username_wrong);

    assert_fires(j, FINDING_STRONG,
                 "the server objects to the authentication user \"bob\" of alice@example.com: 403 "
                 "Forbidden auth ID");
    assert_int_equal(j->finding->rejected->len, 0);
    assert_int_equal(verified->verdict, RULE_FIRES);
    assert_rejects(verified, "password_wrong");
}

/* A name that differs from the address of record is normal. */
static void is_clean_on_another_name_that_is_accepted(void **state)
{
    g_autoptr(Judgement) j =
        judge_with(LOGIN("auth-user=acct-4711", "200"), "acct-4711:example.com:secret\n",
                   &rule_auth_username_wrong);

    assert_clean(j);
}

static void is_clean_on_any_other_refusal(void **state)
{
    g_autoptr(Judgement) j = judge(LOGIN("auth-user=bob", "403"), &rule_auth_username_wrong);
    g_autoptr(Judgement) other =
        judge_with(LOGIN("password=x", "403"), ALICE, &rule_auth_username_wrong);

    assert_clean(j);
    assert_clean(other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fires_when_the_password_belongs_to_another_name),
        cmocka_unit_test(fires_when_the_password_is_that_of_another_account),
        cmocka_unit_test(fires_when_another_name_was_hashed),
        cmocka_unit_test(fires_on_an_empty_name_without_the_password),
        cmocka_unit_test(fires_when_the_server_objects_to_the_name),
        cmocka_unit_test(is_clean_on_another_name_that_is_accepted),
        cmocka_unit_test(is_clean_on_any_other_refusal),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
