/*
 * Silences that are longer than the NAT is known, or likely, to bear.
 */

#include "paths.h"

extern const Rule rule_keepalive_too_slow;

/* Alice behind 'nat', silent for so long while her hour ran. */
static Judgement *judge_silence(Nsec silence, const RegNat *nat, const RegInbound *answered)
{
    RegBinding binding = binding_made(NOON(0), 3600, REG_BINDING_OPEN);
    RegLife life = life_made();
    RegDevice device = device_made(&binding, 1, &life);

    life.nat = nat;
    life.answered = answered;
    life.traffic.longest = silence;
    life.traffic.longest_from = NOON(10);
    life.traffic.longest_ref = FRAME(7);
    device.last_seen = NOON(2000);
    return judge_device(&rule_keepalive_too_slow, &device, NOON(3000));
}

static void is_a_risk_when_most_nats_bear_less(void **state)
{
    g_autoptr(Judgement) j = judge("vantage server\n"
                                   "phone expires=3600\n"
                                   "at 0    phone -> server registration\n"
                                   "at 1800 phone -> server registration\n"
                                   "end 1900\n",
                                   &rule_keepalive_too_slow);

    assert_fires(
        j, FINDING_WEAK,
        "behind the NAT at 203.0.113.2 nothing passed from or to alice@example.com for up "
        "to 29 min 59 s while it was registered; NATs keep a UDP mapping for 30 s to 5 min "
        "as a rule, and more than half of them for less than 29 min 59 s: it may not be "
        "reachable at the end of such a silence");
    assert_fact(j, 0, "registration", 4);
    assert_fact(j, 1, "end of the silence", 5);
    assert_non_null(strstr(j->finding->advice, "every 25 s"));
}

static void measured_bounds_come_first(void **state)
{
    RegNat nat = nat_made();

    nat.bounds[REG_NAT_STREAM].alive = 8 * NSEC_SEC;
    nat.bounds[REG_NAT_FRESH].dead = 20 * NSEC_SEC;
    nat.bounds[REG_NAT_FRESH].dead_once = 18 * NSEC_SEC;

    g_autoptr(Judgement) j = judge_silence(46 * NSEC_SEC, &nat, NULL);

    assert_fires(j, FINDING_STRONG,
                 "behind the NAT at 203.0.113.2 nothing passed from or to alice@example.com for up "
                 "to 46 s while it was registered; this NAT has forgotten a mapping after 18 s or "
                 "less, more than once: it may not be reachable at the end of such a silence");
    assert_non_null(strstr(j->finding->advice, "every 6 s"));
}

static void one_observation_is_a_hint(void **state)
{
    RegNat nat = nat_made();

    nat.bounds[REG_NAT_FRESH].dead_once = 45 * NSEC_SEC;

    g_autoptr(Judgement) j = judge_silence(46 * NSEC_SEC, &nat, NULL);

    assert_int_equal(j->verdict, RULE_FIRES);
    assert_int_equal(j->finding->grade, FINDING_WEAK);
}

static void clean_when_such_a_silence_was_survived(void **state)
{
    RegNat nat = nat_made();

    nat.bounds[REG_NAT_STREAM].alive = 1900 * NSEC_SEC;

    g_autoptr(Judgement) j = judge_silence(1800 * NSEC_SEC, &nat, NULL);

    assert_clean(j);
}

static void clean_when_the_device_was_reached_after_it(void **state)
{
    RegNat nat = nat_made();
    RegInbound answered = request_made(NOON(1800), 1790 * NSEC_SEC, 9);
    g_autoptr(Judgement) j = judge_silence(1800 * NSEC_SEC, &nat, &answered);

    assert_clean(j);
}

static void clean_when_most_nats_bear_it(void **state)
{
    RegNat nat = nat_made();
    g_autoptr(Judgement) j = judge_silence(54 * NSEC_SEC, &nat, NULL);

    assert_clean(j);
}

static void clean_over_tcp_and_without_a_nat(void **state)
{
    RegNat nat = nat_made();

    nat.transport = NET_TCP;

    g_autoptr(Judgement) tcp = judge_silence(3000 * NSEC_SEC, &nat, NULL);
    g_autoptr(Judgement) open = judge_silence(3000 * NSEC_SEC, NULL, NULL);

    assert_clean(tcp);
    assert_clean(open);
}

static void clean_when_keep_alives_pass(void **state)
{
    g_autoptr(Judgement) j = judge("vantage server\n"
                                   "phone expires=3600\n"
                                   "at 0    phone -> server registration\n"
                                   "every 20 from 20 to 1780 phone -> server keepalive crlf\n"
                                   "at 1800 phone -> server registration\n"
                                   "end 1810\n",
                                   &rule_keepalive_too_slow);

    assert_clean(j);
}

static void pings_that_are_never_answered_do_not_count_for_every_nat(void **state)
{
    RegBinding binding = binding_made(NOON(0), 3600, REG_BINDING_OPEN);
    RegLife life = life_made();
    RegDevice device = device_made(&binding, 1, &life);
    RegNat nat = nat_made();

    life.nat = &nat;
    life.traffic = (RegTraffic){
        .longest = 20 * NSEC_SEC,
        .longest_from = NOON(10),
        .longest_ref = FRAME(7),
        .longest_unheard = 1800 * NSEC_SEC,
    };

    g_autoptr(Judgement) both = judge_device(&rule_keepalive_too_slow, &device, NOON(3000));

    assert_clean(both);
    life.traffic.server_only = true;

    g_autoptr(Judgement) server = judge_device(&rule_keepalive_too_slow, &device, NOON(3000));

    assert_int_equal(server->verdict, RULE_FIRES);
    assert_int_equal(server->finding->grade, FINDING_WEAK);
}

static void abstains_when_packets_may_be_missing(void **state)
{
    RegBinding binding = binding_made(NOON(0), 3600, REG_BINDING_OPEN);
    RegLife life = life_made();
    RegDevice device = device_made(&binding, 1, &life);
    RegNat nat = nat_made();

    life.nat = &nat;
    life.traffic.longest = 1800 * NSEC_SEC;
    life.traffic.longest_from = NOON(10);
    device.losses = REG_LOSS_DROPS;

    g_autoptr(Judgement) j = judge_device(&rule_keepalive_too_slow, &device, NOON(3000));

    assert_abstains(j, "the capture dropped packets at that time");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(is_a_risk_when_most_nats_bear_less),
        cmocka_unit_test(measured_bounds_come_first),
        cmocka_unit_test(one_observation_is_a_hint),
        cmocka_unit_test(clean_when_such_a_silence_was_survived),
        cmocka_unit_test(clean_when_the_device_was_reached_after_it),
        cmocka_unit_test(clean_when_most_nats_bear_it),
        cmocka_unit_test(clean_over_tcp_and_without_a_nat),
        cmocka_unit_test(clean_when_keep_alives_pass),
        cmocka_unit_test(pings_that_are_never_answered_do_not_count_for_every_nat),
        cmocka_unit_test(abstains_when_packets_may_be_missing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
