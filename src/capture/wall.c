/*
 * NTP slews small differences and steps over large ones; somebody sets the
 * clock of a machine that came up in 1970. From then on all stamps are apart
 * from those before, and a deadline between them means nothing.
 */

#include "wall.h"

#include <time.h>

/* Slewing changes a clock by half a millisecond in a second at most. */
#define STEP NSEC_SEC

CaptureWall capture_wall_now(void)
{
    return (CaptureWall){
        .real = nsec_now(CLOCK_REALTIME),
        .boot = nsec_now(CLOCK_BOOTTIME),
        .mono = nsec_now(CLOCK_MONOTONIC),
    };
}

static Nsec when_large(Nsec span)
{
    return span > STEP || span < -STEP ? span : 0;
}

Nsec capture_wall_step(const CaptureWall *before, const CaptureWall *after)
{
    return when_large((after->real - before->real) - (after->boot - before->boot));
}

Nsec capture_wall_sleep(const CaptureWall *before, const CaptureWall *after)
{
    return when_large((after->boot - before->boot) - (after->mono - before->mono));
}
