/*
 * How far are two clocks apart?
 *
 * A packet that went out limits the difference from above, one that came in from
 * below. Over time the limits are two clouds of points, and any line between them
 * is a possible clock; the best one keeps the largest distance from both. How wide
 * the gap between the clouds is, along a line of a given slope, is a concave
 * function of the slope, so the best slope is found by looking at ever smaller
 * intervals. Where no line fits, a clock was set, and each half is looked at by
 * itself.
 */

#include "capture/clock.h"

#include <math.h>

/* Clocks that drift more are broken. */
#define MAX_DRIFT 500e-6

/* The order of two stamps within this is the capturing machine's whim. */
#define JITTER ((double)NSEC_MSEC)

/* Halves of halves of fewer points are not looked at. */
#define FEWEST 8

/* Of the points in one second, per direction, the tightest is enough. */
#define SLOT NSEC_SEC

static int compare_points(const void *a, const void *b)
{
    const CaptureClockPoint *x = a, *y = b;

    if (x->there != y->there)
        return x->there < y->there ? -1 : 1;
    if (x->here != y->here)
        return x->here < y->here ? -1 : 1;
    return (int)x->outward - (int)y->outward;
}

static Nsec difference_of(const CaptureClockPoint *point)
{
    return point->there - point->here;
}

static bool is_tighter(const CaptureClockPoint *a, const CaptureClockPoint *b)
{
    return a->outward ? difference_of(a) < difference_of(b) : difference_of(a) > difference_of(b);
}

/* Keeps the tightest point of each second and direction; in place. */
static void thin(GArray *points)
{
    CaptureClockPoint *all = &g_array_index(points, CaptureClockPoint, 0);
    unsigned last[2] = { 0, 0 }; /* place + 1 of the newest of each direction */
    unsigned n = 0;

    for (unsigned i = 0; i < points->len; i++) {
        CaptureClockPoint point = all[i];
        unsigned *newest = &last[point.outward];

        if (*newest == 0 || point.there / SLOT != all[*newest - 1].there / SLOT) {
            all[n++] = point;
            *newest = n;
        } else if (is_tighter(&point, &all[*newest - 1])) {
            all[*newest - 1] = point;
        }
    }
    g_array_set_size(points, n);
}

/* Some points in a row, told relative to the first one. */
typedef struct Stretch {
    const CaptureClockPoint *points;
    unsigned n;
    unsigned n_outward;
    Nsec at;
    Nsec base;
} Stretch;

static Stretch stretch_of(const CaptureClockPoint *points, unsigned n)
{
    Stretch stretch = {
        .points = points, .n = n, .at = points[0].there, .base = difference_of(&points[0])
    };

    for (unsigned i = 0; i < n; i++)
        stretch.n_outward += points[i].outward;
    return stretch;
}

/* The limits of the offset at the beginning, for one slope: doubles hold the
 * nanoseconds of three months exactly. */
typedef struct Limits {
    double lowest;
    double highest;
} Limits;

static Limits limits_at(const Stretch *stretch, double drift)
{
    Limits limits = { -INFINITY, INFINITY };

    for (unsigned i = 0; i < stretch->n; i++) {
        const CaptureClockPoint *point = &stretch->points[i];
        double y = (double)(difference_of(point) - stretch->base)
                   - drift * (double)(point->there - stretch->at);

        if (point->outward)
            limits.highest = MIN(limits.highest, y);
        else
            limits.lowest = MAX(limits.lowest, y);
    }
    return limits;
}

static double width_at(const Stretch *stretch, double drift)
{
    Limits limits = limits_at(stretch, drift);

    return limits.highest - limits.lowest;
}

/* Thirds of thirds: 500 ppm shrink below a ten-thousandth of one. */
#define ROUNDS 45

