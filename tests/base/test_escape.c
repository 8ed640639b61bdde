/*
 * What the wire says must not act on the reader's terminal, and must still be
 * readable.
 */

#include "base/escape.h"

#include "support/check.h"

static void check_terminal(Str text, const char *expected)
{
    g_autoptr(GString) out = g_string_new(NULL);

    escape_terminal(out, text);
    assert_string_equal(out->str, expected);
}

static void plain_text_stays_as_it_is(void **state)
{
    check_terminal(STR("Yealink SIP-T46S 66.86.0.15"), "Yealink SIP-T46S 66.86.0.15");
    check_terminal(STR("Zo\303\253 \346\227\245\346\234\254"),
                   "Zo\303\253 \346\227\245\346\234\254");
    check_terminal(STR("a\\b \"quoted\" 100%"), "a\\b \"quoted\" 100%");
    check_terminal(STR(""), "");
    check_terminal(STR_NONE, "");
}

static void terminal_commands_are_written_out(void **state)
{
    check_terminal(STR("\033[2J"), "\\x1b[2J");
    check_terminal(STR("\033]0;x\007"), "\\x1b]0;x\\x07");
    check_terminal(STR("\033]52;c;ZXZpbA==\007"), "\\x1b]52;c;ZXZpbA==\\x07");
    check_terminal(STR("good\r\b\nevil\177"), "good\\x0d\\x08\\x0aevil\\x7f");
    check_terminal(STR("tab\there"), "tab\\x09here");
}

static void eight_bit_controls_are_written_out(void **state)
{
    check_terminal(STR("\2332J"), "\\x9b2J");         /* a lone byte */
    check_terminal(STR("\302\2332J"), "\\u{009b}2J"); /* the same as a character */
    check_terminal(STR("\302\220x\302\234"), "\\u{0090}x\\u{009c}");
}

static void nul_bytes_are_data(void **state)
{
    check_terminal(STR("a\0b"), "a\\x00b");
}

static void invisible_and_reordering_characters_are_written_out(void **state)
{
    check_terminal(STR("a\342\200\256b"), "a\\u{202e}b");
    check_terminal(STR("a\342\201\246b"), "a\\u{2066}b");
    check_terminal(STR("a\342\200\213b"), "a\\u{200b}b");
    check_terminal(STR("a\357\273\277b"), "a\\u{feff}b");
    check_terminal(STR("a\342\200\250b"), "a\\u{2028}b");
    check_terminal(STR("a\357\277\276b"), "a\\u{fffe}b");
    check_terminal(STR("a\356\200\200b"), "a\\u{e000}b");
    check_terminal(STR("a\341\205\240b"), "a\\u{1160}b");
}

static void bytes_that_are_no_text_are_written_out(void **state)
{
    check_terminal(STR("\377\376"), "\\xff\\xfe");
    check_terminal(STR("\303"), "\\xc3");                   /* cut */
    check_terminal(STR("\300\257"), "\\xc0\\xaf");          /* overlong */
    check_terminal(STR("\355\240\200"), "\\xed\\xa0\\x80"); /* a surrogate */
    check_terminal(STR("\364\220\200\200"), "\\xf4\\x90\\x80\\x80");
    check_terminal(STR("\303\0"), "\\xc3\\x00");
}

static void nobody_can_forge_an_escape(void **state)
{
    check_terminal(STR("\\x1b"), "\\x5cx1b");
    check_terminal(STR("\\u{202e}"), "\\x5cu{202e}");
    check_terminal(STR("\\"), "\\");
}

static void a_few_marks_on_a_letter_are_writing(void **state)
{
    check_terminal(STR("e\314\201"), "e\314\201");
    check_terminal(STR("e\314\201\314\201\314\201\314\201\314\201"),
                   "e\314\201\314\201\314\201\314\201\\u{0301}");
    check_terminal(STR("\314\201e"), "\\u{0301}e");
}

static void columns_are_those_of_the_terminal(void **state)
{
    assert_int_equal(escape_columns(""), 0);
    assert_int_equal(escape_columns("abc"), 3);
    assert_int_equal(escape_columns("Zo\303\253"), 3);
    assert_int_equal(escape_columns("\346\227\245\346\234\254"), 4);
    assert_int_equal(escape_columns("e\314\201"), 1);
}

