/*
 * Borrowed text: what is equal, where it is cut, and which text is a number.
 */

#include "support/check.h"

#include <glib.h>

#include "base/str.h"

static void absent_and_empty_are_different_facts(void **state)
{
    assert_false(str_present(STR_NONE));
    assert_true(str_present(STR("")));
    assert_false(str_present(str_of(NULL)));
    assert_true(str_present(str_of("")));
}

static void compares_all_the_bytes(void **state)
{
    assert_true(str_equal(STR("alice"), STR("alice")));
    assert_false(str_equal(STR("alice"), STR("Alice")));
    assert_false(str_equal(STR("alice"), STR("alic")));
    assert_false(str_equal(STR("a\0b"), STR("a\0c")));
    assert_true(str_equal(STR(""), STR_NONE));
}

static void compares_without_case_in_ascii_only(void **state)
{
    assert_true(str_equal_nocase(STR("Call-ID"), STR("CALL-id")));
    assert_false(str_equal_nocase(STR("Call-ID"), STR("Call-IE")));
    assert_false(str_equal_nocase(STR("\xc4"), STR("\xe4"))); /* Latin-1 umlauts */
    assert_false(str_equal_nocase(STR("@"), STR("`")));       /* 0x40 and 0x60 */
    assert_false(str_equal_nocase(STR("["), STR("{")));
    assert_true(str_equal_nocase(STR(""), STR_NONE));
}

static void compares_beyond_a_nul_byte_without_case(void **state)
{
    assert_true(str_equal_nocase(STR("a\0B"), STR("A\0b")));
    assert_false(str_equal_nocase(STR("a\0b"), STR("a\0c")));
}

static void finds_a_prefix(void **state)
{
    assert_true(str_starts(STR("SIP/2.0 200 OK"), STR("SIP/2.0 ")));
    assert_false(str_starts(STR("SIP/2.0"), STR("SIP/2.0 ")));
    assert_false(str_starts(STR("sip/2.0 200"), STR("SIP/")));
    assert_true(str_starts_nocase(STR("Digest realm"), STR("dIGEST")));
    assert_false(str_starts_nocase(STR("Dig"), STR("Digest")));
    assert_true(str_starts(STR_NONE, STR("")));
}

static void finds_a_part_anywhere(void **state)
{
    assert_true(str_contains_nocase(STR("friendly-Scanner"), STR("SCAN")));
    assert_true(str_contains_nocase(STR("abc"), STR("C")));
    assert_false(str_contains_nocase(STR("abc"), STR("abcd")));
    assert_false(str_contains_nocase(STR_NONE, STR("a")));
    assert_true(str_contains_nocase(STR("abc"), STR("")));
}

static void cuts_never_leave_the_text(void **state)
{
    assert_str_equal(str_from(STR("abc"), 1), "bc");
    assert_str_equal(str_from(STR("abc"), 9), "");
    assert_str_equal(str_first(STR("abc"), 2), "ab");
    assert_str_equal(str_first(STR("abc"), 9), "abc");
    assert_false(str_present(str_from(STR_NONE, 3)));
    assert_false(str_present(str_first(STR_NONE, 3)));
}

static void trims_blanks_at_both_ends_only(void **state)
{
    assert_str_equal(str_trim(STR(" \t\r\na b\r\n")), "a b");
    assert_str_equal(str_trim(STR(" \t ")), "");
    assert_str_equal(str_trim(STR("\0 a")), "\0 a");
    assert_false(str_present(str_trim(STR_NONE)));
}

static void splits_at_the_first_separator(void **state)
{
    Str head, tail;

    assert_true(str_split(STR("user:realm:pass"), ':', &head, &tail));
    assert_str_equal(head, "user");
    assert_str_equal(tail, "realm:pass");
}

static void a_separator_at_the_end_leaves_an_empty_tail(void **state)
{
    Str head, tail;

    assert_true(str_split(STR("user:"), ':', &head, &tail));
    assert_str_equal(head, "user");
    assert_str_equal(tail, "");
    assert_true(str_present(tail));
}

static void without_a_separator_all_of_it_is_the_head(void **state)
{
    Str head, tail;

    assert_false(str_split(STR("user"), ':', &head, &tail));
    assert_str_equal(head, "user");
    assert_false(str_present(tail));
    assert_false(str_split(STR_NONE, ':', &head, &tail));
    assert_false(str_present(head));
}

/* The usual loop: str_split(rest, ..., &part, &rest). */
static void splits_in_place(void **state)
{
    Str rest = STR("a,b,c"), part;
    unsigned n = 0;

    while (str_present(rest)) {
        str_split(rest, ',', &part, &rest);
        assert_int_equal(part.len, 1);
        n++;
    }
    assert_int_equal(n, 3);
}

