/*
 * A report is pasted into tickets and read in terminals of any width. Nothing
 * may run over the edge, and nothing may be lost there: long words are broken.
 */

#include "page.h"

#include <string.h>

#include "base/escape.h"

#define WIDTH_DEFAULT 80
#define WIDTH_MIN 60
#define WIDTH_MAX 200 /* longer lines are hard to follow */

static const char *const sequences[] = {
    [REPORT_PLAIN] = "",          [REPORT_BOLD] = "\033[1m",   [REPORT_RED] = "\033[31m",
    [REPORT_YELLOW] = "\033[33m", [REPORT_GREEN] = "\033[32m", [REPORT_DIM] = "\033[2m",
};

ReportPage *report_page_new(ReportOutput *output, unsigned width, bool color)
{
    ReportPage *page = g_new0(ReportPage, 1);

    page->output = output;
    page->terminal = width > 0;
    page->width = CLAMP(width > 0 ? width : WIDTH_DEFAULT, WIDTH_MIN, WIDTH_MAX);
    page->color = color;
    page->line = g_string_new(NULL);
    page->text = g_string_new(NULL);
    return page;
}

void report_page_free(ReportPage *page)
{
    g_string_free(page->line, TRUE);
    g_string_free(page->text, TRUE);
    g_free(page);
}

void report_page_style(const ReportPage *page, GString *line, ReportStyle style)
{
    if (page->color)
        g_string_append(line, sequences[style]);
}

void report_page_unstyle(const ReportPage *page, GString *line, ReportStyle style)
{
    if (page->color && style != REPORT_PLAIN)
        g_string_append(line, "\033[0m");
}

void report_page_line(ReportPage *page, const GString *line)
{
    report_output_write(page->output, line->str, line->len);
    report_output_write(page->output, "\n", 1);
}

void report_page_blank(ReportPage *page)
{
    report_output_write(page->output, "\n", 1);
}

static void append_blanks(GString *line, unsigned n)
{
    for (unsigned i = 0; i < n; i++)
        g_string_append_c(line, ' ');
}

/* "31 s", "99.8 %": the blank behind a number belongs to its unit. */
static bool is_before_unit(const char *text, const char *blank)
{
    static const char *const units[] = { "s", "ms", "us", "ns", "min", "h", "d", "%", "ppm" };
    const char *unit = blank + 1;
    size_t len = strcspn(unit, " .,;:)");

    if (blank == text || !g_ascii_isdigit(blank[-1]))
        return false;
    for (size_t i = 0; i < G_N_ELEMENTS(units); i++) {
        if (strlen(units[i]) == len && strncmp(unit, units[i], len) == 0)
            return true;
    }
    return false;
}

/* How much of 'text' fits into 'room' columns: to a blank when there is one,
 * else to the edge. Always something. 'next' is where the next line begins. */
static size_t take_line(const char *text, unsigned room, const char **next)
{
    const char *at = text;
    const char *blank = NULL;
    unsigned used = 0;
    unsigned columns = 0;

    while (*at != '\0') {
        const char *after = escape_next(at, &columns);

        if (used + columns > room && at > text)
            break;
        if (*at == ' ' && !is_before_unit(text, at))
            blank = at;
        used += columns;
        at = after;
    }

    const char *end = *at == '\0' || *at == ' ' || blank == NULL ? at : blank;

    *next = end;
    while (**next == ' ')
        (*next)++;
    return (size_t)(end - text);
}

/* A lead may have a style of its own, which takes no columns. */
static unsigned lead_columns(const char *lead)
{
    unsigned total = 0;
    unsigned columns = 0;

    while (*lead != '\0') {
        if (*lead == '\033') {
            lead += strcspn(lead, "m") + 1;
            continue;
        }
        lead = escape_next(lead, &columns);
        total += columns;
    }
    return total;
}

void report_page_wrap(ReportPage *page, ReportStyle style, const char *lead, unsigned hang,
                      const char *text)
{
    unsigned indent = lead_columns(lead);
    const char *rest;
    const char *next;

    g_string_truncate(page->text, 0);
    escape_terminal(page->text, str_of(text));
    g_string_assign(page->line, lead);
    hang = hang > 0 ? hang : indent;
    rest = page->text->str;
    do {
        unsigned room = page->width > indent + 8 ? page->width - indent : 8;
        size_t len = take_line(rest, room, &next);

        report_page_style(page, page->line, style);
        g_string_append_len(page->line, rest, (gssize)len);
        report_page_unstyle(page, page->line, style);
        report_page_line(page, page->line);
        g_string_truncate(page->line, 0);
        append_blanks(page->line, hang);
        indent = hang;
        rest = next;
    } while (*rest != '\0');
}

void report_page_print(ReportPage *page, ReportStyle style, const char *lead, unsigned hang,
                       const char *format, ...)
{
    va_list list;

    va_start(list, format);

    g_autofree char *text = g_strdup_vprintf(format, list);

    va_end(list);
    report_page_wrap(page, style, lead, hang, text);
}

char *report_page_count(guint64 n, const char *one, const char *many)
{
    return g_strdup_printf("%" G_GUINT64_FORMAT " %s", n, n == 1 ? one : many);
}

void report_page_cell(const ReportPage *page, GString *line, const char *escaped, unsigned columns,
                      bool pad)
{
    const char *ellipsis = page->terminal ? "\342\200\246" : "...";
    unsigned total = escape_columns(escaped);
    unsigned room = columns;
    unsigned used = 0;
    unsigned next_columns = 0;

    if (total > columns)
        room = columns - MIN(columns, escape_columns(ellipsis));
    while (*escaped != '\0') {
        const char *after = escape_next(escaped, &next_columns);

        if (used + next_columns > room)
            break;
        g_string_append_len(line, escaped, after - escaped);
        used += next_columns;
        escaped = after;
    }
    if (total > columns) {
        g_string_append(line, ellipsis);
        used += escape_columns(ellipsis);
    }
    if (pad && used < columns)
        append_blanks(line, columns - used);
}
