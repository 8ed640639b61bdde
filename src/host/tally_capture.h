#pragma once

/*
 * The metrics of the capture and of what was found in it below attempts:
 * packets, drops, messages, tables.
 */

#include "report/writer.h"

void tally_capture_print(const ReportResult *result, GString *out);

/* Whether anything is being listened to: a capture that is neither over nor in a gap. */
bool tally_capture_is_on(const ReportResult *result);
