#pragma once

/*
 * Where a writer's bytes go: standard output, a device, or a file that appears
 * under its name only when it is complete.
 *
 * Nothing here fails before close: the first error is kept, what comes after
 * it is dropped, so that a full disk is reported once and stops nothing else.
 */

#include <glib.h>
#include <stdbool.h>

#include "stream.h"

typedef struct ReportOutput ReportOutput;

/* "-" is standard output. 'in_place': the file gets its name at once, for
 * output that is read while it is written. */
ReportOutput *report_output_open(const char *target, bool in_place, GError **error);

/* For a capture that is watched: "stream.h" says what it does with errors. */
ReportOutput *report_output_open_stream(const char *target, GError **error);

/* Of a stream; with other outputs these do nothing. */
void report_output_tell_gaps(ReportOutput *output, ReportGapLine line);
void report_output_start(ReportOutput *output);
void report_output_reopen(ReportOutput *output);
void report_output_linger(ReportOutput *output);
uint64_t report_output_dropped(const ReportOutput *output);

void report_output_write(ReportOutput *output, const char *bytes, size_t len);

/* Hands over what is buffered: a reader sees it now. What a stream gets between two of these
 * calls is a record. */
void report_output_flush(ReportOutput *output);

bool report_output_failed(const ReportOutput *output);

/* Frees it in any case. False: something could not be written, and a file
 * under a temporary name is gone. */
bool report_output_close(ReportOutput *output, GError **error);

/* It is not wanted any more: what stood under its name stands there still. */
void report_output_abandon(ReportOutput *output);
