/*
 * Times as people say them.
 */

#include "app/past_time.h"

#include <glib.h>

#include "support/check.h"

#define HOUR (3600 * NSEC_SEC)
#define NOW (INT64_C(1769860800) * NSEC_SEC) /* 2026-01-31T12:00:00Z */

static Nsec time_of(const char *text, Nsec since)
{
    Nsec time = 1;

    if (!past_time_parse(text, NOW, since, &time))
        fail_msg("'%s' is no time", text);
    return time;
}

static void names_and_spans_count_from_now(void **state)
{
    assert_true(time_of("now", NSEC_NONE) == NOW);
    assert_true(time_of("today", NSEC_NONE) == NOW - 12 * HOUR);
    assert_true(time_of("yesterday", NSEC_NONE) == NOW - 36 * HOUR);
    assert_true(time_of("-2h", NSEC_NONE) == NOW - 2 * HOUR);
    assert_true(time_of("-90", NSEC_NONE) == NOW - 90 * NSEC_SEC);
    assert_true(time_of("-7d", NSEC_NONE) == NOW - 168 * HOUR);
}

static void dates_are_what_they_say(void **state)
{
    assert_true(time_of("2026-01-31T12:00:00Z", NSEC_NONE) == NOW);
    assert_true(time_of("2026-01-31", NSEC_NONE) == NOW - 12 * HOUR);
}

static void a_time_of_the_day_is_the_newest_that_is_over(void **state)
{
    assert_true(time_of("11:00", NSEC_NONE) == NOW - HOUR);
    assert_true(time_of("13:00", NSEC_NONE) == NOW - 23 * HOUR);
    /* ... but not before --since. */
    assert_true(time_of("13:00", NOW - HOUR) == NOW + HOUR);
}

static void a_span_with_a_plus_goes_on_from_since(void **state)
{
    Nsec time;

    assert_true(time_of("+2h", NOW - 5 * HOUR) == NOW - 3 * HOUR);
    assert_false(past_time_parse("+2h", NOW, NSEC_NONE, &time));
}

static void other_words_are_refused(void **state)
{
    static const char *const words[] = { "",         "-",     "--1",  "-x",         "-1w",
                                         "tomorrow", "25:00", "2026", "2026-13-01", "-1e300d" };
    Nsec time;

    for (unsigned i = 0; i < G_N_ELEMENTS(words); i++)
        assert_false(past_time_parse(words[i], NOW, NSEC_NONE, &time));
}

static void percents_are_rounded_down(void **state)
{
    g_autofree char *nearly = past_percent(999999, 1000000);
    g_autofree char *all = past_percent(5, 5);

    assert_string_equal(nearly, "99.99 %");
    assert_string_equal(all, "100.00 %");
    assert_null(past_percent(0, 0));
}

static void stamps_have_whole_seconds(void **state)
{
    char text[NSEC_TEXT];

    assert_string_equal(past_stamp(NOW + 1, text), "2026-01-31T12:00:00Z");
    assert_null(past_stamp(NSEC_NONE, text));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_and_spans_count_from_now),
        cmocka_unit_test(dates_are_what_they_say),
        cmocka_unit_test(a_time_of_the_day_is_the_newest_that_is_over),
        cmocka_unit_test(a_span_with_a_plus_goes_on_from_since),
        cmocka_unit_test(other_words_are_refused),
        cmocka_unit_test(percents_are_rounded_down),
        cmocka_unit_test(stamps_have_whole_seconds),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
