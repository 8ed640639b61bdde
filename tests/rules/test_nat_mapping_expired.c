/*
 * NATs that forgot the phone, and what only looks like it.
 */

#include "paths.h"

extern const Rule rule_nat_mapping_expired;

/* Alice behind her NAT, granted an hour at noon, with these outages. */
static Judgement *judge_outages(const RegOutage *outages, unsigned n, const RegNat *nat)
{
    RegBinding binding = binding_made(NOON(0), 3600, REG_BINDING_OPEN);
    RegLife life = life_made();
    RegDevice device = device_made(&binding, 1, &life);

    life.nat = nat;
    life.n_outages = n;
    life.outages = outages;
    return judge_device(&rule_nat_mapping_expired, &device, NOON(3000));
}

static Judgement *judge_one(RegOutage outage)
{
    RegNat nat = nat_made();

    return judge_outages(&outage, 1, &nat);
}

static void is_strong_when_a_call_after_a_silence_fails_and_a_later_one_does_not(void **state)
{
    g_autoptr(Judgement) j = judge("vantage server\n"
                                   "phone expires=3600\n"
                                   "at 0      phone -> server registration\n"
                                   "at 20     server -> phone OPTIONS\n"
                                   "at 20.03  phone -> server 200\n"
                                   "at 110    server -> phone INVITE lost\n"
                                   "at 110.5  server -> phone copy lost\n"
                                   "at 111.5  server -> phone copy lost\n"
                                   "at 113.5  server -> phone copy lost\n"
                                   "at 600    phone -> server registration\n"
                                   "at 610    server -> phone INVITE\n"
                                   "at 610.03 phone -> server 200\n"
                                   "end 700\n",
                                   &rule_nat_mapping_expired);

    assert_fires(j, FINDING_STRONG,
                 "the NAT at 203.0.113.2 forgot alice@example.com after 19 s to 89 s of silence: "
                 "registered, but not reachable from 12:01:50.000 at the latest until 12:10:00.000 "
                 "(8 min 10 s), and 1 request got no answer");
    assert_fact(j, 0, "registration", 4);
    assert_fact(j, 1, "request", 7);
    assert_fact(j, 2, "last copy", 10);
    assert_fact(j, 3, "device is back", 11);
    assert_fact(j, 4, "works again", 15);
    assert_rejects(j, "binding_lapsed");
}

static void says_until_when_the_registration_was_valid_and_what_to_set(void **state)
{
    g_autoptr(Judgement) j = judge_one(outage_made(NOON(100), 60 * NSEC_SEC, 10));

    assert_string_equal(fact_at(j->finding, 0)->seen,
                        "granted for 3600 s, valid until 13:00:00.000");
    assert_non_null(strstr(j->finding->advice, "granted for 3600 s"));
    assert_non_null(strstr(j->finding->advice, "at most 60 s of silence"));
    assert_non_null(strstr(j->finding->advice, "every 25 s"));
    assert_int_equal(j->finding->from, NOON(100));
    assert_int_equal(j->finding->until, NOON(130));
}

static void is_proven_by_two_outages_that_ended_alike(void **state)
{
    const RegOutage outages[] = {
        outage_made(NOON(100), 60 * NSEC_SEC, 10),
        outage_made(NOON(300), 50 * NSEC_SEC, 20),
    };
    RegNat nat = nat_made();
    g_autoptr(Judgement) j = judge_outages(outages, 2, &nat);

    assert_fires(
        j, FINDING_PROVEN,
        "the NAT at 203.0.113.2 forgot alice@example.com 2 times after at most 50 s of "
        "silence: registered, but not reachable for at least 60 s between 12:01:40.000 and "
        "12:05:30.000, and 2 requests got no answer");
    assert_int_equal(j->finding->count, 2);
}

