/* Where tokens, quoted strings, angle brackets and comments end. */

#include "sip/lex.h"
#include "support/check.h"

static void a_token_has_no_separators(void **state)
{
    assert_true(sip_lex_is_token(STR("z9hG4bK-_.!%*+`'~")));
    assert_false(sip_lex_is_token(STR("a b")));
    assert_false(sip_lex_is_token(STR("a/b")));
    assert_false(sip_lex_is_token(STR("a\0b")));
    assert_false(sip_lex_is_token(STR("caf\xc3\xa9")));
    assert_false(sip_lex_is_token(STR("")));
}

static void every_byte_is_a_token_character_or_not_by_the_grammar(void **state)
{
    const char *tokens = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.!%*_+`'~";

    for (int c = 1; c < 256; c++)
        assert_int_equal(sip_lex_is_token_char((char)c), strchr(tokens, c) != NULL);
    assert_false(sip_lex_is_token_char('\0'));
}

static void a_separator_inside_of_something_does_not_count(void **state)
{
    assert_int_equal(sip_lex_find(STR("a,b"), ','), 1);
    assert_int_equal(sip_lex_find(STR("\"a,b\",c"), ','), 5);
    assert_int_equal(sip_lex_find(STR("\"a\\\",b\",c"), ','), 7);
    assert_int_equal(sip_lex_find(STR("<a,b>,c"), ','), 5);
    assert_int_equal(sip_lex_find(STR("(a,(b,)c,),d"), ','), 10);
    assert_int_equal(sip_lex_find(STR("(a\\),),d"), ','), 6);
    assert_int_equal(sip_lex_find(STR("abc"), ','), 3);
    assert_int_equal(sip_lex_find(STR(""), ','), 0);
}

static void what_is_never_closed_reaches_to_the_end(void **state)
{
    assert_int_equal(sip_lex_find(STR("\"a,b"), ','), 4);
    assert_int_equal(sip_lex_find(STR("\"a,\\"), ','), 4);
    assert_int_equal(sip_lex_find(STR("<a,b"), ','), 4);
    assert_int_equal(sip_lex_find(STR("((a),b"), ','), 6);
    assert_int_equal(sip_lex_find(STR("(a,\\"), ','), 4);
}

static void says_whether_a_quote_was_closed(void **state)
{
    bool closed = true;

    assert_int_equal(sip_lex_skip_quoted(STR("\"a\\\"b\"c"), 0, &closed), 6);
    assert_true(closed);
    assert_int_equal(sip_lex_skip_quoted(STR("\"a\\\""), 0, &closed), 4);
    assert_false(closed);
}

static void the_ends_of_a_folded_line_are_blank(void **state)
{
    assert_int_equal(sip_lex_skip_blank(STR(" \t\r\n x"), 0), 5);
    assert_int_equal(sip_lex_skip_blank(STR("  "), 0), 2);
}

static void reads_hexadecimal_digits(void **state)
{
    assert_int_equal(sip_lex_hex('9'), 9);
    assert_int_equal(sip_lex_hex('a'), 10);
    assert_int_equal(sip_lex_hex('F'), 15);
    assert_int_equal(sip_lex_hex('g'), -1);
    assert_int_equal(sip_lex_hex('\0'), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_token_has_no_separators),
        cmocka_unit_test(every_byte_is_a_token_character_or_not_by_the_grammar),
        cmocka_unit_test(a_separator_inside_of_something_does_not_count),
        cmocka_unit_test(what_is_never_closed_reaches_to_the_end),
        cmocka_unit_test(says_whether_a_quote_was_closed),
        cmocka_unit_test(the_ends_of_a_folded_line_are_blank),
        cmocka_unit_test(reads_hexadecimal_digits),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
