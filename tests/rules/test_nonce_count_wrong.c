/*
 * The count of requests made with one nonce repeats, or goes back.
 */

#include "logins.h"

extern const Rule rule_nonce_count_wrong;

#define RENEWED(nc, answer)                               \
    "at 0      phone -> server registration\n"            \
    "at 90     phone -> server REGISTER auth nc=" nc "\n" \
    "at 90.020 server -> phone " answer "\n"              \
    "end 150\n"

static void fires_when_the_count_repeats(void **state)
{
    g_autoptr(Judgement) j = judge(RENEWED("00000001", "401"), &rule_nonce_count_wrong);

    assert_fires(
        j, FINDING_STRONG,
        "alice@example.com repeats the nonce count of an earlier request (nc=00000001) and "
        "was refused");
    assert_fact(j, 0, "nonce issued", 2);
    assert_fact(j, 1, "credentials", 5);
    assert_fact(j, 2, "answer", 6);
    assert_rejects(j, "password_wrong");
}

static void fires_when_the_count_goes_back(void **state)
{
    g_autoptr(Judgement) j = judge("at 0      phone -> server registration\n"
                                   "at 90     phone -> server REGISTER auth nc=00000009\n"
                                   "at 90.020 server -> phone 200\n"
                                   "at 180     phone -> server REGISTER auth nc=00000003\n"
                                   "at 180.020 server -> phone 403\n"
                                   "end 240\n",
                                   &rule_nonce_count_wrong);

    assert_fires(j, FINDING_STRONG,
                 "alice@example.com counts the nonce backwards (nc=00000003) and was refused");
}

/* Few servers mind: it is only said, and weakly. */
static void is_weak_when_a_new_nonce_starts_too_high(void **state)
{
    g_autoptr(Judgement) j = judge(LOGIN("nc=00000002", "401"), &rule_nonce_count_wrong);
    g_autoptr(Judgement) known =
        judge_with(LOGIN("nc=00000002", "401"), ALICE, &rule_nonce_count_wrong);

    assert_fires(j, FINDING_WEAK,
                 "alice@example.com starts a new nonce with a count above 1 (nc=00000002) and was "
                 "refused");
    assert_int_equal(known->finding->grade, FINDING_STRONG);
}

static void is_weak_beside_a_wrong_password(void **state)
{
    g_autoptr(Judgement) j =
        judge_with(RENEWED("00000001", "403"), OTHER_PASSWORD, &rule_nonce_count_wrong);

    assert_int_equal(j->finding->grade, FINDING_WEAK);
}

/* Requests of other methods count too. */
static void is_clean_on_a_gap(void **state)
{
    g_autoptr(Judgement) j = judge(RENEWED("00000007", "401"), &rule_nonce_count_wrong);

    assert_clean(j);
}

static void is_clean_when_the_server_accepts_it(void **state)
{
    g_autoptr(Judgement) j = judge(RENEWED("00000001", "200"), &rule_nonce_count_wrong);

    assert_clean(j);
}

static void is_clean_on_a_stale_nonce(void **state)
{
    g_autoptr(Judgement) j = judge(RENEWED("00000001", "401 stale"), &rule_nonce_count_wrong);

    assert_clean(j);
}

/* Nobody knows what it was used for before. */
static void is_clean_on_a_nonce_from_before_the_capture(void **state)
{
    g_autoptr(Judgement) j =
        judge("at 0     phone -> server REGISTER auth nonce=before nc=00000005\n"
              "at 0.020 server -> phone 403\n"
              "end 60\n",
              &rule_nonce_count_wrong);

    assert_clean(j);
}

/* A server that makes its nonces from the second hands out the same one twice,
 * and the phone counts anew. */
static void is_clean_on_a_nonce_that_was_issued_twice(void **state)
{
    g_autoptr(Judgement) j = judge("at 0     phone -> server REGISTER\n"
                                   "at 0.020 server -> phone 401 nonce=same\n"
                                   "at 0.060 phone -> server REGISTER auth nc=00000001\n"
                                   "at 0.080 server -> phone 401 nonce=same\n"
                                   "at 0.120 phone -> server REGISTER auth nc=00000001\n"
                                   "at 0.140 server -> phone 401 nonce=other\n"
                                   "end 60\n",
                                   &rule_nonce_count_wrong);

    assert_clean(j);
}

/* A retransmission carries the same count because it is the same request. */
static void is_clean_on_copies(void **state)
{
    g_autoptr(Judgement) j = judge(CHALLENGED "at 0.060 phone -> server REGISTER auth\n"
                                              "at 0.560 phone -> server copy\n"
                                              "at 0.580 server -> phone 401\n"
                                              "end 60\n",
                                   &rule_nonce_count_wrong);

    assert_clean(j);
}

static void abstains_when_the_nonce_may_have_been_used_out_of_sight(void **state)
{
    g_autoptr(Judgement) j =
        judge(CHALLENGED "at 0.060 phone -> server REGISTER auth\n"
                         "at 0.080 server -> phone 200 add=\"Authentication-Info: "
                         "nextnonce=\\\"following\\\"\"\n"
                         "at 90     phone -> server REGISTER auth nonce=following nc=00000004\n"
                         "at 90.020 server -> phone 403\n"
                         "end 150\n",
              &rule_nonce_count_wrong);

    assert_abstains(j, "other requests may have used the nonce out of sight");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fires_when_the_count_repeats),
        cmocka_unit_test(fires_when_the_count_goes_back),
        cmocka_unit_test(is_weak_when_a_new_nonce_starts_too_high),
        cmocka_unit_test(is_weak_beside_a_wrong_password),
        cmocka_unit_test(is_clean_on_a_gap),
        cmocka_unit_test(is_clean_when_the_server_accepts_it),
        cmocka_unit_test(is_clean_on_a_stale_nonce),
        cmocka_unit_test(is_clean_on_a_nonce_from_before_the_capture),
        cmocka_unit_test(is_clean_on_a_nonce_that_was_issued_twice),
        cmocka_unit_test(is_clean_on_copies),
        cmocka_unit_test(abstains_when_the_nonce_may_have_been_used_out_of_sight),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
