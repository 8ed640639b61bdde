/*
 * NATs that are known inside and out, against what is concluded from outside.
 */

#include "reg/nats.h"

#include "simulated_nat.h"

static NetAddr addr_of(const char *text)
{
    NetAddr addr = { 0 };

    assert_true(net_addr_parse(str_of(text), &addr));
    return addr;
}

static RegNat *nat_of(Nats *nats, const char *address)
{
    NetAddr nat = addr_of(address), server = addr_of("198.51.100.10");

    return nats_find(nats, &nat, &server, NET_UDP, AT(0));
}

/* --- the table ------------------------------------------------------------ */

static void a_nat_is_an_address_toward_a_server_over_a_transport(void **state)
{
    g_autoptr(Nats) nats = nats_new();
    NetAddr nat = addr_of("203.0.113.2"), server = addr_of("198.51.100.10");
    RegNat *one = nats_find(nats, &nat, &server, NET_UDP, AT(0));

    assert_ptr_equal(nats_find(nats, &nat, &server, NET_UDP, AT(1)), one);
    assert_ptr_not_equal(nats_find(nats, &nat, &server, NET_TCP, AT(1)), one);
    assert_ptr_not_equal(nats_find(nats, &server, &nat, NET_UDP, AT(1)), one);
    assert_int_equal(nats_stats(nats).items, 3);
    assert_int_equal(one->bounds[REG_NAT_FRESH].alive, NSEC_NONE);
    assert_int_equal(one->bounds[REG_NAT_STREAM].dead_once, NSEC_NONE);
    assert_null(one->restart);
}

static void one_that_is_held_stays_and_one_without_a_holder_goes(void **state)
{
    g_autoptr(Nats) nats = nats_new();
    RegNat *nat = nat_of(nats, "203.0.113.2");

    assert_ptr_equal(nats_keep(nat), nat);
    nats_release(nat);
    assert_int_equal(nats_stats(nats).items, 1);
    nats_release(nat);
    assert_int_equal(nats_stats(nats).items, 0);
    assert_null(nats_keep(NULL));
    nats_release(NULL);
}

static void what_is_known_of_a_nat_outlives_its_holders(void **state)
{
    g_autoptr(Nats) nats = nats_new();
    RegNat *nat = nat_of(nats, "203.0.113.2");

    nats_alive(nat, 20 * NSEC_SEC, NAT_STATE_OPEN);
    nats_release(nat);
    assert_int_equal(nats_stats(nats).items, 1);
    nat = nat_of(nats, "203.0.113.2");
    assert_int_equal(nat->bounds[REG_NAT_STREAM].alive, 20 * NSEC_SEC);
    assert_int_equal(nats_stats(nats).items, 1);
}

static void those_without_a_holder_are_limited(void **state)
{
    enum { MANY = 66000 };
    g_autoptr(Nats) nats = nats_new();
    RegNat *held = nat_of(nats, "203.0.113.2");

    for (unsigned i = 0; i < MANY; i++) {
        NetAddr nat = { .version = 4,
                        .bytes = { 10, (uint8_t)(i >> 16), (uint8_t)(i >> 8), (uint8_t)i } };
        NetAddr server = addr_of("198.51.100.10");
        RegNat *passing = nats_find(nats, &nat, &server, NET_UDP, AT(i));

        nats_alive(passing, 20 * NSEC_SEC, NAT_STATE_OPEN);
        nats_release(passing);
    }
    assert_int_equal(nats_stats(nats).items, 65536 + 1);
    assert_int_equal(nats_stats(nats).dropped_full, MANY - 65536);
    assert_ptr_equal(nat_of(nats, "203.0.113.2"), held);
}

static void count_visit(const RegSite *site, void *user)
{
    unsigned *visits = user;

    assert_int_equal(site->kind, REG_SITE_NAT);
    assert_int_equal(site->nat->transport, NET_UDP);
    (*visits)++;
}

static void each_of_them_is_visited_held_or_not(void **state)
{
    g_autoptr(Nats) nats = nats_new();
    RegNat *gone = nat_of(nats, "203.0.113.2");
    unsigned visits = 0;

    nat_of(nats, "203.0.113.3");
    nats_dead(gone, 60 * NSEC_SEC, NAT_STATE_OPEN, AT(1000));
    nats_release(gone);
    nats_each(nats, count_visit, &visits);
    assert_int_equal(visits, 2);
}

/* --- bounds --------------------------------------------------------------- */

