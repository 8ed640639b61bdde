/*
 * Which times that ran out are lapses, and how long they lasted.
 */

#include "rules/lapses.h"

#include "lives.h"

typedef struct Found {
    Lapse lapses[LAPSES];
    unsigned n;
    unsigned unsure;
} Found;

static Found find(const RegDevice *device, Nsec now)
{
    Found found;

    found.n = lapses_of(device, now, found.lapses, &found.unsure);
    return found;
}

static RegAttempt attempt_made(RegPurpose purpose, RegOutcome outcome, Nsec from, Nsec until)
{
    return (RegAttempt){ .purpose = purpose,
                         .outcome = outcome,
                         .opened = from,
                         .first_opened = from,
                         .closed = until };
}

static void lasts_until_the_next_binding(void **state)
{
    RegBinding bindings[] = { binding_made(NOON(0), 60, REG_BINDING_LAPSED),
                              binding_made(NOON(100), 60, REG_BINDING_OPEN) };
    RegDevice device = device_made(bindings, 2, NULL);
    Found found = find(&device, NOON(120));

    assert_int_equal(found.n, 1);
    assert_ptr_equal(found.lapses[0].binding, &bindings[0]);
    assert_ptr_equal(found.lapses[0].next, &bindings[1]);
    assert_int_equal(found.lapses[0].from, NOON(60));
    assert_int_equal(lapse_length(&found.lapses[0]), 40 * NSEC_SEC);
    assert_false(found.lapses[0].to_end);
}

/* Both ends round to seconds. */
static void a_second_is_none(void **state)
{
    RegBinding bindings[] = { binding_made(NOON(0), 60, REG_BINDING_LAPSED),
                              binding_made(NOON(61), 60, REG_BINDING_OPEN) };
    RegDevice device = device_made(bindings, 2, NULL);

    assert_int_equal(find(&device, NOON(100)).n, 0);
}

static void lasts_until_the_capture_ends(void **state)
{
    RegBinding binding = binding_made(NOON(0), 60, REG_BINDING_LAPSED);
    RegDevice device = device_made(&binding, 1, NULL);
    Found found = find(&device, NOON(92));

    assert_int_equal(found.n, 1);
    assert_true(found.lapses[0].to_end);
    assert_int_equal(find(&device, NOON(91)).n, 0);
    assert_int_equal(find(&device, NOON(50)).n, 0);
}

static void a_binding_that_stood_covers_it(void **state)
{
    RegBinding bindings[] = { binding_made(NOON(0), 60, REG_BINDING_LAPSED),
                              binding_made(NOON(10), 60, REG_BINDING_LAPSED),
                              binding_made(NOON(200), 60, REG_BINDING_OPEN) };
    RegDevice device = device_made(bindings, 3, NULL);
    Found found = find(&device, NOON(210));

    assert_int_equal(found.n, 1);
    assert_ptr_equal(found.lapses[0].binding, &bindings[1]);
}

/* One entry stands for five refreshes; the newest of them was under way. */
static void only_the_newest_of_a_run_spans_the_end(void **state)
{
    RegBinding bindings[] = { binding_made(NOON(0), 60, REG_BINDING_LAPSED),
                              binding_made(NOON(300), 60, REG_BINDING_OPEN) };
    RegAttempt run =
        attempt_made(REG_PURPOSE_REFRESH, REG_OUTCOME_ACCEPTED, NOON(300) - NSEC_SEC, NOON(300));
    RegAttempt *attempts[] = { &run };
    RegDevice device = device_made(bindings, 2, NULL);

    run.first_opened = NOON(10);
    run.repeated = 5;
    device.n_attempts_kept = 1;
    device.attempts = attempts;
    assert_int_equal(find(&device, NOON(310)).n, 1);
}

static void asking_what_is_bound_explains_nothing(void **state)
{
    RegBinding binding = binding_made(NOON(0), 60, REG_BINDING_LAPSED);
    RegAttempt query = attempt_made(REG_PURPOSE_QUERY, REG_OUTCOME_UNANSWERED, NOON(50), NOON(50));
    RegAttempt *attempts[] = { &query };
    RegDevice device = device_made(&binding, 1, NULL);

    device.n_attempts_kept = 1;
    device.attempts = attempts;
    assert_int_equal(find(&device, NOON(600)).n, 1);
}

