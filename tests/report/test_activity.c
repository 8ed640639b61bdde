/*
 * Attempts over time, in slots that grow with the capture.
 */

#include "report/activity.h"
#include "support/check.h"

#define START (INT64_C(1769860800) * NSEC_SEC)

static void count(ReportActivity *activity, Nsec time, RegOutcome outcome, RegPurpose purpose)
{
    report_activity_count(activity,
                          &(RegAttempt){ .closed = time, .outcome = outcome, .purpose = purpose });
}

static uint64_t sum_of(const uint32_t *slots, unsigned n)
{
    uint64_t sum = 0;

    for (unsigned i = 0; i < n; i++)
        sum += slots[i];
    return sum;
}

static void nothing_counted_has_no_beginning(void **state)
{
    ReportActivity activity;

    report_activity_start(&activity);
    assert_true(activity.from == NSEC_NONE);
    assert_int_equal(activity.n, 0);
}

static void successes_and_failures_are_apart(void **state)
{
    ReportActivity activity;

    report_activity_start(&activity);
    count(&activity, START, REG_OUTCOME_ACCEPTED, REG_PURPOSE_REGISTER);
    count(&activity, START, REG_OUTCOME_ACCEPTED, REG_PURPOSE_REFRESH);
    count(&activity, START, REG_OUTCOME_REFUSED, REG_PURPOSE_REGISTER);
    count(&activity, START, REG_OUTCOME_UNANSWERED, REG_PURPOSE_REFRESH);
    count(&activity, START, REG_OUTCOME_ABANDONED, REG_PURPOSE_REGISTER);
    assert_int_equal(activity.accepted[0], 2);
    assert_int_equal(activity.failed[0], 3);
}

static void a_removal_is_no_registration_and_an_unknown_end_is_nothing(void **state)
{
    ReportActivity activity;

    report_activity_start(&activity);
    count(&activity, START, REG_OUTCOME_ACCEPTED, REG_PURPOSE_REMOVE);
    count(&activity, START, REG_OUTCOME_ACCEPTED, REG_PURPOSE_QUERY);
    count(&activity, START, REG_OUTCOME_UNKNOWN, REG_PURPOSE_REGISTER);
    assert_int_equal(activity.n, 0);
}

static void slots_grow_and_nothing_is_lost(void **state)
{
    ReportActivity activity;

    report_activity_start(&activity);
    for (unsigned i = 0; i < 10000; i++)
        count(&activity, START + i * NSEC_SEC,
              i % 10 == 0 ? REG_OUTCOME_REFUSED : REG_OUTCOME_ACCEPTED, REG_PURPOSE_REFRESH);
    assert_true(activity.width * REPORT_ACTIVITY_SLOTS > 10000 * NSEC_SEC);
    assert_true(activity.width * REPORT_ACTIVITY_SLOTS / 2 <= 10000 * NSEC_SEC);
    assert_int_equal(sum_of(activity.accepted, activity.n), 9000);
    assert_int_equal(sum_of(activity.failed, activity.n), 1000);
}

static void each_attempt_is_in_the_slot_of_its_time(void **state)
{
    ReportActivity activity;

    report_activity_start(&activity);
    count(&activity, START, REG_OUTCOME_ACCEPTED, REG_PURPOSE_REGISTER);
    count(&activity, START + 7200 * NSEC_SEC, REG_OUTCOME_REFUSED, REG_PURPOSE_REFRESH);
    assert_int_equal(activity.accepted[0], 1);
    assert_int_equal(activity.n, 7200 * NSEC_SEC / activity.width + 1);
    assert_int_equal(activity.failed[activity.n - 1], 1);
}

static void any_stamps_are_survived(void **state)
{
    static const Nsec times[] = { 0, INT64_MAX, INT64_MIN + 1, -1, START, INT64_MAX };
    ReportActivity activity;

    report_activity_start(&activity);
    for (size_t i = 0; i < G_N_ELEMENTS(times); i++)
        count(&activity, times[i], REG_OUTCOME_REFUSED, REG_PURPOSE_REGISTER);
    assert_int_equal(sum_of(activity.failed, activity.n), G_N_ELEMENTS(times));
    report_activity_start(&activity);
    for (size_t i = G_N_ELEMENTS(times); i-- > 0;)
        count(&activity, times[i], REG_OUTCOME_REFUSED, REG_PURPOSE_REGISTER);
    assert_int_equal(sum_of(activity.failed, activity.n), G_N_ELEMENTS(times));
}

static void the_farthest_apart_still_fit(void **state)
{
    ReportActivity activity;

    report_activity_start(&activity);
    count(&activity, INT64_MIN + 1, REG_OUTCOME_ACCEPTED, REG_PURPOSE_REGISTER);
    count(&activity, INT64_MAX, REG_OUTCOME_ACCEPTED, REG_PURPOSE_REGISTER);
    assert_true(activity.n > 1 && activity.n <= REPORT_ACTIVITY_SLOTS);
    assert_int_equal(sum_of(activity.accepted, activity.n), 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_counted_has_no_beginning),
        cmocka_unit_test(successes_and_failures_are_apart),
        cmocka_unit_test(a_removal_is_no_registration_and_an_unknown_end_is_nothing),
        cmocka_unit_test(slots_grow_and_nothing_is_lost),
        cmocka_unit_test(each_attempt_is_in_the_slot_of_its_time),
        cmocka_unit_test(any_stamps_are_survived),
        cmocka_unit_test(the_farthest_apart_still_fit),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