/* The capture may lack the answers: then nobody would have repeated a request. */
static void is_weak_when_no_request_was_repeated(void **state)
{
    RegOutage outages[] = {
        outage_made(NOON(100), 60 * NSEC_SEC, 10),
        outage_made(NOON(300), 50 * NSEC_SEC, 20),
    };
    RegNat nat = nat_made();

    for (unsigned i = 0; i < 2; i++) {
        outages[i].first.copies = outages[i].last.copies = 0;
        outages[i].requests = 3;
        outages[i].inside_silent = true;
    }

    g_autoptr(Judgement) j = judge_outages(outages, 2, &nat);

    assert_int_equal(j->verdict, RULE_FIRES);
    assert_int_equal(j->finding->grade, FINDING_WEAK);
    outages[0].back_registers = outages[1].back_registers = false;

    g_autoptr(Judgement) lossy = judge_outages(outages, 2, &nat);

    assert_clean(lossy);
}

static void is_proven_when_the_inside_stayed_silent(void **state)
{
    RegOutage outage = outage_made(NOON(100), 60 * NSEC_SEC, 10);

    outage.inside_silent = true;

    g_autoptr(Judgement) j = judge_one(outage);

    assert_int_equal(j->verdict, RULE_FIRES);
    assert_int_equal(j->finding->grade, FINDING_PROVEN);
}

static void a_new_public_port_replaces_the_proof_that_it_works_again(void **state)
{
    RegOutage outage = outage_made(NOON(100), 60 * NSEC_SEC, 10);

    outage.works = NSEC_NONE;

    g_autoptr(Judgement) silent = judge_one(outage);

    assert_clean(silent);
    outage.back_moved = true;

    g_autoptr(Judgement) moved = judge_one(outage);

    assert_int_equal(moved->verdict, RULE_FIRES);
    assert_int_equal(moved->finding->grade, FINDING_STRONG);
}

static void clean_when_the_device_was_not_silent_for_long(void **state)
{
    g_autoptr(Judgement) j = judge_one(outage_made(NOON(100), 5 * NSEC_SEC, 10));

    assert_clean(j);
}

static void clean_when_the_nat_bears_such_a_silence(void **state)
{
    RegOutage outage = outage_made(NOON(100), 60 * NSEC_SEC, 10);
    RegNat nat = nat_made();

    nat.bounds[REG_NAT_FRESH].alive = 70 * NSEC_SEC;
    nat.bounds[REG_NAT_STREAM].alive = 70 * NSEC_SEC;

    g_autoptr(Judgement) j = judge_outages(&outage, 1, &nat);

    assert_clean(j);
}

static void weak_when_it_bears_that_in_another_state_perhaps(void **state)
{
    RegOutage outage = outage_made(NOON(100), 60 * NSEC_SEC, 10);
    RegNat nat = nat_made();

    nat.bounds[REG_NAT_STREAM].alive = 70 * NSEC_SEC;

    g_autoptr(Judgement) j = judge_outages(&outage, 1, &nat);

    assert_int_equal(j->verdict, RULE_FIRES);
    assert_int_equal(j->finding->grade, FINDING_WEAK);
}

static void clean_when_nothing_shows_a_nat(void **state)
{
    RegOutage outage = outage_made(NOON(100), 60 * NSEC_SEC, 10);
    g_autoptr(Judgement) j = judge_outages(&outage, 1, NULL);

    assert_clean(j);
}

static void clean_when_the_phone_never_came_back(void **state)
{
    RegOutage outage = outage_made(NOON(100), 60 * NSEC_SEC, 10);

    outage.back = outage.works = NSEC_NONE;

    g_autoptr(Judgement) j = judge_one(outage);

    assert_clean(j);
}

static void clean_when_it_came_back_restarted_over_the_same_port(void **state)
{
    RegOutage outage = outage_made(NOON(100), 60 * NSEC_SEC, 10);
    RegBinding binding = binding_made(NOON(0), 3600, REG_BINDING_OPEN);
    RegLife life = life_made();
    RegDevice device = device_made(&binding, 1, &life);
    RegNat nat = nat_made();

    life.nat = &nat;
    life.n_outages = 1;
    life.outages = &outage;
    life.boots = 1;
    life.booted = outage.back_ref;

    g_autoptr(Judgement) same = judge_device(&rule_nat_mapping_expired, &device, NOON(3000));

    assert_clean(same);
    outage.back_moved = true; /* then the old mapping was gone, whatever else happened */

    g_autoptr(Judgement) moved = judge_device(&rule_nat_mapping_expired, &device, NOON(3000));

    assert_int_equal(moved->verdict, RULE_FIRES);
    assert_int_equal(moved->finding->grade, FINDING_STRONG);
}

