/*
 * When packets may have been hidden from us.
 */

#include "reg/ledger.h"

#include "words.h"

static void a_loss_is_found_only_where_it_was(void **state)
{
    Ledger ledger = { 0 };

    assert_int_equal(ledger_between(&ledger, AT(0), AT(100)), 0);
    ledger_add(&ledger, REG_LOSS_GAP, AT(50));
    assert_int_equal(ledger_between(&ledger, AT(0), AT(49)), 0);
    assert_int_equal(ledger_between(&ledger, AT(0), AT(50)), REG_LOSS_GAP);
    assert_int_equal(ledger_between(&ledger, AT(50), AT(60)), REG_LOSS_GAP);
    assert_int_equal(ledger_between(&ledger, AT(51), AT(60)), 0);
}

static void a_burst_is_one_interval(void **state)
{
    Ledger ledger = { 0 };

    for (unsigned i = 0; i < 1000; i++)
        ledger_add(&ledger, REG_LOSS_TRUNCATED, AT(i));
    ledger_add(&ledger, REG_LOSS_TRUNCATED, AT(-1));
    assert_int_equal(ledger.n, 1);
    assert_int_equal(ledger_between(&ledger, AT(-1), AT(-1)), REG_LOSS_TRUNCATED);
    assert_int_equal(ledger_between(&ledger, AT(999), AT(2000)), REG_LOSS_TRUNCATED);
}

static void a_span_is_lost_from_end_to_end(void **state)
{
    Ledger ledger = { 0 };

    ledger_add_span(&ledger, REG_LOSS_DROPS, AT(100), AT(200));
    assert_int_equal(ledger_between(&ledger, AT(140), AT(150)), REG_LOSS_DROPS);
    assert_int_equal(ledger_between(&ledger, AT(0), AT(99)), 0);
    ledger_add(&ledger, REG_LOSS_DROPS, AT(150));
    ledger_add_span(&ledger, REG_LOSS_DROPS, AT(90), AT(110));
    assert_int_equal(ledger.n, 1);
    assert_int_equal(ledger_between(&ledger, AT(0), AT(99)), REG_LOSS_DROPS);
    assert_int_equal(ledger_between(&ledger, AT(200), AT(900)), REG_LOSS_DROPS);
}

static void kinds_do_not_mix(void **state)
{
    Ledger ledger = { 0 };

    ledger_add(&ledger, REG_LOSS_GAP, AT(1));
    ledger_add(&ledger, REG_LOSS_CLOCK, AT(2));
    assert_int_equal(ledger.n, 2);
    assert_int_equal(ledger_between(&ledger, AT(1), AT(1)), REG_LOSS_GAP);
    assert_int_equal(ledger_between(&ledger, AT(0), AT(9)), REG_LOSS_GAP | REG_LOSS_CLOCK);
}

static void what_the_ring_pushed_out_is_still_suspected(void **state)
{
    Ledger ledger = { 0 };

    ledger_add(&ledger, REG_LOSS_FRAGMENTS, AT(0));
    for (unsigned i = 1; i <= LEDGER_INTERVALS; i++)
        ledger_add(&ledger, REG_LOSS_GAP, AT(10 * i));
    assert_int_equal(ledger.n, LEDGER_INTERVALS);
    assert_int_equal(ledger_between(&ledger, AT(-5), AT(-1)), REG_LOSS_FRAGMENTS);
    assert_int_equal(ledger_between(&ledger, AT(1), AT(2)), 0);
    ledger_add(&ledger, REG_LOSS_GAP, AT(10000));
    assert_int_equal(ledger_between(&ledger, AT(5), AT(5)), REG_LOSS_FRAGMENTS | REG_LOSS_GAP);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_loss_is_found_only_where_it_was),
        cmocka_unit_test(a_burst_is_one_interval),
        cmocka_unit_test(a_span_is_lost_from_end_to_end),
        cmocka_unit_test(kinds_do_not_mix),
        cmocka_unit_test(what_the_ring_pushed_out_is_still_suspected),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