static void reads_numbers_up_to_the_limit(void **state)
{
    uint64_t n = 0;

    assert_true(str_to_uint(STR("65535"), 65535, &n) && n == 65535);
    assert_false(str_to_uint(STR("65536"), 65535, &n));
    assert_true(str_to_uint(STR("0"), 0, &n) && n == 0);
    assert_false(str_to_uint(STR("1"), 0, &n));
    assert_true(str_to_uint(STR("3"), 3, &n) && n == 3);
    assert_false(str_to_uint(STR("4"), 3, &n));
    assert_false(str_to_uint(STR("10"), 9, &n));
    assert_true(str_to_uint(STR("000000000000000000000000007"), 9, &n) && n == 7);
}

static void reads_the_largest_number_and_not_one_more(void **state)
{
    uint64_t n = 0;

    assert_true(str_to_uint(STR("18446744073709551615"), UINT64_MAX, &n) && n == UINT64_MAX);
    assert_false(str_to_uint(STR("18446744073709551616"), UINT64_MAX, &n));
    assert_false(str_to_uint(STR("18446744073709551620"), UINT64_MAX, &n));
    assert_false(str_to_uint(STR("99999999999999999999999999999999999999"), UINT64_MAX, &n));
    assert_true(str_to_uint(STR("9223372036854775807"), INT64_MAX, &n) && n == INT64_MAX);
    assert_false(str_to_uint(STR("9223372036854775808"), INT64_MAX, &n));
}

/* Every limit and number of up to three digits, against plain arithmetic. */
static void agrees_with_arithmetic_about_every_small_limit(void **state)
{
    for (uint64_t max = 0; max <= 120; max++) {
        for (uint64_t value = 0; value <= 999; value++) {
            g_autofree char *text = g_strdup_printf("%" G_GUINT64_FORMAT, value);
            uint64_t n = 4711;

            assert_int_equal(str_to_uint(str_of(text), max, &n), value <= max);
            assert_true(n == (value <= max ? value : 4711));
        }
    }
}

static void what_is_not_all_digits_is_no_number(void **state)
{
    static const char *const wrong[] = { "",    " 1",   "1 ",    "+5", "-5",
                                         "1e3", "0x10", "5060a", "/",  ":" };
    uint64_t n = 4711;

    for (size_t i = 0; i < G_N_ELEMENTS(wrong); i++)
        assert_false(str_to_uint(str_of(wrong[i]), UINT64_MAX, &n));
    assert_false(str_to_uint(STR_NONE, UINT64_MAX, &n));
    assert_false(str_to_uint(STR("1\0"), UINT64_MAX, &n));
    assert_int_equal(n, 4711);
}

static void copies_end_with_a_nul_byte(void **state)
{
    g_autofree char *copy = str_dup(str_first(STR("alice@example.com"), 5));
    g_autofree char *cut = str_dup(STR("a\0b"));

    assert_string_equal(copy, "alice");
    assert_string_equal(cut, "a");
    assert_null(str_dup(STR_NONE));
}

static void survives_any_cut(void **state)
{
    static const char whole[] = " \tDigest realm=\"x\", 12345,\r\n";

    for (size_t len = 0; len < sizeof(whole); len++) {
        g_autofree char *bytes = g_memdup2(whole, len);
        Str s = { bytes, len }, head, tail;
        uint64_t n;

        assert_true(str_trim(s).len <= len);
        str_split(s, ',', &head, &tail);
        assert_true(head.len <= len);
        str_to_uint(s, UINT64_MAX, &n);
        assert_int_equal(str_contains_nocase(s, STR("12345")), len >= 25);
        assert_int_equal(str_starts_nocase(s, STR(" \tDIGEST")), len >= 8);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(absent_and_empty_are_different_facts),
        cmocka_unit_test(compares_all_the_bytes),
        cmocka_unit_test(compares_without_case_in_ascii_only),
        cmocka_unit_test(compares_beyond_a_nul_byte_without_case),
        cmocka_unit_test(finds_a_prefix),
        cmocka_unit_test(finds_a_part_anywhere),
        cmocka_unit_test(cuts_never_leave_the_text),
        cmocka_unit_test(trims_blanks_at_both_ends_only),
        cmocka_unit_test(splits_at_the_first_separator),
        cmocka_unit_test(a_separator_at_the_end_leaves_an_empty_tail),
        cmocka_unit_test(without_a_separator_all_of_it_is_the_head),
        cmocka_unit_test(splits_in_place),
        cmocka_unit_test(reads_numbers_up_to_the_limit),
        cmocka_unit_test(reads_the_largest_number_and_not_one_more),
        cmocka_unit_test(agrees_with_arithmetic_about_every_small_limit),
        cmocka_unit_test(what_is_not_all_digits_is_no_number),
        cmocka_unit_test(copies_end_with_a_nul_byte),
        cmocka_unit_test(survives_any_cut),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
