#pragma once

/*
 * The parts of the text report, in the order in which they are printed.
 */

#include "formats.h"
#include "page.h"
#include "reg/timeline.h"

/* A device with what was found on it. */
typedef struct ReportSubject {
    const RegDevice *device;
    RegState state;
    unsigned rank;             /* the worst first: in the order of the findings, then by state */
    const GPtrArray *findings; /* of Finding, in the order of the report; NULL: none */
} ReportSubject;

typedef struct ReportAdvice {
    char *text;
    char *account;
} ReportAdvice;

typedef struct ReportText {
    ReportWriter base;
    ReportPage *page;
    bool verbose;
    bool quiet;
    bool unjudged;
    bool ladder;
    struct ReportTextLive *live; /* NULL: the capture is a file */

    /* While the report is printed: */
    const ReportResult *result;
    GArray *subjects;   /* of ReportSubject, the worst first */
    GHashTable *groups; /* the findings of each device, by its id */
    GPtrArray *advice;  /* of ReportAdvice: what was said to somebody before */
} ReportText;

#define REPORT_SUBJECT(text, i) (&g_array_index((text)->subjects, ReportSubject, (i)))

/* The worst that was found on it; a note when nothing was. */
FindingSeverity report_subject_severity(const ReportSubject *subject);

/* Registered or not now: its registration ran out at least once. */
bool report_subject_has_lapsed(const ReportSubject *subject);

/* The lines of a watched capture (text_live.c). */
typedef struct ReportTextLive ReportTextLive;

ReportTextLive *report_text_live_new(bool verbose);
void report_text_live_free(ReportTextLive *live);
void report_text_live_end(ReportText *text); /* before the report */
extern const ReportWriterOps report_text_live_ops;

/* The same whether it was watched or not (text.c). */
void report_text_end(ReportWriter *writer, const ReportResult *result);
void report_text_free(ReportWriter *writer);

/* What was captured and how far it can be trusted (text_capture.c). */
void report_text_captures(ReportText *text);

/* One sentence, how often each thing was found when there is much, and one row per device
 * (text_summary.c). */
void report_text_headline(ReportText *text);
void report_text_causes(ReportText *text);
void report_text_table(ReportText *text);

/* A device from its first message to its last, with its findings
 * (text_device.c). */
void report_text_device(ReportText *text, const ReportSubject *subject);
const char *report_text_account(const RegDevice *device); /* for display; never empty */

/* Its attempts as diagrams of the messages, for --ladder (text_ladder.c). */
void report_text_ladders(ReportText *text, const RegDevice *device);

/* "7", or "lan.pcap:7", of which the name is cut and the number never; escaped. Empty when no
 * frame shows the event (text_device.c). */
void report_text_label(const ReportText *text, const RegEvent *event, GString *label);
ReportStyle report_text_event_style(const RegEvent *event);

/* How long it was registered and could be reached, what is known of its NAT and
 * path, and with --verbose the intervals (text_life.c). */
void report_text_life(ReportText *text, const RegDevice *device);

/* What the newest refused credentials were made of, or with --verbose those of
 * every attempt that is kept (text_digest.c). */
void report_text_digests(ReportText *text, const RegDevice *device);

/* One finding with its evidence, or in a line (text_finding.c). */
void report_text_finding(ReportText *text, const Finding *finding);
void report_text_finding_line(ReportText *text, const Finding *finding);
void report_text_cite(const ReportText *text, GString *line, const Finding *finding); /* " [id]" */

/* The message on both sides of a box (text_diff.c). */
void report_text_diff(ReportText *text, const RegRewrites *rewrites);

/* Appends "frame 7", or "lan.pcap frame 7" when there are several captures;
 * not escaped. */
void report_text_frame(const ReportText *text, GString *line, CaptureRef ref);

/* What could not be judged, what was forgotten (text_capture.c). */
void report_text_limits(ReportText *text);
