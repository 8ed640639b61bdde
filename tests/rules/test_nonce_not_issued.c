/*
 * The nonce of the challenge did not come back, or was not hashed.
 */

#include "logins.h"

extern const Rule rule_nonce_not_issued;

static void fires_on_the_beginning_of_the_nonce(void **state)
{
    g_autoptr(Judgement) j = judge("at 0     phone -> server REGISTER\n"
                                   "at 0.020 server -> phone 401 nonce=0123456789abcdef\n"
                                   "at 0.060 phone -> server REGISTER auth nonce=01234567\n"
                                   "at 0.080 server -> phone 401\n"
                                   "end 60\n",
                                   &rule_nonce_not_issued);

    assert_fires(j, FINDING_PROVEN,
                 "alice@example.com was challenged and answered with only the beginning of the "
                 "nonce, and was refused");
    assert_fact(j, 0, "challenge", 2);
    assert_fact(j, 1, "credentials", 3);
    assert_fact(j, 2, "answer", 4);
}

static void fires_on_an_empty_nonce(void **state)
{
    g_autoptr(Judgement) j = judge(LOGIN("nonce=\"\"", "401"), &rule_nonce_not_issued);

    assert_fires(j, FINDING_PROVEN,
                 "alice@example.com was challenged and answered with an empty nonce, and was "
                 "refused");
}

static void fires_on_a_nonce_of_no_challenge(void **state)
{
    g_autoptr(Judgement) j = judge(LOGIN("nonce=0815", "401"), &rule_nonce_not_issued);

    assert_fires(j, FINDING_STRONG,
                 "alice@example.com was challenged and answered with a nonce that no captured "
                 "challenge has, and was refused");
}

static void fires_when_the_response_is_the_old_one(void **state)
{
    g_autoptr(Judgement) j =
        judge(CHALLENGED
              "at 0.060 phone -> server REGISTER auth response=2f5c8b4c00112233445566778899aa00\n"
              "at 0.080 server -> phone 401\n"
              "at 0.120 phone -> server REGISTER auth response=2f5c8b4c00112233445566778899aa00\n"
              "at 0.140 server -> phone 401\n"
              "end 60\n",
              &rule_nonce_not_issued);

    assert_fires(j, FINDING_PROVEN,
                 "alice@example.com sent the same response for a new nonce: it did not compute it "
                 "anew, and was refused");
    assert_fact(j, 0, "same response before", 3);
}

static void fires_when_an_older_nonce_was_hashed(void **state)
{
    g_autoptr(Judgement) j = judge_with("at 0     phone -> server REGISTER\n"
                                        "at 0.020 server -> phone 401 nonce=first\n"
                                        "at 0.060 phone -> server REGISTER auth\n"
                                        "at 0.080 server -> phone 401 nonce=second\n"
                                        "at 0.120 phone -> server REGISTER auth nonce=first "
                                        "replace=\"nonce=\\\"first\\\"=>nonce=\\\"second\\\"\"\n"
                                        "at 0.140 server -> phone 401\n"
                                        "end 60\n",
                                        ALICE, &rule_nonce_not_issued);

    assert_fires(
        j, FINDING_PROVEN,
        "alice@example.com sent the nonce of its challenge but hashed the nonce of another "
        "challenge than the one it sent: \"first\", and was refused");
    assert_rejects(j, "password_wrong");
}

/* Nobody knows what was issued before. */
static void is_clean_on_a_nonce_from_before_the_capture(void **state)
{
    g_autoptr(Judgement) j = judge("at 0     phone -> server REGISTER auth nonce=before\n"
                                   "at 0.020 server -> phone 401\n"
                                   "end 60\n",
                                   &rule_nonce_not_issued);

    assert_clean(j);
}

static void is_clean_on_a_nextnonce(void **state)
{
    g_autoptr(Judgement) j =
        judge(CHALLENGED "at 0.060 phone -> server REGISTER auth\n"
                         "at 0.080 server -> phone 200 add=\"Authentication-Info: "
                         "nextnonce=\\\"following\\\"\"\n"
                         "at 90     phone -> server REGISTER\n"
                         "at 90.020 server -> phone 401\n"
                         "at 90.060 phone -> server REGISTER auth nonce=following\n"
                         "at 90.080 server -> phone 403\n"
                         "end 150\n",
              &rule_nonce_not_issued);

    assert_clean(j);
}

static void is_clean_when_the_nonce_came_back(void **state)
{
    g_autoptr(Judgement) j = judge(LOGIN("", "401"), &rule_nonce_not_issued);

    assert_clean(j);
}

/* A registrar without state makes a challenge for each copy; the oldest is
 * forgotten, and the phone may answer that one. */
static void abstains_when_there_were_too_many_challenges(void **state)
{
    g_autoptr(Judgement) j = judge("at 0     phone -> server REGISTER\n"
                                   "at 0.010 server -> phone 401 nonce=first\n"
                                   "repeat 9 every 0.5 from 0.5 {\n"
                                   "    at 0     phone -> server copy\n"
                                   "    at 0.010 server -> phone 401\n"
                                   "}\n"
                                   "at 5     phone -> server REGISTER auth nonce=forgotten\n"
                                   "at 5.010 server -> phone 401\n"
                                   "end 60\n",
                                   &rule_nonce_not_issued);

    assert_abstains(j, "there were more challenges than are remembered");
}

static void abstains_when_packets_are_missing(void **state)
{
    g_autoptr(Judgement) j =
        judge("snaplen 600\n" LOGIN("nonce=0815", "401"), &rule_nonce_not_issued);

    assert_int_equal(j->verdict, RULE_ABSTAINS);
}

static void abstains_where_the_nonce_cannot_be_told_from_the_rest(void **state)
{
    g_autoptr(Judgement) j = judge(
        LOGIN("nonce=0815 replace=\"0815\\\", uri=>0815\\\" uri\"", "401"), &rule_nonce_not_issued);

    assert_abstains(j, "the credentials break the grammar");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fires_on_the_beginning_of_the_nonce),
        cmocka_unit_test(fires_on_an_empty_nonce),
        cmocka_unit_test(fires_on_a_nonce_of_no_challenge),
        cmocka_unit_test(fires_when_the_response_is_the_old_one),
        cmocka_unit_test(fires_when_an_older_nonce_was_hashed),
        cmocka_unit_test(is_clean_on_a_nonce_from_before_the_capture),
        cmocka_unit_test(is_clean_on_a_nextnonce),
        cmocka_unit_test(is_clean_when_the_nonce_came_back),
        cmocka_unit_test(abstains_when_there_were_too_many_challenges),
        cmocka_unit_test(abstains_when_packets_are_missing),
        cmocka_unit_test(abstains_where_the_nonce_cannot_be_told_from_the_rest),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
