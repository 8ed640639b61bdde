/*
 * Rows of refused attempts: what makes one longer, and what ends it.
 */

#include "reg/haste.h"

#include "words.h"

/* Refused after 20 ms, or whatever the outcome says. */
static RegAttempt attempt_at(double time, RegAttemptStep *step, uint16_t status)
{
    *step = (RegAttemptStep){ .status = status,
                              .answer = { .frame = (uint64_t)(time * 10) + 1 },
                              .answer_time = AT(time + 0.02) };
    return (RegAttempt){ .outcome = status == 0         ? REG_OUTCOME_UNANSWERED
                                    : status / 100 == 2 ? REG_OUTCOME_ACCEPTED
                                                        : REG_OUTCOME_REFUSED,
                         .opened = AT(time),
                         .closed = AT(time + 0.02),
                         .n_steps = 1,
                         .steps = step };
}

static void attempts(Device *device, double time, uint16_t status)
{
    RegAttemptStep step;
    RegAttempt attempt = attempt_at(time, &step, status);

    haste_note(device, &attempt);
}

static void counts_refusals_that_follow_each_other(void **state)
{
    Device device = { 0 };

    for (unsigned i = 0; i < 7; i++)
        attempts(&device, i * 2, i == 6 ? 404 : 403);
    assert_int_equal(device.public.haste->attempts, 7);
    assert_int_equal(device.public.haste->status, 404);
    assert_int_equal(device.public.haste->from, AT(0));
    assert_int_equal(device.public.haste->until, AT(12.02));
    assert_int_equal(device.public.haste->first.frame, 1);
    assert_int_equal(device.public.haste->last.frame, 121);
    g_free(device.rows);
}

static void a_pause_begins_a_new_row(void **state)
{
    Device device = { 0 };

    attempts(&device, 0, 403);
    attempts(&device, 5, 403);
    attempts(&device, 10.1, 403);
    assert_int_equal(device.public.haste->attempts, 2);
    assert_int_equal(device.rows[1].attempts, 1);
    g_free(device.rows);
}

static void success_ends_the_row(void **state)
{
    Device device = { 0 };

    attempts(&device, 0, 403);
    attempts(&device, 1, 200);
    attempts(&device, 2, 403);
    assert_int_equal(device.public.haste->attempts, 1);
    g_free(device.rows);
}

static void the_longest_row_stays(void **state)
{
    Device device = { 0 };

    attempts(&device, 0, 403);
    attempts(&device, 1, 403);
    attempts(&device, 2, 403);
    attempts(&device, 60, 403);
    attempts(&device, 61, 403);
    assert_int_equal(device.public.haste->attempts, 3);
    assert_int_equal(device.public.haste->from, AT(0));
    g_free(device.rows);
}

/* An answer that was not captured, or that says "later". */
static void what_is_no_definite_refusal_neither_counts_nor_ends_it(void **state)
{
    static const uint16_t others[] = { 0, 408, 423, 480, 500, 503, 302 };
    Device device = { 0 };

    attempts(&device, 0, 403);
    for (unsigned i = 0; i < G_N_ELEMENTS(others); i++)
        attempts(&device, 0.1 + i * 0.1, others[i]);
    assert_int_equal(device.public.haste->attempts, 1);
    attempts(&device, 2, 603);
    assert_int_equal(device.public.haste->attempts, 2);
    g_free(device.rows);
}

static void to_leave_again_and_again_is_no_haste(void **state)
{
    Device device = { 0 };
    RegAttemptStep step;
    RegAttempt attempt = attempt_at(0, &step, 403);

    attempt.purpose = REG_PURPOSE_REMOVE;
    haste_note(&device, &attempt);
    assert_null(device.public.haste);
}

/* Two phones that are taken for one would have attempts at the same time. */
static void attempts_that_overlap_are_no_row(void **state)
{
    Device device = { 0 };

    attempts(&device, 0, 403);
    attempts(&device, 0.01, 403);
    assert_int_equal(device.public.haste->attempts, 1);
    g_free(device.rows);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_refusals_that_follow_each_other),
        cmocka_unit_test(a_pause_begins_a_new_row),
        cmocka_unit_test(success_ends_the_row),
        cmocka_unit_test(the_longest_row_stays),
        cmocka_unit_test(what_is_no_definite_refusal_neither_counts_nor_ends_it),
        cmocka_unit_test(to_leave_again_and_again_is_no_haste),
        cmocka_unit_test(attempts_that_overlap_are_no_row),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
