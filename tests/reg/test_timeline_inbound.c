/*
 * What was sent toward a device, and whether it answered.
 */

#include "record.h"

static RegDevice with_life(const RegLife *life)
{
    RegDevice device = device_of(NULL, 0);

    device.life = life;
    return device;
}

static char *outage_text(RegOutage outage, Nsec end)
{
    RegLife life = { .outages = &outage, .n_outages = 1 };
    RegDevice device = with_life(&life);
    g_autoptr(GArray) events = reg_timeline_new(&device, end);

    return g_strdup(event_at(events, 0)->text);
}

#define assert_told(outage, words)                             \
    do {                                                       \
        g_autofree char *told = outage_text((outage), AT(50)); \
        assert_string_equal(told, words);                      \
    } while (0)

static void tells_an_outage_and_what_ended_it(void **state)
{
    RegOutage outage = outage_of(10, 30);
    RegLife life = { .outages = &outage, .n_outages = 1 };
    RegDevice device = with_life(&life);

    outage.back_registers = outage.back_moved = true;
    outage.works = AT(33);

    g_autoptr(GArray) events = reg_timeline_new(&device, AT(50));

    assert_int_equal(events->len, 2);
    assert_event(events, 0, REG_EVENT_UNREACHABLE,
                 "OPTIONS sent 2 times, no answer: unreachable for 20 s, until 12:00:30.000");
    assert_int_equal(event_at(events, 0)->time, AT(10));
    assert_int_equal(event_at(events, 0)->frames[0].frame, 20);
    assert_int_equal(event_at(events, 0)->direction, REG_DIRECTION_TO_DEVICE);
    assert_event(events, 1, REG_EVENT_BACK,
                 "heard from again: REGISTER from another public address or port; the next "
                 "request, 3.0 s later, is answered");
    assert_int_equal(event_at(events, 1)->time, AT(30));
    assert_int_equal(event_at(events, 1)->frames[0].frame, 30);
}

static void tells_an_outage_that_goes_on(void **state)
{
    assert_told(outage_of(10, -1), "OPTIONS sent 2 times, no answer: unreachable since, 40 s "
                                   "until the capture ends");
}

static void folds_the_requests_of_an_outage(void **state)
{
    RegOutage outage = outage_of(10, 30);

    outage.requests = 4;
    assert_told(outage, "4 OPTIONS, no answer: unreachable for 20 s, until 12:00:30.000");
    outage.last.method = SIP_METHOD_INVITE;
    assert_told(outage,
                "4 requests, OPTIONS first and INVITE last, no answer: unreachable for 20 s, "
                "until 12:00:30.000");
}

static void says_where_the_requests_went(void **state)
{
    RegOutage outage = outage_of(10, 30);

    outage.first.copies = 0;
    outage.first.way = REG_WAY_CONTACT;
    assert_told(outage, "OPTIONS to the address in its Contact, no answer: unreachable for 20 s, "
                        "until 12:00:30.000");
    outage.first.way = REG_WAY_OLD_FLOW;
    assert_told(outage, "OPTIONS to an address that it had before, no answer: unreachable for "
                        "20 s, until 12:00:30.000");
    outage.first.way = REG_WAY_OTHER_SOURCE;
    assert_told(outage, "OPTIONS from another host than it registered with, no answer: "
                        "unreachable for 20 s, until 12:00:30.000");
}

/* Nobody was to be reached there, or nobody knows. */
static void does_not_call_everything_unreachable(void **state)
{
    RegOutage outage = outage_of(10, -1);

    outage.bound = false;
    assert_told(outage, "OPTIONS sent 2 times, no answer");
    outage.losses = REG_LOSS_DROPS;
    assert_told(outage, "OPTIONS sent 2 times, no answer in this capture, which does not show "
                        "everything");
    outage.cut = true;
    assert_told(outage, "OPTIONS sent 2 times, and the capture ends");

    RegLife life = { .outages = &outage, .n_outages = 1 };
    RegDevice device = with_life(&life);
    g_autoptr(GArray) events = reg_timeline_new(&device, AT(50));

    assert_int_equal(event_at(events, 0)->kind, REG_EVENT_INBOUND);
}

static void answered_requests_are_one_event(void **state)
{
    RegInbound newest = { .method = SIP_METHOD_OPTIONS,
                          .sent = AT(330),
                          .answered = AT(330),
                          .status = 200,
                          .request = { .frame = 40 },
                          .answer = { .frame = 41 } };
    RegLife life = {
        .inbound_answered = 12, .answered = &newest, .first_answered = START, .answered_alike = true
    };
    RegDevice device = with_life(&life);
    g_autoptr(GArray) alike = reg_timeline_new(&device, AT(400));

    assert_int_equal(alike->len, 1);
    assert_event(alike, 0, REG_EVENT_INBOUND, "12 OPTIONS answered, every 30 s on average");
    assert_int_equal(event_at(alike, 0)->count, 12);
    assert_int_equal(event_at(alike, 0)->time, START);
    assert_int_equal(event_at(alike, 0)->until, AT(330));
    assert_int_equal(event_at(alike, 0)->n_frames, 2);
    life.answered_alike = false;

    g_autoptr(GArray) mixed = reg_timeline_new(&device, AT(400));

    assert_event(mixed, 0, REG_EVENT_INBOUND, "12 requests answered, at last OPTIONS: 200");
    life.inbound_answered = 1;

    g_autoptr(GArray) single = reg_timeline_new(&device, AT(400));

    assert_event(single, 0, REG_EVENT_INBOUND, "OPTIONS answered: 200");
}

static void says_what_is_not_kept(void **state)
{
    RegOutage outage = outage_of(10, 30);
    RegLife life = { .outages = &outage, .n_outages = 1, .outages_forgotten = 5 };
    RegDevice device = with_life(&life);
    g_autoptr(GArray) events = reg_timeline_new(&device, AT(50));

    assert_event(events, 0, REG_EVENT_FORGOTTEN, "5 earlier times without an answer are not kept");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tells_an_outage_and_what_ended_it),
        cmocka_unit_test(tells_an_outage_that_goes_on),
        cmocka_unit_test(folds_the_requests_of_an_outage),
        cmocka_unit_test(says_where_the_requests_went),
        cmocka_unit_test(does_not_call_everything_unreachable),
        cmocka_unit_test(answered_requests_are_one_event),
        cmocka_unit_test(says_what_is_not_kept),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
