/*
 * Refused before anybody asked for a password.
 */

#include "expect.h"

extern const Rule rule_refused_unchallenged;

static void fires_on_403_to_the_first_request(void **state)
{
    g_autoptr(Judgement) j = judge("vantage client\n"
                                   "at 0     phone -> server REGISTER\n"
                                   "at 0.020 server -> phone 403 reason=\"Domain forbidden\" "
                                   "drop=Server add=\"Warning: 399 x y\"\n"
                                   "end 60\n",
                                   &rule_refused_unchallenged);

    assert_fires(j, FINDING_PROVEN,
                 "alice@example.com was refused with 403 Domain forbidden without being asked for "
                 "credentials: this is not about the password");
    assert_fact(j, 0, "request", 1);
    assert_fact(j, 1, "answer", 2);
    assert_fact(j, 2, "Warning", 2);
    assert_rejects(j, "credentials_refused");
}

static void fires_on_every_refusal_that_says_no_more(void **state)
{
    static const unsigned statuses[] = {
        402, 405, 406, 409, 410, 480, 486, 488, 501, 600, 603, 606
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(statuses); i++) {
        g_autofree char *scenario = g_strdup_printf("at 0    phone -> server REGISTER\n"
                                                    "at 0.02 server -> phone %u\n"
                                                    "end 60\n",
                                                    statuses[i]);
        g_autoptr(Judgement) j = judge(scenario, &rule_refused_unchallenged);

        assert_int_equal(j->verdict, RULE_FIRES);
    }
}

/* They name a cause, or ask for something else: other findings. */
static void is_clean_on_refusals_that_have_findings_of_their_own(void **state)
{
    static const unsigned statuses[] = {
        302, 400, 404, 416, 420, 423, 439, 482, 483, 500, 503, 604
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(statuses); i++) {
        g_autofree char *scenario = g_strdup_printf("at 0    phone -> server REGISTER\n"
                                                    "at 0.02 server -> phone %u\n"
                                                    "end 60\n",
                                                    statuses[i]);
        g_autoptr(Judgement) j = judge(scenario, &rule_refused_unchallenged);

        assert_clean(j);
    }
}

static void is_clean_when_the_refusal_follows_a_challenge(void **state)
{
    g_autoptr(Judgement) j = judge("at 0    phone -> server REGISTER\n"
                                   "at 0.02 server -> phone 401\n"
                                   "at 0.03 phone -> server REGISTER auth\n"
                                   "at 0.05 server -> phone 403\n"
                                   "end 60\n",
                                   &rule_refused_unchallenged);

    assert_clean(j);
}

static void is_clean_when_the_phone_brought_credentials_unasked(void **state)
{
    g_autoptr(Judgement) j = judge("at 0    phone -> server REGISTER auth nonce=old realm=r\n"
                                   "at 0.02 server -> phone 403\n"
                                   "end 60\n",
                                   &rule_refused_unchallenged);

    assert_clean(j);
}

/* The challenge and the request with credentials are missing: the 403 is about
 * those. */
static void abstains_when_the_refused_request_was_not_captured(void **state)
{
    g_autoptr(Judgement) j = judge("at 0    phone -> server REGISTER\n"
                                   "at 0.02 server -> phone 401 unseen\n"
                                   "at 0.03 phone -> server REGISTER auth unseen\n"
                                   "at 0.05 server -> phone 403\n"
                                   "end 60\n",
                                   &rule_refused_unchallenged);

    assert_abstains(j, "the request that was refused is not in the capture");
}

static void abstains_when_the_beginning_is_missing(void **state)
{
    g_autoptr(Judgement) j = judge("at 0    phone -> server REGISTER unseen\n"
                                   "at 0.02 server -> phone 403\n"
                                   "end 60\n",
                                   &rule_refused_unchallenged);

    assert_abstains(j, "the capture does not hold the beginning of the attempt");
}

static void abstains_when_messages_were_cut(void **state)
{
    g_autoptr(Judgement) j = judge("snaplen 360\n"
                                   "at 0    phone -> server REGISTER auth nonce=old realm=r\n"
                                   "at 0.02 server -> phone 403\n"
                                   "end 60\n",
                                   &rule_refused_unchallenged);

    assert_abstains(j, "messages were cut by the snapshot length");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fires_on_403_to_the_first_request),
        cmocka_unit_test(fires_on_every_refusal_that_says_no_more),
        cmocka_unit_test(is_clean_on_refusals_that_have_findings_of_their_own),
        cmocka_unit_test(is_clean_when_the_refusal_follows_a_challenge),
        cmocka_unit_test(is_clean_when_the_phone_brought_credentials_unasked),
        cmocka_unit_test(abstains_when_the_refused_request_was_not_captured),
        cmocka_unit_test(abstains_when_the_beginning_is_missing),
        cmocka_unit_test(abstains_when_messages_were_cut),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
