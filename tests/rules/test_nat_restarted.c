/*
 * NATs that lose all their mappings at once.
 */

#include "paths.h"

extern const Rule rule_nat_restarted;

static Judgement *judge_restart(const RegNatRestart *restart)
{
    Judgement *judgement = g_new0(Judgement, 1);
    RegNat nat = nat_made();
    RegSite site = { .kind = REG_SITE_NAT, .nat = &nat };

    nat.restart = restart;
    judgement->finding = finding_new(&rule_nat_restarted);
    judgement->looked = 1;
    judgement->verdict = rule_nat_restarted.check_site(&site, judgement->finding);
    return judgement;
}

/* Five devices between noon and four seconds later. */
static RegNatRestart restart_made(void)
{
    return (RegNatRestart){
        .devices = 5,
        .from = NOON(0),
        .until = NOON(4),
        .first = FRAME(40),
        .last = FRAME(60),
        .first_time = NOON(5),
        .last_time = NOON(90),
        .address = THE_NAT.addr,
    };
}

static void is_strong_when_silence_does_not_explain_it(void **state)
{
    RegNatRestart restart = restart_made();
    g_autoptr(Judgement) j = judge_restart(&restart);

    assert_fires(
        j, FINDING_STRONG,
        "5 devices behind 203.0.113.2 lost their way to 198.51.100.10 at one time between "
        "12:00:00.000 and 12:00:04.000, although none had been silent for longer than that "
        "NAT bears: it was restarted, or its table was cleared");
    assert_fact(j, 0, "first device back", 40);
    assert_fact(j, 1, "last device back", 60);
    assert_rejects(j, "nat_mapping_expired");
    assert_int_equal(j->finding->until, NOON(90));
    assert_int_equal(j->finding->count, 5);
}

static void a_new_address_is_named(void **state)
{
    RegNatRestart restart = restart_made();

    restart.address = endpoint_at(203, 0, 113, 77, 0).addr;

    g_autoptr(Judgement) j = judge_restart(&restart);

    assert_fires(j, FINDING_STRONG,
                 "5 devices behind 203.0.113.2 lost their way to 198.51.100.10 at one time between "
                 "12:00:00.000 and 12:00:04.000, and came back from 203.0.113.77, the last at "
                 "12:01:30.000: the site got another public address");
}

static void is_weak_when_the_moment_is_not_known_well(void **state)
{
    RegNatRestart restart = restart_made();

    restart.until = NOON(600);
    restart.first_time = restart.last_time = NOON(700);

    g_autoptr(Judgement) j = judge_restart(&restart);

    assert_int_equal(j->verdict, RULE_FIRES);
    assert_int_equal(j->finding->grade, FINDING_WEAK);
}

static void clean_without_one(void **state)
{
    g_autoptr(Judgement) j = judge_restart(NULL);

    assert_clean(j);
}

#define THREE                                          \
    "vantage server\n"                                 \
    "phone expires=3600\n"                             \
    "phone two 192.168.1.11 user=bob expires=3600\n"   \
    "phone six 192.168.1.12 user=carol expires=3600\n" \
    "at 0.0  phone -> server registration\n"           \
    "at 0.3  two -> server registration\n"             \
    "at 0.6  six -> server registration\n"

static void is_found_in_packets(void **state)
{
    g_autoptr(Judgement) j = judge(THREE "every 5 from 4 to 29.9   phone -> server keepalive crlf\n"
                                         "every 5 from 4.3 to 29.9 two -> server keepalive crlf\n"
                                         "every 5 from 4.6 to 29.9 six -> server keepalive crlf\n"
                                         "at 30 phone public-port=50001\n"
                                         "at 30 phone two public-port=50002\n"
                                         "at 30 phone six public-port=50003\n"
                                         "at 34.0 phone -> server registration\n"
                                         "at 34.3 two -> server registration\n"
                                         "at 34.6 six -> server registration\n"
                                         "end 70\n",
                                   &rule_nat_restarted);

    assert_fires(
        j, FINDING_STRONG,
        "3 devices behind 203.0.113.2 lost their way to 198.51.100.10 at one time between "
        "12:00:29.600 and 12:00:34.000, although none had been silent for longer than that "
        "NAT bears: it was restarted, or its table was cleared");
}

static void clean_when_every_mapping_ran_out_by_itself(void **state)
{
    g_autoptr(Judgement) j = judge(THREE "at 600 phone public-port=50001\n"
                                         "at 600 phone two public-port=50002\n"
                                         "at 600 phone six public-port=50003\n"
                                         "at 600.1 phone -> server registration\n"
                                         "at 600.3 two -> server registration\n"
                                         "at 600.6 six -> server registration\n"
                                         "end 700\n",
                                   &rule_nat_restarted);

    assert_clean(j);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(is_strong_when_silence_does_not_explain_it),
        cmocka_unit_test(a_new_address_is_named),
        cmocka_unit_test(is_weak_when_the_moment_is_not_known_well),
        cmocka_unit_test(clean_without_one),
        cmocka_unit_test(is_found_in_packets),
        cmocka_unit_test(clean_when_every_mapping_ran_out_by_itself),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