static double find_widest(const Stretch *stretch)
{
    double low = -MAX_DRIFT, high = MAX_DRIFT;

    for (unsigned i = 0; i < ROUNDS; i++) {
        double third = (high - low) / 3;

        if (width_at(stretch, low + third) < width_at(stretch, high - third))
            low += third;
        else
            high -= third;
    }
    return (low + high) / 2;
}

/* The shortest way there and back that was seen: no line leaves more room. 0: never
 * was a packet of each direction seen together. */
static double shortest_trip(const Stretch *stretch)
{
    double shortest = INFINITY;

    for (unsigned i = 1; i < stretch->n; i++) {
        const CaptureClockPoint *a = &stretch->points[i - 1], *b = &stretch->points[i];

        if (a->outward != b->outward && b->there - a->there < SLOT)
            shortest = MIN(shortest, (double)ABS(difference_of(a) - difference_of(b)));
    }
    return shortest < INFINITY ? shortest : 0;
}

/* Where packets of one direction are rare, steep lines leave room without end: of
 * those the least drift that leaves half of what there can be is believed. */
static double find_drift(const Stretch *stretch)
{
    double widest = find_widest(stretch);
    double enough = shortest_trip(stretch) / 2;
    double low = 0, high = widest;

    if (ABS(widest) < 0.9 * MAX_DRIFT || width_at(stretch, widest) < enough)
        return widest;
    for (unsigned i = 0; i < ROUNDS; i++) {
        double middle = (low + high) / 2;

        if (width_at(stretch, middle) < enough)
            low = middle;
        else
            high = middle;
    }
    return high;
}

static CaptureClockPiece piece_of(const Stretch *stretch, double drift)
{
    Limits limits = limits_at(stretch, drift);
    CaptureClockPiece piece = {
        .from = stretch->at, .at = stretch->at, .drift = drift, .uncertainty = NSEC_NONE
    };
    double offset = limits.lowest == -INFINITY ? limits.highest : limits.lowest;

    if (limits.lowest > -INFINITY && limits.highest < INFINITY) {
        offset = (limits.lowest + limits.highest) / 2;
        piece.uncertainty =
            (Nsec)(MAX(ABS(limits.highest - limits.lowest), shortest_trip(stretch)) / 2);
    }
    piece.offset = stretch->base + (Nsec)offset;
    return piece;
}

/* The simplest clock that fits: without drift if one does. */
static void fit(GArray *pieces, const CaptureClockPoint *points, unsigned n)
{
    Stretch stretch = stretch_of(points, n);
    double drift = 0;
    bool both = stretch.n_outward > 0 && stretch.n_outward < n;

    if (both && width_at(&stretch, 0) < 0)
        drift = find_drift(&stretch);
    if (both && width_at(&stretch, drift) < -JITTER && n >= 2 * FEWEST) {
        fit(pieces, points, n / 2);
        fit(pieces, points + n / 2, n - n / 2);
        return;
    }

    CaptureClockPiece piece = piece_of(&stretch, drift);

    g_array_append_val(pieces, piece);
}

/* Packets of one direction alone limit nothing from the other side; equal clocks
 * are believed when no packet would have taken longer than this. */
#define LONGEST_TRIP NSEC_SEC

/* Whether equal clocks are possible: then they are taken for equal. */
static bool may_be_same(const GArray *points, CaptureClockPiece *piece)
{
    Nsec lowest = INT64_MIN, highest = INT64_MAX;

    for (unsigned i = 0; i < points->len; i++) {
        const CaptureClockPoint *point = &g_array_index(points, CaptureClockPoint, i);

        if (point->outward)
            highest = MIN(highest, difference_of(point));
        else
            lowest = MAX(lowest, difference_of(point));
    }
    if (lowest > 0 || highest < 0)
        return false;
    if ((lowest == INT64_MIN && highest > LONGEST_TRIP)
        || (highest == INT64_MAX && lowest < -LONGEST_TRIP))
        return false;
    *piece = (CaptureClockPiece){ .uncertainty = NSEC_NONE };
    if (lowest != INT64_MIN && highest != INT64_MAX)
        piece->uncertainty = MAX(-lowest, highest);
    return true;
}

