#pragma once

/*
 * Two clocks.
 *
 * Captures from two machines tell the time by two clocks, which are apart and
 * do not run alike. Packets seen by both tell how far: one that went from here
 * to there cannot have arrived before it was sent, by either clock, nor one that
 * came back. What lies between these limits is all that can be known.
 */

#include <glib.h>
#include <stdbool.h>

#include "base/nsec.h"

/* One packet at both places. */
typedef struct CaptureClockPoint {
    Nsec here;
    Nsec there;
    bool outward; /* it went from here to there */
} CaptureClockPoint;

/* A stretch of time in which one line fits. */
typedef struct CaptureClockPiece {
    Nsec from;        /* by the clock there: it holds from here on */
    Nsec at;          /* likewise: where 'offset' was taken */
    Nsec offset;      /* there minus here */
    double drift;     /* nanoseconds that the clock there gains in one; 0: none can be told */
    Nsec uncertainty; /* of the offset, both ways; NSEC_NONE: packets of one direction only */
} CaptureClockPiece;

typedef struct CaptureClock {
    GArray *pieces;  /* of CaptureClockPiece, in time order; at least one */
    unsigned points; /* that it rests on */
    bool same;       /* nothing speaks against equal clocks */
} CaptureClock;

/* NULL without any point. Sorts 'points' (of CaptureClockPoint). */
CaptureClock *capture_clock_fit(GArray *points);

/* The clock that is 'same' and rests on nothing: of the capture that the others
 * are compared with. */
CaptureClock *capture_clock_own(void);
CaptureClock *capture_clock_copy(const CaptureClock *clock);
void capture_clock_free(CaptureClock *clock);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CaptureClock, capture_clock_free)

/* A time by the clock there, told by the clock here. */
Nsec capture_clock_mend(const CaptureClock *clock, Nsec there);

/* The largest of the pieces; NSEC_NONE when one has none. */
Nsec capture_clock_uncertainty(const CaptureClock *clock);
