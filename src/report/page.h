#pragma once

/*
 * Lines of text that fit the width: wrapped at blanks, with a hanging indent,
 * in colour when the reader's terminal can show it. Whatever text comes in is
 * escaped here, once.
 */

#include <glib.h>
#include <stdbool.h>

#include "output.h"

typedef enum ReportStyle {
    REPORT_PLAIN,
    REPORT_BOLD,
    REPORT_RED,
    REPORT_YELLOW,
    REPORT_GREEN,
    REPORT_DIM,
} ReportStyle;

typedef struct ReportPage {
    ReportOutput *output; /* borrowed */
    unsigned width;       /* columns, at least 60 */
    bool color;
    bool terminal; /* may show more than ASCII of our own */
    GString *line; /* scratch */
    GString *text; /* scratch */
} ReportPage;

/* 'width' 0: not a terminal. */
ReportPage *report_page_new(ReportOutput *output, unsigned width, bool color);
void report_page_free(ReportPage *page);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ReportPage, report_page_free)

/* 'lead' as it is (our own text), then 'text' escaped and wrapped; every line
 * after the first begins under the first one's text, or 'hang' columns in when
 * that is not 0. */
void report_page_wrap(ReportPage *page, ReportStyle style, const char *lead, unsigned hang,
                      const char *text);

/* The same for text of our own making with words from elsewhere in it. */
void report_page_print(ReportPage *page, ReportStyle style, const char *lead, unsigned hang,
                       const char *format, ...) G_GNUC_PRINTF(5, 6);

void report_page_blank(ReportPage *page);

/* "1 device", "2 devices"; g_free() it. */
char *report_page_count(guint64 n, const char *one, const char *many);

/* Pieces for who builds lines himself: a style's begin and end (or nothing),
 * and escaped text cut to 'columns' with an ellipsis, filled up with blanks
 * when 'pad'. */
void report_page_style(const ReportPage *page, GString *line, ReportStyle style);
void report_page_unstyle(const ReportPage *page, GString *line, ReportStyle style);
void report_page_cell(const ReportPage *page, GString *line, const char *escaped, unsigned columns,
                      bool pad);
void report_page_line(ReportPage *page, const GString *line); /* and the newline */
