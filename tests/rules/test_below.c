/*
 * What the rules about failures below SIP have in common.
 */

#include "rules/below.h"

#include "support/check.h"

static void whoever_has_no_name_has_an_address(void **state)
{
    char text[NET_ENDPOINT_TEXT];
    RegDevice device = { .aor = (char *)"" };

    assert_string_equal(below_who(&device, text), "a device without a name");
    device.addresses[0] = (NetEndpoint){ { { 192, 0, 2, 1 }, 4 }, 0 };
    device.n_addresses = 1;
    assert_string_equal(below_who(&device, text), "192.0.2.1");
    device.aor = (char *)"alice@example.com";
    assert_string_equal(below_who(&device, text), "alice@example.com");
}

static void a_binding_that_stands_all_the_while_is_enough(void **state)
{
    RegBinding binding = { .since = 100, .until = 200, .end = REG_BINDING_LAPSED };
    RegDevice device = { .bindings = &binding, .n_bindings = 1 };

    assert_true(below_was_bound(&device, 100, 200, 500));
    assert_true(below_was_bound(&device, 150, NSEC_NONE, 180));
    assert_false(below_was_bound(&device, 99, 200, 500));
    assert_false(below_was_bound(&device, 150, 201, 500));
    assert_false(below_was_bound(&device, 150, NSEC_NONE, 500));
    device.n_bindings = 0;
    assert_false(below_was_bound(&device, 150, 160, 500));
}

/* It failed, then a registration came about after all. */
static void a_binding_at_the_end_is_enough(void **state)
{
    RegBinding binding = { .since = 100, .until = 900, .end = REG_BINDING_OPEN };
    RegDevice device = { .bindings = &binding, .n_bindings = 1 };

    assert_true(below_was_bound(&device, 50, NSEC_NONE, 500));
    assert_false(below_was_bound(&device, 50, 120, 500));
}

static void losses_have_names(void **state)
{
    static const uint32_t kinds[] = { REG_LOSS_DROPS, REG_LOSS_TRUNCATED, REG_LOSS_GAP,
                                      REG_LOSS_FRAGMENTS, REG_LOSS_CLOCK };

    for (unsigned i = 0; i < G_N_ELEMENTS(kinds); i++)
        assert_non_null(below_loss(kinds[i]));
    assert_null(below_loss(0));
}

static void numbers_are_words(void **state)
{
    char text[BELOW_TIMES];

    assert_string_equal(below_times(1, text), "once");
    assert_string_equal(below_times(2, text), "2 times");
    assert_string_equal(below_times(UINT64_MAX, text), "18446744073709551615 times");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whoever_has_no_name_has_an_address),
        cmocka_unit_test(a_binding_that_stands_all_the_while_is_enough),
        cmocka_unit_test(a_binding_at_the_end_is_enough),
        cmocka_unit_test(losses_have_names),
        cmocka_unit_test(numbers_are_words),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
