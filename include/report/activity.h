#pragma once

/*
 * How many attempts to register succeeded and failed, over time.
 *
 * A device's record keeps its newest attempts only; this counts all of them, in
 * a row of slots that grow wider as the capture grows longer.
 */

#include "reg/device.h"

#define REPORT_ACTIVITY_SLOTS 512

typedef struct ReportActivity {
    Nsec from;  /* where the first slot begins; NSEC_NONE: nothing was counted */
    Nsec width; /* of a slot */
    unsigned n; /* slots in use */
    uint32_t accepted[REPORT_ACTIVITY_SLOTS]; /* registered anew or once more */
    uint32_t failed[REPORT_ACTIVITY_SLOTS];   /* refused, unanswered or abandoned */
} ReportActivity;

void report_activity_start(ReportActivity *activity);

/* An attempt that is over; it counts at its last message. */
void report_activity_count(ReportActivity *activity, const RegAttempt *attempt);
