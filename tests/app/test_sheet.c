/*
 * Rows for people and for spreadsheets.
 */

#include "app/sheet.h"

#include "support/check.h"

static const char *const titles[] = { "NAME", "N", "WHY", NULL };

typedef void Print(const Sheet *sheet, FILE *stream);

static void as_text(const Sheet *sheet, FILE *stream)
{
    sheet_print_text(sheet, stream, 2);
}

static char *printed(const Sheet *sheet, Print *print)
{
    char *text = NULL;
    size_t len;
    FILE *stream = open_memstream(&text, &len);

    print(sheet, stream);
    fclose(stream);
    return text;
}

static void columns_are_as_wide_as_they_need_to_be(void **state)
{
    g_autoptr(Sheet) sheet = sheet_new(titles);

    sheet_add(sheet, "alice@example.com");
    sheet_add_format(sheet, "%d", 7);
    sheet_add(sheet, "because of this");
    sheet_add(sheet, "b\xc3\xb6"
                     "b");
    sheet_add(sheet, NULL);
    sheet_add(sheet, "");

    char *text = printed(sheet, as_text);

    assert_int_equal(sheet_rows(sheet), 2);
    assert_string_equal(text, "  NAME               N  WHY\n"
                              "  alice@example.com  7  because of this\n"
                              "  b\xc3\xb6"
                              "b                -  -\n");
    free(text);
}

static void a_cell_that_is_too_wide_is_cut_but_the_last(void **state)
{
    g_autoptr(Sheet) sheet = sheet_new(titles);
    g_autofree char *wide = g_strnfill(100, 'x');

    sheet_add(sheet, wide);
    sheet_add(sheet, "1");
    sheet_add(sheet, wide);

    char *text = printed(sheet, as_text);

    assert_non_null(strstr(text, "xxx...  1  xxx"));
    assert_non_null(strstr(text, wide));
    free(text);
}

static void text_from_the_wire_does_nothing_to_a_terminal(void **state)
{
    g_autoptr(Sheet) sheet = sheet_new(titles);

    sheet_add(sheet, "\x1b[2Jevil\nline");
    sheet_add(sheet, "1");
    sheet_add(sheet, "x");

    char *text = printed(sheet, as_text);

    assert_null(strchr(text, '\x1b'));
    assert_non_null(strstr(text, "\\x1b[2Jevil\\x0aline"));
    free(text);
}

static void spreadsheets_get_quotes_and_no_formulas(void **state)
{
    g_autoptr(Sheet) sheet = sheet_new(titles);

    sheet_add(sheet, "=HYPERLINK(\"x\",1)");
    sheet_add(sheet, "a,b");
    sheet_add(sheet, NULL);

    char *text = printed(sheet, sheet_print_csv);

    assert_string_equal(text, "NAME,N,WHY\r\n\"'=HYPERLINK(\"\"x\"\",1)\",\"a,b\",\r\n");
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(columns_are_as_wide_as_they_need_to_be),
        cmocka_unit_test(a_cell_that_is_too_wide_is_cut_but_the_last),
        cmocka_unit_test(text_from_the_wire_does_nothing_to_a_terminal),
        cmocka_unit_test(spreadsheets_get_quotes_and_no_formulas),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
