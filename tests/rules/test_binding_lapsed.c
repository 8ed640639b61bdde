/*
 * Time that ran out, and all that looks like it.
 */

#include "lives.h"

extern const Rule rule_binding_lapsed;

#define SHORT                                  \
    "phone  192.168.1.10  expires=20\n"        \
    "at 0    phone -> server   registration\n" \
    "at 12   phone -> server   registration\n"

#define AGAIN "at 52   phone -> server   registration\n"

static void fires_when_the_renewal_comes_too_late(void **state)
{
    g_autoptr(Judgement) j = judge("vantage server\n" SHORT AGAIN "end 60\n", &rule_binding_lapsed);

    assert_fires(j, FINDING_PROVEN,
                 "alice@example.com was granted 20 s at 12:00:12.050 and did not renew it in time: "
                 "unreachable from 12:00:32.050 until 12:00:52.050, 20 s");
    assert_fact(j, 0, "granted", 8);
    assert_fact(j, 1, "registered again", 12);
    assert_rejects(j, "deregistered");
    assert_rejects(j, "nat_mapping_expired");
}

/* A renewal may have gone another way. */
static void is_less_sure_away_from_the_server(void **state)
{
    g_autoptr(Judgement) j = judge("vantage client\n" SHORT AGAIN "end 60\n", &rule_binding_lapsed);

    assert_fires(j, FINDING_STRONG,
                 "alice@example.com was granted 20 s at 12:00:12.050 and did not renew it in time: "
                 "unreachable from 12:00:32.050 until 12:00:52.050, 20 s");
}

static void is_less_sure_of_a_few_seconds(void **state)
{
    g_autoptr(Judgement) j =
        judge("vantage server\n" SHORT "at 40 phone -> server registration\nend 50\n",
              &rule_binding_lapsed);

    assert_fires(j, FINDING_STRONG,
                 "alice@example.com was granted 20 s at 12:00:12.050 and did not renew it in time: "
                 "unreachable from 12:00:32.050 until 12:00:40.050, 8.0 s");
}

static void counts_and_sums_up(void **state)
{
    g_autoptr(Judgement) j =
        judge("vantage server\n" SHORT AGAIN "at 100 phone -> server registration\nend 110\n",
              &rule_binding_lapsed);

    assert_fires(j, FINDING_PROVEN,
                 "the registration of alice@example.com ran out 2 times before it was renewed: "
                 "unreachable for 48 s in all, the longest time from 12:01:12.050 until "
                 "12:01:40.050 (28 s, granted 20 s)");
    assert_int_equal(j->finding->count, 2);
    assert_int_equal(j->finding->until - j->finding->from, 68 * NSEC_SEC);
}

static void fires_when_the_device_never_comes_back(void **state)
{
    g_autoptr(Judgement) j = judge("vantage server\n" SHORT "end 90\n", &rule_binding_lapsed);

    assert_fires(j, FINDING_STRONG,
                 "alice@example.com was granted 20 s at 12:00:12.050 and did not renew it in time: "
                 "unreachable from 12:00:32.050 until the capture's end at 12:01:30.000, 57 s at "
                 "least: until then the capture shows no renewal");
}

/* A renewal may be about to come. */
static void the_end_of_the_capture_is_no_lapse(void **state)
{
    g_autoptr(Judgement) before = judge("vantage server\n" SHORT "end 30\n", &rule_binding_lapsed);
    g_autoptr(Judgement) behind = judge("vantage server\n" SHORT "end 60\n", &rule_binding_lapsed);

    assert_clean(before);
    assert_clean(behind);
}

static void is_clean_while_it_renews_in_time(void **state)
{
    g_autoptr(Judgement) j =
        judge("vantage server\n" SHORT "at 30 phone -> server registration\nend 40\n",
              &rule_binding_lapsed);

    assert_clean(j);
}

static void is_clean_after_a_farewell(void **state)
{
    g_autoptr(Judgement) j =
        judge("vantage server\n" SHORT "at 20    phone -> server REGISTER auth expires=0\n"
              "at 20.02 server -> phone 200\n"
              "end 200\n",
              &rule_binding_lapsed);

    assert_clean(j);
}

/* It wanted to leave, and nobody answered: that is its own story. */
static void is_clean_after_a_farewell_without_answer(void **state)
{
    g_autoptr(Judgement) j =
        judge("vantage server\n" SHORT "at 20    phone -> server REGISTER auth expires=0\n"
              "end 200\n",
              &rule_binding_lapsed);

    assert_clean(j);
}

/* server_unavailable tells why. */
static void is_clean_when_a_refused_renewal_explains_it(void **state)
{
    g_autoptr(Judgement) j = judge("vantage server\n" SHORT "at 28    phone -> server REGISTER\n"
                                   "at 28.02 server -> phone 503\n" AGAIN "end 60\n",
                                   &rule_binding_lapsed);

    assert_clean(j);
}

