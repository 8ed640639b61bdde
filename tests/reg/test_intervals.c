/*
 * From when until when a device was registered, and whether it could be
 * reached.
 */

#include "record.h"

static RegDevice bound(const RegBinding *bindings, unsigned n, const RegLife *life)
{
    RegDevice device = device_of(NULL, 0);

    device.bindings = bindings;
    device.n_bindings = n;
    device.life = life;
    return device;
}

static const RegInterval *interval_at(const GArray *row, unsigned index)
{
    assert_true(index < row->len);
    return &g_array_index(row, RegInterval, index);
}

#define assert_interval(row, index, the_state, since, to, opened, closed) \
    do {                                                                  \
        assert_string_equal(interval_at(row, index)->opened_by, opened);  \
        assert_string_equal(interval_at(row, index)->closed_by, closed);  \
        assert_int_equal(interval_at(row, index)->state, the_state);      \
        assert_int_equal(interval_at(row, index)->from, AT(since));       \
        assert_int_equal(interval_at(row, index)->until, AT(to));         \
    } while (0)

/* Without gaps or overlaps from the beginning to the end. */
static void assert_whole(const GArray *row, Nsec from, Nsec until)
{
    assert_true(row->len > 0);
    assert_int_equal(interval_at(row, 0)->from, from);
    assert_int_equal(interval_at(row, row->len - 1)->until, until);
    for (unsigned i = 0; i < row->len; i++) {
        assert_true(interval_at(row, i)->from < interval_at(row, i)->until);
        if (i == 0)
            continue;
        assert_int_equal(interval_at(row, i)->from, interval_at(row, i - 1)->until);
        assert_string_equal(interval_at(row, i)->opened_by, interval_at(row, i - 1)->closed_by);
        assert_int_not_equal(interval_at(row, i)->state, interval_at(row, i - 1)->state);
    }
}

static void a_lapse_lies_between_two_grants(void **state)
{
    RegBinding bindings[] = { binding_of(2, 60, REG_BINDING_LAPSED),
                              binding_of(100, 160, REG_BINDING_OPEN) };
    RegDevice device = bound(bindings, 2, NULL);

    bindings[0].made_by.frame = 4;
    bindings[1].made_by.frame = 8;

    g_autoptr(GArray) row = reg_intervals_new(&device, AT(120));

    assert_int_equal(row->len, 4);
    assert_interval(row, 0, REG_INTERVAL_UNKNOWN, 0, 2, "first message", "accepted");
    assert_interval(row, 1, REG_INTERVAL_REGISTERED, 2, 60, "accepted", "granted time ran out");
    assert_interval(row, 2, REG_INTERVAL_LAPSED, 60, 100, "granted time ran out", "accepted");
    assert_interval(row, 3, REG_INTERVAL_REGISTERED, 100, 120, "accepted", "capture ends");
    assert_int_equal(interval_at(row, 1)->opened_ref.frame, 4);
    assert_int_equal(interval_at(row, 2)->opened_ref.frame, 0);
    assert_int_equal(interval_at(row, 2)->closed_ref.frame, 8);
    assert_int_equal(interval_at(row, 3)->closed_ref.frame, 0);
}

static void the_end_of_the_capture_is_no_lapse(void **state)
{
    RegBinding open = binding_of(0, 60, REG_BINDING_OPEN);
    RegDevice device = bound(&open, 1, NULL);
    g_autoptr(GArray) before = reg_intervals_new(&device, AT(30));
    g_autoptr(GArray) after = reg_intervals_new(&device, AT(90));

    assert_int_equal(before->len, 1);
    assert_interval(before, 0, REG_INTERVAL_REGISTERED, 0, 30, "accepted", "capture ends");
    assert_int_equal(after->len, 2);
    assert_interval(after, 1, REG_INTERVAL_UNKNOWN, 60, 90, "not known", "capture ends");
    assert_int_equal(reg_device_availability(&device, AT(90)).lapsed, 0);
}

static void overlapping_bindings_are_one_registration(void **state)
{
    RegBinding bindings[] = { binding_of(0, 60, REG_BINDING_LAPSED),
                              binding_of(50, 80, REG_BINDING_REFRESHED),
                              binding_of(80, 160, REG_BINDING_LAPSED),
                              binding_of(90, 100, REG_BINDING_REMOVED) };
    RegDevice device = bound(bindings, 4, NULL);
    g_autoptr(GArray) row = reg_intervals_new(&device, AT(170));

    assert_int_equal(row->len, 2);
    assert_interval(row, 0, REG_INTERVAL_REGISTERED, 0, 160, "accepted", "granted time ran out");
    assert_interval(row, 1, REG_INTERVAL_LAPSED, 160, 170, "granted time ran out", "capture ends");
    assert_int_equal(reg_device_availability(&device, AT(170)).registered, 160 * NSEC_SEC);
}

