/*
 * Public addresses and ports that change while the phone's own stay.
 */

#include "paths.h"

extern const Rule rule_nat_mapping_changed;

static Judgement *judge_moves(const RegMove *moves, unsigned n, const RegNat *nat)
{
    RegBinding binding = binding_made(NOON(0), 3600, REG_BINDING_OPEN);
    RegLife life = life_made();
    RegDevice device = device_made(&binding, 1, &life);

    life.nat = nat;
    life.moves = moves;
    life.n_moves = n;
    for (unsigned i = 0; i < n; i++)
        life.n_mapping_moves +=
            moves[i].kind == REG_MOVE_MAPPING || moves[i].kind == REG_MOVE_ADDRESS;
    return judge_device(&rule_nat_mapping_changed, &device, NOON(3000));
}

static void is_proven_when_the_server_tells_the_new_port(void **state)
{
    g_autoptr(Judgement) j = judge("vantage client\n"
                                   "phone expires=3600\n"
                                   "at 0      phone -> server registration\n"
                                   "at 600    phone public-port=51234\n"
                                   "at 600.01 phone -> server registration\n"
                                   "end 660\n",
                                   &rule_nat_mapping_changed);

    assert_fires(j, FINDING_PROVEN,
                 "the NAT in front of alice@example.com gave it another public port after 9 min "
                 "59 s of silence: 203.0.113.2:40001 became 203.0.113.2:51234 at 12:10:00.030");
    assert_fact(j, 0, "before", 4);
    assert_fact(j, 1, "after", 6);
}

static void is_strong_when_only_the_outside_is_seen(void **state)
{
    g_autoptr(Judgement) j = judge("vantage server\n"
                                   "phone expires=3600\n"
                                   "at 0      phone -> server registration\n"
                                   "at 600    phone public-port=51234\n"
                                   "at 600.01 phone -> server registration\n"
                                   "end 660\n",
                                   &rule_nat_mapping_changed);

    assert_fires(j, FINDING_STRONG,
                 "the NAT in front of alice@example.com gave it another public port after 9 min "
                 "59 s of silence: 203.0.113.2:40001 became 203.0.113.2:51234 at 12:10:00.010");
}

static void clean_when_the_port_stays(void **state)
{
    g_autoptr(Judgement) j = judge("vantage client\n"
                                   "phone expires=3600\n"
                                   "at 0   phone -> server registration\n"
                                   "at 600 phone -> server registration\n"
                                   "end 660\n",
                                   &rule_nat_mapping_changed);

    assert_clean(j);
}

static void an_address_is_named_as_such_and_repeats_are_counted(void **state)
{
    RegNat nat = nat_made();
    RegMove moves[] = {
        move_made(REG_MOVE_ADDRESS, NOON(100), NSEC_NONE),
        move_made(REG_MOVE_ADDRESS, NOON(300), NSEC_NONE),
    };

    moves[0].to = moves[1].from = endpoint_at(203, 0, 113, 77, 40001);

    g_autoptr(Judgement) j = judge_moves(moves, 2, &nat);

    assert_fires(j, FINDING_STRONG,
                 "the NAT in front of alice@example.com gave it another public address: "
                 "203.0.113.2:40001 became 203.0.113.77:40001 at 12:01:40.000; this happened 2 "
                 "times");
    assert_int_equal(j->finding->count, 2);
    assert_int_equal(j->finding->until, NOON(300));
}

static void clean_when_the_device_itself_moved(void **state)
{
    const RegMove moves[] = {
        move_made(REG_MOVE_DEVICE, NOON(100), 60 * NSEC_SEC),
        move_made(REG_MOVE_STREAM, NOON(200), 60 * NSEC_SEC),
    };
    RegNat nat = nat_made();
    g_autoptr(Judgement) j = judge_moves(moves, 2, &nat);

    assert_clean(j);
}

static void clean_when_the_whole_nat_was_restarted(void **state)
{
    const RegMove move = move_made(REG_MOVE_MAPPING, NOON(100), 5 * NSEC_SEC);
    const RegNatRestart restart = { .devices = 5, .from = NOON(97), .until = NOON(99) };
    RegNat nat = nat_made();

    nat.restart = &restart;

    g_autoptr(Judgement) j = judge_moves(&move, 1, &nat);

    assert_clean(j);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(is_proven_when_the_server_tells_the_new_port),
        cmocka_unit_test(is_strong_when_only_the_outside_is_seen),
        cmocka_unit_test(clean_when_the_port_stays),
        cmocka_unit_test(an_address_is_named_as_such_and_repeats_are_counted),
        cmocka_unit_test(clean_when_the_device_itself_moved),
        cmocka_unit_test(clean_when_the_whole_nat_was_restarted),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
