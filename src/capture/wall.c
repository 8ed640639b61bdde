/*
 * NTP slews small differences and steps over large ones; somebody sets the
 * clock of a machine that came up in 1970. From then on all stamps are apart
 * from those before, and a deadline between them means nothing.
 */

#include "wall.h"

#include <time.h>

/* Slewing changes a clock by half a millisecond in a second at most. */
#define STEP NSEC_SEC

static Nsec read_clock(clockid_t clock)
{
    struct timespec time = { 0 };

    clock_gettime(clock, &time);
    return (Nsec)time.tv_sec * NSEC_SEC + time.tv_nsec;
}

CaptureWall capture_wall_now(void)
{
    return (CaptureWall){
        .real = read_clock(CLOCK_REALTIME),
        .boot = read_clock(CLOCK_BOOTTIME),
        .mono = read_clock(CLOCK_MONOTONIC),
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