static void clean_when_the_request_went_elsewhere_or_nothing_was_bound(void **state)
{
    RegOutage outage = outage_made(NOON(100), 60 * NSEC_SEC, 10);

    outage.first.way = REG_WAY_CONTACT;

    g_autoptr(Judgement) contact = judge_one(outage);

    assert_clean(contact);
    outage.first.way = REG_WAY_FLOW;
    outage.bound = false;

    g_autoptr(Judgement) unbound = judge_one(outage);

    assert_clean(unbound);
}

static void clean_when_a_single_datagram_may_have_been_lost(void **state)
{
    RegOutage outage = outage_made(NOON(100), 60 * NSEC_SEC, 10);

    outage.first.copies = outage.last.copies = 0;

    g_autoptr(Judgement) j = judge_one(outage);

    assert_clean(j);
}

static void clean_when_the_whole_nat_was_restarted(void **state)
{
    RegOutage outage = outage_made(NOON(100), 60 * NSEC_SEC, 10);
    const RegNatRestart restart = { .devices = 5, .from = NOON(60), .until = NOON(64) };
    RegNat nat = nat_made();

    nat.restart = &restart;

    g_autoptr(Judgement) j = judge_outages(&outage, 1, &nat);

    assert_clean(j);
}

static void abstains_when_packets_may_be_missing(void **state)
{
    RegOutage outage = outage_made(NOON(100), 60 * NSEC_SEC, 10);

    outage.losses = REG_LOSS_DROPS;

    g_autoptr(Judgement) dropped = judge_one(outage);

    assert_abstains(dropped, "the capture dropped packets at that time");
    outage.losses = REG_LOSS_FORGOTTEN;

    g_autoptr(Judgement) forgotten = judge_one(outage);

    assert_abstains(forgotten, "a table was full at that time");
    outage.losses = 0;
    outage.cut = true;

    g_autoptr(Judgement) cut = judge_one(outage);

    assert_abstains(cut, "the capture ends before the request was given up");
}

static void abstains_beside_the_phone_where_no_call_was_seen(void **state)
{
    g_autoptr(Judgement) j = judge("vantage client\n"
                                   "phone expires=3600\n"
                                   "at 0   phone -> server registration\n"
                                   "at 600 phone -> server registration\n"
                                   "end 700\n",
                                   &rule_nat_mapping_expired);

    assert_abstains(j, "needs a capture on the path or beside the server");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(is_strong_when_a_call_after_a_silence_fails_and_a_later_one_does_not),
        cmocka_unit_test(says_until_when_the_registration_was_valid_and_what_to_set),
        cmocka_unit_test(is_proven_by_two_outages_that_ended_alike),
        cmocka_unit_test(is_weak_when_no_request_was_repeated),
        cmocka_unit_test(is_proven_when_the_inside_stayed_silent),
        cmocka_unit_test(a_new_public_port_replaces_the_proof_that_it_works_again),
        cmocka_unit_test(clean_when_the_device_was_not_silent_for_long),
        cmocka_unit_test(clean_when_the_nat_bears_such_a_silence),
        cmocka_unit_test(weak_when_it_bears_that_in_another_state_perhaps),
        cmocka_unit_test(clean_when_nothing_shows_a_nat),
        cmocka_unit_test(clean_when_the_phone_never_came_back),
        cmocka_unit_test(clean_when_it_came_back_restarted_over_the_same_port),
        cmocka_unit_test(clean_when_the_request_went_elsewhere_or_nothing_was_bound),
        cmocka_unit_test(clean_when_a_single_datagram_may_have_been_lost),
        cmocka_unit_test(clean_when_the_whole_nat_was_restarted),
        cmocka_unit_test(abstains_when_packets_may_be_missing),
        cmocka_unit_test(abstains_beside_the_phone_where_no_call_was_seen),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