static void an_open_state_counts_where_it_holds_either_way(void **state)
{
    g_autoptr(Nats) nats = nats_new();
    RegNat *nat = nat_of(nats, "203.0.113.2");
    const RegNatBounds *fresh = &nat->bounds[REG_NAT_FRESH];
    const RegNatBounds *stream = &nat->bounds[REG_NAT_STREAM];

    nats_alive(nat, 20 * NSEC_SEC, NAT_STATE_OPEN);
    nats_dead(nat, 60 * NSEC_SEC, NAT_STATE_OPEN, AT(2000));
    assert_int_equal(stream->n_alive, 1);
    assert_int_equal(stream->n_dead, 0);
    assert_int_equal(fresh->n_alive, 0);
    assert_int_equal(fresh->n_dead, 1);
    assert_int_equal(fresh->dead_once, 60 * NSEC_SEC);
    assert_int_equal(fresh->dead, NSEC_NONE);

    nats_alive(nat, 25 * NSEC_SEC, NAT_STATE_FRESH);
    assert_int_equal(fresh->alive, 25 * NSEC_SEC);
    assert_int_equal(stream->alive, 25 * NSEC_SEC);
    nats_alive(nat, 90 * NSEC_SEC, NAT_STATE_STREAM);
    assert_int_equal(fresh->alive, 25 * NSEC_SEC);
    assert_int_equal(stream->alive, 90 * NSEC_SEC);

    nats_dead(nat, 130 * NSEC_SEC, NAT_STATE_STREAM, AT(3000));
    assert_int_equal(stream->dead_once, 130 * NSEC_SEC);
    assert_int_equal(fresh->dead, 130 * NSEC_SEC);
    nats_dead(nat, 40 * NSEC_SEC, NAT_STATE_FRESH, AT(4000));
    assert_int_equal(stream->n_dead, 1);
    assert_int_equal(fresh->dead_once, 40 * NSEC_SEC);
    assert_int_equal(fresh->dead, 60 * NSEC_SEC);
}

static void silences_of_no_length_tell_nothing(void **state)
{
    g_autoptr(Nats) nats = nats_new();
    RegNat *nat = nat_of(nats, "203.0.113.2");

    nats_alive(nat, NSEC_NONE, NAT_STATE_STREAM);
    nats_alive(nat, 40 * NSEC_MSEC, NAT_STATE_STREAM);
    nats_dead(nat, NSEC_NONE, NAT_STATE_STREAM, AT(5000));
    nats_dead(nat, -NSEC_SEC, NAT_STATE_STREAM, AT(6000));
    assert_int_equal(nat->bounds[REG_NAT_STREAM].n_alive, 0);
    assert_int_equal(nat->bounds[REG_NAT_FRESH].n_dead, 0);
}

static void the_order_of_observations_does_not_matter(void **state)
{
    static const unsigned deaths[] = { 90, 60, 200, 60, 45 };

    for (unsigned start = 0; start < G_N_ELEMENTS(deaths); start++) {
        g_autoptr(Nats) nats = nats_new();
        RegNat *nat = nat_of(nats, "203.0.113.2");

        for (unsigned i = 0; i < G_N_ELEMENTS(deaths); i++)
            nats_dead(nat, deaths[(start + i) % G_N_ELEMENTS(deaths)] * NSEC_SEC, NAT_STATE_OPEN,
                      AT(1000 * (i + 1)));
        assert_int_equal(nat->bounds[REG_NAT_FRESH].dead_once, 45 * NSEC_SEC);
        assert_int_equal(nat->bounds[REG_NAT_FRESH].dead, 60 * NSEC_SEC);
        assert_int_equal(nat->bounds[REG_NAT_FRESH].n_dead, 5);
    }
}

/* --- simulated NATs ------------------------------------------------------- */

static void check_bounds(const NatKind *kind, const RegNat *nat)
{
    const Nsec life[REG_NAT_STATES] = { kind->fresh * NSEC_SEC, kind->stream * NSEC_SEC };
    Nsec at_least, at_most;

    for (unsigned i = 0; i < REG_NAT_STATES; i++) {
        assert_true(reg_nat_bounds(nat, i, &at_least, &at_most));
        assert_true(at_least == NSEC_NONE || at_least < life[i]);
        assert_true(at_most == NSEC_NONE || at_most >= life[i]);
        assert_true(nat->bounds[i].dead_once == NSEC_NONE || nat->bounds[i].dead_once >= life[i]);
    }
    if (reg_nat_range(nat, &at_least, &at_most)) {
        assert_true(at_least == NSEC_NONE || at_least < kind->stream * NSEC_SEC);
        assert_true(at_most == NSEC_NONE || at_most >= kind->fresh * NSEC_SEC);
    } else {
        assert_int_not_equal(kind->fresh, kind->stream);
    }
}

