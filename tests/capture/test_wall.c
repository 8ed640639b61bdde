/* What the clocks of a machine say about each other. */

#include "capture/wall.h"

#include "support/check.h"

#define LOOK(real_s, boot_s, mono_s)                            \
    (&(CaptureWall){ .real = (Nsec)((real_s)*1000) * NSEC_MSEC, \
                     .boot = (Nsec)((boot_s)*1000) * NSEC_MSEC, \
                     .mono = (Nsec)((mono_s)*1000) * NSEC_MSEC })

static void clocks_that_run_alike_were_not_set(void **state)
{
    assert_int_equal(capture_wall_step(LOOK(1000, 10, 10), LOOK(1001, 11, 11)), 0);
    assert_int_equal(capture_wall_sleep(LOOK(1000, 10, 10), LOOK(1001, 11, 11)), 0);
}

static void a_clock_that_is_slewed_was_not_set(void **state)
{
    assert_int_equal(capture_wall_step(LOOK(1000, 10, 10), LOOK(1061.9, 71, 71)), 0);
    assert_int_equal(capture_wall_step(LOOK(1000, 10, 10), LOOK(1060.1, 71, 71)), 0);
}

static void a_step_is_told_with_its_direction(void **state)
{
    assert_int_equal(capture_wall_step(LOOK(1000, 10, 10), LOOK(4601, 11, 11)), 3600 * NSEC_SEC);
    assert_int_equal(capture_wall_step(LOOK(1000, 10, 10), LOOK(964, 11, 11)), -37 * NSEC_SEC);
}

static void a_machine_that_slept_did_not_set_its_clock(void **state)
{
    const CaptureWall *before = LOOK(1000, 10, 10);
    const CaptureWall *after = LOOK(1601, 611, 11);

    assert_int_equal(capture_wall_step(before, after), 0);
    assert_int_equal(capture_wall_sleep(before, after), 600 * NSEC_SEC);
}

static void the_clocks_of_this_machine_go_on(void **state)
{
    CaptureWall before = capture_wall_now();
    CaptureWall after = capture_wall_now();

    assert_true(before.real > 0 && after.mono >= before.mono && after.boot >= before.boot);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(clocks_that_run_alike_were_not_set),
        cmocka_unit_test(a_clock_that_is_slewed_was_not_set),
        cmocka_unit_test(a_step_is_told_with_its_direction),
        cmocka_unit_test(a_machine_that_slept_did_not_set_its_clock),
        cmocka_unit_test(the_clocks_of_this_machine_go_on),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
