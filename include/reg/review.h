#pragma once

/*
 * Looking at devices while a capture goes on: at those that something happened
 * to, and at those whose time has come.
 */

#include "reg/condition.h"
#include "reg/tracker.h"

/* One look at one device. */
typedef struct RegReview {
    /* Its record as it would stand if the capture ended now: a binding whose time ran out has
     * lapsed. A copy that lives as long as the call. */
    const RegDevice *device;
    RegStanding before; /* at the review before; UNKNOWN with since NSEC_NONE: there was none */
    RegStanding standing;
    Nsec judged;     /* the visitor's own, kept from one review to the next; NSEC_NONE at first */
    Nsec look_again; /* in: when time changes something; the visitor may want it sooner */
} RegReview;

typedef void RegVisit(RegReview *review, void *user);

/* Looks at up to 'max' devices, and tells at how many. Those of a tracker whose configuration
 * has no 'stability' are not looked at. */
unsigned reg_tracker_review(RegTracker *tracker, Nsec now, unsigned max, RegVisit *visit,
                            void *user);

/* Devices in each condition, of REG_CONDITIONS, as they were looked at last. */
const uint64_t *reg_tracker_conditions(const RegTracker *tracker);

/* Every site as it would stand if the capture ended now; 'net' is what the decoder has counted
 * so far. Of crowds it is not told yet who is in them. */
void reg_tracker_review_sites(const RegTracker *tracker, const NetStats *net,
                              void (*visit)(const RegSite *site, void *user), void *user);
