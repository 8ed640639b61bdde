/*
 * The same message on both sides of a box, side by side, with what was changed
 * underlined.
 */

#include "base/escape.h"
#include "text.h"

/* Headers that are shown without --verbose. */
#define FEW 10

/* Columns of "WWW-Authenticate realm", and of "21 of 22". */
#define SUBJECT 22
#define COUNT 10

/* A value as it is shown: escaped, with the part that differs from the other. */
typedef struct Shown {
    char *text;
    size_t from; /* bytes of 'text' */
    size_t until;
} Shown;

static char *escaped(const char *value)
{
    GString *text = g_string_new(NULL);

    escape_terminal(text, str_of(value != NULL ? value : "-"));
    return g_string_free(text, false);
}

/* Never between the bytes of one character. */
static bool is_between(char c)
{
    return ((unsigned char)c & 0xc0) == 0x80;
}

static void find_difference(Shown *a, Shown *b)
{
    size_t a_len = strlen(a->text), b_len = strlen(b->text);
    size_t shortest = MIN(a_len, b_len), head = 0, tail = 0;

    while (head < shortest && a->text[head] == b->text[head])
        head++;
    while (head > 0 && is_between(a->text[head]))
        head--;
    while (tail < shortest - head && a->text[a_len - 1 - tail] == b->text[b_len - 1 - tail])
        tail++;
    while (tail > 0 && is_between(a->text[a_len - tail]))
        tail--;
    a->from = b->from = head;
    a->until = a_len - tail;
    b->until = b_len - tail;
}

static unsigned columns_of(const char *text, size_t len)
{
    g_autofree char *part = g_strndup(text, len);

    return escape_columns(part);
}

/* Where a value is too long for its column, it begins shortly before the change. */
#define BEFORE 8

static void cut_beginning(Shown *shown, unsigned columns)
{
    if (escape_columns(shown->text) <= columns || shown->from <= BEFORE)
        return;

    size_t skip = shown->from - BEFORE;

    while (skip > 0 && is_between(shown->text[skip]))
        skip--;

    char *rest = g_strconcat("...", shown->text + skip, NULL);

    g_free(shown->text);
    shown->text = rest;
    shown->from = shown->from - skip + strlen("...");
    shown->until = shown->until - skip + strlen("...");
}

static void append_blanks(GString *line, unsigned n)
{
    for (unsigned i = 0; i < n; i++)
        g_string_append_c(line, ' ');
}

/* As wide as the column. */
static void append_marks(GString *line, const Shown *shown, unsigned columns)
{
    unsigned from = MIN(columns_of(shown->text, shown->from), columns);
    unsigned until = MIN(columns_of(shown->text, shown->until), columns);

    append_blanks(line, from);
    for (unsigned i = from; i < until; i++)
        g_string_append_c(line, '^');
    append_blanks(line, columns - until);
}

static void print_marks(const ReportText *text, const Shown *inside, const Shown *outside,
                        unsigned columns)
{
    g_autoptr(GString) line = g_string_new(NULL);

    append_blanks(line, 6 + SUBJECT + 1);
    append_marks(line, inside, columns);
    append_blanks(line, 1);
    append_marks(line, outside, columns);
    while (line->len > 0 && line->str[line->len - 1] == ' ')
        g_string_truncate(line, line->len - 1);
    if (line->len > 0)
        report_page_line(text->page, line);
}

static void print_values(const ReportText *text, const char *subject, const Shown *inside,
                         const Shown *outside, unsigned columns, const char *count)
{
    g_autoptr(GString) line = g_string_new(NULL);
    g_autofree char *name = escaped(subject);

    append_blanks(line, 6);
    report_page_cell(text->page, line, name, SUBJECT, true);
    append_blanks(line, 1);
    report_page_cell(text->page, line, inside->text, columns, true);
    append_blanks(line, 1);
    report_page_cell(text->page, line, outside->text, columns, true);
    append_blanks(line, 1);
    g_string_append(line, count);
    report_page_line(text->page, line);
}

static void print_change(const ReportText *text, const RegRewrites *rewrites,
                         const RegRewrite *change)
{
    unsigned columns = (text->page->width - 6 - SUBJECT - COUNT - 3) / 2;
    g_autofree char *subject = reg_rewrite_subject(change);
    g_autofree char *count =
        g_strdup_printf("%u of %u", change->count, reg_rewrite_chances(rewrites, change));
    Shown inside = { .text = escaped(change->inside) };
    Shown outside = { .text = escaped(change->outside) };

    find_difference(&inside, &outside);
    cut_beginning(&inside, columns);
    cut_beginning(&outside, columns);
    print_values(text, subject, &inside, &outside, columns, count);
    if (change->inside != NULL && change->outside != NULL)
        print_marks(text, &inside, &outside, columns);
    g_free(inside.text);
    g_free(outside.text);
}

/* What went which way: "-> REGISTER" above its headers. */
static void print_heading(const ReportText *text, const RegRewrite *change, const char *message)
{
    unsigned columns = (text->page->width - 6 - SUBJECT - COUNT - 3) / 2;
    g_autoptr(GString) line = g_string_new(NULL);
    g_autoptr(GString) what = g_string_new(NULL);

    g_string_append_printf(what, "%s %s", change->outward ? "->" : "<-", message);
    append_blanks(line, 4);
    report_page_cell(text->page, line, what->str, SUBJECT + 2, true);
    append_blanks(line, 1);
    report_page_cell(text->page, line, "inside", columns, true);
    append_blanks(line, 1);
    g_string_append(line, "outside");
    report_page_line(text->page, line);
}

void report_text_diff(ReportText *text, const RegRewrites *rewrites)
{
    unsigned most = text->verbose ? rewrites->n_changes : MIN(rewrites->n_changes, FEW);
    const RegRewrite *before = NULL;

    for (unsigned i = 0; i < most; i++) {
        const RegRewrite *change = &rewrites->changes[i];
        g_autofree char *message = reg_pair_message(&change->first);

        if (before == NULL || before->outward != change->outward
            || before->request != change->request || before->first.method != change->first.method)
            print_heading(text, change, message);
        print_change(text, rewrites, change);
        before = change;
    }
    if (most < rewrites->n_changes || rewrites->more)
        report_page_print(text->page, REPORT_PLAIN, "      ", 6, "%s",
                          text->verbose ? "and more" : "and more: see --verbose");
}
