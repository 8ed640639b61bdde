/*
 * The same rows for eyes and for spreadsheets. Nothing from the wire can end a
 * line or move a terminal's cursor: it is escaped when it comes in.
 */

#include "sheet.h"

#include <stdarg.h>
#include <string.h>

#include "base/escape.h"
#include "base/str.h"

/* Of a column but the last: what is wider is cut, with an ellipsis. */
#define MAX_COLUMNS 48

struct Sheet {
    const char *const *titles;
    unsigned n_columns;
    GPtrArray *cells; /* of char *, escaped; row by row */
};

Sheet *sheet_new(const char *const *titles)
{
    Sheet *sheet = g_new0(Sheet, 1);

    sheet->titles = titles;
    sheet->n_columns = g_strv_length((GStrv)titles);
    sheet->cells = g_ptr_array_new_with_free_func(g_free);
    return sheet;
}

void sheet_free(Sheet *sheet)
{
    g_ptr_array_unref(sheet->cells);
    g_free(sheet);
}

void sheet_add(Sheet *sheet, const char *text)
{
    GString *cell = g_string_new(NULL);

    escape_terminal(cell, str_of(text));
    g_ptr_array_add(sheet->cells, g_string_free(cell, FALSE));
}

void sheet_add_format(Sheet *sheet, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);

    g_autofree char *text = g_strdup_vprintf(format, arguments);

    va_end(arguments);
    sheet_add(sheet, text);
}

unsigned sheet_rows(const Sheet *sheet)
{
    return sheet->cells->len / sheet->n_columns;
}

static const char *cell_at(const Sheet *sheet, unsigned row, unsigned column)
{
    return g_ptr_array_index(sheet->cells, row * sheet->n_columns + column);
}

/* --- for people ---------------------------------------------------------------- */

static unsigned width_of(const Sheet *sheet, unsigned column)
{
    unsigned width = escape_columns(sheet->titles[column]);

    for (unsigned row = 0; row < sheet_rows(sheet); row++)
        width = MAX(width, escape_columns(cell_at(sheet, row, column)));
    return MIN(width, MAX_COLUMNS);
}

/* What fits; a dash for nothing. */
static void put_cell(GString *line, const char *text, unsigned width, bool last)
{
    unsigned room = last ? G_MAXUINT : width, used = 0, columns = 0;

    if (*text == '\0')
        text = "-";
    if (escape_columns(text) > room)
        room -= 3;
    for (const char *next; *text != '\0'; text = next, used += columns) {
        next = escape_next(text, &columns);
        if (used + columns > room) {
            g_string_append(line, "...");
            used += 3;
            break;
        }
        g_string_append_len(line, text, next - text);
    }
    while (!last && used++ < width + 2)
        g_string_append_c(line, ' ');
}

static void print_line(const Sheet *sheet, FILE *stream, int indent, const unsigned *widths,
                       const char *const *cells)
{
    g_autoptr(GString) line = g_string_new(NULL);

    for (unsigned i = 0; i < sheet->n_columns; i++)
        put_cell(line, cells[i], widths[i], i + 1 == sheet->n_columns);
    fprintf(stream, "%*s%s\n", indent, "", line->str);
}

void sheet_print_text(const Sheet *sheet, FILE *stream, int indent)
{
    g_autofree unsigned *widths = g_new(unsigned, sheet->n_columns);

    for (unsigned i = 0; i < sheet->n_columns; i++)
        widths[i] = width_of(sheet, i);
    print_line(sheet, stream, indent, widths, sheet->titles);
    for (unsigned row = 0; row < sheet_rows(sheet); row++)
        print_line(sheet, stream, indent, widths,
                   (const char *const *)sheet->cells->pdata + row * sheet->n_columns);
}

/* --- for spreadsheets ----------------------------------------------------------- */

static void print_csv_line(const Sheet *sheet, FILE *stream, const char *const *cells)
{
    g_autoptr(GString) line = g_string_new(NULL);

    for (unsigned i = 0; i < sheet->n_columns; i++) {
        if (i > 0)
            g_string_append_c(line, ',');
        escape_csv(line, cells[i]);
    }
    fprintf(stream, "%s\r\n", line->str);
}

void sheet_print_csv(const Sheet *sheet, FILE *stream)
{
    print_csv_line(sheet, stream, sheet->titles);
    for (unsigned row = 0; row < sheet_rows(sheet); row++)
        print_csv_line(sheet, stream,
                       (const char *const *)sheet->cells->pdata + row * sheet->n_columns);
}
