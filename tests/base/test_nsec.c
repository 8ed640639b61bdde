/*
 * Times as people read them, over everything that 64 bits can hold.
 */

#include "support/check.h"

#include "base/nsec.h"

#define assert_text(time, expected) \
    assert_string_equal(nsec_to_text(time, (char[NSEC_TEXT]){ 0 }), expected)
#define assert_clock(time, expected) \
    assert_string_equal(nsec_to_clock(time, (char[NSEC_TEXT]){ 0 }), expected)
#define assert_span(span, expected) \
    assert_string_equal(nsec_to_span(span, (char[NSEC_TEXT]){ 0 }), expected)

static void prints_an_instant_to_the_nanosecond(void **state)
{
    assert_text(0, "1970-01-01T00:00:00.000000000Z");
    assert_text(INT64_C(1769860800123456789), "2026-01-31T12:00:00.123456789Z");
    assert_text(1, "1970-01-01T00:00:00.000000001Z");
}

static void passes_the_limits_of_32_bit_seconds(void **state)
{
    assert_text(INT64_C(2147483647) * NSEC_SEC, "2038-01-19T03:14:07.000000000Z");
    assert_text(INT64_C(2147483648) * NSEC_SEC, "2038-01-19T03:14:08.000000000Z");
    assert_text(INT64_C(4294967296) * NSEC_SEC, "2106-02-07T06:28:16.000000000Z");
}

static void knows_leap_days(void **state)
{
    assert_text(INT64_C(951782400) * NSEC_SEC, "2000-02-29T00:00:00.000000000Z");
    assert_text(INT64_C(4107542400) * NSEC_SEC, "2100-03-01T00:00:00.000000000Z");
}

static void counts_fractions_forward_before_1970(void **state)
{
    assert_text(-1, "1969-12-31T23:59:59.999999999Z");
    assert_text(-NSEC_SEC, "1969-12-31T23:59:59.000000000Z");
    assert_text(-NSEC_SEC - 1, "1969-12-31T23:59:58.999999999Z");
    assert_clock(-NSEC_MSEC, "23:59:59.999");
}

static void prints_the_first_and_the_last_instant(void **state)
{
    assert_text(NSEC_NONE, "1677-09-21T00:12:43.145224192Z");
    assert_text(NSEC_MAX, "2262-04-11T23:47:16.854775807Z");
    assert_clock(NSEC_NONE, "00:12:43.145");
    assert_clock(NSEC_MAX, "23:47:16.854");
}

static void cuts_the_clock_to_milliseconds(void **state)
{
    assert_clock(INT64_C(1769860800123999999), "12:00:00.123");
    assert_clock(0, "00:00:00.000");
}

static void names_a_span_in_the_unit_that_fits(void **state)
{
    assert_span(0, "0 us");
    assert_span(999 * NSEC_USEC, "999 us");
    assert_span(NSEC_MSEC, "1 ms");
    assert_span(999 * NSEC_MSEC, "999 ms");
    assert_span(NSEC_SEC, "1.0 s");
    assert_span(9990 * NSEC_MSEC, "9.9 s");
    assert_span(10 * NSEC_SEC, "10 s");
    assert_span(119 * NSEC_SEC, "119 s");
    assert_span(130 * NSEC_SEC, "2 min 10 s");
    assert_span(7199 * NSEC_SEC, "119 min 59 s");
    assert_span(12000 * NSEC_SEC, "3 h 20 min");
    assert_span(187200 * NSEC_SEC, "2 d 4 h");
}

static void leaves_out_a_second_unit_that_is_zero(void **state)
{
    assert_span(120 * NSEC_SEC, "2 min");
    assert_span(7200 * NSEC_SEC, "2 h");
    assert_span(172800 * NSEC_SEC, "2 d");
}

static void gives_a_span_backwards_its_sign(void **state)
{
    assert_span(-40 * NSEC_MSEC, "-40 ms");
    assert_span(-130 * NSEC_SEC, "-2 min 10 s");
}

static void prints_the_longest_spans(void **state)
{
    assert_span(NSEC_MAX, "106751 d 23 h");
    assert_span(NSEC_NONE, "-106751 d 23 h");
}

static void measures_from_one_instant_to_a_later_one(void **state)
{
    assert_int_equal(nsec_since(3 * NSEC_SEC, 5 * NSEC_SEC), 2 * NSEC_SEC);
    assert_int_equal(nsec_since(5 * NSEC_SEC, 3 * NSEC_SEC), 0);
    assert_int_equal(nsec_since(NSEC_NONE, 3 * NSEC_SEC), NSEC_NONE);
    assert_int_equal(nsec_since(NSEC_NONE + 1, NSEC_MAX), NSEC_MAX);
    assert_int_equal(nsec_after(3 * NSEC_SEC, 2 * NSEC_SEC), 5 * NSEC_SEC);
    assert_int_equal(nsec_after(NSEC_MAX - 1, 2 * NSEC_SEC), NSEC_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(prints_an_instant_to_the_nanosecond),
        cmocka_unit_test(passes_the_limits_of_32_bit_seconds),
        cmocka_unit_test(knows_leap_days),
        cmocka_unit_test(counts_fractions_forward_before_1970),
        cmocka_unit_test(prints_the_first_and_the_last_instant),
        cmocka_unit_test(cuts_the_clock_to_milliseconds),
        cmocka_unit_test(names_a_span_in_the_unit_that_fits),
        cmocka_unit_test(leaves_out_a_second_unit_that_is_zero),
        cmocka_unit_test(gives_a_span_backwards_its_sign),
        cmocka_unit_test(prints_the_longest_spans),
        cmocka_unit_test(measures_from_one_instant_to_a_later_one),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
