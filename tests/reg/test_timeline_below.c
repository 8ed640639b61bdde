/*
 * What a device did before it could send anything.
 */

#include "record.h"

static RegFact fact_of(double first, double last, uint64_t count, uint64_t frame)
{
    return (RegFact){ .count = count,
                      .first = { .frame = frame },
                      .last = { .frame = frame + count - 1 },
                      .first_time = AT(first),
                      .last_time = AT(last) };
}

static RegLookup lookup_of(void)
{
    return (RegLookup){ .name = "sip.example.com",
                        .resolver = { { 198, 51, 100, 53 }, 4 },
                        .asked = fact_of(0, 1, 2, 1),
                        .refused = fact_of(0.1, 1.1, 2, 3),
                        .rcode = NET_DNS_NXDOMAIN,
                        .over = NSEC_NONE,
                        .watched = AT(60) };
}

static RegLink link_of(void)
{
    return (RegLink){ .server = { { { 198, 51, 100, 10 }, 4 }, 5061 },
                      .over = NSEC_NONE,
                      .watched = AT(60) };
}

static void tells_a_name_that_does_not_resolve(void **state)
{
    RegDevice device = device_of(NULL, 0);
    RegLookup lookup = lookup_of();

    device.lookup = &lookup;

    g_autoptr(GArray) events = reg_timeline_new(&device, AT(60));

    assert_int_equal(events->len, 3);
    assert_event(events, 0, REG_EVENT_NAME_ASKED, "asks for the address of the registrar, 2 times");
    assert_event(events, 1, REG_EVENT_NAME_REFUSED, "NXDOMAIN, no address, 2 times");
    assert_event(events, 2, REG_EVENT_EXPECTED, "expected: REGISTER - never sent");
    assert_int_equal(event_at(events, 0)->frames[0].frame, 1);
    assert_int_equal(event_at(events, 0)->count, 2);
    assert_int_equal(event_at(events, 1)->until, AT(1.1));
    assert_true(event_at(events, 2)->missing);
}

static void nothing_is_missing_when_the_capture_ends(void **state)
{
    RegDevice device = device_of(NULL, 0);
    RegLookup lookup = lookup_of();

    lookup.watched = AT(2);
    device.lookup = &lookup;

    g_autoptr(GArray) events = reg_timeline_new(&device, AT(2));

    assert_event(events, 2, REG_EVENT_CAPTURE_END, "the capture ends here");
}

static void nothing_is_missing_when_a_register_came(void **state)
{
    RegDevice device = device_of(NULL, 0);
    RegLookup lookup = lookup_of();

    lookup.over = AT(30);
    device.lookup = &lookup;

    g_autoptr(GArray) events = reg_timeline_new(&device, AT(60));

    assert_int_equal(events->len, 2);
}

static void tells_a_connection_that_was_refused(void **state)
{
    RegDevice device = device_of(NULL, 0);
    RegLink link = link_of();

    link.tried = fact_of(0, 0, 1, 1);
    link.refused = fact_of(0.1, 0.1, 1, 2);
    device.link = &link;

    g_autoptr(GArray) events = reg_timeline_new(&device, AT(60));

    assert_event(events, 0, REG_EVENT_CONNECTING, "SYN to port 5061");
    assert_event(events, 1, REG_EVENT_CONNECTION_REFUSED, "connection refused");
    assert_event(events, 2, REG_EVENT_EXPECTED, "expected: REGISTER - never sent");
}

static void tells_who_objects_to_tls(void **state)
{
    RegDevice device = device_of(NULL, 0);
    RegLink link = link_of();

    link.tls = (RegTls){ .end = REG_TLS_ALERT,
                         .alert = 48,
                         .hello = fact_of(0, 0, 1, 4),
                         .failed = fact_of(0.1, 0.1, 1, 7) };
    device.link = &link;

    g_autoptr(GArray) events = reg_timeline_new(&device, AT(60));

    assert_event(events, 0, REG_EVENT_CONNECTING, "TLS hello to port 5061");
    assert_event(events, 1, REG_EVENT_TLS_FAILED, "the phone objects: alert unknown_ca");
    assert_int_equal(event_at(events, 1)->direction, REG_DIRECTION_TO_SERVER);
    link.tls.by_server = true;
    link.tls.end = REG_TLS_CLOSED;

    g_autoptr(GArray) closed = reg_timeline_new(&device, AT(60));

    assert_event(closed, 1, REG_EVENT_TLS_FAILED, "the server ends the handshake");
    assert_int_equal(event_at(closed, 1)->direction, REG_DIRECTION_TO_DEVICE);
    link.tls.end = REG_TLS_GAVE_UP;

    g_autoptr(GArray) gave_up = reg_timeline_new(&device, AT(60));

    assert_event(gave_up, 1, REG_EVENT_TLS_FAILED, "the phone objects: encrypted alert");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tells_a_name_that_does_not_resolve),
        cmocka_unit_test(nothing_is_missing_when_the_capture_ends),
        cmocka_unit_test(nothing_is_missing_when_a_register_came),
        cmocka_unit_test(tells_a_connection_that_was_refused),
        cmocka_unit_test(tells_who_objects_to_tls),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
