/*
 * The table of devices for a spreadsheet.
 */

#include "sample.h"

/* The rows of the report, without the ends of their lines. */
static GStrv rows_of(const Sample *s)
{
    g_autofree char *text = sample_write(s, "csv", (ReportOptions){ 0 });
    GStrv rows = g_strsplit(text, "\r\n", -1);
    unsigned n = g_strv_length(rows);

    assert_string_equal(rows[n - 1], ""); /* the last row is complete */
    assert_null(strchr(text, '\t'));
    for (unsigned i = 0; i < n; i++)
        assert_null(strpbrk(rows[i], "\r\n"));
    return rows;
}

/* One field of a row, as RFC 4180 reads it. */
static char *field(const char *row, unsigned n)
{
    GString *text = g_string_new(NULL);
    bool quoted = false;

    for (; *row != '\0'; row++) {
        if (*row == '"' && !(quoted && row[1] == '"')) {
            quoted = !quoted;
            continue;
        }
        row += *row == '"';
        if (*row == ',' && !quoted && n-- == 0)
            break;
        if ((*row != ',' || quoted) && n == 0)
            g_string_append_c(text, *row);
    }
    assert_false(quoted);
    return g_string_free(text, FALSE);
}

static unsigned column(GStrv rows, const char *name)
{
    g_auto(GStrv) names = g_strsplit(rows[0], ",", -1);

    for (unsigned i = 0; names[i] != NULL; i++) {
        if (g_str_equal(names[i], name))
            return i;
    }
    fail_msg("no column %s in %s", name, rows[0]);
    return 0;
}

#define assert_cell(rows, row, name, expected)                              \
    do {                                                                    \
        g_autofree char *cell = field((rows)[row], column((rows), (name))); \
        assert_string_equal(cell, (expected));                              \
    } while (0)

static void has_a_header_and_a_row_for_each_device(void **state)
{
    g_autoptr(Sample) s = sample_new();
    g_auto(GStrv) rows = rows_of(s);

    assert_int_equal(g_strv_length(rows), 1 + SAMPLE_DEVICES + 1);
    assert_true(g_str_has_prefix(rows[0], "id,aor,state,"));
    assert_true(g_str_has_suffix(rows[0], ",findings"));
    assert_true(g_str_has_prefix(rows[1], "d1,alice@example.com,refused,192.168.1.11:5060,,"));
}

static void tells_what_the_other_reports_tell(void **state)
{
    g_autoptr(Sample) s = sample_new();

    sample_live(s);

    g_auto(GStrv) rows = rows_of(s);

    assert_cell(rows, 2, "id", "d2");
    assert_cell(rows, 2, "public_addresses", "203.0.113.2:18680");
    assert_cell(rows, 2, "server", "198.51.100.10:5060");
    assert_cell(rows, 2, "transport", "udp");
    assert_cell(rows, 2, "user_agent", "ExamplePhone 7.1");
    assert_cell(rows, 2, "instance", "");
    assert_cell(rows, 2, "first_seen", "2026-01-31T12:00:01.000Z");
    assert_cell(rows, 2, "granted_seconds", "60");
    assert_cell(rows, 2, "watched_seconds", "298.880");
    assert_cell(rows, 2, "registered_seconds", "298.880");
    assert_cell(rows, 2, "unreachable_seconds", "20.000");
    assert_cell(rows, 2, "reachable_least_seconds", "180.000");
    assert_cell(rows, 2, "reachable_most_seconds", "278.880");
    assert_cell(rows, 2, "accepted", "6");
    assert_cell(rows, 2, "findings", "");
    assert_cell(rows, 1, "granted_seconds", "");
    assert_cell(rows, 1, "findings", "credentials_refused");
    assert_cell(rows, 4, "unanswered", "1");
}

static void names_all_findings_of_a_device(void **state)
{
    g_autoptr(Sample) s = sample_new();

    g_ptr_array_add(s->findings, sample_finding(&sample_note, &s->devices[0], "also",
                                                (CaptureRef){ .frame = 2 }, AT(0)));

    g_auto(GStrv) rows = rows_of(s);

    assert_cell(rows, 1, "findings", "credentials_refused capture_duplicated");
}

static void quotes_what_needs_it(void **state)
{
    g_autoptr(Sample) s = sample_new();

    s->devices[0].user_agent = (char *)"a \"b\", c";
    s->devices[1].user_agent = (char *)" blank ";
    s->devices[2].user_agent = (char *)"\"";

    g_auto(GStrv) rows = rows_of(s);

    assert_contains(rows[1], ",\"a \"\"b\"\", c\",");
    assert_contains(rows[2], ",\" blank \",");
    assert_cell(rows, 1, "user_agent", "a \"b\", c");
    assert_cell(rows, 3, "user_agent", "\"");
}

static void a_formula_is_no_formula(void **state)
{
    static const char *const formulas[] = { "=1+1", "+1", "-1", "@SUM(A1)", "\357\274\235A1" };
    g_autoptr(Sample) s = sample_new();

    for (size_t i = 0; i < G_N_ELEMENTS(formulas); i++) {
        g_autofree char *harmless = g_strconcat("'", formulas[i], NULL);

        s->devices[0].user_agent = (char *)formulas[i];

        g_auto(GStrv) rows = rows_of(s);

        assert_cell(rows, 1, "user_agent", harmless);
    }
}

static void nothing_from_the_wire_ends_a_row(void **state)
{
    g_autoptr(Sample) s = sample_new();

    s->devices[0].user_agent = (char *)"a\r\n=b\t\377\033[2J";

    g_auto(GStrv) rows = rows_of(s);

    assert_int_equal(g_strv_length(rows), 1 + SAMPLE_DEVICES + 1);
    assert_cell(rows, 1, "user_agent", "a\\x0d\\x0a=b\\x09\\xff\\x1b[2J");
}

static void leaves_out_what_a_scanner_tried(void **state)
{
    g_autoptr(Sample) s = sample_new();

    s->devices[0].scanner = true;

    g_auto(GStrv) rows = rows_of(s);

    assert_int_equal(g_strv_length(rows), 1 + SAMPLE_DEVICES - 1 + 1);
    assert_cell(rows, 1, "id", "d2");
}

static void an_empty_result_is_a_header(void **state)
{
    g_autoptr(Sample) s = sample_new();

    sample_clear(s);

    g_auto(GStrv) rows = rows_of(s);

    assert_int_equal(g_strv_length(rows), 2);
}

static void every_row_has_as_many_fields_as_the_header(void **state)
{
    g_autoptr(Sample) s = sample_new();
    g_auto(GStrv) rows = rows_of(s);
    g_auto(GStrv) names = g_strsplit(rows[0], ",", -1);

    for (unsigned i = 1; i <= SAMPLE_DEVICES; i++) {
        g_auto(GStrv) cells = g_strsplit(rows[i], ",", -1); /* nothing here is quoted */

        assert_int_equal(g_strv_length(cells), g_strv_length(names));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(has_a_header_and_a_row_for_each_device),
        cmocka_unit_test(tells_what_the_other_reports_tell),
        cmocka_unit_test(names_all_findings_of_a_device),
        cmocka_unit_test(quotes_what_needs_it),
        cmocka_unit_test(a_formula_is_no_formula),
        cmocka_unit_test(nothing_from_the_wire_ends_a_row),
        cmocka_unit_test(leaves_out_what_a_scanner_tried),
        cmocka_unit_test(an_empty_result_is_a_header),
        cmocka_unit_test(every_row_has_as_many_fields_as_the_header),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
