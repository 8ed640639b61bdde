/*
 * The credentials for the very challenge were refused, and without the
 * password that is all there is to say.
 */

#include "expect.h"

extern const Rule rule_credentials_refused;

#define ANSWERED_WITH(answer)                  \
    "at 0     phone -> server REGISTER\n"      \
    "at 0.020 server -> phone 401\n"           \
    "at 0.030 phone -> server REGISTER auth\n" \
    "at 0.050 server -> phone " answer "\n"

static void fires_on_403_and_leaves_the_reason_open(void **state)
{
    g_autoptr(Judgement) j = judge(
        "vantage client\n" ANSWERED_WITH("403 add=\"Warning: 399 x y\" drop=Server") "end 60\n",
        &rule_credentials_refused);

    assert_fires(j, FINDING_STRONG,
                 "alice@example.com sent credentials (user \"alice\", realm \"example.com\") and "
                 "was refused: 403 Forbidden");
    assert_fact(j, 0, "request", 3);
    assert_fact(j, 1, "answer", 4);
    assert_fact(j, 2, "Warning", 4);
    assert_rejects(j, "password_wrong");
    assert_null(strstr(j->finding->summary, "password"));
}

static void fires_on_another_challenge(void **state)
{
    g_autoptr(Judgement) j =
        judge("vantage server\n" ANSWERED_WITH("401") "end 60\n", &rule_credentials_refused);

    assert_fires(j, FINDING_STRONG,
                 "alice@example.com sent credentials (user \"alice\", realm \"example.com\") and "
                 "was refused: 401 Unauthorized");
}

static void is_clean_when_they_are_accepted(void **state)
{
    g_autoptr(Judgement) j = judge(ANSWERED_WITH("200") "end 60\n", &rule_credentials_refused);

    assert_clean(j);
}

static void is_clean_when_the_nonce_was_stale(void **state)
{
    g_autoptr(Judgement) j =
        judge(ANSWERED_WITH("401 stale") "end 60\n", &rule_credentials_refused);

    assert_clean(j);
}

/* Many registrars let nonces expire without saying stale=true: the challenge
 * that follows is answered and accepted. */
static void is_clean_when_a_remembered_nonce_had_expired(void **state)
{
    g_autoptr(Judgement) j = judge("at 0     phone -> server registration\n"
                                   "at 50    phone -> server REGISTER auth\n"
                                   "at 50.02 server -> phone 401\n"
                                   "at 50.03 phone -> server REGISTER auth\n"
                                   "at 50.05 server -> phone 200\n"
                                   "end 120\n",
                                   &rule_credentials_refused);

    assert_clean(j);
}

static void is_clean_when_an_expired_nonce_is_all_there_is(void **state)
{
    g_autoptr(Judgement) j = judge("at 0     phone -> server registration\n"
                                   "at 50    phone -> server REGISTER auth\n"
                                   "at 50.02 server -> phone 401\n"
                                   "end 120\n",
                                   &rule_credentials_refused);

    assert_clean(j);
}

static void is_clean_when_the_nonce_is_from_before_the_capture(void **state)
{
    g_autoptr(Judgement) j = judge("at 0    phone -> server REGISTER auth nonce=old realm=r\n"
                                   "at 0.02 server -> phone 401\n"
                                   "end 60\n",
                                   &rule_credentials_refused);

    assert_clean(j);
}

static void is_clean_when_nobody_asked_for_credentials(void **state)
{
    g_autoptr(Judgement) j = judge("at 0    phone -> server REGISTER\n"
                                   "at 0.02 server -> phone 403\n"
                                   "end 60\n",
                                   &rule_credentials_refused);

    assert_clean(j);
}

/* The proxy was content; the registrar asks for the first time. */
static void is_clean_when_the_registrar_behind_a_proxy_asks_too(void **state)
{
    g_autoptr(Judgement) j = judge("at 0    phone -> server REGISTER\n"
                                   "at 0.02 server -> phone 407 realm=proxy\n"
                                   "at 0.03 phone -> server REGISTER auth\n"
                                   "at 0.05 server -> phone 401 realm=registrar\n"
                                   "end 60\n",
                                   &rule_credentials_refused);

    assert_clean(j);
}

/* RFC 3310 section 3.4: with auts a SIM asks for another challenge. */
static void is_clean_when_a_sim_asks_to_be_challenged_anew(void **state)
{
    g_autoptr(Judgement) j =
        judge("at 0    phone -> server REGISTER\n"
              "at 0.02 server -> phone 401 nonce=n1 algorithm=AKAv1-MD5\n"
              "at 0.03 phone -> server REGISTER auth response=00000000000000000000000000000000 "
              "replace=\"algorithm=AKAv1-MD5=>algorithm=AKAv1-MD5,"
              "auts=\\\"AAECAwQFBgcICQoLDA0=\\\"\"\n"
              "at 0.05 server -> phone 401 algorithm=AKAv1-MD5\n"
              "end 60\n",
              &rule_credentials_refused);

    assert_clean(j);
}

/* The 401 to the first request comes once more, late. */
static void is_clean_when_an_old_challenge_comes_late(void **state)
{
    g_autoptr(Judgement) j = judge("at 0     phone -> server REGISTER as=first\n"
                                   "at 0.020 server -> phone 401\n"
                                   "at 0.030 phone -> server REGISTER auth\n"
                                   "at 0.040 server -> phone 401 for=first\n"
                                   "at 0.050 server -> phone 200\n"
                                   "end 60\n",
                                   &rule_credentials_refused);

    assert_clean(j);
}

static void is_silent_where_a_loop_says_more(void **state)
{
    g_autofree char *ids = judge_all("at 0     phone -> server REGISTER\n"
                                     "at 0.010 server -> phone 401\n"
                                     "repeat 4 every 0.1 from 0.020 {\n"
                                     "    at 0     phone -> server REGISTER auth\n"
                                     "    at 0.010 server -> phone 401\n"
                                     "}\n"
                                     "end 60\n");

    assert_string_equal(ids, "challenge_loop");
}

static void abstains_when_messages_were_cut(void **state)
{
    g_autoptr(Judgement) j = judge("snaplen 420\n"
                                   "at 0    phone -> server REGISTER\n"
                                   "at 0.02 server -> phone 401\n"
                                   "at 0.03 phone -> server REGISTER auth\n"
                                   "at 0.05 server -> phone 401 stale\n"
                                   "end 60\n",
                                   &rule_credentials_refused);

    assert_abstains(j, "messages were cut by the snapshot length");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fires_on_403_and_leaves_the_reason_open),
        cmocka_unit_test(fires_on_another_challenge),
        cmocka_unit_test(is_clean_when_they_are_accepted),
        cmocka_unit_test(is_clean_when_the_nonce_was_stale),
        cmocka_unit_test(is_clean_when_a_remembered_nonce_had_expired),
        cmocka_unit_test(is_clean_when_an_expired_nonce_is_all_there_is),
        cmocka_unit_test(is_clean_when_the_nonce_is_from_before_the_capture),
        cmocka_unit_test(is_clean_when_nobody_asked_for_credentials),
        cmocka_unit_test(is_clean_when_the_registrar_behind_a_proxy_asks_too),
        cmocka_unit_test(is_clean_when_a_sim_asks_to_be_challenged_anew),
        cmocka_unit_test(is_clean_when_an_old_challenge_comes_late),
        cmocka_unit_test(abstains_when_messages_were_cut),
        cmocka_unit_test(is_silent_where_a_loop_says_more),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
