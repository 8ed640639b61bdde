/* Lines of a source, in place. */

#include "reg/secrets_reader.h"

#include "support/check.h"

static void gives_lines_without_their_ends(void **state)
{
    char text[] = "one\r\n\ntwo\rthree\n\r\nlast";
    RegSecretsReader reader = { .source = "file", .text = text, .len = strlen(text) };
    Str line;

    assert_true(reg_secrets_reader_next(&reader, &line));
    assert_str_equal(line, "one");
    assert_true(reg_secrets_reader_next(&reader, &line));
    assert_str_equal(line, "");
    assert_true(reg_secrets_reader_next(&reader, &line));
    assert_str_equal(line, "two\rthree");
    assert_true(reg_secrets_reader_next(&reader, &line));
    assert_str_equal(line, "");
    assert_true(reg_secrets_reader_next(&reader, &line));
    assert_str_equal(line, "last");
    assert_int_equal(reader.line, 5);
    assert_false(reg_secrets_reader_next(&reader, &line));
}

static void names_the_line(void **state)
{
    RegSecretsReader reader = { .source = "file", .line = 7 };
    g_autoptr(GError) newest = NULL;
    g_autoptr(GError) given = NULL;

    assert_false(reg_secrets_reader_fail(&reader, 0, "is wrong", &newest));
    assert_false(reg_secrets_reader_fail(&reader, 3, "is wrong", &given));
    assert_string_equal(newest->message, "file, line 7: is wrong");
    assert_string_equal(given->message, "file, line 3: is wrong");
    assert_true(g_error_matches(given, REG_SECRETS_ERROR, REG_SECRETS_ERROR_SYNTAX));
}

static void writes_in_place(void **state)
{
    char text[] = "xABCDEFx";
    RegSecretsReader reader = { .text = text, .len = strlen(text) };
    Str lower = reg_secrets_reader_lower(&reader, (Str){ text + 1, 6 });

    assert_str_equal(lower, "abcdef");
    assert_string_equal(text, "xabcdefx");
}

static void knows_hashes_by_their_digits(void **state)
{
    g_autofree char *digits = g_strnfill(64, 'F');

    assert_string_equal(reg_secrets_ha1_algorithm((Str){ digits, 32 }), "MD5");
    assert_string_equal(reg_secrets_ha1_algorithm((Str){ digits, 64 }), "SHA-256");
    assert_null(reg_secrets_ha1_algorithm((Str){ digits, 40 }));
    digits[31] = 'g';
    assert_null(reg_secrets_ha1_algorithm((Str){ digits, 32 }));
    assert_false(reg_secrets_is_hex(STR("")));
    assert_true(reg_secrets_is_hex(STR("09afAF")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gives_lines_without_their_ends),
        cmocka_unit_test(names_the_line),
        cmocka_unit_test(writes_in_place),
        cmocka_unit_test(knows_hashes_by_their_digits),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
