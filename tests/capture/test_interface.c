/* Counters of 32 bits, over months; the rest needs an interface (tests/app/watch.py). */

#include "capture/interface.h"

#include "support/check.h"

static void a_counter_that_went_on_has_gained(void **state)
{
    assert_int_equal(capture_interface_gain(0, 0), 0);
    assert_int_equal(capture_interface_gain(5, 12), 7);
}

static void a_counter_that_wrapped_has_gained_as_well(void **state)
{
    assert_int_equal(capture_interface_gain(UINT32_MAX - 1, 3), 5);
}

static void a_counter_that_was_set_back_has_gained_nothing(void **state)
{
    assert_int_equal(capture_interface_gain(1000, 0), 0);
    assert_int_equal(capture_interface_gain(1000, 999), 0);
}

static void an_interface_that_is_not_there_is_named(void **state)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    g_autoptr(GError) error = NULL;

    g_ptr_array_add(names, (gpointer) "nothing0");

    g_autoptr(CaptureLive) live = capture_live_new(
        &(CaptureListen){ .interfaces = names, .buffer_bytes = 65536, .snaplen = 65535 }, &error);

    assert_null(live);
    assert_true(g_error_matches(error, CAPTURE_ERROR, CAPTURE_ERROR_OPEN));
    assert_true(g_str_has_prefix(error->message, "cannot listen on nothing0"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_counter_that_went_on_has_gained),
        cmocka_unit_test(a_counter_that_wrapped_has_gained_as_well),
        cmocka_unit_test(a_counter_that_was_set_back_has_gained_nothing),
        cmocka_unit_test(an_interface_that_is_not_there_is_named),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
