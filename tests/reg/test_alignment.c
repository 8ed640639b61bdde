/*
 * How far the clocks of two captures are apart, told by what both hold.
 */

#include "reg/alignment.h"

#include "sight.h"

#define INSIDE CAPTURE_PLACE_CLIENT
#define OUTSIDE CAPTURE_PLACE_SERVER
#define HOUR (3600 * NSEC_SEC)

static void put(RegAlignment *alignment, Sight sight)
{
    g_autoptr(SipMessage) message = sight_message(&sight);

    reg_alignment_message(alignment, message);
}

/* One REGISTER and its answer, 20 ms there and back; the clock outside is ahead. */
static void exchange(RegAlignment *alignment, unsigned cseq, Nsec time, Nsec ahead)
{
    Sight sights[] = { sight_request(INSIDE, time), sight_request(OUTSIDE, time + ahead),
                       sight_answer(OUTSIDE, time + ahead, 200), sight_answer(INSIDE, time, 200) };

    sights[1].time += 10 * NSEC_MSEC;
    sights[2].time += 11 * NSEC_MSEC;
    sights[3].time += 21 * NSEC_MSEC;
    for (unsigned i = 0; i < G_N_ELEMENTS(sights); i++) {
        sights[i].cseq = cseq;
        put(alignment, sights[i]);
    }
}

static Nsec offset_of(const CaptureClock *clock)
{
    return g_array_index(clock->pieces, CaptureClockPiece, 0).offset;
}

static void an_exchange_tells_the_offset(void **state)
{
    g_autoptr(RegAlignment) alignment = reg_alignment_new();

    exchange(alignment, 1, HOUR, 24 * HOUR);
    exchange(alignment, 2, HOUR + NSEC_SEC, 24 * HOUR);

    g_autoptr(CaptureClock) clock = reg_alignment_fit(alignment, INSIDE, OUTSIDE);

    assert_int_equal(offset_of(clock), 24 * HOUR);
    assert_int_equal(capture_clock_uncertainty(clock), 10 * NSEC_MSEC);
    assert_int_equal(clock->points, 4);
}

static void what_one_place_lacks_tells_nothing(void **state)
{
    g_autoptr(RegAlignment) alignment = reg_alignment_new();

    put(alignment, sight_request(INSIDE, HOUR));
    put(alignment, sight_answer(OUTSIDE, 2 * HOUR, 200));
    assert_null(reg_alignment_fit(alignment, INSIDE, OUTSIDE));
}

/* Nobody knows which copy is which, unless all of them came through. */
static void copies_count_when_all_came_through(void **state)
{
    static const Nsec times[] = { 0, 500 * NSEC_MSEC, 1500 * NSEC_MSEC, 3500 * NSEC_MSEC };
    g_autoptr(RegAlignment) alignment = reg_alignment_new();

    for (unsigned i = 0; i < G_N_ELEMENTS(times); i++) {
        put(alignment, sight_request(INSIDE, HOUR + times[i]));
        if (i > 0)
            put(alignment, sight_request(OUTSIDE, 3 * HOUR + times[i]));
    }
    assert_null(reg_alignment_fit(alignment, INSIDE, OUTSIDE));
    put(alignment, sight_request(OUTSIDE, 3 * HOUR));

    g_autoptr(CaptureClock) clock = reg_alignment_fit(alignment, INSIDE, OUTSIDE);

    assert_int_equal(clock->points, 4);
    assert_int_equal(offset_of(clock), 2 * HOUR);
    assert_int_equal(capture_clock_uncertainty(clock), NSEC_NONE);
}

static void copies_in_another_rhythm_are_others(void **state)
{
    g_autoptr(RegAlignment) alignment = reg_alignment_new();

    put(alignment, sight_request(INSIDE, HOUR));
    put(alignment, sight_request(INSIDE, HOUR + 500 * NSEC_MSEC));
    put(alignment, sight_request(OUTSIDE, 3 * HOUR));
    put(alignment, sight_request(OUTSIDE, 3 * HOUR + NSEC_SEC));
    assert_null(reg_alignment_fit(alignment, INSIDE, OUTSIDE));
}

static void a_rewritten_address_does_not_matter(void **state)
{
    g_autoptr(RegAlignment) alignment = reg_alignment_new();
    Sight outside = sight_request(OUTSIDE, 2 * HOUR);

    outside.host = NAT;
    outside.call_id = "call1@203.0.113.2";
    put(alignment, sight_request(INSIDE, HOUR));
    put(alignment, outside);

    g_autoptr(CaptureClock) clock = reg_alignment_fit(alignment, INSIDE, OUTSIDE);

    assert_int_equal(offset_of(clock), HOUR);
}

static void packets_tell_which_place_is_nearer(void **state)
{
    g_autoptr(RegAlignment) alignment = reg_alignment_new();
    Sight inside = sight_request(INSIDE, HOUR), outside = sight_request(OUTSIDE, HOUR);

    /* A box that sends anew tells nothing. */
    put(alignment, inside);
    put(alignment, outside);
    assert_false(reg_alignment_is_reversed(alignment, OUTSIDE, INSIDE));
    inside.cseq = outside.cseq = 2;
    inside.ip_id = outside.ip_id = 4711;
    put(alignment, inside);
    put(alignment, outside);
    assert_true(reg_alignment_is_reversed(alignment, OUTSIDE, INSIDE));
    assert_false(reg_alignment_is_reversed(alignment, INSIDE, OUTSIDE));
}

static void a_third_place_is_told_by_the_second(void **state)
{
    g_autoptr(RegAlignment) alignment = reg_alignment_new();
    Sight third = sight_request(OUTSIDE, 9 * HOUR);

    put(alignment, sight_request(INSIDE, HOUR));
    put(alignment, sight_request(CAPTURE_PLACE_MIDDLE, 3 * HOUR));
    put(alignment, third);

    g_autoptr(CaptureClock) middle = reg_alignment_fit(alignment, INSIDE, CAPTURE_PLACE_MIDDLE);

    reg_alignment_mend(alignment, CAPTURE_PLACE_MIDDLE, middle);

    g_autoptr(CaptureClock) outside = reg_alignment_fit(alignment, CAPTURE_PLACE_MIDDLE, OUTSIDE);

    assert_int_equal(offset_of(outside), 8 * HOUR);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_exchange_tells_the_offset),
        cmocka_unit_test(what_one_place_lacks_tells_nothing),
        cmocka_unit_test(copies_count_when_all_came_through),
        cmocka_unit_test(copies_in_another_rhythm_are_others),
        cmocka_unit_test(a_rewritten_address_does_not_matter),
        cmocka_unit_test(packets_tell_which_place_is_nearer),
        cmocka_unit_test(a_third_place_is_told_by_the_second),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