static void is_clean_when_an_unanswered_renewal_explains_it(void **state)
{
    g_autoptr(Judgement) j =
        judge("vantage server\n" SHORT "at 28 phone -> server REGISTER\n" AGAIN "end 70\n",
              &rule_binding_lapsed);

    assert_clean(j);
}

static void a_failure_long_before_explains_nothing(void **state)
{
    g_autoptr(Judgement) j = judge("vantage server\n"
                                   "phone  192.168.1.10  expires=20\n"
                                   "at 0    phone -> server   REGISTER\n"
                                   "at 0.02 server -> phone   503\n"
                                   "at 12   phone -> server   registration\n" AGAIN "end 60\n",
                                   &rule_binding_lapsed);

    assert_int_equal(j->verdict, RULE_FIRES);
}

/* Asleep for an hour, and then the server is down as well. */
static void ends_where_the_device_tried_again_and_failed(void **state)
{
    g_autoptr(Judgement) j = judge("vantage server\n" SHORT "at 100    phone -> server REGISTER\n"
                                   "at 100.02 server -> phone 503\n"
                                   "end 300\n",
                                   &rule_binding_lapsed);

    assert_fires(j, FINDING_PROVEN,
                 "alice@example.com was granted 20 s at 12:00:12.050 and did not renew it in time: "
                 "unreachable from 12:00:32.050 until 12:01:40.000, 67 s; then it tried again, and "
                 "failed");
    assert_fact(j, 1, "next REGISTER", 9);
}

static void abstains_when_the_end_of_a_renewal_is_not_known(void **state)
{
    RegBinding binding = binding_made(NOON(0), 60, REG_BINDING_LAPSED);
    RegAttempt attempt = { .purpose = REG_PURPOSE_REFRESH,
                           .outcome = REG_OUTCOME_UNKNOWN,
                           .opened = NOON(50),
                           .first_opened = NOON(50),
                           .closed = NOON(50),
                           .tail_cut = true };
    RegAttempt *attempts[] = { &attempt };
    RegDevice device = device_made(&binding, 1, NULL);

    device.n_attempts_kept = 1;
    device.attempts = attempts;

    g_autoptr(Judgement) j = judge_device(&rule_binding_lapsed, &device, NOON(600));

    assert_abstains(j, "the capture does not show what the device did when the granted time was "
                       "over");
}

/* The phone counts its requests: two of them are not in the capture. */
static void abstains_when_the_renewal_was_not_captured(void **state)
{
    g_autoptr(Judgement) j =
        judge("vantage server\n" SHORT "at 28    phone -> server REGISTER auth unseen\n"
              "at 28.02 server -> phone 200 unseen\n"
              "at 46    phone -> server registration\n"
              "end 60\n",
              &rule_binding_lapsed);

    assert_abstains(j, "the capture does not show what the device did when the granted time was "
                       "over");
}

/* The 200 is there, the request is not. */
static void abstains_when_the_request_of_a_renewal_was_not_captured(void **state)
{
    g_autoptr(Judgement) j =
        judge("vantage server\n" SHORT "at 28    phone -> server REGISTER unseen\n"
              "at 28.02 server -> phone 200\n"
              "reboot phone\n"
              "at 46    phone -> server registration\n"
              "end 60\n",
              &rule_binding_lapsed);

    assert_abstains(j, "the capture does not show what the device did when the granted time was "
                       "over");
}

/* The challenge before the end, the 200 just behind it. */
static void a_renewal_that_was_under_way_is_no_lapse(void **state)
{
    RegBinding bindings[] = { binding_made(NOON(0), 60, REG_BINDING_LAPSED),
                              binding_made(NOON(63), 60, REG_BINDING_OPEN) };
    RegAttempt attempt = { .purpose = REG_PURPOSE_REFRESH,
                           .outcome = REG_OUTCOME_ACCEPTED,
                           .opened = NOON(59),
                           .first_opened = NOON(59),
                           .closed = NOON(63) };
    RegAttempt *attempts[] = { &attempt };
    RegDevice device = device_made(bindings, 2, NULL);

    device.n_attempts_kept = 1;
    device.attempts = attempts;

    g_autoptr(Judgement) j = judge_device(&rule_binding_lapsed, &device, NOON(80));

    assert_clean(j);
}

static void is_clean_when_another_binding_of_the_device_stands(void **state)
{
    RegBinding bindings[] = { binding_made(NOON(0), 60, REG_BINDING_LAPSED),
                              binding_made(NOON(30), 3600, REG_BINDING_OPEN) };
    RegDevice device = device_made(bindings, 2, NULL);
    g_autoptr(Judgement) j = judge_device(&rule_binding_lapsed, &device, NOON(600));

    assert_clean(j);
}

static void abstains_when_the_clock_was_set(void **state)
{
    RegBinding binding = binding_made(NOON(0), 60, REG_BINDING_UNKNOWN);
    RegDevice device = device_made(&binding, 1, NULL);
    g_autoptr(Judgement) j = judge_device(&rule_binding_lapsed, &device, NOON(600));

    assert_int_equal(j->verdict, RULE_ABSTAINS);
}

