#pragma once

/*
 * How far a long run has come, on standard error, when that is a terminal.
 */

#include "capture/set.h"

typedef struct Progress {
    bool shown;    /* something stands on the line */
    bool terminal; /* else nothing is ever shown */
    int64_t next;  /* monotonic microseconds: when to look again */
} Progress;

Progress progress_start(bool quiet);
void progress_show(Progress *progress, const CaptureSet *captures);
void progress_end(Progress *progress);
