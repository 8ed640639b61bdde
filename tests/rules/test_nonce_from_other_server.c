/*
 * One server asks, another one is answered.
 */

#include "logins.h"

extern const Rule rule_nonce_from_other_server;

#define TWO "server second 198.51.100.11\n"

#define CROSSED(answer)                                       \
    TWO CHALLENGED "at 0.060 phone -> second REGISTER auth\n" \
                   "at 0.080 second -> phone " answer "\n"    \
                   "end 60\n"

static void fires_when_the_answer_went_elsewhere(void **state)
{
    g_autoptr(Judgement) j = judge_with(CROSSED("401"), ALICE, &rule_nonce_from_other_server);

    assert_fires(
        j, FINDING_STRONG,
        "alice@example.com was challenged by 198.51.100.10:5060 and sent its credentials to "
        "198.51.100.11:5060, which refused them");
    assert_fact(j, 0, "challenge", 2);
    assert_fact(j, 1, "credentials", 3);
    assert_fact(j, 2, "answer", 4);
    assert_rejects(j, "password_wrong");
}

/* The password may be wrong as well. */
static void is_weak_when_it_happened_once_and_the_password_is_unknown(void **state)
{
    g_autoptr(Judgement) j = judge(CROSSED("401"), &rule_nonce_from_other_server);

    assert_int_equal(j->verdict, RULE_FIRES);
    assert_int_equal(j->finding->grade, FINDING_WEAK);
    assert_int_equal(j->finding->rejected->len, 0);
}

static void is_strong_when_the_phone_is_sent_to_and_fro(void **state)
{
    g_autoptr(Judgement) j = judge(TWO CHALLENGED "at 0.060 phone -> second REGISTER auth\n"
                                                  "at 0.080 second -> phone 401\n"
                                                  "at 0.120 phone -> server REGISTER auth\n"
                                                  "at 0.140 server -> phone 401\n"
                                                  "end 60\n",
                                   &rule_nonce_from_other_server);

    assert_fires(
        j, FINDING_STRONG,
        "alice@example.com was challenged by 198.51.100.11:5060 and sent its credentials to "
        "198.51.100.10:5060, which refused them");
}

static void is_weak_beside_a_wrong_password(void **state)
{
    g_autoptr(Judgement) j =
        judge_with(CROSSED("401"), OTHER_PASSWORD, &rule_nonce_from_other_server);

    assert_int_equal(j->verdict, RULE_FIRES);
    assert_int_equal(j->finding->grade, FINDING_WEAK);
}

static void is_clean_when_the_servers_share_their_nonces(void **state)
{
    g_autoptr(Judgement) j = judge(CROSSED("200"), &rule_nonce_from_other_server);

    assert_clean(j);
}

static void is_clean_with_one_server(void **state)
{
    g_autoptr(Judgement) j = judge(LOGIN("", "401"), &rule_nonce_from_other_server);

    assert_clean(j);
}

/* The server has two addresses and answers from the other one. */
static void is_clean_when_only_the_answers_come_from_elsewhere(void **state)
{
    g_autoptr(Judgement) j = judge("at 0     phone -> server REGISTER\n"
                                   "at 0.020 server -> phone 401 src=198.51.100.99:5060\n"
                                   "at 0.060 phone -> server REGISTER auth\n"
                                   "at 0.080 server -> phone 401 src=198.51.100.99:5060\n"
                                   "end 60\n",
                                   &rule_nonce_from_other_server);

    assert_clean(j);
}

/* Every message is seen twice, before and behind a proxy. */
static void is_clean_on_two_hops_of_one_path(void **state)
{
    g_autoptr(Judgement) j = judge("vantage middle\n" TWO "at 0     phone -> server REGISTER\n"
                                   "at 0.002 server -> second forward\n"
                                   "at 0.010 second -> server 401\n"
                                   "at 0.012 server -> phone forward\n"
                                   "at 0.060 phone -> server REGISTER auth\n"
                                   "at 0.062 server -> second forward\n"
                                   "at 0.080 second -> server 401\n"
                                   "at 0.082 server -> phone forward\n"
                                   "end 60\n",
                                   &rule_nonce_from_other_server);

    assert_clean(j);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fires_when_the_answer_went_elsewhere),
        cmocka_unit_test(is_weak_when_it_happened_once_and_the_password_is_unknown),
        cmocka_unit_test(is_strong_when_the_phone_is_sent_to_and_fro),
        cmocka_unit_test(is_weak_beside_a_wrong_password),
        cmocka_unit_test(is_clean_when_the_servers_share_their_nonces),
        cmocka_unit_test(is_clean_with_one_server),
        cmocka_unit_test(is_clean_when_only_the_answers_come_from_elsewhere),
        cmocka_unit_test(is_clean_on_two_hops_of_one_path),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
