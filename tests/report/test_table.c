/*
 * Columns that fit the page, whatever is in them.
 */

#include "report/table.h"

#include "base/escape.h"
#include "sample.h"

static const ReportColumn columns[] = {
    { "Account", 13, false },
    { "State", 5, false },
    { "Expires", 7, true },
    { "Agent", 8, false },
};

static char *print(unsigned width, const char *const (*rows)[4], unsigned n)
{
    SampleFile file = sample_file_new();
    ReportOutput *output = report_output_open(file.path, false, NULL);
    g_autoptr(ReportPage) page = report_page_new(output, width, false);
    g_autoptr(ReportTable) table = report_table_new(columns, G_N_ELEMENTS(columns));

    for (unsigned i = 0; i < n; i++)
        report_table_add(table, REPORT_PLAIN, rows[i]);
    report_table_print(table, page);
    assert_true(report_output_close(output, NULL));
    return sample_file_take(&file);
}

static void columns_are_as_wide_as_their_cells(void **state)
{
    static const char *const rows[][4] = { { "alice@example.com", "ok", "60 s", "x" },
                                           { "bob", "refused", NULL, "Phone 1" } };
    g_autofree char *text = print(100, rows, 2);

    assert_string_equal(text, "Account            State    Expires  Agent\n"
                              "alice@example.com  ok          60 s  x\n"
                              "bob                refused        -  Phone 1\n");
}

static void the_widest_column_gives_way_first(void **state)
{
    static const char *const rows[][4] = { { "alice@example.com", "registered", "60 s",
                                             "A phone with a name that never seems to end" } };
    g_autofree char *text = print(60, rows, 1);

    assert_string_equal(
        text, "Account            State       Expires  Agent\n"
              "alice@example.com  registered     60 s  A phone with a name\342\200\246\n");
}

static void no_row_is_wider_than_the_page(void **state)
{
    g_autofree char *long_text = g_strnfill(500, 'w');
    const char *const rows[][4] = { { long_text, long_text, long_text, long_text },
                                    { "\033[2J\342\200\256", "\346\227\245", "", NULL } };

    for (unsigned width = 60; width <= 140; width++) {
        g_autofree char *text = print(width, rows, 2);
        g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

        for (unsigned i = 0; lines[i] != NULL; i++)
            assert_true(escape_columns(lines[i]) <= width);
    }
}

static void columns_without_room_are_left_out(void **state)
{
    static const ReportColumn wide[] = { { "One", 40, false }, { "Two", 40, false } };
    g_autofree char *long_text = g_strnfill(50, 'w');
    const char *const cells[] = { long_text, long_text };
    SampleFile file = sample_file_new();
    ReportOutput *output = report_output_open(file.path, false, NULL);
    g_autoptr(ReportPage) page = report_page_new(output, 60, false);
    g_autoptr(ReportTable) table = report_table_new(wide, 2);

    report_table_add(table, REPORT_PLAIN, cells);
    report_table_print(table, page);
    assert_true(report_output_close(output, NULL));

    g_autofree char *text = sample_file_take(&file);

    assert_contains(text, "One\n");
    assert_lacks(text, "Two");
}

static void cells_are_escaped(void **state)
{
    static const char *const rows[][4] = { { "a\033[2J", "b", "c", "d\r" } };
    g_autofree char *text = print(100, rows, 1);

    assert_contains(text, "a\\x1b[2J");
    assert_contains(text, "d\\x0d");
    assert_null(strchr(text, '\033'));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(columns_are_as_wide_as_their_cells),
        cmocka_unit_test(the_widest_column_gives_way_first),
        cmocka_unit_test(no_row_is_wider_than_the_page),
        cmocka_unit_test(columns_without_room_are_left_out),
        cmocka_unit_test(cells_are_escaped),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