static void a_removal_is_no_lapse(void **state)
{
    RegBinding bindings[] = { binding_of(0, 60, REG_BINDING_REMOVED),
                              binding_of(70, 90, REG_BINDING_REPLACED) };
    RegDevice device = bound(bindings, 2, NULL);

    bindings[0].ended_by.frame = 12;
    bindings[1].taken_by = 2;

    g_autoptr(GArray) row = reg_intervals_new(&device, AT(100));
    RegAvailability life = reg_device_availability(&device, AT(100));

    assert_int_equal(row->len, 4);
    assert_interval(row, 1, REG_INTERVAL_UNREGISTERED, 60, 70, "removed", "accepted");
    assert_int_equal(interval_at(row, 1)->opened_ref.frame, 12);
    assert_interval(row, 3, REG_INTERVAL_UNREGISTERED, 90, 100, "taken by another device",
                    "capture ends");
    assert_int_equal(life.lapsed, 0);
    assert_int_equal(life.registered, 80 * NSEC_SEC);
    /* What it gave up itself does not count, what was taken from it does. */
    assert_int_equal(life.watched, 90 * NSEC_SEC);
}

static void what_is_not_kept_is_not_known(void **state)
{
    RegBinding bindings[] = { binding_of(50, 60, REG_BINDING_UNKNOWN),
                              binding_of(70, 90, REG_BINDING_REFRESHED) };
    RegDevice device = bound(bindings, 2, NULL);

    device.bindings_forgotten = 3;
    device.registered_before = 20 * NSEC_SEC;
    device.lapsed_before = 5 * NSEC_SEC;

    g_autoptr(GArray) row = reg_intervals_new(&device, AT(100));
    RegAvailability life = reg_device_availability(&device, AT(100));

    assert_interval(row, 0, REG_INTERVAL_UNKNOWN, 0, 50, "not kept", "accepted");
    assert_interval(row, 2, REG_INTERVAL_UNKNOWN, 60, 70, "the clock was set", "accepted");
    assert_interval(row, 4, REG_INTERVAL_UNKNOWN, 90, 100, "not known", "capture ends");
    assert_int_equal(life.registered, 50 * NSEC_SEC);
    assert_int_equal(life.lapsed, 5 * NSEC_SEC);
    assert_int_equal(life.watched, 55 * NSEC_SEC);
}

static void an_outage_lasts_until_the_next_packet(void **state)
{
    RegBinding open = binding_of(0, 100, REG_BINDING_OPEN);
    RegOutage outages[] = { outage_of(20, 30), outage_of(60, -1) };
    RegLife life = { .outages = outages, .n_outages = 2 };
    RegDevice device = bound(&open, 1, &life);
    g_autoptr(GArray) row = reg_intervals_new(&device, AT(80));
    RegAvailability sums = reg_device_availability(&device, AT(80));

    assert_int_equal(row->len, 4);
    assert_interval(row, 1, REG_INTERVAL_UNREACHABLE, 20, 30, "request unanswered",
                    "heard from again");
    assert_int_equal(interval_at(row, 1)->opened_ref.frame, 20);
    assert_int_equal(interval_at(row, 1)->closed_ref.frame, 30);
    assert_interval(row, 3, REG_INTERVAL_UNREACHABLE, 60, 80, "request unanswered", "capture ends");
    assert_int_equal(sums.unreachable, 30 * NSEC_SEC);
    assert_int_equal(sums.registered, 80 * NSEC_SEC);
    assert_int_equal(sums.reachable_most, 50 * NSEC_SEC);
    assert_int_equal(sums.reachable_least, 50 * NSEC_SEC);
}

/* Behind a NAT the connection is the only way. */
static void a_closed_connection_is_an_outage_behind_a_nat(void **state)
{
    RegBinding open = binding_of(0, 100, REG_BINDING_OPEN);
    RegOutage outage = outage_of(15, 40);
    RegDisconnect disconnect = { .time = AT(20), .ref = { .frame = 9 }, .over = AT(50) };
    RegNat nat = { 0 };
    RegLife life = { .nat = &nat, .disconnect = &disconnect };
    RegDevice device = bound(&open, 1, &life);
    g_autoptr(GArray) row = reg_intervals_new(&device, AT(80));

    assert_int_equal(row->len, 3);
    assert_interval(row, 1, REG_INTERVAL_UNREACHABLE, 20, 50, "connection closed",
                    "registers again");
    assert_int_equal(interval_at(row, 1)->opened_ref.frame, 9);
    assert_int_equal(reg_device_availability(&device, AT(80)).unreachable, 30 * NSEC_SEC);
    life.outages = &outage;
    life.n_outages = 1;

    g_autoptr(GArray) both = reg_intervals_new(&device, AT(80));

    assert_int_equal(both->len, 3);
    assert_interval(both, 1, REG_INTERVAL_UNREACHABLE, 15, 50, "request unanswered",
                    "registers again");
    life.n_outages = 0;
    disconnect.over = AT(21);

    g_autoptr(GArray) at_once = reg_intervals_new(&device, AT(80));

    assert_int_equal(at_once->len, 1);
    disconnect.over = NSEC_NONE;
    life.nat = NULL;

    g_autoptr(GArray) no_nat = reg_intervals_new(&device, AT(80));

    assert_int_equal(no_nat->len, 1);
}

