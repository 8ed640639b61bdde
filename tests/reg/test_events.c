/*
 * What all events have in common.
 */

#include "reg/events.h"

#include "support/check.h"

static void every_kind_has_a_name_of_its_own(void **state)
{
    for (unsigned i = 0; i <= REG_EVENT_CAPTURE_END; i++) {
        assert_non_null(reg_event_name(i));
        for (unsigned other = 0; other < i; other++)
            assert_string_not_equal(reg_event_name(i), reg_event_name(other));
    }
    assert_string_equal(reg_event_name(REG_EVENT_REGISTER_SENT), "register_sent");
    assert_string_equal(reg_event_name(REG_EVENT_CAPTURE_END), "capture_end");
}

static void frames_of_one_event_are_of_one_capture(void **state)
{
    RegEvent event = { 0 };

    reg_event_cite(&event, (CaptureRef){ .frame = 0 });
    assert_int_equal(event.n_frames, 0);
    reg_event_cite(&event, (CaptureRef){ .frame = 7 });
    reg_event_cite(&event, (CaptureRef){ .capture = 1, .frame = 8 });
    assert_int_equal(event.n_frames, 1);
    reg_event_cite(&event, (CaptureRef){ .frame = 9 });
    reg_event_cite(&event, (CaptureRef){ .frame = 10 });
    assert_int_equal(event.n_frames, 2);
    assert_int_equal(event.frames[1].frame, 9);
}

static void intervals_are_rounded(void **state)
{
    char text[NSEC_TEXT];

    assert_string_equal(reg_events_interval(53999600000, text), "54 s");
    assert_string_equal(reg_events_interval(6960000000, text), "7.0 s");
    assert_string_equal(reg_events_interval(20 * NSEC_MSEC, text), "20 ms");
    reg_events_interval(NSEC_MAX, text);
}

static void differences_do_not_overflow(void **state)
{
    assert_int_equal(reg_events_elapsed(5, 12), 7);
    assert_int_equal(reg_events_elapsed(NSEC_NONE, NSEC_MAX), NSEC_MAX);
    assert_int_equal(reg_events_known(NSEC_NONE, 7), 7);
    assert_int_equal(reg_events_known(5, 7), 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kind_has_a_name_of_its_own),
        cmocka_unit_test(frames_of_one_event_are_of_one_capture),
        cmocka_unit_test(intervals_are_rounded),
        cmocka_unit_test(differences_do_not_overflow),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