static Pattern pattern_of(uint32_t *seed)
{
    static const unsigned keepalives[] = { 0, 0, 7, 15, 25, 45, 100, 200 };
    static const unsigned one_ways[] = { 0, 0, 0, 8, 30, 60 };

    return (Pattern){
        .refresh = 20 + sim_random(seed, 600),
        .slow = 40 + sim_random(seed, 4000),
        .keepalive = keepalives[sim_random(seed, G_N_ELEMENTS(keepalives))],
        .ping = sim_random(seed, 4) == 0 ? 0 : 5 + sim_random(seed, 1 << (4 + sim_random(seed, 6))),
        .one_way = one_ways[sim_random(seed, G_N_ELEMENTS(one_ways))],
    };
}

/* One phone after the other, four hours each. */
static void simulate(const NatKind *kind, const Pattern *pattern, uint32_t *seed, RegNat *nat,
                     unsigned run)
{
    Phone phone = {
        .kind = kind,
        .seen = { .nat = nat, .last_out = NSEC_NONE, .last_in = NSEC_NONE },
        .seed = seed,
    };

    sim_run(&phone, pattern, AT(run * 15000), AT(run * 15000 + 4 * 3600));
    check_bounds(kind, nat);
}

static const NatKind kinds[] = {
    { .fresh = 30, .stream = 30 },   { .fresh = 60, .stream = 60 },
    { .fresh = 120, .stream = 120 }, { .fresh = 300, .stream = 300 },
    { .fresh = 30, .stream = 120 },  { .fresh = 30, .stream = 180 },
    { .fresh = 10, .stream = 180 },
};

/* Each of the kinds with every behaviour. */
static NatKind kind_of(unsigned variant)
{
    NatKind kind = kinds[variant / 4];

    kind.same_port = variant % 2 == 1;
    kind.inbound = variant % 4 >= 2;
    return kind;
}

#define VARIANTS (G_N_ELEMENTS(kinds) * 4)

static void bounds_always_contain_the_truth(void **state)
{
    enum { SITES = 40, PHONES = 2 };
    uint32_t seed = 20260131;

    for (unsigned i = 0; i < VARIANTS * SITES; i++) {
        g_autoptr(Nats) nats = nats_new();
        RegNat *nat = nat_of(nats, "203.0.113.2");
        NatKind kind = kind_of(i / SITES);

        for (unsigned run = 0; run < PHONES; run++) {
            Pattern pattern = pattern_of(&seed);

            simulate(&kind, &pattern, &seed, nat, run);
        }
    }
}

/* Bounds that contain everything would pass the test above. Here pings come after ever longer
 * silences, around both lifetimes. */
static void and_they_are_narrow_when_enough_was_seen(void **state)
{
    uint32_t seed = 4711;

    for (unsigned i = 0; i < VARIANTS; i++) {
        g_autoptr(Nats) nats = nats_new();
        RegNat *nat = nat_of(nats, "203.0.113.2");
        NatKind kind = kind_of(i);
        Nsec at_least, at_most;

        for (unsigned run = 0; run < 40; run++) {
            unsigned life = run % 2 == 0 ? kind.fresh : kind.stream;
            Pattern pattern = { .refresh = 700, .slow = 60, .ping = life * (40 + 2 * run) / 100 };

            simulate(&kind, &pattern, &seed, nat, run);
        }
        assert_true(reg_nat_bounds(nat, REG_NAT_STREAM, &at_least, &at_most));
        assert_true(at_least >= kind.stream * NSEC_SEC * 8 / 10);
        assert_true(reg_nat_bounds(nat, REG_NAT_FRESH, &at_least, &at_most));
        assert_true(at_most != NSEC_NONE && at_most <= kind.fresh * NSEC_SEC * 13 / 10);
        assert_int_equal(reg_nat_range(nat, &at_least, &at_most), kind.fresh == kind.stream);
    }
}

static void an_unchanged_port_taken_for_life_would_contradict(void **state)
{
    g_autoptr(Nats) nats = nats_new();
    RegNat *nat = nat_of(nats, "203.0.113.2");
    Nsec at_least, at_most;

    nats_alive(nat, 600 * NSEC_SEC, NAT_STATE_STREAM);
    nats_dead(nat, 60 * NSEC_SEC, NAT_STATE_STREAM, AT(8000));
    assert_true(reg_nat_bounds(nat, REG_NAT_STREAM, &at_least, &at_most));
    nats_dead(nat, 70 * NSEC_SEC, NAT_STATE_STREAM, AT(9000));
    assert_false(reg_nat_bounds(nat, REG_NAT_STREAM, &at_least, &at_most));
    assert_int_equal(at_least, 600 * NSEC_SEC);
    assert_int_equal(at_most, 70 * NSEC_SEC);
}