static void who_is_not_registered_is_not_unreachable(void **state)
{
    RegBinding bindings[] = { binding_of(0, 40, REG_BINDING_LAPSED),
                              binding_of(60, 100, REG_BINDING_OPEN) };
    RegOutage outage = outage_of(30, 70);
    RegLife life = { .outages = &outage, .n_outages = 1 };
    RegDevice device = bound(bindings, 2, &life);
    g_autoptr(GArray) row = reg_intervals_new(&device, AT(100));

    assert_int_equal(row->len, 5);
    assert_interval(row, 1, REG_INTERVAL_UNREACHABLE, 30, 40, "request unanswered",
                    "granted time ran out");
    assert_interval(row, 2, REG_INTERVAL_LAPSED, 40, 60, "granted time ran out",
                    "request unanswered");
    assert_interval(row, 3, REG_INTERVAL_UNREACHABLE, 60, 70, "request unanswered",
                    "heard from again");
    assert_int_equal(reg_device_availability(&device, AT(100)).unreachable, 20 * NSEC_SEC);
}

static void lost_packets_leave_it_open(void **state)
{
    RegBinding open = binding_of(0, 100, REG_BINDING_OPEN);
    RegOutage outages[] = { outage_of(20, 30), outage_of(60, -1) };
    RegLife life = { .outages = outages, .n_outages = 2 };
    RegDevice device = bound(&open, 1, &life);

    outages[0].losses = REG_LOSS_DROPS;
    outages[1].cut = true;

    g_autoptr(GArray) row = reg_intervals_new(&device, AT(80));
    RegAvailability sums = reg_device_availability(&device, AT(80));

    assert_int_equal(row->len, 3);
    assert_interval(row, 1, REG_INTERVAL_UNKNOWN, 20, 30, "no answer seen, and packets were lost",
                    "heard from again");
    assert_interval(row, 2, REG_INTERVAL_REGISTERED, 30, 80, "heard from again", "capture ends");
    assert_int_equal(sums.unreachable, 0);
    assert_int_equal(sums.registered, 80 * NSEC_SEC);
}

static void outages_that_are_not_kept_still_count(void **state)
{
    RegBinding open = binding_of(0, 100, REG_BINDING_OPEN);
    RegOutage outage = outage_of(60, 65);
    RegLife life = {
        .outages = &outage,
        .n_outages = 1,
        .outages_forgotten = 4,
        .dark_before = 20 * NSEC_SEC,
    };
    RegDevice device = bound(&open, 1, &life);
    g_autoptr(GArray) row = reg_intervals_new(&device, AT(80));

    assert_interval(row, 0, REG_INTERVAL_UNKNOWN, 0, 60, "older outages are not kept",
                    "request unanswered");
    assert_int_equal(reg_device_availability(&device, AT(80)).unreachable, 25 * NSEC_SEC);
    assert_int_equal(reg_device_availability(&device, AT(80)).registered, 80 * NSEC_SEC);
}

static void behind_a_nat_only_what_was_shown_is_certain(void **state)
{
    RegBinding open = binding_of(0, 100, REG_BINDING_OPEN);
    RegNat nat = { 0 };
    RegLife life = { .nat = &nat, .covered = 30 * NSEC_SEC };
    RegDevice device = bound(&open, 1, &life);
    RegAvailability sums = reg_device_availability(&device, AT(80));

    assert_int_equal(sums.reachable_least, 30 * NSEC_SEC);
    assert_int_equal(sums.reachable_most, 80 * NSEC_SEC);
    life.covered = 500 * NSEC_SEC;
    assert_int_equal(reg_device_availability(&device, AT(80)).reachable_least, 80 * NSEC_SEC);
}

/* No NAT was seen, and there must be one. */
static void a_private_address_does_not_get_out_without_a_nat(void **state)
{
    RegBinding open = binding_of(0, 100, REG_BINDING_OPEN);
    RegDevice device = bound(&open, 1, NULL);

    device.addresses[0] = (NetEndpoint){ { { 192, 168, 1, 10 }, 4 }, 5060 };
    device.n_addresses = 1;
    device.server = (NetEndpoint){ { { 198, 51, 100, 10 }, 4 }, 5060 };
    assert_int_equal(reg_device_availability(&device, AT(80)).reachable_least, 0);
    device.server = (NetEndpoint){ { { 192, 168, 1, 2 }, 4 }, 5060 };
    assert_int_equal(reg_device_availability(&device, AT(80)).reachable_least, 80 * NSEC_SEC);
}

