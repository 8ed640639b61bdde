#pragma once

/*
 * What the files of the HTML writer share.
 */

#include "report/writer.h"
#include "shape.h"

typedef struct ReportHtml {
    ReportWriter base;
    ReportShaper *shaper; /* compact, see shape.h */
    GString *scratch;
    GString *script;
    GString *style;
    const ReportResult *result; /* while the page is written */
    Nsec begins;                /* the instant that the page's times are counted from */
} ReportHtml;

/* Text of our own. */
void report_html_put(ReportHtml *html, const char *text);

/* JSON, with nothing in it that could end the element around it. */
void report_html_put_json(ReportHtml *html, const char *json, size_t len);

/* The two parts of the data: what the first screen shows at once (html_whole.c),
 * and everything there may be thousands of (html_packs.c). */
void report_html_whole(ReportHtml *html);
void report_html_packs(ReportHtml *html);

/* One device and one finding in a list of thousands, into the open object
 * (html_rows.c). */
void report_html_device_row(ReportHtml *html, const RegDevice *device);
void report_html_finding_row(ReportHtml *html, const Finding *finding);