/* --- restarts ------------------------------------------------------------- */

static RegMove move_of(const char *from, const char *to, double time)
{
    return (RegMove){
        .kind = REG_MOVE_MAPPING,
        .from = endpoint_of(from),
        .to = endpoint_of(to),
        .time = AT(time),
        .after.frame = (uint64_t)time,
    };
}

static void move(RegNat *nat, uint64_t device, double last_alive, double time, const char *to)
{
    g_autofree char *from = g_strdup_printf("203.0.113.2:%u", 2000 + (unsigned)device);
    RegMove moved = move_of(from, to, time);

    nats_moved(nat, device, AT(last_alive), NAT_STATE_OPEN, &moved);
}

static void mappings_that_go_together_in_spite_of_traffic_are_a_restart(void **state)
{
    g_autoptr(Nats) nats = nats_new();
    RegNat *nat = nat_of(nats, "203.0.113.2");

    move(nat, 1, 100, 108, "203.0.113.2:3001");
    assert_null(nat->restart);
    move(nat, 2, 104, 109, "203.0.113.2:3002");
    move(nat, 3, 101, 107, "203.0.113.2:3003");
    assert_non_null(nat->restart);
    assert_int_equal(nat->restart->devices, 3);
    assert_int_equal(nat->restart->from, AT(104));
    assert_int_equal(nat->restart->until, AT(107));
    assert_int_equal(nat->restart->first.frame, 108);
    assert_int_equal(nat->restart->last.frame, 107);
    assert_true(net_addr_equal(&nat->restart->address, &nat->address));
}

static void mappings_that_ran_out_in_silence_are_none(void **state)
{
    g_autoptr(Nats) nats = nats_new();
    RegNat *nat = nat_of(nats, "203.0.113.2");

    for (unsigned i = 0; i < 5; i++)
        move(nat, i + 1, 100 + 54 * i, 154 + 54 * i, "203.0.113.2:3000");
    assert_null(nat->restart);
    assert_int_equal(nat->bounds[REG_NAT_FRESH].n_dead, 5);
    assert_int_equal(nat->bounds[REG_NAT_FRESH].dead, 54 * NSEC_SEC);
}

static void losses_that_may_have_been_one_event_count_once(void **state)
{
    g_autoptr(Nats) nats = nats_new();
    RegNat *nat = nat_of(nats, "203.0.113.2");

    for (unsigned i = 0; i < 5; i++)
        move(nat, i + 1, 100 + i, 154 + i, "203.0.113.2:3000");
    nats_dead(nat, 54 * NSEC_SEC, NAT_STATE_STREAM, AT(207));
    assert_int_equal(nat->bounds[REG_NAT_FRESH].n_dead, 1);
    assert_int_equal(nat->bounds[REG_NAT_FRESH].dead, NSEC_NONE);
    nats_dead(nat, 54 * NSEC_SEC, NAT_STATE_STREAM, AT(208));
    assert_int_equal(nat->bounds[REG_NAT_FRESH].n_dead, 2);
    assert_int_equal(nat->bounds[REG_NAT_FRESH].dead, 54 * NSEC_SEC);
}

static void unless_the_nat_has_shown_that_it_survives_such_a_silence(void **state)
{
    g_autoptr(Nats) nats = nats_new();
    RegNat *nat = nat_of(nats, "203.0.113.2");

    nats_alive(nat, 60 * NSEC_SEC, NAT_STATE_FRESH);
    for (unsigned i = 0; i < 5; i++)
        move(nat, i + 1, 200 + i, 254 + i, "203.0.113.2:3000");
    assert_non_null(nat->restart);
    assert_int_equal(nat->restart->devices, 5);
    assert_int_equal(nat->bounds[REG_NAT_FRESH].n_dead, 0);
}

static void a_long_life_of_streams_does_not_speak_for_a_fresh_mapping(void **state)
{
    g_autoptr(Nats) nats = nats_new();
    RegNat *nat = nat_of(nats, "203.0.113.2");

    nats_alive(nat, 110 * NSEC_SEC, NAT_STATE_STREAM);
    move(nat, 1, 100, 154, "203.0.113.2:3001");
    move(nat, 2, 101, 155, "203.0.113.2:3002");
    assert_null(nat->restart);
}

