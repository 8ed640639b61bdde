#pragma once

/*
 * The objects of the JSON report (docs/json.md), built one at a time. The
 * document and the stream of lines print the same ones.
 */

#include "report/writer.h"

/* Builds one object after the other. */
typedef struct ReportShaper ReportShaper;

/* 'captures': of CaptureInfo, borrowed; names for frame references. */
ReportShaper *report_shaper_new(const GPtrArray *captures);
void report_shaper_free(ReportShaper *shaper);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ReportShaper, report_shaper_free)

/* For a program of our own that reads them at once: a member without a value
 * (null, false, nothing in it) is left out, times are whole microseconds since
 * 'base', numbers whole thousandths, and a capture is its index, left out when
 * that is 0. */
void report_shaper_compact(ReportShaper *shaper, Nsec base);
bool report_shaper_is_compact(const ReportShaper *shaper);

/* Between these two: members of one object. The text is valid until the next
 * report_shape_begin() and has no newline in it. */
void report_shape_begin(ReportShaper *shaper);
const GString *report_shape_end(ReportShaper *shaper);

/* An object or a list inside; 'name' is NULL in a list. */
void report_shape_open(ReportShaper *shaper, const char *name);
void report_shape_close(ReportShaper *shaper);
void report_shape_open_list(ReportShaper *shaper, const char *name);
void report_shape_close_list(ReportShaper *shaper);

/* A member of the open object, or with 'name' NULL of the open list. No text
 * and no time (NULL, NSEC_NONE) are null; counts end at 2^63 - 1. */
void report_shape_text(ReportShaper *shaper, const char *name, const char *text);
void report_shape_count(ReportShaper *shaper, const char *name, uint64_t count);
void report_shape_number(ReportShaper *shaper, const char *name, double number);
void report_shape_flag(ReportShaper *shaper, const char *name, bool flag);
void report_shape_time(ReportShaper *shaper, const char *name, Nsec time);
void report_shape_device_id(ReportShaper *shaper, const char *name, uint64_t id); /* "d1" */

/* For devices: what of their lives is shown; NULL, and without this call: all. Borrowed. */
void report_shaper_show(ReportShaper *shaper, const ReportPart *part);
const ReportPart *report_shaper_part(const ReportShaper *shaper);

const GPtrArray *report_shape_captures(const ReportShaper *shaper);

/* The name that frames of a capture are cited under; null: no such capture. */
void report_shape_capture_name(ReportShaper *shaper, const char *name, uint32_t index);

/* "capture", "frame" and "time": a fact that no single packet shows has null
 * for the first two. */
void report_shape_ref(ReportShaper *shaper, CaptureRef ref, Nsec time);

/* The same as an object; null where no packet shows it. */
void report_shape_packet(ReportShaper *shaper, const char *name, CaptureRef ref, Nsec time);

/* The members of one thing, into the open object. */
void report_shape_capture(ReportShaper *shaper, const RegCaptureSite *site);
void report_shape_counts(ReportShaper *shaper, const ReportResult *result);
void report_shape_part(ReportShaper *shaper, const char *name, const ReportPart *part);
void report_shape_device(ReportShaper *shaper, const RegDevice *device, Nsec end);
void report_shape_life(ReportShaper *shaper, const RegDevice *device, Nsec end);
void report_shape_attempt(ReportShaper *shaper, const RegAttempt *attempt);
void report_shape_digest(ReportShaper *shaper, const RegDigestFacts *facts);
void report_shape_binding(ReportShaper *shaper, const RegBinding *binding);
void report_shape_finding(ReportShaper *shaper, const Finding *finding);
void report_shape_diff(ReportShaper *shaper, const RegRewrites *rewrites);
void report_shape_abstention(ReportShaper *shaper, const RuleAbstention *abstention);
