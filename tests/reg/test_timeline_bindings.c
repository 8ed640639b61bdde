/*
 * What happened between the messages: lapses, moves, keep-alives, and how long
 * a device could not be reached.
 */

#include "record.h"

static RegDevice bound(const RegBinding *bindings, unsigned n)
{
    RegDevice device = device_of(NULL, 0);

    device.bindings = bindings;
    device.n_bindings = n;
    return device;
}

static void tells_a_lapse_and_when_it_ended(void **state)
{
    RegBinding bindings[] = { binding_of(0, 60, REG_BINDING_LAPSED),
                              binding_of(100, 160, REG_BINDING_OPEN) };
    RegDevice device = bound(bindings, 2);
    g_autoptr(GArray) events = reg_timeline_new(&device, AT(120));

    assert_int_equal(events->len, 1);
    assert_event(events, 0, REG_EVENT_LAPSED,
                 "registration ran out (granted 60 s): unreachable for 40 s, until 12:01:40.000");
    assert_int_equal(event_at(events, 0)->time, AT(60));
    assert_int_equal(reg_timeline_unreachable(&device, AT(120)), 40 * NSEC_SEC);
}

static void tells_a_lapse_without_end(void **state)
{
    RegBinding bindings[] = { binding_of(0, 60, REG_BINDING_LAPSED) };
    RegDevice device = bound(bindings, 1);
    g_autoptr(GArray) events = reg_timeline_new(&device, AT(90));

    assert_event(events, 0, REG_EVENT_LAPSED,
                 "registration ran out (granted 60 s): unreachable since, 30 s until the capture "
                 "ends");
    assert_int_equal(reg_timeline_unreachable(&device, AT(90)), 30 * NSEC_SEC);
}

static void a_lapse_after_the_capture_is_none(void **state)
{
    RegBinding bindings[] = { binding_of(0, 60, REG_BINDING_LAPSED) };
    RegDevice device = bound(bindings, 1);
    g_autoptr(GArray) events = reg_timeline_new(&device, AT(30));

    assert_int_equal(events->len, 0);
    assert_int_equal(reg_timeline_unreachable(&device, AT(30)), 0);
}

static void another_binding_keeps_the_device_reachable(void **state)
{
    RegBinding bindings[] = { binding_of(0, 60, REG_BINDING_LAPSED),
                              binding_of(50, 160, REG_BINDING_OPEN) };
    RegDevice device = bound(bindings, 2);
    g_autoptr(GArray) events = reg_timeline_new(&device, AT(120));

    assert_event(events, 0, REG_EVENT_LAPSED, "an older binding ran out: sip:alice@192.0.2.1");
    assert_int_equal(reg_timeline_unreachable(&device, AT(120)), 0);
}

static void silence_shared_by_two_lapses_counts_once(void **state)
{
    RegBinding bindings[] = { binding_of(0, 60, REG_BINDING_LAPSED),
                              binding_of(0, 60, REG_BINDING_LAPSED),
                              binding_of(100, 160, REG_BINDING_OPEN) };
    RegDevice device = bound(bindings, 3);

    assert_int_equal(reg_timeline_unreachable(&device, AT(120)), 40 * NSEC_SEC);
}

static void a_deregistered_device_is_not_unreachable(void **state)
{
    RegBinding bindings[] = { binding_of(0, 60, REG_BINDING_REMOVED) };
    RegDevice device = bound(bindings, 1);
    g_autoptr(GArray) events = reg_timeline_new(&device, AT(120));

    assert_int_equal(events->len, 0);
    assert_int_equal(reg_timeline_unreachable(&device, AT(120)), 0);
}

static void tells_when_the_source_changed(void **state)
{
    RegBinding bindings[] = { binding_of(0, 30, REG_BINDING_REFRESHED),
                              binding_of(30, 90, REG_BINDING_OPEN) };
    RegDevice device = bound(bindings, 2);

    bindings[1].source.port = 1672;

    g_autoptr(GArray) events = reg_timeline_new(&device, AT(60));

    assert_int_equal(events->len, 1);
    assert_event(events, 0, REG_EVENT_MOVED,
                 "now registered from 192.0.2.1:1672, before from 192.0.2.1:5060");
    assert_int_equal(event_at(events, 0)->time, AT(30));
}

static void another_contact_is_no_move(void **state)
{
    RegBinding bindings[] = { binding_of(0, 30, REG_BINDING_REPLACED),
                              binding_of(30, 90, REG_BINDING_OPEN) };
    RegDevice device = bound(bindings, 2);

    bindings[1].source.port = 1672;
    bindings[1].contact = (char *)"sip:alice@192.0.2.1:1672";

    g_autoptr(GArray) events = reg_timeline_new(&device, AT(60));

    assert_int_equal(events->len, 0);
}

static void sums_up_keepalives(void **state)
{
    RegDevice device = device_of(NULL, 0);

    device.keepalives = 21;
    device.first_keepalive = AT(7);
    device.last_keepalive = AT(147);

    g_autoptr(GArray) events = reg_timeline_new(&device, AT(150));

    assert_int_equal(events->len, 1);
    assert_event(events, 0, REG_EVENT_KEEPALIVES, "21 keep-alives, every 7.0 s on average");
    assert_int_equal(event_at(events, 0)->count, 21);
    assert_int_equal(event_at(events, 0)->until, AT(147));

    device.keepalives = 1;

    g_autoptr(GArray) single = reg_timeline_new(&device, AT(150));

    assert_event(single, 0, REG_EVENT_KEEPALIVES, "one keep-alive");
}

static void survives_bindings_that_cannot_be(void **state)
{
    RegBinding bindings[] = { binding_of(0, 60, REG_BINDING_LAPSED),
                              binding_of(0, 60, REG_BINDING_LAPSED) };
    RegDevice device = bound(bindings, 2);

    bindings[0].until = NSEC_NONE + 1;
    bindings[1].since = bindings[1].until = NSEC_MAX - 1;
    bindings[1].contact = NULL;

    g_autoptr(GArray) events = reg_timeline_new(&device, NSEC_MAX);

    assert_true(events->len >= 2);
    assert_true(reg_timeline_unreachable(&device, NSEC_MAX) > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tells_a_lapse_and_when_it_ended),
        cmocka_unit_test(tells_a_lapse_without_end),
        cmocka_unit_test(a_lapse_after_the_capture_is_none),
        cmocka_unit_test(another_binding_keeps_the_device_reachable),
        cmocka_unit_test(silence_shared_by_two_lapses_counts_once),
        cmocka_unit_test(a_deregistered_device_is_not_unreachable),
        cmocka_unit_test(tells_when_the_source_changed),
        cmocka_unit_test(another_contact_is_no_move),
        cmocka_unit_test(sums_up_keepalives),
        cmocka_unit_test(survives_bindings_that_cannot_be),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
