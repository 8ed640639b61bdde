#pragma once

/*
 * "Was the clock set?" Packets are stamped by the clock that people set; another
 * one only runs. What happened to the first is seen by comparing it with the
 * second.
 */

#include <stdbool.h>

#include "base/nsec.h"

/* One look at the clocks of this machine. */
typedef struct CaptureWall {
    Nsec real; /* CLOCK_REALTIME */
    Nsec boot; /* CLOCK_BOOTTIME: runs on while the machine sleeps */
    Nsec mono; /* CLOCK_MONOTONIC: does not */
} CaptureWall;

CaptureWall capture_wall_now(void);

/* By how much the clock was set between two looks; 0 when it was not, or by less than a
 * second. */
Nsec capture_wall_step(const CaptureWall *before, const CaptureWall *after);

/* How long the machine slept between them; 0 for less than a second. */
Nsec capture_wall_sleep(const CaptureWall *before, const CaptureWall *after);
