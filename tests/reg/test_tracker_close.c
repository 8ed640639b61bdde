/*
 * The end of a chain: what became of it and what is kept.
 */

#include "traffic.h"

static void a_settled_attempt_closes_soon_and_an_open_one_after_timer_f(void **state)
{
    g_autoptr(Traffic) traffic = traffic_new(NULL);

    registers(traffic, 0, (Ask){ 0 });
    asks(traffic, 0, (Ask){ .aor = "bob@example.com", .call_id = "bob" });
    traffic_wait(traffic, 2);
    assert_int_equal(traffic->closed->len, 0);
    traffic_wait(traffic, 4);
    assert_int_equal(traffic->closed->len, 1);
    assert_int_equal(closed_at(traffic, 0)->chain.outcome, REG_OUTCOME_ACCEPTED);
    traffic_wait(traffic, 31);
    assert_int_equal(traffic->closed->len, 1);
    traffic_wait(traffic, 33);
    assert_int_equal(traffic->closed->len, 2);
    assert_int_equal(closed_at(traffic, 1)->chain.outcome, REG_OUTCOME_UNANSWERED);
    assert_false(closed_at(traffic, 1)->chain.tail_cut);
    assert_int_equal(closed_at(traffic, 1)->chain.watched, AT(33));
}

static void the_end_of_the_capture_cuts_the_tail(void **state)
{
    g_autoptr(Traffic) traffic = traffic_new(NULL);

    asks(traffic, 0, (Ask){ 0 });
    traffic_end(traffic, 3);
    assert_true(closed_at(traffic, 0)->chain.tail_cut);
    assert_false(device_at(traffic, 0)->attempts[0]->unexplained_silence);
}

static void what_came_afterwards_is_known(void **state)
{
    g_autoptr(Traffic) traffic = traffic_new(NULL);

    asks(traffic, 0, (Ask){ 0 });
    registers(traffic, 5, (Ask){ .call_id = "call-2", .tag = "b" });
    traffic_end(traffic, 100);
    assert_int_equal(traffic->closed->len, 2);

    const RegChain *settled = &closed_at(traffic, 0)->chain;
    const RegChain *silent = &closed_at(traffic, 1)->chain;

    assert_int_equal(settled->outcome, REG_OUTCOME_ACCEPTED);
    assert_false(settled->followed || settled->recovered);
    assert_true(silent->followed && silent->recovered);
    assert_int_equal(silent->outcome, REG_OUTCOME_UNANSWERED);
}

static void another_attempt_does_not_make_a_silence_long(void **state)
{
    g_autoptr(Traffic) traffic = traffic_new(NULL);

    asks(traffic, 0, (Ask){ .call_id = "call-1" });
    asks(traffic, 0.1, (Ask){ .call_id = "call-2", .tag = "b" });
    traffic_end(traffic, 0.2);
    assert_true(closed_at(traffic, 0)->chain.followed);
    assert_true(closed_at(traffic, 0)->chain.tail_cut);
    assert_int_equal(closed_at(traffic, 0)->chain.outcome, REG_OUTCOME_UNKNOWN);
}

static void the_state_is_that_of_the_attempt_that_began_last(void **state)
{
    g_autoptr(Traffic) traffic = traffic_new(NULL);

    asks(traffic, 0, (Ask){ 0 });
    registers(traffic, 5, (Ask){ .call_id = "call-2", .tag = "b" });
    traffic_end(traffic, 100);

    const RegDevice *device = device_at(traffic, 0);

    assert_int_equal(traffic->devices->len, 1);
    assert_int_equal(device->attempts[0]->outcome, REG_OUTCOME_UNANSWERED);
    assert_int_equal(device->attempts[1]->outcome, REG_OUTCOME_ACCEPTED);
    assert_int_equal(reg_device_state(device, AT(100)), REG_STATE_REGISTERED);
}

static void purposes_are_told_by_what_stands(void **state)
{
    g_autoptr(Traffic) traffic = traffic_new(NULL);

    registers(traffic, 0, (Ask){ .cseq = 1 });
    registers(traffic, 100, (Ask){ .cseq = 3 });
    registers(traffic, 200, (Ask){ .cseq = 5, .contact = "" });
    registers(traffic, 300, (Ask){ .cseq = 7, .more = "Expires: 0\r\n" });
    registers(traffic, 400, (Ask){ .cseq = 9 });
    traffic_end(traffic, 500);

    static const RegPurpose expected[] = { REG_PURPOSE_REGISTER, REG_PURPOSE_REFRESH,
                                           REG_PURPOSE_QUERY, REG_PURPOSE_REMOVE,
                                           REG_PURPOSE_REGISTER };

    assert_int_equal(traffic->closed->len, G_N_ELEMENTS(expected));
    for (unsigned i = 0; i < G_N_ELEMENTS(expected); i++)
        assert_int_equal(closed_at(traffic, i)->chain.purpose, expected[i]);
}

