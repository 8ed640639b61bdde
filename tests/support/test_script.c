/*
 * The words of a scenario.
 */

#include "support/script.h"

#include "support/check.h"

static GPtrArray *read_well(const char *text)
{
    g_autoptr(GError) error = NULL;
    GPtrArray *lines = script_read(text, &error);

    if (lines == NULL)
        fail_msg("%s", error->message);
    return lines;
}

static void lines_without_words_do_not_count_but_are_numbered(void **state)
{
    g_autoptr(GPtrArray) lines = read_well("# a comment\n\n  \t\nfirst\nsecond # and a remark\n");

    assert_int_equal(lines->len, 2);

    ScriptLine *second = g_ptr_array_index(lines, 1);

    assert_int_equal(second->number, 5);
    assert_string_equal(script_take(second), "second");
    assert_null(script_take(second));
}

static void quotes_keep_blanks_together_and_know_escapes(void **state)
{
    g_autoptr(GPtrArray) lines =
        read_well("raw \"a b#\\r\\n\\\"\\x00\\xffz\" header=\"X: y=z\" \"no=option\"");
    ScriptLine *line = g_ptr_array_index(lines, 0);

    assert_string_equal(script_take(line), "raw");
    assert_str_equal(script_take_bytes(line), "a b#\r\n\"\0\xffz");
    assert_string_equal(script_option(line, "header"), "X: y=z");
    assert_string_equal(script_take(line), "no=option");
}

static void an_option_may_come_several_times(void **state)
{
    g_autoptr(GPtrArray) lines = read_well("at add=1 drop=x add=2");
    ScriptLine *line = g_ptr_array_index(lines, 0);
    unsigned cursor = 0;

    assert_string_equal(script_option_next(line, "add", &cursor), "1");
    assert_string_equal(script_option_next(line, "add", &cursor), "2");
    assert_null(script_option_next(line, "add", &cursor));
    assert_string_equal(script_option_or(line, "expires", "60"), "60");
}

static void a_flag_is_not_taken_for_the_next_word(void **state)
{
    g_autoptr(GPtrArray) lines = read_well("at auth REGISTER");
    ScriptLine *line = g_ptr_array_index(lines, 0);

    assert_true(script_flag(line, "auth"));
    assert_false(script_flag(line, "lost"));
    assert_string_equal(script_take(line), "at");
    assert_string_equal(script_take(line), "REGISTER");
}

static void words_that_nobody_asked_for_are_an_error(void **state)
{
    g_autoptr(GPtrArray) lines = read_well("\nat exprires=60");
    g_autoptr(GError) error = NULL;
    ScriptLine *line = g_ptr_array_index(lines, 0);

    script_take(line);
    assert_false(script_finish(line, &error));
    assert_string_equal(error->message, "line 2: nobody understands 'exprires'");

    script_option(line, "exprires");
    script_rewind(line);
    assert_true(script_finish(line, NULL));
}

static void an_open_quote_is_an_error(void **state)
{
    g_autoptr(GError) error = NULL;

    assert_null(script_read("one\ntwo \"three\nfour\"\n", &error));
    assert_string_equal(error->message, "line 2: a quote is not closed");
}

static void numbers_are_digits_within_their_limit(void **state)
{
    static const char *const bad[] = { "x n=256", "x n=-1", "x n=1x", "x n=" };

    for (unsigned i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autoptr(GPtrArray) lines = read_well(bad[i]);
        g_autoptr(GError) error = NULL;
        uint64_t value = 7;

        assert_false(script_number(g_ptr_array_index(lines, 0), "n", 255, &value, &error));
        assert_non_null(error);
        assert_int_equal(value, 7);
    }

    g_autoptr(GPtrArray) lines = read_well("x n=255");
    uint64_t value = 7;

    assert_true(script_number(g_ptr_array_index(lines, 0), "m", 255, &value, NULL));
    assert_int_equal(value, 7);
    assert_true(script_number(g_ptr_array_index(lines, 0), "n", 255, &value, NULL));
    assert_int_equal(value, 255);
}

static void times_are_seconds_with_decimals(void **state)
{
    Nsec time = 0;

    assert_true(script_time("3600.000001", &time));
    assert_int_equal(time, 3600 * NSEC_SEC + NSEC_USEC);
    assert_true(script_time(".5", &time));
    assert_int_equal(time, 500 * NSEC_MSEC);
    assert_false(script_time("-1", &time));
    assert_false(script_time("1s", &time));
    assert_false(script_time("1e12", &time));
    assert_false(script_time("nan", &time));
    assert_false(script_time("", &time));
    assert_false(script_time(NULL, &time));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_without_words_do_not_count_but_are_numbered),
        cmocka_unit_test(quotes_keep_blanks_together_and_know_escapes),
        cmocka_unit_test(an_option_may_come_several_times),
        cmocka_unit_test(a_flag_is_not_taken_for_the_next_word),
        cmocka_unit_test(words_that_nobody_asked_for_are_an_error),
        cmocka_unit_test(an_open_quote_is_an_error),
        cmocka_unit_test(numbers_are_digits_within_their_limit),
        cmocka_unit_test(times_are_seconds_with_decimals),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
