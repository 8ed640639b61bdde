#pragma once

/*
 * What of a device's life a report shows, when somebody asked for a time.
 */

#include "report/writer.h"

/* Those of reg_timeline_new() and reg_intervals_new() that reach into it; 'part' NULL: all. */
GArray *report_part_timeline(const ReportPart *part, const RegDevice *device, Nsec end);
GArray *report_part_intervals(const ReportPart *part, const RegDevice *device, Nsec end);

/* An attempt, or a run of alike ones. */
bool report_part_holds_attempt(const ReportPart *part, const RegAttempt *attempt);