static void nothing_is_known_of_who_was_never_accepted(void **state)
{
    RegDevice device = bound(NULL, 0, NULL);
    g_autoptr(GArray) row = reg_intervals_new(&device, AT(10));
    g_autoptr(GArray) none = reg_intervals_new(&device, NSEC_NONE);

    assert_int_equal(row->len, 1);
    assert_interval(row, 0, REG_INTERVAL_UNKNOWN, 0, 10, "first message", "capture ends");
    assert_int_equal(none->len, 0);
    assert_int_equal(reg_device_availability(&device, AT(10)).watched, 0);
}

/* Whatever a damaged capture brings into the record. */
static void the_row_has_no_gaps_whatever_the_record_says(void **state)
{
    unsigned seed = 7;

    for (unsigned round = 0; round < 2000; round++) {
        RegBinding bindings[6];
        RegOutage outages[4];
        RegLife life = { .outages = outages, .n_outages = round % 5, .covered = NSEC_MAX };
        RegDevice device = bound(bindings, round % 7, &life);

        life.outages_forgotten = round % 11 == 0;
        for (unsigned i = 0; i < G_N_ELEMENTS(bindings); i++) {
            seed = seed * 1103515245 + 12345;
            bindings[i] = binding_of((seed >> 8) % 100, (seed >> 16) % 120,
                                     (RegBindingEnd)((seed >> 24) % (REG_BINDING_UNKNOWN + 1)));
            bindings[i].taken_by = seed % 2;
        }
        for (unsigned i = 0; i < G_N_ELEMENTS(outages); i++) {
            seed = seed * 1103515245 + 12345;
            outages[i] = outage_of((seed >> 8) % 100, (double)((seed >> 16) % 120) - 10);
            outages[i].losses = (seed >> 24) % 3 == 0;
        }

        g_autoptr(GArray) row = reg_intervals_new(&device, AT(110));
        RegAvailability sums = reg_device_availability(&device, AT(110));

        assert_whole(row, START, AT(110));
        assert_true(sums.unreachable <= sums.registered && sums.registered <= sums.watched);
        assert_true(0 <= sums.reachable_least && sums.reachable_least <= sums.reachable_most);
        assert_true(sums.reachable_most <= sums.registered && sums.watched <= 110 * NSEC_SEC);
    }
}

static void survives_times_that_cannot_be(void **state)
{
    RegBinding bindings[] = { binding_of(0, 60, REG_BINDING_LAPSED),
                              binding_of(0, 60, REG_BINDING_LAPSED) };
    RegDevice device = bound(bindings, 2, NULL);

    bindings[0].since = NSEC_NONE;
    bindings[0].until = NSEC_NONE + 1;
    bindings[1].since = bindings[1].until = NSEC_MAX - 1;

    g_autoptr(GArray) row = reg_intervals_new(&device, NSEC_MAX);

    assert_whole(row, NSEC_NONE, NSEC_MAX);
    assert_int_equal(reg_device_availability(&device, NSEC_MAX).lapsed, NSEC_MAX);
}

static void every_state_has_a_name_of_its_own(void **state)
{
    for (unsigned i = 0; i <= REG_INTERVAL_UNREGISTERED; i++) {
        for (unsigned other = 0; other < i; other++)
            assert_string_not_equal(reg_interval_state_name(i), reg_interval_state_name(other));
    }
    assert_string_equal(reg_interval_state_name(REG_INTERVAL_LAPSED), "lapsed");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_lapse_lies_between_two_grants),
        cmocka_unit_test(the_end_of_the_capture_is_no_lapse),
        cmocka_unit_test(overlapping_bindings_are_one_registration),
        cmocka_unit_test(a_removal_is_no_lapse),
        cmocka_unit_test(what_is_not_kept_is_not_known),
        cmocka_unit_test(an_outage_lasts_until_the_next_packet),
        cmocka_unit_test(a_closed_connection_is_an_outage_behind_a_nat),
        cmocka_unit_test(who_is_not_registered_is_not_unreachable),
        cmocka_unit_test(lost_packets_leave_it_open),
        cmocka_unit_test(outages_that_are_not_kept_still_count),
        cmocka_unit_test(behind_a_nat_only_what_was_shown_is_certain),
        cmocka_unit_test(a_private_address_does_not_get_out_without_a_nat),
        cmocka_unit_test(nothing_is_known_of_who_was_never_accepted),
        cmocka_unit_test(the_row_has_no_gaps_whatever_the_record_says),
        cmocka_unit_test(survives_times_that_cannot_be),
        cmocka_unit_test(every_state_has_a_name_of_its_own),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
