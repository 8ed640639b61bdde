/*
 * Two clocks, told apart by packets that both of them saw.
 */

#include "capture/clock.h"
#include "support/check.h"

#define DAY (86400 * NSEC_SEC)

typedef struct Path {
    Nsec offset; /* of the clock there */
    double drift;
    Nsec out; /* how long a packet takes, at the least */
    Nsec back;
    unsigned n;
    Nsec every;
} Path;

static const Path office = {
    .out = 10 * NSEC_MSEC, .back = 8 * NSEC_MSEC, .n = 120, .every = 30 * NSEC_SEC
};

/* Far from any round number, as captures are. */
#define START (INT64_C(1795169849) * NSEC_SEC + 402386)

static Nsec there_at(const Path *path, Nsec here)
{
    return here + path->offset + (Nsec)(path->drift * (double)(here - START));
}

/* A request and its answer at a time; the delays vary, and not evenly. */
static GArray *points_of(const Path *path)
{
    GArray *points = g_array_new(false, false, sizeof(CaptureClockPoint));

    for (unsigned i = 0; i < path->n; i++) {
        Nsec sent = START + i * path->every;
        Nsec late = (Nsec)(i * 7919 % 13) * NSEC_MSEC;
        Nsec back = sent + 50 * NSEC_MSEC;
        CaptureClockPoint out = { sent, there_at(path, sent + path->out + late), true };
        CaptureClockPoint in = { back + path->back + late / 3, there_at(path, back), false };

        g_array_append_val(points, out);
        g_array_append_val(points, in);
    }
    return points;
}

static CaptureClock *fit(const Path *path)
{
    g_autoptr(GArray) points = points_of(path);

    return capture_clock_fit(points);
}

static const CaptureClockPiece *piece(const CaptureClock *clock, unsigned index)
{
    return &g_array_index(clock->pieces, CaptureClockPiece, index);
}

/* The mended clock must not be further from the truth than it admits. */
static void assert_mends(const CaptureClock *clock, const Path *path)
{
    Nsec uncertainty = capture_clock_uncertainty(clock);

    assert_true(uncertainty != NSEC_NONE);
    for (unsigned i = 0; i < path->n; i++) {
        Nsec here = START + i * path->every;
        Nsec mended = capture_clock_mend(clock, there_at(path, here));

        assert_true(ABS(mended - here) <= uncertainty + NSEC_MSEC);
    }
}

static void equal_clocks_are_left_alone(void **state)
{
    g_autoptr(CaptureClock) clock = fit(&office);

    assert_true(clock->same);
    assert_int_equal(capture_clock_mend(clock, START), START);
    assert_int_equal(capture_clock_uncertainty(clock), 10 * NSEC_MSEC);
}

static void an_offset_is_found_with_its_uncertainty(void **state)
{
    static const Nsec offsets[] = { DAY, -DAY, 3 * NSEC_SEC, -40 * NSEC_MSEC, 3650 * DAY };

    for (unsigned i = 0; i < G_N_ELEMENTS(offsets); i++) {
        Path path = office;

        path.offset = offsets[i];

        g_autoptr(CaptureClock) clock = fit(&path);

        assert_false(clock->same);
        assert_int_equal(clock->pieces->len, 1);
        assert_int_equal(piece(clock, 0)->offset, path.offset + NSEC_MSEC);
        assert_int_equal(piece(clock, 0)->uncertainty, 9 * NSEC_MSEC);
        assert_true(piece(clock, 0)->drift == 0);
        assert_mends(clock, &path);
    }
}

static void a_drift_is_found_where_it_shows(void **state)
{
    static const double drifts[] = { 100e-6, -100e-6, 20e-6, 400e-6 };

    for (unsigned i = 0; i < G_N_ELEMENTS(drifts); i++) {
        Path path = office;

        path.offset = DAY;
        path.drift = drifts[i];

        g_autoptr(CaptureClock) clock = fit(&path);

        assert_int_equal(clock->pieces->len, 1);
        assert_true(ABS(piece(clock, 0)->drift - path.drift) < 6e-6);
        assert_mends(clock, &path);
    }
}

