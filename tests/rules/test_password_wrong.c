/*
 * The phone has another password: proven by recomputation, or not said.
 */

#include "logins.h"

extern const Rule rule_password_wrong;

static void fires_when_no_form_of_the_password_fits(void **state)
{
    g_autoptr(Judgement) j =
        judge_with(LOGIN("password=other", "401"), ALICE, &rule_password_wrong);

    assert_int_equal(j->verdict, RULE_FIRES);
    assert_int_equal(j->finding->grade, FINDING_PROVEN);
    assert_true(g_str_has_prefix(
        j->finding->summary, "alice@example.com logs in as \"alice\" with another password than "
                             "the supplied one: no known form of it gives the response that the "
                             "server refused ("));
    assert_checkable(j->finding);
    assert_fact(j, 0, "challenge", 2);
    assert_fact(j, 1, "credentials", 3);
    assert_fact(j, 2, "answer", 4);
    assert_rejects(j, "password_altered");
    assert_rejects(j, "auth_username_wrong");
}

static void fires_on_403_and_beside_the_server(void **state)
{
    g_autoptr(Judgement) j =
        judge_with("vantage server\n" LOGIN("password=other", "403"), ALICE, &rule_password_wrong);

    assert_int_equal(j->verdict, RULE_FIRES);
}

/* A 403 alone never is proof. */
static void is_clean_without_the_password(void **state)
{
    g_autoptr(Judgement) j = judge(LOGIN("", "403"), &rule_password_wrong);
    g_autoptr(Judgement) named =
        judge(LOGIN("", "403 reason=\"Wrong password\""), &rule_password_wrong);

    assert_clean(j);
    assert_clean(named);
}

static void is_clean_when_the_digest_verifies(void **state)
{
    g_autoptr(Judgement) j = judge_with(LOGIN("", "401"), ALICE, &rule_password_wrong);

    assert_clean(j);
}

static void is_clean_with_the_password_of_somebody_else(void **state)
{
    g_autoptr(Judgement) j =
        judge_with(LOGIN("", "401"), "bob:example.com:other\n", &rule_password_wrong);
    g_autoptr(Judgement) realm =
        judge_with(LOGIN("", "401"), "alice:elsewhere.example:other\n", &rule_password_wrong);

    assert_clean(j);
    assert_clean(realm);
}

static void is_clean_when_the_password_was_damaged(void **state)
{
    g_autoptr(Judgement) j = judge_with(LOGIN("password=tree", "401"),
                                        "alice:example.com:tree;house\n", &rule_password_wrong);

    assert_clean(j);
}

/* The server did not look at the digest: the nonce was too old. */
static void is_clean_when_the_nonce_was_stale(void **state)
{
    g_autoptr(Judgement) stale =
        judge_with(LOGIN("", "401 stale"), OTHER_PASSWORD, &rule_password_wrong);
    g_autoptr(Judgement) remembered = judge_with("at 0   phone -> server registration\n"
                                                 "at 90  phone -> server REGISTER auth\n"
                                                 "at 90.020 server -> phone 401\n"
                                                 "end 150\n",
                                                 OTHER_PASSWORD, &rule_password_wrong);

    assert_clean(stale);
    assert_clean(remembered);
}

static void is_clean_when_the_server_accepts(void **state)
{
    g_autoptr(Judgement) j = judge_with(LOGIN("", "200"), OTHER_PASSWORD, &rule_password_wrong);

    assert_clean(j);
}

/* The registrar refuses; that the proxy's password is not in the list says
 * nothing about it. */
static void judges_the_credentials_that_were_refused(void **state)
{
    static const char layers[] = "at 0     phone -> server REGISTER\n"
                                 "at 0.020 server -> phone 407 realm=proxy\n"
                                 "at 0.060 phone -> server REGISTER auth password=other\n"
                                 "at 0.080 server -> phone 401 realm=example.com\n"
                                 "at 0.120 phone -> server REGISTER auth both\n"
                                 "at 0.140 server -> phone 401 realm=example.com\n"
                                 "end 60\n";
    g_autoptr(Judgement) right =
        judge_with(layers, "alice:example.com:secret\nalice:proxy:other\n", &rule_password_wrong);
    g_autoptr(Judgement) other_layer =
        judge_with(layers, "alice:example.com:secret\nalice:proxy:changed\n", &rule_password_wrong);
    g_autoptr(Judgement) wrong =
        judge_with(layers, "alice:example.com:changed\nalice:proxy:other\n", &rule_password_wrong);

    assert_clean(right);
    assert_clean(other_layer);
    assert_int_equal(wrong->verdict, RULE_FIRES);
}

static void abstains_with_an_ha1(void **state)
{
    g_autoptr(Judgement) j =
        judge_with(LOGIN("", "401"), "alice:example.com:ha1:00112233445566778899aabbccddeeff\n",
                   &rule_password_wrong);

    assert_abstains(j, "with an HA1 it cannot be told whether password, user or realm differs");
}

static void abstains_when_another_answer_of_the_attempt_fits(void **state)
{
    g_autoptr(Judgement) j = judge_with(CHALLENGED "at 0.060 phone -> server REGISTER auth\n"
                                                   "at 0.080 server -> phone 401\n"
                                                   "at 0.120 phone -> server REGISTER auth "
                                                   "password=other\n"
                                                   "at 0.140 server -> phone 401\n"
                                                   "end 60\n",
                                        ALICE, &rule_password_wrong);

    assert_abstains(j, "another answer of the same attempt fits the supplied password");
}

/* Every length at which the snapshot length may cut the request. */
static void never_fires_on_a_message_that_was_cut(void **state)
{
    for (unsigned length = 360; length < 720; length += 2) {
        g_autofree char *text = g_strdup_printf("snaplen %u\n" LOGIN("", "401"), length);
        g_autoptr(Judgement) j = judge_with(text, ALICE, &rule_password_wrong);

        assert_int_not_equal(j->verdict, RULE_FIRES);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fires_when_no_form_of_the_password_fits),
        cmocka_unit_test(fires_on_403_and_beside_the_server),
        cmocka_unit_test(is_clean_without_the_password),
        cmocka_unit_test(is_clean_when_the_digest_verifies),
        cmocka_unit_test(is_clean_with_the_password_of_somebody_else),
        cmocka_unit_test(is_clean_when_the_password_was_damaged),
        cmocka_unit_test(is_clean_when_the_nonce_was_stale),
        cmocka_unit_test(is_clean_when_the_server_accepts),
        cmocka_unit_test(judges_the_credentials_that_were_refused),
        cmocka_unit_test(abstains_with_an_ha1),
        cmocka_unit_test(abstains_when_another_answer_of_the_attempt_fits),
        cmocka_unit_test(never_fires_on_a_message_that_was_cut),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
