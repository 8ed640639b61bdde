/*
 * Request after request with credentials is challenged again.
 */

#include "expect.h"

extern const Rule rule_challenge_loop;

#define ROUNDS(n, challenge)                       \
    "at 0     phone -> server REGISTER\n"          \
    "at 0.010 server -> phone 401\n"               \
    "repeat " #n " every 0.1 from 0.020 {\n"       \
    "    at 0     phone -> server REGISTER auth\n" \
    "    at 0.010 server -> phone " challenge "\n" \
    "}\n"

static void fires_from_the_third_round_on(void **state)
{
    g_autoptr(Judgement) j =
        judge("vantage client\n" ROUNDS(3, "401") "end 60\n", &rule_challenge_loop);

    assert_fires(j, FINDING_STRONG,
                 "alice@example.com answered 3 challenges in a row with credentials within 230 ms "
                 "and was challenged again each time");
    assert_fact(j, 0, "first request", 1);
    assert_fact(j, 1, "request", 7);
    assert_fact(j, 2, "answer", 8);
    assert_rejects(j, "nonce_stale_loop");
}

static void sees_the_same_beside_the_server(void **state)
{
    g_autoptr(Judgement) j =
        judge("vantage server\n" ROUNDS(5, "401") "end 60\n", &rule_challenge_loop);

    assert_int_equal(j->verdict, RULE_FIRES);
    assert_int_equal(j->finding->grade, FINDING_STRONG);
}

static void is_clean_after_two_rounds(void **state)
{
    g_autoptr(Judgement) j = judge(ROUNDS(2, "401") "end 60\n", &rule_challenge_loop);

    assert_clean(j);
}

static void is_clean_when_the_nonces_were_stale(void **state)
{
    g_autoptr(Judgement) j = judge(ROUNDS(6, "401 stale") "end 60\n", &rule_challenge_loop);

    assert_clean(j);
}

static void is_clean_when_the_phone_gets_in_after_all(void **state)
{
    g_autoptr(Judgement) j = judge(ROUNDS(4, "401") "at 1    phone -> server REGISTER auth\n"
                                                    "at 1.01 server -> phone 200\n"
                                                    "end 60\n",
                                   &rule_challenge_loop);

    assert_clean(j);
}

/* Phones without a memory are challenged at every refresh. */
static void is_clean_when_every_refresh_begins_with_a_challenge(void **state)
{
    g_autoptr(Judgement) j = judge("repeat 8 every 54 {\n"
                                   "    at 0 phone -> server registration expires=60\n"
                                   "}\n"
                                   "end 500\n",
                                   &rule_challenge_loop);

    assert_clean(j);
}

/* A registrar without state answers each copy with another nonce. */
static void does_not_take_copies_for_rounds(void **state)
{
    g_autoptr(Judgement) j = judge("vantage server\n"
                                   "at 0     phone -> server REGISTER\n"
                                   "at 0.010 server -> phone 401 lost\n"
                                   "at 0.500 phone -> server copy\n"
                                   "at 0.510 server -> phone 401 lost\n"
                                   "at 1.500 phone -> server copy\n"
                                   "at 1.510 server -> phone 401 lost\n"
                                   "at 3.500 phone -> server copy\n"
                                   "at 3.510 server -> phone 401\n"
                                   "at 3.550 phone -> server REGISTER auth\n"
                                   "at 3.560 server -> phone 401\n"
                                   "end 60\n",
                                   &rule_challenge_loop);

    assert_clean(j);
}

/* First the proxy asks, then the registrar: each has its own credentials (RFC
 * 3261 section 22.3). */
static void is_clean_when_a_proxy_and_a_registrar_ask_in_turn(void **state)
{
    g_autoptr(Judgement) j = judge("repeat 4 every 0.1 {\n"
                                   "    at 0    phone -> server REGISTER auth nonce=old realm=r\n"
                                   "    at 0.01 server -> phone 407 realm=proxy\n"
                                   "    at 0.02 phone -> server REGISTER auth\n"
                                   "    at 0.03 server -> phone 401 realm=registrar\n"
                                   "}\n"
                                   "end 60\n",
                                   &rule_challenge_loop);

    assert_clean(j);
}

/* Answers to challenges from before the capture, or to none at all, prove no
 * refusal. */
static void is_clean_when_the_nonces_were_never_seen(void **state)
{
    g_autoptr(Judgement) j = judge("repeat 5 every 0.1 {\n"
                                   "    at 0    phone -> server REGISTER auth nonce=abc realm=r\n"
                                   "    at 0.01 server -> phone 401\n"
                                   "}\n"
                                   "end 60\n",
                                   &rule_challenge_loop);

    assert_clean(j);
}

static void abstains_when_messages_were_cut(void **state)
{
    g_autoptr(Judgement) j = judge("snaplen 420\n"
                                   "at 0     phone -> server REGISTER\n"
                                   "at 0.010 server -> phone 401\n"
                                   "repeat 4 every 0.1 from 0.020 {\n"
                                   "    at 0     phone -> server REGISTER auth\n"
                                   "    at 0.010 server -> phone 401 stale\n"
                                   "}\n"
                                   "end 60\n",
                                   &rule_challenge_loop);

    assert_abstains(j, "messages were cut by the snapshot length");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fires_from_the_third_round_on),
        cmocka_unit_test(sees_the_same_beside_the_server),
        cmocka_unit_test(is_clean_after_two_rounds),
        cmocka_unit_test(is_clean_when_the_nonces_were_stale),
        cmocka_unit_test(is_clean_when_the_phone_gets_in_after_all),
        cmocka_unit_test(is_clean_when_every_refresh_begins_with_a_challenge),
        cmocka_unit_test(does_not_take_copies_for_rounds),
        cmocka_unit_test(is_clean_when_a_proxy_and_a_registrar_ask_in_turn),
        cmocka_unit_test(is_clean_when_the_nonces_were_never_seen),
        cmocka_unit_test(abstains_when_messages_were_cut),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
