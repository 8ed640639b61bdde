/*
 * Columns are as wide as their widest cell. When that is too wide for the
 * page, the widest column gives way first: a long User-Agent is cut before
 * any address is.
 */

#include "table.h"

#include "base/escape.h"

#define GAP 2 /* blanks between columns */

typedef struct Row {
    ReportStyle style;
    char *cells[REPORT_COLUMNS_MAX]; /* escaped */
} Row;

struct ReportTable {
    const ReportColumn *columns;
    unsigned n_columns;
    unsigned indent;
    GArray *rows;
};

static void clear_row(void *row)
{
    for (unsigned i = 0; i < REPORT_COLUMNS_MAX; i++)
        g_free(((Row *)row)->cells[i]);
}

ReportTable *report_table_new(const ReportColumn *columns, unsigned n_columns)
{
    ReportTable *table = g_new0(ReportTable, 1);

    g_assert(n_columns <= REPORT_COLUMNS_MAX);
    table->columns = columns;
    table->n_columns = n_columns;
    table->rows = g_array_new(FALSE, FALSE, sizeof(Row));
    g_array_set_clear_func(table->rows, clear_row);
    return table;
}

void report_table_free(ReportTable *table)
{
    g_array_unref(table->rows);
    g_free(table);
}

void report_table_indent(ReportTable *table, unsigned columns)
{
    table->indent = columns;
}

void report_table_add(ReportTable *table, ReportStyle style, const char *const *cells)
{
    Row row = { .style = style };

    for (unsigned i = 0; i < table->n_columns; i++) {
        GString *escaped = g_string_new(NULL);

        escape_terminal(escaped, str_of(cells[i] != NULL ? cells[i] : "-"));
        row.cells[i] = g_string_free(escaped, FALSE);
    }
    g_array_append_val(table->rows, row);
}

static unsigned total_width(const unsigned *widths, unsigned n)
{
    unsigned total = (n - 1) * GAP;

    for (unsigned i = 0; i < n; i++)
        total += widths[i];
    return total;
}

/* Takes one column of text from the widest that may still give. */
static void narrow(const ReportTable *table, unsigned *widths, unsigned n)
{
    unsigned widest = n;

    for (unsigned i = 0; i < n; i++) {
        if (widths[i] > table->columns[i].min && (widest == n || widths[i] > widths[widest]))
            widest = i;
    }
    if (widest < n)
        widths[widest]--;
}

/* Fills in 'widths' and returns how many columns there is room for. */
static unsigned fit(const ReportTable *table, unsigned page_width, unsigned *widths)
{
    unsigned least[REPORT_COLUMNS_MAX];
    unsigned n = table->n_columns;

    for (unsigned i = 0; i < n; i++)
        widths[i] = escape_columns(table->columns[i].title);
    for (unsigned r = 0; r < table->rows->len; r++) {
        const Row *row = &g_array_index(table->rows, Row, r);

        for (unsigned i = 0; i < n; i++)
            widths[i] = MAX(widths[i], MIN(escape_columns(row->cells[i]), page_width));
    }
    for (unsigned i = 0; i < n; i++)
        least[i] = MIN(widths[i], table->columns[i].min);
    while (n > 1 && total_width(least, n) > page_width)
        n--;
    while (total_width(widths, n) > page_width && total_width(widths, n) > total_width(least, n))
        narrow(table, widths, n);
    return n;
}

static void print_row(const ReportTable *table, ReportPage *page, const unsigned *widths,
                      unsigned n, ReportStyle style, const char *const *cells)
{
    g_autoptr(GString) line = g_string_new(NULL);

    g_string_append_printf(line, "%*s", (int)table->indent, "");
    report_page_style(page, line, style);
    for (unsigned i = 0; i < n; i++) {
        unsigned used = MIN(escape_columns(cells[i]), widths[i]);
        bool last = i + 1 == n;

        if (table->columns[i].to_right)
            g_string_append_printf(line, "%*s", (int)(widths[i] - used), "");
        report_page_cell(page, line, cells[i], widths[i], !table->columns[i].to_right && !last);
        if (!last)
            g_string_append_printf(line, "%*s", GAP, "");
    }
    report_page_unstyle(page, line, style);
    report_page_line(page, line);
}

void report_table_print(const ReportTable *table, ReportPage *page)
{
    unsigned widths[REPORT_COLUMNS_MAX];
    const char *titles[REPORT_COLUMNS_MAX];

    for (unsigned i = 0; i < table->n_columns; i++)
        titles[i] = table->columns[i].title;

    unsigned n = fit(table, page->width - table->indent, widths);

    print_row(table, page, widths, n, REPORT_DIM, titles);
    for (unsigned r = 0; r < table->rows->len; r++) {
        const Row *row = &g_array_index(table->rows, Row, r);

        print_row(table, page, widths, n, row->style, (const char *const *)row->cells);
    }
}
