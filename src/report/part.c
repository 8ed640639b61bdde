/*
 * An outage is looked at from its beginning to its end, and not for all the
 * quiet hours around it. What began before and reaches into the time that was
 * asked for stays, runs of refreshes and intervals alike.
 */

#include "part.h"

#include "reg/interval.h"
#include "reg/timeline.h"

GArray *report_part_timeline(const ReportPart *part, const RegDevice *device, Nsec end)
{
    GArray *events = reg_timeline_new(device, end);

    for (unsigned i = events->len; part != NULL && i-- > 0;) {
        const RegEvent *event = &g_array_index(events, RegEvent, i);

        if (event->time != NSEC_NONE
            && !report_part_holds(part, event->time, MAX(event->time, event->until)))
            g_array_remove_index(events, i);
    }
    return events;
}

GArray *report_part_intervals(const ReportPart *part, const RegDevice *device, Nsec end)
{
    GArray *row = reg_intervals_new(device, end);

    for (unsigned i = row->len; part != NULL && i-- > 0;) {
        const RegInterval *interval = &g_array_index(row, RegInterval, i);

        if (!report_part_holds(part, interval->from, interval->until))
            g_array_remove_index(row, i);
    }
    return row;
}

bool report_part_holds_attempt(const ReportPart *part, const RegAttempt *attempt)
{
    return report_part_holds(part, attempt->first_opened, attempt->closed);
}