static void json_text_is_made_valid(void **state)
{
    g_autoptr(GString) out = g_string_new(NULL);

    escape_utf8(out, STR("a\377\303b\355\240\200"));
    assert_string_equal(out->str, "a\357\277\275\357\277\275b\357\277\275\357\277\275\357\277\275");
    g_string_truncate(out, 0);
    escape_utf8(out, STR("Zo\303\253 \033"));
    assert_string_equal(out->str, "Zo\303\253 \033");
    g_string_truncate(out, 0);
    escape_utf8(out, STR_NONE);
    assert_string_equal(out->str, "");
}

static void json_shows_nothing_that_a_terminal_would_obey(void **state)
{
    static const struct {
        const char *text;
        const char *written;
    } texts[] = {
        { "", "" },
        { "Zo\303\253 \360\237\230\200", "Zo\303\253 \360\237\230\200" },
        { "\"\\\b\f\n\r\t", "\\\"\\\\\\b\\f\\n\\r\\t" },
        { "\033[2J\177", "\\u001b[2J\\u007f" },
        { "\302\233m", "\\u009bm" },
        { "a\342\200\256b\342\200\250", "a\\u202eb\\u2028" },
        { "\363\240\201\201\364\217\277\277", "\\udb40\\udc41\\udbff\\udfff" },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autoptr(GString) out = g_string_new(NULL);

        escape_json(out, texts[i].text);
        assert_string_equal(out->str, texts[i].written);
    }
}

static bool is_printable(const GString *text)
{
    for (const char *at = text->str; *at != '\0'; at = g_utf8_next_char(at)) {
        if ((unsigned char)*at < 0x20 || !g_unichar_isprint(g_utf8_get_char(at)))
            return false;
    }
    return g_utf8_validate(text->str, (gssize)text->len, NULL);
}

static void survives_any_cut(void **state)
{
    Str whole = STR("a\033[2J\342\200\256e\314\201\314\201\314\201\314\201\314\201\360\237\230\200"
                    "\\x\\u{\377\303\346\227\245\302\233\0z");

    for (size_t len = 0; len <= whole.len; len++) {
        g_autofree char *bytes = g_memdup2(whole.data, len);
        g_autoptr(GString) terminal = g_string_new(NULL);
        g_autoptr(GString) json = g_string_new(NULL);

        escape_terminal(terminal, (Str){ bytes, len });
        escape_utf8(json, (Str){ bytes, len });
        assert_true(is_printable(terminal));
        assert_true(g_utf8_validate(json->str, -1, NULL));
    }
}

static void a_cell_is_no_formula_and_ends_where_it_should(void **state)
{
    static const struct {
        const char *text;
        const char *cell;
    } cells[] = {
        { "", "" },
        { "plain", "plain" },
        { "a,b", "\"a,b\"" },
        { "a\"b", "\"a\"\"b\"" },
        { " a", "\" a\"" },
        { "=1+1", "'=1+1" },
        { "-1,", "\"'-1,\"" },
        { "\357\274\235x", "'\357\274\235x" },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cells); i++) {
        g_autoptr(GString) out = g_string_new("before;");
        g_autofree char *wanted = g_strconcat("before;", cells[i].cell, NULL);

        escape_csv(out, cells[i].text);
        assert_string_equal(out->str, wanted);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_text_stays_as_it_is),
        cmocka_unit_test(terminal_commands_are_written_out),
        cmocka_unit_test(eight_bit_controls_are_written_out),
        cmocka_unit_test(nul_bytes_are_data),
        cmocka_unit_test(invisible_and_reordering_characters_are_written_out),
        cmocka_unit_test(bytes_that_are_no_text_are_written_out),
        cmocka_unit_test(nobody_can_forge_an_escape),
        cmocka_unit_test(a_few_marks_on_a_letter_are_writing),
        cmocka_unit_test(columns_are_those_of_the_terminal),
        cmocka_unit_test(json_text_is_made_valid),
        cmocka_unit_test(json_shows_nothing_that_a_terminal_would_obey),
        cmocka_unit_test(survives_any_cut),
        cmocka_unit_test(a_cell_is_no_formula_and_ends_where_it_should),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
