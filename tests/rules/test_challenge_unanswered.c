/*
 * Challenged, and then silence: only where the challenge arrived, and only
 * when the capture looked on.
 */

#include "expect.h"

extern const Rule rule_challenge_unanswered;

#define CHALLENGED                        \
    "at 0     phone -> server REGISTER\n" \
    "at 0.020 server -> phone 401\n"

#define SUMMARY                                                                              \
    "alice@example.com was challenged (401, realm \"example.com\") and sent no credentials " \
    "for 60 s"

static void fires_when_the_phone_goes_silent(void **state)
{
    g_autoptr(Judgement) j =
        judge("vantage client\n" CHALLENGED "end 60.02\n", &rule_challenge_unanswered);

    assert_fires(j, FINDING_STRONG, SUMMARY);
    assert_fact(j, 0, "request", 1);
    assert_fact(j, 1, "challenge", 2);
    assert_string_equal(fact_at(j->finding, 1)->expected, "a second REGISTER with Authorization");
    assert_true(g_str_has_prefix(j->finding->settle, "The phone's own log"));
    assert_rejects(j, "answer_lost");
}

/* Further on the request with credentials may have been lost on its way. */
static void is_a_hint_where_the_phone_is_far_away(void **state)
{
    static const char *const scenarios[] = { "vantage server\n" CHALLENGED "end 60.02\n",
                                             "vantage middle\n" CHALLENGED "end 60.02\n" };

    for (unsigned i = 0; i < G_N_ELEMENTS(scenarios); i++) {
        g_autoptr(Judgement) j = judge(scenarios[i], &rule_challenge_unanswered);

        assert_fires(j, FINDING_WEAK, SUMMARY);
        assert_true(g_str_has_prefix(j->finding->settle, "A capture beside the phone"));
    }
}

static void is_strong_from_afar_when_the_phone_begins_anew_without_credentials(void **state)
{
    g_autoptr(Judgement) j =
        judge("vantage server\n" CHALLENGED "at 20    phone -> server REGISTER\n"
              "at 20.02 server -> phone 401\n"
              "end 80\n",
              &rule_challenge_unanswered);

    assert_int_equal(j->verdict, RULE_FIRES);
    assert_int_equal(j->finding->grade, FINDING_STRONG);
    assert_true(g_str_has_prefix(j->finding->settle, "A capture beside the phone"));
}

/* One lost packet, the REGISTER with credentials, would look the same: that
 * the phone began anew later proves that it was alive and no more. */
static void is_not_proven_even_when_the_phone_comes_back(void **state)
{
    g_autoptr(Judgement) j =
        judge("vantage client\n" CHALLENGED "at 20    phone -> server REGISTER\n"
              "at 20.02 server -> phone 401\n"
              "end 80\n",
              &rule_challenge_unanswered);

    assert_int_equal(j->verdict, RULE_FIRES);
    assert_int_equal(j->finding->grade, FINDING_STRONG);
    assert_checkable(j->finding);
}

static void fires_on_the_challenge_of_a_proxy(void **state)
{
    g_autoptr(Judgement) j = judge("vantage client\n"
                                   "at 0    phone -> server REGISTER\n"
                                   "at 0.02 server -> phone 407 realm=proxy\n"
                                   "end 60.02\n",
                                   &rule_challenge_unanswered);

    assert_fires(j, FINDING_STRONG,
                 "alice@example.com was challenged (407, realm \"proxy\") and sent no credentials "
                 "for 60 s");
}

/* The proxy got its credentials, the registrar did not. */
static void fires_on_the_second_of_two_challenges(void **state)
{
    g_autoptr(Judgement) j = judge("vantage client\n"
                                   "at 0    phone -> server REGISTER\n"
                                   "at 0.02 server -> phone 407 realm=proxy\n"
                                   "at 0.03 phone -> server REGISTER auth\n"
                                   "at 0.05 server -> phone 401 realm=registrar\n"
                                   "end 60.05\n",
                                   &rule_challenge_unanswered);

    assert_fires(j, FINDING_STRONG,
                 "alice@example.com was challenged (401, realm \"registrar\") and sent no "
                 "credentials for 60 s");
    assert_fact(j, 0, "request", 3);
}

static void is_a_hint_when_the_challenge_is_for_a_sim(void **state)
{
    g_autoptr(Judgement) j = judge("at 0    phone -> server REGISTER\n"
                                   "at 0.02 server -> phone 401 algorithm=AKAv1-MD5\n"
                                   "end 60.02\n",
                                   &rule_challenge_unanswered);

    assert_fires(j, FINDING_WEAK, SUMMARY);
}

static void is_clean_when_the_phone_is_accepted(void **state)
{
    g_autoptr(Judgement) j = judge("vantage client\n"
                                   "at 0 phone -> server registration\n"
                                   "end 60\n",
                                   &rule_challenge_unanswered);

    assert_clean(j);
}

static void is_clean_when_the_credentials_come_under_another_call_id(void **state)
{
    g_autoptr(Judgement) j =
        judge(CHALLENGED "at 0.030 phone -> server REGISTER auth call-id=other cseq=1\n"
                         "at 0.050 server -> phone 200\n"
                         "end 60\n",
              &rule_challenge_unanswered);

    assert_clean(j);
}