static void outcomes_are_counted(void **state)
{
    g_autoptr(Traffic) traffic = traffic_new(NULL);

    registers(traffic, 0, (Ask){ .cseq = 1 });
    asks(traffic, 100, (Ask){ .cseq = 3 });
    replies(traffic, 100.1, (Ask){ .cseq = 3 }, 403, "");
    asks(traffic, 200, (Ask){ .cseq = 4 });
    replies(traffic, 200.1, (Ask){ .cseq = 4 }, 401, CHALLENGE("n"));
    asks(traffic, 300, (Ask){ .cseq = 5 });
    traffic_end(traffic, 400);

    const RegDevice *device = device_at(traffic, 0);

    assert_int_equal(device->n_attempts, 4);
    assert_int_equal(device->n_accepted, 1);
    assert_int_equal(device->n_refused, 1);
    assert_int_equal(device->n_unanswered, 2);
    assert_int_equal(device->last_accepted, AT(0.06));
}

static void losses_while_it_was_open_are_named(void **state)
{
    g_autoptr(Traffic) traffic = traffic_new(NULL);

    asks(traffic, 10, (Ask){ 0 });
    reg_tracker_loss(traffic->tracker, REG_LOSS_DROPS, AT(5));
    reg_tracker_loss(traffic->tracker, REG_LOSS_GAP, AT(20));
    traffic_end(traffic, 100);
    assert_int_equal(closed_at(traffic, 0)->chain.losses, REG_LOSS_GAP);
}

static void an_attempt_about_which_something_was_found_is_cited(void **state)
{
    g_autoptr(Traffic) traffic = traffic_new(NULL);

    traffic->cite = true;
    registers(traffic, 0, (Ask){ 0 });
    traffic_end(traffic, 100);
    assert_true(device_at(traffic, 0)->attempts[0]->cited);
}

static void where_the_user_says_the_capture_was_counts_more_than_ttls(void **state)
{
    RegConfig config = reg_config_default;

    config.vantage = REG_VANTAGE_SERVER;

    g_autoptr(Traffic) said = traffic_new(&config);
    g_autoptr(Traffic) inferred = traffic_new(NULL);

    registers(said, 0, (Ask){ 0 });
    registers(inferred, 0, (Ask){ 0 });
    traffic_end(said, 100);
    traffic_end(inferred, 100);
    assert_int_equal(closed_at(said, 0)->chain.vantage, REG_VANTAGE_SERVER);
    assert_int_equal(closed_at(inferred, 0)->chain.vantage, REG_VANTAGE_CLIENT);
    assert_int_equal(reg_tracker_capture(said->tracker, 0)->vantage.vantage, REG_VANTAGE_CLIENT);
}

static void an_answer_that_comes_when_all_is_over_is_headless(void **state)
{
    g_autoptr(Traffic) traffic = traffic_new(NULL);

    asks(traffic, 0, (Ask){ 0 });
    replies(traffic, 34, (Ask){ 0 }, 200, GRANTS);
    traffic_end(traffic, 100);
    assert_int_equal(traffic->closed->len, 2);
    assert_int_equal(closed_at(traffic, 0)->chain.outcome, REG_OUTCOME_UNANSWERED);
    assert_true(closed_at(traffic, 1)->chain.head_cut);
    assert_int_equal(traffic->devices->len, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_settled_attempt_closes_soon_and_an_open_one_after_timer_f),
        cmocka_unit_test(the_end_of_the_capture_cuts_the_tail),
        cmocka_unit_test(what_came_afterwards_is_known),
        cmocka_unit_test(another_attempt_does_not_make_a_silence_long),
        cmocka_unit_test(the_state_is_that_of_the_attempt_that_began_last),
        cmocka_unit_test(purposes_are_told_by_what_stands),
        cmocka_unit_test(outcomes_are_counted),
        cmocka_unit_test(losses_while_it_was_open_are_named),
        cmocka_unit_test(an_attempt_about_which_something_was_found_is_cited),
        cmocka_unit_test(where_the_user_says_the_capture_was_counts_more_than_ttls),
        cmocka_unit_test(an_answer_that_comes_when_all_is_over_is_headless),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
