/*
 * Lines that fit.
 */

#include "report/page.h"

#include "base/escape.h"
#include "sample.h"

typedef struct Sheet {
    SampleFile file;
    ReportPage *page;
} Sheet;

static Sheet sheet_new(unsigned width, bool color)
{
    Sheet sheet = { .file = sample_file_new() };

    sheet.page = report_page_new(report_output_open(sheet.file.path, false, NULL), width, color);
    return sheet;
}

static char *sheet_take(Sheet *sheet)
{
    assert_true(report_output_close(sheet->page->output, NULL));
    report_page_free(sheet->page);
    return sample_file_take(&sheet->file);
}

static void long_text_is_wrapped_at_blanks(void **state)
{
    Sheet sheet = sheet_new(60, false);

    report_page_wrap(sheet.page, REPORT_PLAIN, "  - ", 0,
                     "The registrar answered credentials of alice@example.com with 403 Forbidden "
                     "and a reason that nobody reads to its end");

    g_autofree char *text = sheet_take(&sheet);

    assert_string_equal(text, "  - The registrar answered credentials of alice@example.com\n"
                              "    with 403 Forbidden and a reason that nobody reads to its\n"
                              "    end\n");
}

static void the_hanging_indent_can_differ(void **state)
{
    Sheet sheet = sheet_new(60, false);

    report_page_print(sheet.page, REPORT_PLAIN, "", 4, "%s %s",
                      "one two three four five six seven eight nine ten eleven twelve", "thirteen");

    g_autofree char *text = sheet_take(&sheet);

    assert_string_equal(text, "one two three four five six seven eight nine ten eleven\n"
                              "    twelve thirteen\n");
}

static void words_longer_than_a_line_are_broken(void **state)
{
    Sheet sheet = sheet_new(60, false);
    g_autofree char *word = g_strnfill(130, 'x');

    report_page_wrap(sheet.page, REPORT_PLAIN, "  ", 0, word);

    g_autofree char *text = sheet_take(&sheet);
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

    assert_int_equal(g_strv_length(lines), 4);
    assert_int_equal(strlen(lines[0]), 60);
    assert_int_equal(strlen(lines[1]), 60);
    assert_int_equal(strlen(lines[2]), 2 + 130 - 2 * 58);
}

static void text_from_the_wire_is_escaped(void **state)
{
    Sheet sheet = sheet_new(60, false);

    report_page_wrap(sheet.page, REPORT_PLAIN, "", 0, "a\033[2J\nb");

    g_autofree char *text = sheet_take(&sheet);

    assert_string_equal(text, "a\\x1b[2J\\x0ab\n");
}

static void wide_characters_take_two_columns(void **state)
{
    Sheet sheet = sheet_new(60, false);
    GString *wide = g_string_new(NULL);

    for (unsigned i = 0; i < 31; i++)
        g_string_append(wide, "\346\227\245");
    report_page_wrap(sheet.page, REPORT_PLAIN, "", 0, wide->str);
    g_string_free(wide, TRUE);

    g_autofree char *text = sheet_take(&sheet);
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

    assert_int_equal(escape_columns(lines[0]), 60);
    assert_int_equal(escape_columns(lines[1]), 2);
}

static void colour_surrounds_each_line_and_takes_no_room(void **state)
{
    Sheet sheet = sheet_new(60, true);

    report_page_wrap(sheet.page, REPORT_RED, "\033[2m  7\033[0m  ", 0,
                     "one two three four five six seven eight nine ten eleven twelve");

    g_autofree char *text = sheet_take(&sheet);

    assert_string_equal(text,
                        "\033[2m  7\033[0m  \033[31mone two three four five six seven eight nine "
                        "ten eleven\033[0m\n     \033[31mtwelve\033[0m\n");
}

static void nothing_is_a_line_too(void **state)
{
    Sheet sheet = sheet_new(60, false);

    report_page_wrap(sheet.page, REPORT_PLAIN, "lead", 0, "");
    report_page_wrap(sheet.page, REPORT_PLAIN, "", 0, "   ");
    report_page_blank(sheet.page);

    g_autofree char *text = sheet_take(&sheet);

    assert_string_equal(text, "lead\n   \n\n");
}

static void the_width_has_limits(void **state)
{
    static const struct {
        unsigned asked;
        unsigned given;
    } cases[] = { { 0, 80 }, { 1, 60 }, { 79, 79 }, { 10000, 200 } };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        Sheet sheet = sheet_new(cases[i].asked, false);

        assert_int_equal(sheet.page->width, cases[i].given);
        assert_int_equal(sheet.page->terminal, cases[i].asked > 0);
        report_page_blank(sheet.page);
        g_free(sheet_take(&sheet));
    }
}

static void cells_are_cut_with_an_ellipsis_and_filled(void **state)
{
    Sheet file = sheet_new(0, false);
    Sheet terminal = sheet_new(80, false);
    g_autoptr(GString) line = g_string_new(NULL);

    report_page_cell(file.page, line, "abcdefgh", 6, true);
    g_string_append_c(line, '|');
    report_page_cell(terminal.page, line, "abcdefgh", 6, true);
    g_string_append_c(line, '|');
    report_page_cell(file.page, line, "abc", 6, true);
    g_string_append_c(line, '|');
    report_page_cell(file.page, line, "\346\227\245\346\234\254\346\227\245", 5, true);
    g_string_append_c(line, '|');
    assert_string_equal(line->str, "abc...|abcde\342\200\246|abc   |\346\227\245...|");
    report_page_line(file.page, line);
    report_page_blank(terminal.page);
    g_free(sheet_take(&file));
    g_free(sheet_take(&terminal));
}

static void counts_agree_with_their_word(void **state)
{
    g_autofree char *one = report_page_count(1, "device", "devices");
    g_autofree char *many = report_page_count(2, "device", "devices");

    assert_string_equal(one, "1 device");
    assert_string_equal(many, "2 devices");
}

static void a_number_keeps_its_unit(void **state)
{
    static const struct {
        const char *text;
        const char *expected;
    } cases[] = {
        { "after 12345678901234567890123456789012345678901234567890 31 s",
          "after 12345678901234567890123456789012345678901234567890\n31 s\n" },
        { "it was registered for all the time that was watched by 99.8 %, and",
          "it was registered for all the time that was watched by\n99.8 %, and\n" },
        { "it was registered for all the time that was watched by 20 seconds",
          "it was registered for all the time that was watched by 20\nseconds\n" },
        { " s", " s\n" },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        Sheet sheet = sheet_new(60, false);

        report_page_wrap(sheet.page, REPORT_PLAIN, "", 0, cases[i].text);

        g_autofree char *text = sheet_take(&sheet);

        assert_string_equal(text, cases[i].expected);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(long_text_is_wrapped_at_blanks),
        cmocka_unit_test(the_hanging_indent_can_differ),
        cmocka_unit_test(words_longer_than_a_line_are_broken),
        cmocka_unit_test(text_from_the_wire_is_escaped),
        cmocka_unit_test(wide_characters_take_two_columns),
        cmocka_unit_test(colour_surrounds_each_line_and_takes_no_room),
        cmocka_unit_test(nothing_is_a_line_too),
        cmocka_unit_test(the_width_has_limits),
        cmocka_unit_test(cells_are_cut_with_an_ellipsis_and_filled),
        cmocka_unit_test(counts_agree_with_their_word),
        cmocka_unit_test(a_number_keeps_its_unit),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
