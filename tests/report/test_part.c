/*
 * What of a device's life reaches into the time that was asked for.
 */

#include "report/part.h"

#include "reg/interval.h"
#include "reg/timeline.h"
#include "sample.h"

static ReportPart between(double since, double until)
{
    return (ReportPart){ .since = AT(since), .until = AT(until) };
}

/* The kinds of what is left of bob's timeline. */
static char *kinds(const Sample *s, const ReportPart *part)
{
    g_autoptr(GArray) events = report_part_timeline(part, &s->devices[1], AT(300));
    GString *text = g_string_new(NULL);

    for (unsigned i = 0; i < events->len; i++)
        g_string_append_printf(text, "%s ",
                               reg_event_name(g_array_index(events, RegEvent, i).kind));
    return g_string_free(text, FALSE);
}

#define assert_kinds(s, since, until, expected)        \
    do {                                               \
        ReportPart within = between((since), (until)); \
        g_autofree char *found = kinds((s), &within);  \
        assert_string_equal(found, (expected));        \
    } while (0)

static void the_whole_has_everything(void **state)
{
    g_autoptr(Sample) s = sample_new();
    g_autofree char *found = kinds(s, NULL);

    assert_string_equal(found, "register_sent challenged credentials_sent accepted refreshed ");
}

static void keeps_what_happened_in_the_time(void **state)
{
    g_autoptr(Sample) s = sample_new();

    assert_kinds(s, 0, 300, "register_sent challenged credentials_sent accepted refreshed ");
    assert_kinds(s, 1.01, 1.1, "challenged credentials_sent ");
    assert_kinds(s, 272, 300, "");
}

static void a_run_stays_when_it_reaches_into_it(void **state)
{
    g_autoptr(Sample) s = sample_new();

    assert_kinds(s, 100, 110, "refreshed ");
    assert_kinds(s, 271, 280, "refreshed ");
    assert_kinds(s, 2, 54, "");
}

static void intervals_stay_whole(void **state)
{
    g_autoptr(Sample) s = sample_new();
    ReportPart part = between(100, 110);

    sample_live(s);

    g_autoptr(GArray) all = report_part_intervals(NULL, &s->devices[1], AT(300));
    g_autoptr(GArray) some = report_part_intervals(&part, &s->devices[1], AT(300));

    assert_int_equal(all->len, 4);
    assert_int_equal(some->len, 2);
    assert_int_equal(g_array_index(some, RegInterval, 0).from,
                     g_array_index(all, RegInterval, 1).from);
    assert_int_equal(g_array_index(some, RegInterval, 1).state, REG_INTERVAL_UNREACHABLE);
    assert_int_equal(g_array_index(some, RegInterval, 1).until, AT(120));
}

static void a_row_of_alike_attempts_is_one(void **state)
{
    g_autoptr(Sample) s = sample_new();
    ReportPart within = between(60, 61);
    ReportPart before = between(2, 54);

    assert_true(report_part_holds_attempt(&within, &s->attempts[2]));
    assert_false(report_part_holds_attempt(&before, &s->attempts[2]));
    assert_true(report_part_holds_attempt(NULL, &s->attempts[2]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_whole_has_everything),
        cmocka_unit_test(keeps_what_happened_in_the_time),
        cmocka_unit_test(a_run_stays_when_it_reaches_into_it),
        cmocka_unit_test(intervals_stay_whole),
        cmocka_unit_test(a_row_of_alike_attempts_is_one),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
