/*
 * Counting without keeping.
 */

#include "reg/fact.h"

#include "words.h"

static void knows_the_first_and_the_last(void **state)
{
    RegFact fact = { 0 };

    reg_fact_add(&fact, (CaptureRef){ .frame = 7 }, AT(1));
    assert_int_equal(fact.count, 1);
    assert_int_equal(fact.first.frame, 7);
    assert_int_equal(fact.last.frame, 7);
    reg_fact_add(&fact, (CaptureRef){ .frame = 8 }, AT(2));
    reg_fact_add(&fact, (CaptureRef){ .frame = 9 }, AT(3));
    assert_int_equal(fact.count, 3);
    assert_int_equal(fact.first.frame, 7);
    assert_int_equal(fact.first_time, AT(1));
    assert_int_equal(fact.last.frame, 9);
    assert_int_equal(fact.last_time, AT(3));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(knows_the_first_and_the_last),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
