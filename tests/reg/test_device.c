/*
 * The state of a device at the end.
 */

#include "record.h"

static RegState state_after(RegOutcome outcome, RegPurpose purpose, RegBinding *binding)
{
    RegAttemptStep step = exchange(0, 1, false, 200);
    RegAttempt attempt = attempt_of(&step, 1, outcome);
    RegAttempt *const attempts[] = { &attempt };
    RegDevice device = device_of(attempts, 1);

    attempt.purpose = purpose;
    device.bindings = binding;
    device.n_bindings = binding != NULL;
    return reg_device_state(&device, AT(30));
}

static void bindings_tell_the_state_of_an_accepted_device(void **state)
{
    RegBinding stands = binding_of(0, 60, REG_BINDING_OPEN);
    RegBinding over = binding_of(0, 20, REG_BINDING_OPEN);
    RegBinding removed = binding_of(0, 20, REG_BINDING_REMOVED);
    RegBinding lapsed = binding_of(0, 20, REG_BINDING_LAPSED);

    assert_int_equal(state_after(REG_OUTCOME_ACCEPTED, REG_PURPOSE_REGISTER, &stands),
                     REG_STATE_REGISTERED);
    assert_int_equal(state_after(REG_OUTCOME_ACCEPTED, REG_PURPOSE_REFRESH, &over),
                     REG_STATE_LAPSED);
    assert_int_equal(state_after(REG_OUTCOME_ACCEPTED, REG_PURPOSE_REFRESH, &lapsed),
                     REG_STATE_LAPSED);
    assert_int_equal(state_after(REG_OUTCOME_ACCEPTED, REG_PURPOSE_REMOVE, &removed),
                     REG_STATE_DEREGISTERED);
}

static void the_newest_failure_is_the_state(void **state)
{
    RegBinding stands = binding_of(0, 60, REG_BINDING_OPEN);

    assert_int_equal(state_after(REG_OUTCOME_REFUSED, REG_PURPOSE_REFRESH, &stands),
                     REG_STATE_REFUSED);
    assert_int_equal(state_after(REG_OUTCOME_UNANSWERED, REG_PURPOSE_REFRESH, &stands),
                     REG_STATE_UNANSWERED);
    assert_int_equal(state_after(REG_OUTCOME_ABANDONED, REG_PURPOSE_REGISTER, NULL),
                     REG_STATE_UNANSWERED);
    assert_int_equal(state_after(REG_OUTCOME_UNKNOWN, REG_PURPOSE_REGISTER, NULL),
                     REG_STATE_UNKNOWN);
}

/* Who may not leave is still there, for as long as the binding lasts. */
static void a_refused_removal_leaves_the_binding(void **state)
{
    RegBinding stands = binding_of(0, 60, REG_BINDING_OPEN);
    RegBinding lapsed = binding_of(0, 20, REG_BINDING_LAPSED);

    assert_int_equal(state_after(REG_OUTCOME_REFUSED, REG_PURPOSE_REMOVE, &stands),
                     REG_STATE_REGISTERED);
    assert_int_equal(state_after(REG_OUTCOME_REFUSED, REG_PURPOSE_REMOVE, &lapsed),
                     REG_STATE_REFUSED);
    assert_int_equal(state_after(REG_OUTCOME_REFUSED, REG_PURPOSE_REMOVE, NULL), REG_STATE_REFUSED);
}

static void removing_an_old_contact_does_not_deregister(void **state)
{
    RegBinding stands = binding_of(0, 60, REG_BINDING_OPEN);

    assert_int_equal(state_after(REG_OUTCOME_ACCEPTED, REG_PURPOSE_REMOVE, &stands),
                     REG_STATE_REGISTERED);
    assert_int_equal(state_after(REG_OUTCOME_ACCEPTED, REG_PURPOSE_REMOVE, NULL),
                     REG_STATE_DEREGISTERED);
}

static void a_clock_that_was_set_leaves_the_state_open(void **state)
{
    RegBinding unknown = binding_of(0, 20, REG_BINDING_UNKNOWN);

    assert_int_equal(state_after(REG_OUTCOME_ACCEPTED, REG_PURPOSE_REGISTER, &unknown),
                     REG_STATE_UNKNOWN);
}

/* It believes that it is registered, and calls go elsewhere. */
static void whose_place_was_taken_is_unreachable(void **state)
{
    RegBinding taken = binding_of(0, 20, REG_BINDING_REPLACED);

    taken.taken_by = 2;
    assert_int_equal(state_after(REG_OUTCOME_ACCEPTED, REG_PURPOSE_REFRESH, &taken),
                     REG_STATE_UNREACHABLE);
}

static void an_outage_that_goes_on_makes_it_unreachable(void **state)
{
    RegBinding stands = binding_of(0, 60, REG_BINDING_OPEN);
    RegBinding lapsed = binding_of(0, 20, REG_BINDING_LAPSED);
    RegOutage outages[] = { outage_of(5, 8), outage_of(20, -1) };
    RegLife life = { .outages = outages, .n_outages = 2 };
    RegDevice device = device_of(NULL, 0);

    device.bindings = &stands;
    device.n_bindings = 1;
    device.life = &life;
    assert_int_equal(reg_device_state(&device, AT(30)), REG_STATE_UNREACHABLE);
    outages[1].cut = true;
    assert_int_equal(reg_device_state(&device, AT(30)), REG_STATE_REGISTERED);
    outages[1].cut = false;
    outages[1].losses = REG_LOSS_DROPS;
    assert_int_equal(reg_device_state(&device, AT(30)), REG_STATE_REGISTERED);
    outages[1].losses = 0;
    device.bindings = &lapsed;
    assert_int_equal(reg_device_state(&device, AT(30)), REG_STATE_LAPSED);
    device.bindings = &stands;
    outages[1].back = AT(25);
    assert_int_equal(reg_device_state(&device, AT(30)), REG_STATE_REGISTERED);
}

static void every_state_and_end_has_a_name_of_its_own(void **state)
{
    for (unsigned i = 0; i <= REG_STATE_DEREGISTERED; i++) {
        for (unsigned other = 0; other < i; other++)
            assert_string_not_equal(reg_state_name(i), reg_state_name(other));
    }
    for (unsigned i = 0; i <= REG_BINDING_UNKNOWN; i++) {
        for (unsigned other = 0; other < i; other++)
            assert_string_not_equal(reg_binding_end_name(i), reg_binding_end_name(other));
    }
    assert_string_equal(reg_state_name(REG_STATE_LAPSED), "lapsed");
    assert_string_equal(reg_binding_end_name(REG_BINDING_REPLACED), "replaced");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bindings_tell_the_state_of_an_accepted_device),
        cmocka_unit_test(the_newest_failure_is_the_state),
        cmocka_unit_test(a_refused_removal_leaves_the_binding),
        cmocka_unit_test(removing_an_old_contact_does_not_deregister),
        cmocka_unit_test(a_clock_that_was_set_leaves_the_state_open),
        cmocka_unit_test(whose_place_was_taken_is_unreachable),
        cmocka_unit_test(an_outage_that_goes_on_makes_it_unreachable),
        cmocka_unit_test(every_state_and_end_has_a_name_of_its_own),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
