#pragma once

/*
 * The one sentence that stands at the head of every report.
 */

#include "report/writer.h"

typedef struct ReportHeadline {
    FindingSeverity severity; /* of the finding that it tells; NOTE: it tells none */
    char *text;               /* holds words from the wire as they came: escape it */
} ReportHeadline;

ReportHeadline report_headline_make(const ReportResult *result);
void report_headline_clear(ReportHeadline *headline);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ReportHeadline, report_headline_clear)
