/*
 * The slots of a histogram whose end is not known yet: when a time lies behind
 * the last slot, neighbours are added up until it fits.
 */

#include "report/activity.h"

#include <string.h>

#define FIRST_WIDTH (10 * NSEC_MSEC)

void report_activity_start(ReportActivity *activity)
{
    memset(activity, 0, sizeof(*activity));
    activity->from = NSEC_NONE;
    activity->width = FIRST_WIDTH;
}

static void halve(uint32_t slots[REPORT_ACTIVITY_SLOTS])
{
    for (unsigned i = 0; i < REPORT_ACTIVITY_SLOTS / 2; i++)
        slots[i] = slots[2 * i] + slots[2 * i + 1];
    memset(slots + REPORT_ACTIVITY_SLOTS / 2, 0, REPORT_ACTIVITY_SLOTS / 2 * sizeof(*slots));
}

/* Times before the first one that was counted come with it: captures of
 * several places are a little out of order. The width cannot overflow: the
 * longest distance of two times is less than 512 slots of 2^55 ns. */
static unsigned slot_of(ReportActivity *activity, Nsec time)
{
    if (activity->from == NSEC_NONE)
        activity->from = time;

    Nsec since = 0;

    if (time > activity->from && __builtin_sub_overflow(time, activity->from, &since))
        since = G_MAXINT64;
    while (since / activity->width >= REPORT_ACTIVITY_SLOTS) {
        halve(activity->accepted);
        halve(activity->failed);
        activity->n = (activity->n + 1) / 2;
        activity->width *= 2;
    }

    unsigned slot = (unsigned)(since / activity->width);

    activity->n = MAX(activity->n, slot + 1);
    return slot;
}

void report_activity_count(ReportActivity *activity, const RegAttempt *attempt)
{
    bool registers =
        attempt->purpose == REG_PURPOSE_REGISTER || attempt->purpose == REG_PURPOSE_REFRESH;

    if (attempt->closed == NSEC_NONE)
        return;
    switch (attempt->outcome) {
    case REG_OUTCOME_ACCEPTED:
        if (registers)
            activity->accepted[slot_of(activity, attempt->closed)]++;
        break;
    case REG_OUTCOME_REFUSED:
    case REG_OUTCOME_ABANDONED:
    case REG_OUTCOME_UNANSWERED:
        activity->failed[slot_of(activity, attempt->closed)]++;
        break;
    case REG_OUTCOME_UNKNOWN:
        break;
    }
}