static void is_clean_when_the_credentials_get_no_answer(void **state)
{
    g_autoptr(Judgement) j = judge(CHALLENGED "at 0.030 phone -> server REGISTER auth\n"
                                              "at 0.530 phone -> server copy\n"
                                              "end 60\n",
                                   &rule_challenge_unanswered);

    assert_clean(j);
}

static void is_clean_when_the_challenged_request_was_not_captured(void **state)
{
    g_autoptr(Judgement) j = judge("at 0     phone -> server REGISTER unseen\n"
                                   "at 0.020 server -> phone 401\n"
                                   "end 60\n",
                                   &rule_challenge_unanswered);

    assert_clean(j);
}

static void is_clean_when_remembered_credentials_are_challenged(void **state)
{
    g_autoptr(Judgement) j = judge("at 0    phone -> server REGISTER auth nonce=old realm=r\n"
                                   "at 0.02 server -> phone 401\n"
                                   "end 60\n",
                                   &rule_challenge_unanswered);

    assert_clean(j);
}

static void abstains_when_the_phone_repeats_its_request(void **state)
{
    g_autoptr(Judgement) j =
        judge("vantage server\n"
              "at 0     phone -> server REGISTER\n"
              "at 0.002 server -> phone 401 lost\n" REPEATED("phone") "end 70\n",
              &rule_challenge_unanswered);

    assert_abstains(j, "the phone repeated the request: the challenge did not reach it");
}

static void abstains_when_the_capture_stops_too_early(void **state)
{
    g_autoptr(Judgement) at_once = judge(CHALLENGED, &rule_challenge_unanswered);
    g_autoptr(Judgement) soon = judge(CHALLENGED "end 3\n", &rule_challenge_unanswered);

    assert_abstains(at_once, "the capture ends too early after the last message");
    assert_abstains(soon, "the capture ends too early after the last message");
}

/* Two lines of one phone at once: the second one's request does not mean that
 * the first one was given up. */
static void abstains_when_another_attempt_begins_and_the_capture_ends(void **state)
{
    g_autoptr(Judgement) j =
        judge(CHALLENGED "at 0.030 phone -> server REGISTER call-id=other cseq=1\n"
                         "end 0.050\n",
              &rule_challenge_unanswered);

    assert_abstains(j, "the phone had no time to answer the challenge");
}

static void abstains_when_the_capture_cut_packets(void **state)
{
    g_autoptr(Judgement) j =
        judge("snaplen 400\n" CHALLENGED "end 60\n", &rule_challenge_unanswered);

    assert_abstains(j, "frames were cut by the snapshot length at that time");
}

static void abstains_when_fragments_are_missing(void **state)
{
    g_autoptr(Judgement) j =
        judge(CHALLENGED "at 0.030 phone -> server REGISTER auth mtu=576 lose=2\n"
                         "end 60\n",
              &rule_challenge_unanswered);

    assert_abstains(j, "IP fragments are missing at that time");
}

/* A phone that is switched off takes leave and does not wait for the answer. */
static void abstains_when_the_device_was_leaving(void **state)
{
    g_autoptr(Judgement) j = judge("at 0    phone -> server registration\n"
                                   "at 9    phone -> server REGISTER expires=0\n"
                                   "at 9.02 server -> phone 401\n"
                                   "end 60\n",
                                   &rule_challenge_unanswered);

    assert_abstains(j, "the device was leaving and need not wait for the end");
}

static void leaves_a_lost_challenge_to_its_own_rule(void **state)
{
    g_autofree char *ids =
        judge_all("vantage server\n"
                  "at 0     phone -> server REGISTER\n"
                  "at 0.002 server -> phone 401 lost\n" REPEATED("phone") "end 70\n");

    assert_string_equal(ids, "answer_lost");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fires_when_the_phone_goes_silent),
        cmocka_unit_test(is_a_hint_where_the_phone_is_far_away),
        cmocka_unit_test(is_strong_from_afar_when_the_phone_begins_anew_without_credentials),
        cmocka_unit_test(is_not_proven_even_when_the_phone_comes_back),
        cmocka_unit_test(fires_on_the_challenge_of_a_proxy),
        cmocka_unit_test(fires_on_the_second_of_two_challenges),
        cmocka_unit_test(is_a_hint_when_the_challenge_is_for_a_sim),
        cmocka_unit_test(is_clean_when_the_phone_is_accepted),
        cmocka_unit_test(is_clean_when_the_credentials_come_under_another_call_id),
        cmocka_unit_test(is_clean_when_the_credentials_get_no_answer),
        cmocka_unit_test(is_clean_when_the_challenged_request_was_not_captured),
        cmocka_unit_test(is_clean_when_remembered_credentials_are_challenged),
        cmocka_unit_test(abstains_when_the_phone_repeats_its_request),
        cmocka_unit_test(abstains_when_the_capture_stops_too_early),
        cmocka_unit_test(abstains_when_another_attempt_begins_and_the_capture_ends),
        cmocka_unit_test(abstains_when_the_capture_cut_packets),
        cmocka_unit_test(abstains_when_fragments_are_missing),
        cmocka_unit_test(abstains_when_the_device_was_leaving),
        cmocka_unit_test(leaves_a_lost_challenge_to_its_own_rule),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
