#pragma once

/*
 * What a writer hears besides attempts, bindings and findings while a capture
 * goes on: how devices stand, which findings are over, that time has passed.
 *
 * All of it is called in the thread of the analysis and must return at once:
 * whoever writes to something slow hands over to a thread of its own. Nothing
 * that is passed here lives longer than the call.
 */

#include "reg/condition.h"
#include "rules/rule.h"

struct ReportResult;

/* A device began to stand differently. The first one tells that it is there. */
typedef struct ReportChange {
    const RegDevice *device;
    RegStanding from; /* REG_CONDITION_UNKNOWN with since NSEC_NONE: it is new */
    RegStanding to;
    Nsec time;              /* of the capture, when it was noticed */
    const Finding *finding; /* the worst that stands on the device, or NULL */
} ReportChange;

/* A finding that was told and does not hold any more. */
typedef struct ReportResolved {
    const Finding *finding; /* as it was told last */
    Nsec from;              /* since when it had stood */
    Nsec time;              /* when it was over */
    const char *because;    /* constant text: "the device is registered again" */
    bool lost;              /* nobody knows: the device was forgotten or never came back */
} ReportResolved;

/* A finding that stands now, for those who count them. */
typedef struct ReportOpen {
    const Rule *rule;
    uint64_t devices; /* on how many it stands; 1 for one about a capture or a source */
} ReportOpen;

/* Once a second of the wall clock. */
typedef struct ReportPulse {
    Nsec now;                            /* of the capture: its newest time */
    Nsec wall;                           /* CLOCK_REALTIME */
    const struct ReportResult *result;   /* counters, captures and tables so far; its lists of
                                            devices, findings and abstentions are empty */
    uint64_t conditions[REG_CONDITIONS]; /* devices in each */
    const GArray *open;                  /* of ReportOpen, sorted by rule id */
    uint64_t outputs_dropped;            /* what writers could not get rid of, so far */
} ReportPulse;
