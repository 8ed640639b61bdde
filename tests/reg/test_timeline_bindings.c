/*
 * When a device was not registered, as a list of events.
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
}

static void tells_a_lapse_without_end(void **state)
{
    RegBinding bindings[] = { binding_of(0, 60, REG_BINDING_LAPSED) };
    RegDevice device = bound(bindings, 1);
    g_autoptr(GArray) events = reg_timeline_new(&device, AT(90));

    assert_int_equal(events->len, 1);
    assert_event(events, 0, REG_EVENT_LAPSED,
                 "registration ran out (granted 60 s): unreachable since, 30 s until the capture "
                 "ends");
}

static void a_lapse_after_the_capture_is_none(void **state)
{
    RegBinding bindings[] = { binding_of(0, 60, REG_BINDING_LAPSED) };
    RegDevice device = bound(bindings, 1);
    g_autoptr(GArray) events = reg_timeline_new(&device, AT(30));

    assert_int_equal(events->len, 0);
}

static void another_binding_keeps_the_device_registered(void **state)
{
    RegBinding bindings[] = { binding_of(0, 60, REG_BINDING_LAPSED),
                              binding_of(50, 160, REG_BINDING_OPEN) };
    RegDevice device = bound(bindings, 2);
    g_autoptr(GArray) events = reg_timeline_new(&device, AT(120));

    assert_int_equal(events->len, 1);
    assert_event(events, 0, REG_EVENT_LAPSED, "an older binding ran out: sip:alice@192.0.2.1");
}

static void two_bindings_that_end_at_once_are_one_lapse(void **state)
{
    RegBinding bindings[] = { binding_of(0, 60, REG_BINDING_LAPSED),
                              binding_of(0, 60, REG_BINDING_LAPSED),
                              binding_of(100, 160, REG_BINDING_OPEN) };
    RegDevice device = bound(bindings, 3);
    g_autoptr(GArray) events = reg_timeline_new(&device, AT(120));

    assert_int_equal(events->len, 1);
}

static void a_deregistered_device_has_not_lapsed(void **state)
{
    RegBinding bindings[] = { binding_of(0, 60, REG_BINDING_REMOVED) };
    RegDevice device = bound(bindings, 1);
    g_autoptr(GArray) events = reg_timeline_new(&device, AT(120));

    assert_int_equal(events->len, 0);
}

static void tells_who_took_its_place(void **state)
{
    RegEviction eviction = { .count = 1,
                             .by = 2,
                             .first = { .frame = 9 },
                             .last = { .frame = 9 },
                             .first_time = AT(10),
                             .last_time = AT(10) };
    RegLife life = { .evicted = &eviction };
    RegDevice device = device_of(NULL, 0);

    device.life = &life;

    g_autoptr(GArray) once = reg_timeline_new(&device, AT(50));

    assert_int_equal(once->len, 1);
    assert_event(once, 0, REG_EVENT_TAKEN,
                 "its place is taken by another device of the account, d2");
    assert_int_equal(event_at(once, 0)->frames[0].frame, 9);
    eviction.count = 3;
    eviction.last.frame = 19;
    eviction.last_time = AT(40);

    g_autoptr(GArray) often = reg_timeline_new(&device, AT(50));

    assert_event(often, 0, REG_EVENT_TAKEN,
                 "its place is taken by another device of the account 3 times, at last by d2");
    assert_int_equal(event_at(often, 0)->until, AT(40));
    assert_int_equal(event_at(often, 0)->frames[1].frame, 19);
}

static void tells_what_the_registrar_forgot(void **state)
{
    RegForgotten forgotten = { .count = 2,
                               .method = SIP_METHOD_INVITE,
                               .status = 404,
                               .request = { .frame = 7 },
                               .answer = { .frame = 8 },
                               .time = AT(10),
                               .last = AT(20),
                               .until = AT(40) };
    RegLife life = { .forgotten = &forgotten };
    RegDevice device = device_of(NULL, 0);

    device.life = &life;

    g_autoptr(GArray) events = reg_timeline_new(&device, AT(50));

    assert_int_equal(events->len, 1);
    assert_event(events, 0, REG_EVENT_REGISTRAR_FORGOT,
                 "the registrar answers 404 to INVITE for it, although the binding was granted "
                 "until 12:00:40.000");
    assert_int_equal(event_at(events, 0)->count, 2);
    assert_int_equal(event_at(events, 0)->n_frames, 2);
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
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tells_a_lapse_and_when_it_ended),
        cmocka_unit_test(tells_a_lapse_without_end),
        cmocka_unit_test(a_lapse_after_the_capture_is_none),
        cmocka_unit_test(another_binding_keeps_the_device_registered),
        cmocka_unit_test(two_bindings_that_end_at_once_are_one_lapse),
        cmocka_unit_test(a_deregistered_device_has_not_lapsed),
        cmocka_unit_test(tells_who_took_its_place),
        cmocka_unit_test(tells_what_the_registrar_forgot),
        cmocka_unit_test(survives_bindings_that_cannot_be),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
