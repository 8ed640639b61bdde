#pragma once

/*
 * A part of the report: some devices, some findings, some time.
 *
 * What is selected is what is shown; everything is analysed all the same,
 * because what went before explains what came after.
 */

#include "report/writer.h"

typedef enum ReportWhenKind {
    REPORT_WHEN_EVER,
    REPORT_WHEN_DATE,  /* an instant */
    REPORT_WHEN_CLOCK, /* the first such time of a day in the capture, UTC */
    REPORT_WHEN_AFTER, /* after the capture's first packet */
} ReportWhenKind;

typedef struct ReportWhen {
    ReportWhenKind kind;
    Nsec value;
} ReportWhen;

/* "2026-01-31T12:00:00Z" and the day alone, "12:00", "12:00:30.5", "+90", "+15m", "+2h".
 * False: none of them. */
bool report_when_parse(const char *text, ReportWhen *when);

/* Zero: everything. */
typedef struct ReportSelection {
    const GPtrArray *devices;  /* of char *: "d3", "alice@example.com", "10*", "192.168.1.10", a
                                  user agent; NULL or empty: all. "*" and "?" stand for others */
    const GPtrArray *findings; /* of char *: ids, with the same; NULL or empty: all */
    ReportWhen since;
    ReportWhen until; /* the first behind 'since', when it is a time of the day */
} ReportSelection;

bool report_selects_all(const ReportSelection *selection);

/* For what is told while the capture goes on: 'since' and 'until' do not count. */
bool report_selects_device(const ReportSelection *selection, const RegDevice *device);
bool report_selects_rule(const ReportSelection *selection, const Rule *rule);

/* The selected part of 'result', which it borrows from, as it does from 'selection'; 'begin' is
 * the first packet's time. */
typedef struct ReportSelected ReportSelected;

ReportSelected *report_select(const ReportSelection *selection, const ReportResult *result,
                              Nsec begin);
ReportResult *report_selected(ReportSelected *selected); /* lives as long */
void report_selected_free(ReportSelected *selected);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ReportSelected, report_selected_free)
