/*
 * What the bounds of a NAT say, and what is guessed where they say nothing.
 */

#include "reg/nat.h"

#include "support/check.h"

#define S(seconds) ((seconds)*NSEC_SEC)

static const RegNatBounds nothing = { NSEC_NONE, NSEC_NONE, NSEC_NONE, 0, 0 };

static RegNat nat_with(RegNatBounds fresh, RegNatBounds stream)
{
    return (RegNat){ .transport = NET_UDP, .bounds = { fresh, stream } };
}

static RegNatBounds between(Nsec alive, Nsec dead)
{
    return (
        RegNatBounds){ .alive = alive, .dead = dead, .dead_once = dead, .n_alive = 1, .n_dead = 2 };
}

static void each_state_has_its_own_bounds(void **state)
{
    RegNat nat = nat_with(between(S(20), S(31)), between(S(110), S(130)));
    Nsec at_least, at_most;

    assert_true(reg_nat_bounds(&nat, REG_NAT_FRESH, &at_least, &at_most));
    assert_int_equal(at_least, S(20));
    assert_int_equal(at_most, S(31));
    assert_true(reg_nat_bounds(&nat, REG_NAT_STREAM, &at_least, &at_most));
    assert_int_equal(at_least, S(110));
    assert_int_equal(at_most, S(130));
}

static void one_lifetime_cannot_explain_two_states_that_differ(void **state)
{
    RegNat differ = nat_with(between(S(20), S(31)), between(S(110), S(130)));
    RegNat same = nat_with(between(NSEC_NONE, S(40)), between(S(20), NSEC_NONE));
    Nsec at_least, at_most;

    assert_false(reg_nat_range(&differ, &at_least, &at_most));
    assert_true(reg_nat_range(&same, &at_least, &at_most));
    assert_int_equal(at_least, S(20));
    assert_int_equal(at_most, S(40));
}

static void a_contradiction_is_said(void **state)
{
    RegNat nat = nat_with(between(S(60), S(60)), between(S(60), NSEC_NONE));
    Nsec at_least, at_most;

    assert_false(reg_nat_bounds(&nat, REG_NAT_FRESH, &at_least, &at_most));
    assert_true(reg_nat_bounds(&nat, REG_NAT_STREAM, &at_least, &at_most));
    assert_int_equal(at_most, NSEC_NONE);
}

static void without_observations_what_others_do_is_the_guess(void **state)
{
    RegNat nat = nat_with(nothing, nothing);
    Nsec from, until;

    assert_true(reg_nat_survival(&nat, REG_NAT_STREAM, S(5)) > 0.95);
    assert_true(reg_nat_survival(&nat, REG_NAT_STREAM, S(54)) > 0.5);
    assert_true(reg_nat_survival(&nat, REG_NAT_FRESH, S(54)) < 0.6);
    assert_true(reg_nat_survival(&nat, REG_NAT_STREAM, S(600)) < 0.1);
    assert_true(reg_nat_survival(&nat, REG_NAT_STREAM, S(7200)) < 0.05);
    reg_nat_likely(&nat, REG_NAT_STREAM, &from, &until);
    assert_int_equal(from, S(30));
    assert_int_equal(until, S(300));
}

static void a_connection_is_expected_to_last_longer(void **state)
{
    RegNat nat = nat_with(nothing, nothing);

    nat.transport = NET_TCP;
    assert_true(reg_nat_survival(&nat, REG_NAT_STREAM, S(600)) > 0.9);
    assert_true(reg_nat_survival(&nat, REG_NAT_STREAM, S(1000000)) < 0.05);
}

static void observations_overrule_the_guess(void **state)
{
    RegNat nat = nat_with(between(S(280), S(310)), between(S(280), S(310)));
    Nsec from, until;

    assert_true(reg_nat_survival(&nat, REG_NAT_FRESH, S(270)) > 0.95);
    assert_true(reg_nat_survival(&nat, REG_NAT_FRESH, S(320)) < 0.05);
    reg_nat_likely(&nat, REG_NAT_FRESH, &from, &until);
    assert_in_range(from, S(280), S(310));
    assert_in_range(until, S(280), S(310));
}

static void a_lifetime_that_nobody_else_has_is_found_too(void **state)
{
    RegNat nat = nat_with(between(S(49), S(53)), between(S(49), S(53)));
    Nsec from, until;

    reg_nat_likely(&nat, REG_NAT_STREAM, &from, &until);
    assert_in_range(from, S(49), S(53));
    assert_in_range(until, S(49), S(53));
}

static void one_death_is_a_doubt_and_two_are_a_bound(void **state)
{
    RegNatBounds once = { .alive = NSEC_NONE, .dead = NSEC_NONE, .dead_once = S(100), .n_dead = 1 };
    RegNat doubted = nat_with(once, once);
    RegNat bound = nat_with(between(NSEC_NONE, S(100)), between(NSEC_NONE, S(100)));
    RegNat unknown = nat_with(nothing, nothing);
    double after_none = reg_nat_survival(&unknown, REG_NAT_STREAM, S(110));
    double after_one = reg_nat_survival(&doubted, REG_NAT_STREAM, S(110));
    double after_two = reg_nat_survival(&bound, REG_NAT_STREAM, S(110));

    assert_true(after_one < after_none / 4);
    assert_true(after_two <= after_one);
}

static void longer_silences_are_never_safer(void **state)
{
    const RegNat nats[] = {
        nat_with(nothing, nothing),
        nat_with(between(S(20), NSEC_NONE), between(S(100), NSEC_NONE)),
        nat_with(between(S(20), S(40)), between(S(70), S(400))),
        nat_with(between(S(600), S(60)), between(S(600), S(60))),
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(nats); i++) {
        for (unsigned at = 0; at < REG_NAT_STATES; at++) {
            double before = 1;

            for (unsigned seconds = 0; seconds < 8000; seconds += 5) {
                double alive = reg_nat_survival(&nats[i], at, S(seconds));

                assert_true(alive <= before && alive > 0 && alive < 1);
                before = alive;
            }
        }
    }
}

static void a_single_well_known_value_is_named(void **state)
{
    assert_non_null(strstr(reg_nat_typical(S(20), S(31)), "30 s"));
    assert_non_null(strstr(reg_nat_typical(S(29), S(30)), "30 s"));
    assert_non_null(strstr(reg_nat_typical(S(290), S(330)), "300 s"));
    assert_null(reg_nat_typical(S(8), S(45)));
    assert_null(reg_nat_typical(S(80), S(100)));
    assert_null(reg_nat_typical(S(20), S(70)));
    assert_null(reg_nat_typical(S(30), S(50)));
    assert_null(reg_nat_typical(S(11), S(19)));
    assert_null(reg_nat_typical(NSEC_NONE, S(31)));
    assert_null(reg_nat_typical(S(20), NSEC_NONE));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_state_has_its_own_bounds),
        cmocka_unit_test(one_lifetime_cannot_explain_two_states_that_differ),
        cmocka_unit_test(a_contradiction_is_said),
        cmocka_unit_test(without_observations_what_others_do_is_the_guess),
        cmocka_unit_test(a_connection_is_expected_to_last_longer),
        cmocka_unit_test(observations_overrule_the_guess),
        cmocka_unit_test(a_lifetime_that_nobody_else_has_is_found_too),
        cmocka_unit_test(one_death_is_a_doubt_and_two_are_a_bound),
        cmocka_unit_test(longer_silences_are_never_safer),
        cmocka_unit_test(a_single_well_known_value_is_named),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
