#pragma once

/*
 * Where lines go while a capture is watched: behind a queue, to a thread that
 * may wait for a slow reader or a full disk as long as it has to.
 *
 * A file is written on at its end, and a record is one write(): a process that
 * is killed leaves one torn line at most, and the next run takes it away.
 */

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/* Appends a line that tells of records that are missing at this place; 'because' is a short
 * text: "No space left on device". May be called in the stream's thread. */
typedef void (*ReportGapLine)(GString *line, uint64_t records, const char *because);

typedef struct ReportStream ReportStream;

/* "-" is standard output. Refuses a file that another process writes to. */
ReportStream *report_stream_open(const char *target, GError **error);

/* To be called before the first record, if at all. */
void report_stream_tell_gaps(ReportStream *stream, ReportGapLine line);

void report_stream_start(ReportStream *stream);

/* One record, or several whole ones. */
void report_stream_write(ReportStream *stream, const char *bytes, size_t len);

/* Behind what was written so far: the file has been moved away, a new one begins. */
void report_stream_reopen(ReportStream *stream);

/* The capture is over: what comes now may wait for the reader, but for REPORT_STREAM_PATIENCE
 * in all. */
void report_stream_linger(ReportStream *stream);

#define REPORT_STREAM_PATIENCE NSEC_SEC

/* Records that did not get through, so far. */
uint64_t report_stream_dropped(const ReportStream *stream);

/* Frees it in any case. False: something was lost. */
bool report_stream_close(ReportStream *stream, GError **error);
