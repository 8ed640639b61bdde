/*
 * A device that lives on without its registration.
 */

#include "lives.h"

extern const Rule rule_never_refreshed;

#define ONCE                            \
    "phone  192.168.1.10  expires=60\n" \
    "at 0    phone -> server   registration\n"

static void fires_when_only_keepalives_go_on(void **state)
{
    g_autoptr(Judgement) j = judge(
        "vantage server\n" ONCE "every 20 from 20 to 300 phone -> server keepalive crlf\nend 320\n",
        &rule_never_refreshed);

    assert_fires(j, FINDING_STRONG,
                 "alice@example.com was granted 60 s at 12:00:00.050 and never renewed it, "
                 "although it was alive: it is heard at 12:05:00.000, and no REGISTER follows "
                 "until the capture ends, 4 min 19 s after the time ran out at 12:01:00.050");
    assert_fact(j, 0, "granted", 4);
    assert_rejects(j, "deregistered");
}

static void takes_an_answer_for_a_sign_of_life(void **state)
{
    g_autoptr(Judgement) j = judge("vantage server\n" ONCE "at 100    server -> phone OPTIONS\n"
                                   "at 100.05 phone -> server 200\n"
                                   "end 320\n",
                                   &rule_never_refreshed);

    assert_int_equal(j->verdict, RULE_FIRES);
    assert_checkable(j->finding);
}

/* A phone that learns its public address registers twice in the beginning. */
static void two_registrations_at_once_are_the_beginning(void **state)
{
    RegBinding bindings[] = { binding_made(NOON(0), 60, REG_BINDING_REPLACED),
                              binding_made(NOON(1), 60, REG_BINDING_LAPSED) };
    RegDevice device = device_made(bindings, 2, NULL);

    bindings[0].until = NOON(1);
    device.last_heard = NOON(500);

    g_autoptr(Judgement) j = judge_device(&rule_never_refreshed, &device, NOON(600));

    assert_int_equal(j->verdict, RULE_FIRES);
}

/* It is off, or has no network. */
static void is_clean_when_nothing_is_heard(void **state)
{
    g_autoptr(Judgement) j = judge("vantage server\n" ONCE "end 320\n", &rule_never_refreshed);

    assert_clean(j);
}

static void is_clean_when_it_renewed_before(void **state)
{
    g_autoptr(Judgement) j =
        judge("vantage server\n" ONCE "at 50 phone -> server registration\n"
              "every 20 from 70 to 300 phone -> server keepalive crlf\nend 320\n",
              &rule_never_refreshed);

    assert_clean(j);
}

static void is_clean_when_it_comes_back_late(void **state)
{
    g_autoptr(Judgement) j =
        judge("vantage server\n" ONCE "every 20 from 20 to 300 phone -> server keepalive crlf\n"
              "at 310 phone -> server registration\nend 320\n",
              &rule_never_refreshed);

    assert_clean(j);
}

static void is_clean_when_the_capture_ends_in_time(void **state)
{
    g_autoptr(Judgement) j = judge(
        "vantage server\n" ONCE "every 20 from 20 to 80 phone -> server keepalive crlf\nend 85\n",
        &rule_never_refreshed);

    assert_clean(j);
}

static void is_clean_after_a_farewell(void **state)
{
    g_autoptr(Judgement) j =
        judge("vantage server\n" ONCE "at 30    phone -> server REGISTER auth expires=0\n"
              "at 30.02 server -> phone 200\n"
              "every 20 from 70 to 300 phone -> server keepalive crlf\nend 320\n",
              &rule_never_refreshed);

    assert_clean(j);
}

/* The server's pings are no life of the phone. */
static void is_clean_when_only_the_server_is_heard(void **state)
{
    g_autoptr(Judgement) j = judge(
        "vantage server\n" ONCE "every 20 from 20 to 300 server -> phone keepalive crlf\nend 320\n",
        &rule_never_refreshed);

    assert_clean(j);
}

static void abstains_when_packets_were_lost(void **state)
{
    RegBinding binding = binding_made(NOON(0), 60, REG_BINDING_LAPSED);
    RegDevice device = device_made(&binding, 1, NULL);

    device.last_heard = NOON(500);
    device.losses = REG_LOSS_DROPS;

    g_autoptr(Judgement) j = judge_device(&rule_never_refreshed, &device, NOON(600));

    assert_abstains(j, "the capture dropped packets at that time");
}

static void is_the_headline(void **state)
{
    g_autofree char *ids =
        judge_all("vantage server\n" ONCE
                  "every 20 from 20 to 300 phone -> server keepalive crlf\nend 320\n");

    assert_string_equal(ids, "never_refreshed");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fires_when_only_keepalives_go_on),
        cmocka_unit_test(takes_an_answer_for_a_sign_of_life),
        cmocka_unit_test(two_registrations_at_once_are_the_beginning),
        cmocka_unit_test(is_clean_when_nothing_is_heard),
        cmocka_unit_test(is_clean_when_it_renewed_before),
        cmocka_unit_test(is_clean_when_it_comes_back_late),
        cmocka_unit_test(is_clean_when_the_capture_ends_in_time),
        cmocka_unit_test(is_clean_after_a_farewell),
        cmocka_unit_test(is_clean_when_only_the_server_is_heard),
        cmocka_unit_test(abstains_when_packets_were_lost),
        cmocka_unit_test(is_the_headline),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