/* Stamps come from the wire. Of those from 1970 to 2116 all differences can be
 * told, and no two clocks are decades apart. */
#define LATEST ((Nsec)1 << 62)
#define FARTHEST ((Nsec)1 << 60)

static bool is_absurd(const CaptureClockPoint *point)
{
    return point->here < 0 || point->there < 0 || point->here > LATEST || point->there > LATEST
           || ABS(difference_of(point)) > FARTHEST;
}

static void drop_absurd(GArray *points)
{
    unsigned n = 0;

    for (unsigned i = 0; i < points->len; i++) {
        CaptureClockPoint point = g_array_index(points, CaptureClockPoint, i);

        if (!is_absurd(&point))
            g_array_index(points, CaptureClockPoint, n++) = point;
    }
    g_array_set_size(points, n);
}

CaptureClock *capture_clock_own(void)
{
    CaptureClock *clock = g_new0(CaptureClock, 1);
    CaptureClockPiece piece = { .uncertainty = 0 };

    clock->pieces = g_array_new(false, false, sizeof(CaptureClockPiece));
    clock->same = true;
    g_array_append_val(clock->pieces, piece);
    return clock;
}

CaptureClock *capture_clock_fit(GArray *points)
{
    drop_absurd(points);
    if (points->len == 0)
        return NULL;

    CaptureClock *clock = capture_clock_own();
    CaptureClockPiece *whole = &g_array_index(clock->pieces, CaptureClockPiece, 0);

    g_array_sort(points, compare_points);
    clock->points = points->len;
    clock->same = may_be_same(points, whole);
    if (!clock->same) {
        g_array_set_size(clock->pieces, 0);
        thin(points);
        fit(clock->pieces, &g_array_index(points, CaptureClockPoint, 0), points->len);
    }
    return clock;
}

CaptureClock *capture_clock_copy(const CaptureClock *clock)
{
    CaptureClock *copy = g_memdup2(clock, sizeof(*clock));

    copy->pieces = g_array_copy(clock->pieces);
    return copy;
}

void capture_clock_free(CaptureClock *clock)
{
    if (clock == NULL)
        return;
    g_array_unref(clock->pieces);
    g_free(clock);
}

static const CaptureClockPiece *piece_at(const CaptureClock *clock, Nsec there)
{
    unsigned low = 0, high = clock->pieces->len;

    /* The last one that begins before; the first one holds before itself too. */
    while (high - low > 1) {
        unsigned middle = low + (high - low) / 2;

        if (g_array_index(clock->pieces, CaptureClockPiece, middle).from <= there)
            low = middle;
        else
            high = middle;
    }
    return &g_array_index(clock->pieces, CaptureClockPiece, low);
}

Nsec capture_clock_mend(const CaptureClock *clock, Nsec there)
{
    const CaptureClockPiece *piece = piece_at(clock, there);
    Nsec mended, passed;

    if (clock->same || __builtin_sub_overflow(there, piece->offset, &mended)
        || __builtin_sub_overflow(there, piece->at, &passed))
        return there;

    double gained = piece->drift * (double)passed;

    /* Half a day is more than any clock gains while it is of use. */
    return ABS(gained) < (double)NSEC_SEC * 43200 ? mended - (Nsec)gained : mended;
}

Nsec capture_clock_uncertainty(const CaptureClock *clock)
{
    Nsec most = 0;

    for (unsigned i = 0; i < clock->pieces->len; i++) {
        Nsec uncertainty = g_array_index(clock->pieces, CaptureClockPiece, i).uncertainty;

        if (uncertainty == NSEC_NONE)
            return NSEC_NONE;
        most = MAX(most, uncertainty);
    }
    return most;
}
