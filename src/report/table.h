#pragma once

/*
 * Rows and columns that fit the page.
 */

#include "page.h"

typedef struct ReportColumn {
    const char *title;
    unsigned min;  /* is not cut to less than this */
    bool to_right; /* numbers */
} ReportColumn;

#define REPORT_COLUMNS_MAX 8

typedef struct ReportTable ReportTable;

/* 'columns' outlives the table. */
ReportTable *report_table_new(const ReportColumn *columns, unsigned n_columns);
void report_table_free(ReportTable *table);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ReportTable, report_table_free)

/* How far in the rows begin; 0 without this. */
void report_table_indent(ReportTable *table, unsigned columns);

/* One text per column, as it came from the wire; NULL is "-". */
void report_table_add(ReportTable *table, ReportStyle style, const char *const *cells);

/* Columns for which there is no room at all are left out, the last one first. */
void report_table_print(const ReportTable *table, ReportPage *page);