/* Two parts in a million of an hour are less than the packets take. */
static void a_drift_that_cannot_be_told_is_none(void **state)
{
    Path path = office;

    path.offset = DAY;
    path.drift = 2e-6;

    g_autoptr(CaptureClock) clock = fit(&path);

    assert_true(piece(clock, 0)->drift == 0);
    assert_mends(clock, &path);
}

static void a_clock_that_was_set_is_two_clocks(void **state)
{
    Path before = office, after = office;

    before.offset = NSEC_SEC;
    after.offset = 5 * NSEC_SEC;

    g_autoptr(GArray) points = points_of(&before);
    g_autoptr(GArray) later = points_of(&after);

    /* Half an hour of each. */
    g_array_set_size(points, 120);
    g_array_append_vals(points, &g_array_index(later, CaptureClockPoint, 120), 120);

    g_autoptr(CaptureClock) clock = capture_clock_fit(points);

    assert_true(clock->pieces->len >= 2);

    Nsec early = capture_clock_mend(clock, START + before.offset);
    Nsec late = capture_clock_mend(clock, START + 119 * office.every + after.offset);

    assert_true(ABS(early - START) <= 10 * NSEC_MSEC);
    assert_true(ABS(late - START - 119 * office.every) <= 10 * NSEC_MSEC);
}

static void one_direction_tells_a_limit_only(void **state)
{
    g_autoptr(GArray) points = g_array_new(false, false, sizeof(CaptureClockPoint));
    CaptureClockPoint point = { START, START + DAY, true };

    g_array_append_val(points, point);

    g_autoptr(CaptureClock) clock = capture_clock_fit(points);

    assert_int_equal(capture_clock_mend(clock, START + DAY), START);
    assert_int_equal(capture_clock_uncertainty(clock), NSEC_NONE);
}

static void nothing_in_common_tells_nothing(void **state)
{
    g_autoptr(GArray) points = g_array_new(false, false, sizeof(CaptureClockPoint));

    assert_null(capture_clock_fit(points));
}

static void stamps_that_cannot_be_do_no_harm(void **state)
{
    static const Nsec wild[] = { INT64_MIN + 1, INT64_MAX, 0, -1, DAY };
    g_autoptr(GArray) points = g_array_new(false, false, sizeof(CaptureClockPoint));

    for (unsigned i = 0; i < G_N_ELEMENTS(wild); i++) {
        for (unsigned k = 0; k < G_N_ELEMENTS(wild); k++) {
            CaptureClockPoint point = { wild[i], wild[k], (i + k) % 2 == 0 };

            g_array_append_val(points, point);
        }
    }

    g_autoptr(CaptureClock) clock = capture_clock_fit(points);

    for (unsigned i = 0; i < G_N_ELEMENTS(wild); i++)
        capture_clock_mend(clock, wild[i]);
    assert_true(clock->points < G_N_ELEMENTS(wild) * G_N_ELEMENTS(wild));
}

static void a_copy_is_a_clock_of_its_own(void **state)
{
    Path path = office;

    path.offset = DAY;

    CaptureClock *clock = fit(&path);
    g_autoptr(CaptureClock) copy = capture_clock_copy(clock);
    Nsec mended = capture_clock_mend(clock, START + DAY);

    capture_clock_free(clock);
    assert_int_equal(capture_clock_mend(copy, START + DAY), mended);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equal_clocks_are_left_alone),
        cmocka_unit_test(an_offset_is_found_with_its_uncertainty),
        cmocka_unit_test(a_drift_is_found_where_it_shows),
        cmocka_unit_test(a_drift_that_cannot_be_told_is_none),
        cmocka_unit_test(a_clock_that_was_set_is_two_clocks),
        cmocka_unit_test(one_direction_tells_a_limit_only),
        cmocka_unit_test(nothing_in_common_tells_nothing),
        cmocka_unit_test(stamps_that_cannot_be_do_no_harm),
        cmocka_unit_test(a_copy_is_a_clock_of_its_own),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