static void abstains_when_packets_were_lost(void **state)
{
    RegBinding binding = binding_made(NOON(0), 60, REG_BINDING_LAPSED);
    RegDevice device = device_made(&binding, 1, NULL);

    device.losses = REG_LOSS_DROPS;

    g_autoptr(Judgement) dropped = judge_device(&rule_binding_lapsed, &device, NOON(600));

    assert_abstains(dropped, "the capture dropped packets at that time");
    device.losses = REG_LOSS_ONE_WAY;

    g_autoptr(Judgement) one_way = judge_device(&rule_binding_lapsed, &device, NOON(600));

    assert_abstains(one_way, "one direction between these hosts is not in the capture");
}

static void says_that_the_device_was_alive(void **state)
{
    g_autoptr(Judgement) j = judge("vantage server\n" SHORT "at 25 phone -> server registration\n"
                                   "every 5 from 30 to 80 phone -> server keepalive crlf\n"
                                   "end 120\n",
                                   &rule_binding_lapsed);

    assert_fires(j, FINDING_STRONG,
                 "alice@example.com was granted 20 s at 12:00:25.050 and did not renew it in time, "
                 "although it was alive: unreachable from 12:00:45.050 until the capture's end at "
                 "12:02:00.000, 74 s at least: until then the capture shows no renewal");
}

/* Two phones of one account: what one of them does is no news of the other. */
static void fires_for_the_phone_that_went(void **state)
{
    g_autoptr(Judgement) j =
        judge("vantage server\n"
              "phone desk 192.168.1.10 user=alice expires=60\n"
              "phone desk instance=urn:uuid:00000000-0000-4000-8000-00000000000a\n"
              "phone soft 192.168.1.11 user=alice expires=60\n"
              "phone soft instance=urn:uuid:00000000-0000-4000-8000-00000000000b\n"
              "at 0 desk -> server registration\n"
              "at 1    soft -> server REGISTER\n"
              "at 1.02 server -> soft 200 add=\"Contact: "
              "<sip:alice@192.168.1.10:5060>;expires=59\"\n"
              "at 45    soft -> server REGISTER\n"
              "at 45.02 server -> soft 200 add=\"Contact: "
              "<sip:alice@192.168.1.10:5060>;expires=15\"\n"
              "every 50 from 95 to 301 soft -> server registration\n"
              "end 320\n",
              &rule_binding_lapsed);

    assert_int_equal(j->looked, 2);
    assert_int_equal(j->verdict, RULE_FIRES);
}

static void one_cause_has_one_headline(void **state)
{
    g_autofree char *ids = judge_all("vantage server\n"
                                     "phone  192.168.1.10  expires=600\n"
                                     "repeat 3 every 598 {\n"
                                     "  at 0    phone -> server REGISTER\n"
                                     "  at 0.02 server -> phone 401\n"
                                     "  at 0.03 phone -> server REGISTER auth\n"
                                     "  at 0.05 server -> phone 200 expires=120\n"
                                     "}\nend 1250\n");

    assert_true(g_str_has_prefix(ids, "granted_expiry_ignored"));
    assert_null(strstr(ids, "binding_lapsed"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fires_when_the_renewal_comes_too_late),
        cmocka_unit_test(is_less_sure_away_from_the_server),
        cmocka_unit_test(is_less_sure_of_a_few_seconds),
        cmocka_unit_test(counts_and_sums_up),
        cmocka_unit_test(fires_when_the_device_never_comes_back),
        cmocka_unit_test(the_end_of_the_capture_is_no_lapse),
        cmocka_unit_test(is_clean_while_it_renews_in_time),
        cmocka_unit_test(is_clean_after_a_farewell),
        cmocka_unit_test(is_clean_after_a_farewell_without_answer),
        cmocka_unit_test(is_clean_when_a_refused_renewal_explains_it),
        cmocka_unit_test(is_clean_when_an_unanswered_renewal_explains_it),
        cmocka_unit_test(a_failure_long_before_explains_nothing),
        cmocka_unit_test(ends_where_the_device_tried_again_and_failed),
        cmocka_unit_test(abstains_when_the_end_of_a_renewal_is_not_known),
        cmocka_unit_test(abstains_when_the_renewal_was_not_captured),
        cmocka_unit_test(abstains_when_the_request_of_a_renewal_was_not_captured),
        cmocka_unit_test(a_renewal_that_was_under_way_is_no_lapse),
        cmocka_unit_test(is_clean_when_another_binding_of_the_device_stands),
        cmocka_unit_test(abstains_when_the_clock_was_set),
        cmocka_unit_test(abstains_when_packets_were_lost),
        cmocka_unit_test(says_that_the_device_was_alive),
        cmocka_unit_test(fires_for_the_phone_that_went),
        cmocka_unit_test(one_cause_has_one_headline),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