static void several_devices_that_come_from_a_new_address_are_one_too(void **state)
{
    g_autoptr(Nats) nats = nats_new();
    RegNat *nat = nat_of(nats, "203.0.113.2");

    move(nat, 1, 100, 700, "203.0.113.77:3001");
    move(nat, 2, 400, 1000, "203.0.113.77:3002");
    assert_non_null(nat->restart);
    assert_int_equal(nat->restart->devices, 2);
    assert_int_equal(nat->restart->from, AT(400));
    assert_int_equal(nat->restart->until, AT(700));
    assert_true(net_addr_equal(&nat->restart->address,
                               &(NetAddr){ .version = 4, .bytes = { 203, 0, 113, 77 } }));
}

static void moves_to_different_addresses_or_at_different_times_are_none(void **state)
{
    g_autoptr(Nats) nats = nats_new();
    RegNat *nat = nat_of(nats, "203.0.113.2");

    move(nat, 1, 100, 700, "203.0.113.77:3001");
    move(nat, 2, 400, 1000, "203.0.113.78:3002");
    move(nat, 3, 1000, 1700, "203.0.113.78:3003");
    assert_null(nat->restart);
}

static void one_device_or_one_shared_mapping_is_not_several(void **state)
{
    g_autoptr(Nats) nats = nats_new();
    RegNat *nat = nat_of(nats, "203.0.113.2");
    RegMove moved = move_of("203.0.113.2:2001", "203.0.113.77:3001", 108);

    nats_moved(nat, 1, AT(100), NAT_STATE_OPEN, &moved);
    nats_moved(nat, 1, AT(100), NAT_STATE_OPEN, &moved);
    nats_moved(nat, 2, AT(100), NAT_STATE_OPEN, &moved);
    assert_null(nat->restart);
}

static void the_restart_with_most_devices_is_kept(void **state)
{
    g_autoptr(Nats) nats = nats_new();
    RegNat *nat = nat_of(nats, "203.0.113.2");

    for (unsigned i = 0; i < 40; i++)
        move(nat, i + 1, 100, 108, "203.0.113.2:3000");
    move(nat, 1, 500, 505, "203.0.113.2:3001");
    move(nat, 2, 500, 505, "203.0.113.2:3002");
    assert_int_equal(nat->restart->devices, 40);
    assert_int_equal(nat->restart->from, AT(100));
}

static void times_that_nobody_knows_tell_nothing(void **state)
{
    g_autoptr(Nats) nats = nats_new();
    RegNat *nat = nat_of(nats, "203.0.113.2");
    RegMove moved = move_of("203.0.113.2:2001", "203.0.113.77:3001", 108);

    nats_moved(nat, 1, NSEC_NONE, NAT_STATE_OPEN, &moved);
    nats_moved(nat, 2, AT(109), NAT_STATE_OPEN, &moved);
    moved.from.port = 2002;
    nats_moved(nat, 3, moved.time, NAT_STATE_OPEN, &moved);
    assert_null(nat->restart);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_nat_is_an_address_toward_a_server_over_a_transport),
        cmocka_unit_test(one_that_is_held_stays_and_one_without_a_holder_goes),
        cmocka_unit_test(what_is_known_of_a_nat_outlives_its_holders),
        cmocka_unit_test(those_without_a_holder_are_limited),
        cmocka_unit_test(each_of_them_is_visited_held_or_not),
        cmocka_unit_test(an_open_state_counts_where_it_holds_either_way),
        cmocka_unit_test(silences_of_no_length_tell_nothing),
        cmocka_unit_test(the_order_of_observations_does_not_matter),
        cmocka_unit_test(bounds_always_contain_the_truth),
        cmocka_unit_test(and_they_are_narrow_when_enough_was_seen),
        cmocka_unit_test(an_unchanged_port_taken_for_life_would_contradict),
        cmocka_unit_test(mappings_that_go_together_in_spite_of_traffic_are_a_restart),
        cmocka_unit_test(mappings_that_ran_out_in_silence_are_none),
        cmocka_unit_test(losses_that_may_have_been_one_event_count_once),
        cmocka_unit_test(unless_the_nat_has_shown_that_it_survives_such_a_silence),
        cmocka_unit_test(a_long_life_of_streams_does_not_speak_for_a_fresh_mapping),
        cmocka_unit_test(several_devices_that_come_from_a_new_address_are_one_too),
        cmocka_unit_test(moves_to_different_addresses_or_at_different_times_are_none),
        cmocka_unit_test(one_device_or_one_shared_mapping_is_not_several),
        cmocka_unit_test(the_restart_with_most_devices_is_kept),
        cmocka_unit_test(times_that_nobody_knows_tell_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