static void a_farewell_ends_it(void **state)
{
    RegBinding binding = binding_made(NOON(0), 60, REG_BINDING_LAPSED);
    RegAttempt farewell =
        attempt_made(REG_PURPOSE_REMOVE, REG_OUTCOME_ACCEPTED, NOON(100), NOON(100));
    RegAttempt *attempts[] = { &farewell };
    RegDevice device = device_made(&binding, 1, NULL);

    device.n_attempts_kept = 1;
    device.attempts = attempts;

    Found found = find(&device, NOON(600));

    assert_int_equal(found.n, 1);
    assert_int_equal(found.lapses[0].until, NOON(100));
    assert_false(found.lapses[0].to_end);
    assert_ptr_equal(found.lapses[0].tried, &farewell);
}

static void counts_what_it_cannot_tell(void **state)
{
    RegBinding binding = binding_made(NOON(0), 60, REG_BINDING_UNKNOWN);
    RegDevice device = device_made(&binding, 1, NULL);
    Found found = find(&device, NOON(600));

    assert_int_equal(found.n, 0);
    assert_int_equal(found.unsure, 1);
}

/* Only keep-alives behind the end show a device that is alive without. */
static void knows_whether_the_device_was_alive(void **state)
{
    RegBinding binding = binding_made(NOON(0), 60, REG_BINDING_LAPSED);
    RegInbound answered = { .answered = NOON(90) };
    RegLife life = life_made();
    RegDevice device = device_made(&binding, 1, &life);
    Found found = find(&device, NOON(600));

    device.last_heard = NOON(59);
    assert_false(lapse_was_alive(&device, &found.lapses[0]));
    device.last_heard = NOON(61);
    assert_true(lapse_was_alive(&device, &found.lapses[0]));
    device.last_heard = NOON(0);
    life.answered = &answered;
    assert_true(lapse_was_alive(&device, &found.lapses[0]));
}

static void finds_the_binding_of_a_moment(void **state)
{
    RegBinding bindings[] = { binding_made(NOON(0), 60, REG_BINDING_LAPSED),
                              binding_made(NOON(100), 60, REG_BINDING_OPEN) };
    RegDevice device = device_made(bindings, 2, NULL);

    assert_ptr_equal(lapse_bound_at(&device, NOON(10)), &bindings[0]);
    assert_null(lapse_bound_at(&device, NOON(60)));
    assert_ptr_equal(lapse_bound_at(&device, NOON(100)), &bindings[1]);
}

/* Stamps of a damaged capture. */
static void survives_times_far_apart(void **state)
{
    RegBinding bindings[] = { binding_made(NOON(0), 60, REG_BINDING_LAPSED),
                              binding_made(NOON(0), 60, REG_BINDING_OPEN) };
    RegDevice device = device_made(bindings, 2, NULL);

    bindings[0].since = bindings[0].until = -NSEC_MAX;
    bindings[1].since = NSEC_MAX - 1;
    bindings[1].until = NSEC_MAX;

    Found found = find(&device, NSEC_MAX);

    assert_int_equal(found.n, 1);
    assert_int_equal(lapse_length(&found.lapses[0]), NSEC_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lasts_until_the_next_binding),
        cmocka_unit_test(a_second_is_none),
        cmocka_unit_test(lasts_until_the_capture_ends),
        cmocka_unit_test(a_binding_that_stood_covers_it),
        cmocka_unit_test(only_the_newest_of_a_run_spans_the_end),
        cmocka_unit_test(asking_what_is_bound_explains_nothing),
        cmocka_unit_test(a_farewell_ends_it),
        cmocka_unit_test(counts_what_it_cannot_tell),
        cmocka_unit_test(knows_whether_the_device_was_alive),
        cmocka_unit_test(finds_the_binding_of_a_moment),
        cmocka_unit_test(survives_times_far_apart),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
