/*
 * Fresh nonces are called stale, again and again.
 */

#include "logins.h"

extern const Rule rule_nonce_stale_loop;

#define ROUNDS(n, after)                                      \
    CHALLENGED "repeat " #n " every 0.1 from 0.060 {\n"       \
               "    at 0     phone -> server REGISTER auth\n" \
               "    at 0.020 server -> phone 401 stale\n"     \
               "}\n" after "end 60\n"

static void fires_from_the_second_round_on(void **state)
{
    g_autoptr(Judgement) j = judge(ROUNDS(2, ""), &rule_nonce_stale_loop);

    assert_fires(j, FINDING_STRONG,
                 "alice@example.com was told 2 times within 120 ms that a nonce just issued is "
                 "stale");
    assert_fact(j, 0, "age of the nonce", 2);
    assert_fact(j, 1, "credentials", 3);
    assert_fact(j, 2, "answer", 4);
    assert_fact(j, 3, "last answer", 6);
    assert_string_equal(fact_at(j->finding, 0)->seen, "40 ms");
}

/* Some servers call a nonce stale before they look at the password. */
static void rules_a_wrong_password_out_only_when_it_is_known(void **state)
{
    g_autoptr(Judgement) unknown = judge(ROUNDS(3, ""), &rule_nonce_stale_loop);
    g_autoptr(Judgement) known = judge_with(ROUNDS(3, ""), ALICE, &rule_nonce_stale_loop);

    assert_int_equal(unknown->finding->rejected->len, 0);
    assert_rejects(known, "password_wrong");
}

static void is_clean_after_one_round(void **state)
{
    g_autoptr(Judgement) j = judge(ROUNDS(1, ""), &rule_nonce_stale_loop);

    assert_clean(j);
}

static void is_clean_when_the_phone_gets_in_after_all(void **state)
{
    g_autoptr(Judgement) j = judge(ROUNDS(3, "at 1     phone -> server REGISTER auth\n"
                                             "at 1.020 server -> phone 200\n"),
                                   &rule_nonce_stale_loop);

    assert_clean(j);
}

/* One stale nonce at every renewal is how it is meant. */
static void is_clean_on_one_stale_nonce_each_time(void **state)
{
    g_autoptr(Judgement) j = judge("at 0 phone -> server registration\n"
                                   "repeat 4 every 90 from 90 {\n"
                                   "    at 0     phone -> server REGISTER auth\n"
                                   "    at 0.020 server -> phone 401 stale\n"
                                   "    at 0.060 phone -> server REGISTER auth\n"
                                   "    at 0.080 server -> phone 200\n"
                                   "}\n"
                                   "end 500\n",
                                   &rule_nonce_stale_loop);

    assert_clean(j);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fires_from_the_second_round_on),
        cmocka_unit_test(rules_a_wrong_password_out_only_when_it_is_known),
        cmocka_unit_test(is_clean_after_one_round),
        cmocka_unit_test(is_clean_when_the_phone_gets_in_after_all),
        cmocka_unit_test(is_clean_on_one_stale_nonce_each_time),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
