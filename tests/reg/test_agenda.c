/* Whose turn it is. */

#include "reg/agenda.h"

#include "support/check.h"

/* Devices of which nothing is needed but that they are there. */
typedef struct Bench {
    Agenda *agenda;
    Device devices[64];
} Bench;

static void bench_init(Bench *bench)
{
    *bench = (Bench){ .agenda = agenda_new() };
    for (unsigned i = 0; i < G_N_ELEMENTS(bench->devices); i++)
        bench->devices[i].public.id = i;
}

static void bench_clear(Bench *bench)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(bench->devices); i++)
        agenda_remove(&bench->devices[i]);
    agenda_free(bench->agenda);
}

static int take(Bench *bench, Nsec now)
{
    const Review *review = agenda_take(bench->agenda, now);

    return review != NULL ? (int)review->device->public.id : -1;
}

static void what_happened_first_is_looked_at_first_and_once(void **state)
{
    Bench bench;

    bench_init(&bench);
    agenda_add(bench.agenda, &bench.devices[3]);
    agenda_add(bench.agenda, &bench.devices[1]);
    agenda_add(bench.agenda, &bench.devices[3]);
    agenda_wake(&bench.devices[1]);
    assert_int_equal(take(&bench, 0), 3);
    assert_int_equal(take(&bench, 0), 1);
    assert_int_equal(take(&bench, 0), -1);
    agenda_wake(&bench.devices[1]);
    assert_int_equal(take(&bench, 0), 1);
    bench_clear(&bench);
}

static void a_device_that_nobody_looks_at_costs_nothing(void **state)
{
    Device device = { 0 };

    agenda_add(NULL, &device);
    agenda_wake(&device);
    assert_null(device.review);
    agenda_remove(&device);
}

static void deadlines_come_in_their_order(void **state)
{
    Bench bench;
    Nsec last = 0;

    bench_init(&bench);
    for (unsigned i = 0; i < 64; i++)
        agenda_add(bench.agenda, &bench.devices[i]);
    for (unsigned i = 0; i < 64; i++)
        agenda_put(agenda_take(bench.agenda, 0), 1 + (i * 37) % 64);
    for (unsigned i = 0; i < 64; i += 5) /* some go */
        agenda_remove(&bench.devices[i]);
    assert_int_equal(take(&bench, 0), -1);
    for (Review *review; (review = agenda_take(bench.agenda, 100)) != NULL;) {
        assert_true(review->due > last);
        last = review->due;
    }
    assert_int_equal(last, 64 - (bench.devices[0].review == NULL ? 0 : 1));
    bench_clear(&bench);
}

static void a_deadline_waits_for_its_time(void **state)
{
    Bench bench;

    bench_init(&bench);
    agenda_add(bench.agenda, &bench.devices[0]);
    agenda_put(agenda_take(bench.agenda, 0), 50);
    assert_int_equal(take(&bench, 49), -1);
    agenda_wake(&bench.devices[0]); /* it happens before */
    agenda_put(agenda_take(bench.agenda, 40), 90);
    assert_int_equal(take(&bench, 50), -1);
    assert_int_equal(take(&bench, 90), 0);
    agenda_put(bench.devices[0].review, NSEC_MAX);
    assert_int_equal(take(&bench, NSEC_MAX), -1);
    bench_clear(&bench);
}

static void neither_keeps_the_other_waiting(void **state)
{
    Bench bench;
    unsigned n_due = 0;

    bench_init(&bench);
    for (unsigned i = 0; i < 64; i++)
        agenda_add(bench.agenda, &bench.devices[i]);
    for (unsigned i = 0; i < 32; i++)
        agenda_put(agenda_take(bench.agenda, 0), 1);
    for (unsigned i = 0; i < 32; i++)
        n_due += agenda_take(bench.agenda, 10)->device->public.id < 32;
    assert_int_equal(n_due, 16);
    bench_clear(&bench);
}

static void the_conditions_are_counted(void **state)
{
    Bench bench;
    const uint64_t *counts;

    bench_init(&bench);
    counts = agenda_conditions(bench.agenda);
    agenda_add(bench.agenda, &bench.devices[0]);
    agenda_add(bench.agenda, &bench.devices[1]);
    assert_int_equal(counts[REG_CONDITION_UNKNOWN], 0); /* nobody has looked yet */
    for (unsigned i = 0; i < 2; i++)
        agenda_stand(bench.devices[i].review, &(RegStanding){ .condition = REG_CONDITION_LOST });
    assert_int_equal(counts[REG_CONDITION_LOST], 2);
    agenda_stand(bench.devices[1].review, &(RegStanding){ .condition = REG_CONDITION_STABLE });
    assert_int_equal(counts[REG_CONDITION_LOST], 1);
    assert_int_equal(counts[REG_CONDITION_STABLE], 1);
    agenda_remove(&bench.devices[0]);
    assert_int_equal(counts[REG_CONDITION_LOST], 0);
    bench_clear(&bench);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_happened_first_is_looked_at_first_and_once),
        cmocka_unit_test(a_device_that_nobody_looks_at_costs_nothing),
        cmocka_unit_test(deadlines_come_in_their_order),
        cmocka_unit_test(a_deadline_waits_for_its_time),
        cmocka_unit_test(neither_keeps_the_other_waiting),
        cmocka_unit_test(the_conditions_are_counted),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
