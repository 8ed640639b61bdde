#pragma once

/*
 * Rows of cells: a table for people, or lines for a spreadsheet (RFC 4180).
 */

#include <glib.h>
#include <stdio.h>

typedef struct Sheet Sheet;

/* 'titles' outlives it; NULL-terminated. */
Sheet *sheet_new(const char *const *titles);
void sheet_free(Sheet *sheet);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Sheet, sheet_free)

/* The next cell; after the last column a new row begins. Text from anywhere; NULL is none. */
void sheet_add(Sheet *sheet, const char *text);
void sheet_add_format(Sheet *sheet, const char *format, ...) G_GNUC_PRINTF(2, 3);

unsigned sheet_rows(const Sheet *sheet);

/* In columns, each line 'indent' blanks in; the last column is as wide as it wants to be. */
void sheet_print_text(const Sheet *sheet, FILE *stream, int indent);

/* A cell that a spreadsheet would take for a formula gets an apostrophe in front. */
void sheet_print_csv(const Sheet *sheet, FILE *stream);
