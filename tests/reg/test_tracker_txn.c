/*
 * Transactions as they come: sightings, answers without requests, requests
 * behind their answers, and what is learned of a device.
 */

#include "traffic.h"

#define OUTSIDE "203.0.113.2:1024"

static void both_sides_of_a_nat_are_one_attempt(void **state)
{
    g_autoptr(Traffic) traffic = traffic_new(NULL);

    for (unsigned i = 1; i <= 2; i++) {
        Ask ask = { .cseq = i, .nonce = i == 2 ? "n" : NULL };
        Ask outside = { .cseq = i, .nonce = ask.nonce, .from = OUTSIDE };
        unsigned status = i == 1 ? 401 : 200;
        const char *headers = i == 1 ? CHALLENGE("n") : GRANTS;

        asks(traffic, i, ask);
        asks(traffic, i + 0.001, outside);
        replies(traffic, i + 0.02, outside, status, headers);
        replies(traffic, i + 0.021, ask, status, headers);
    }
    traffic_end(traffic, 60);
    assert_int_equal(traffic->closed->len, 1);
    assert_int_equal(traffic->devices->len, 1);
    assert_int_equal(closed_at(traffic, 0)->n_steps, 2);
    assert_int_equal(closed_at(traffic, 0)->n_sightings, 2);
    assert_int_equal(closed_at(traffic, 0)->use, REG_CHALLENGE_PRECEDING);
    assert_int_equal(device_at(traffic, 0)->n_bindings, 1);
    assert_int_equal(device_at(traffic, 0)->n_accepted, 1);
    assert_int_equal(reg_tracker_stats(traffic->tracker)->retransmissions, 0);
}

static void both_sides_of_a_proxy_are_one_attempt(void **state)
{
    g_autoptr(Traffic) traffic = traffic_new(NULL);
    Ask ask = { .to = "192.0.2.5:5060" };
    Ask behind = { .from = "192.0.2.5:5060", .via = "192.0.2.5:5060" };

    asks(traffic, 0, ask);
    asks(traffic, 0.001, behind);
    replies(traffic, 0.02, behind, 403, "");
    replies(traffic, 0.021, ask, 403, "");
    traffic_end(traffic, 60);
    assert_int_equal(traffic->closed->len, 1);
    assert_int_equal(closed_at(traffic, 0)->n_steps, 1);
    assert_int_equal(closed_at(traffic, 0)->n_sightings, 2);
    assert_int_equal(traffic->devices->len, 1);
}

static void more_hops_than_fit_do_no_harm(void **state)
{
    g_autoptr(Traffic) traffic = traffic_new(NULL);

    for (unsigned i = 0; i < 8; i++) {
        g_autofree char *from = g_strdup_printf("203.0.113.%u:5060", i + 1);

        asks(traffic, 0.001 * i, (Ask){ .from = from });
        replies(traffic, 0.001 * i + 0.0005, (Ask){ .from = from }, 200, GRANTS);
    }
    traffic_end(traffic, 60);
    assert_int_equal(traffic->closed->len, 1);
    assert_int_equal(closed_at(traffic, 0)->n_sightings, REG_STEP_HOPS);
}

static void answers_alone_make_an_attempt_without_a_head(void **state)
{
    g_autoptr(Traffic) traffic = traffic_new(NULL);

    replies(traffic, 0, (Ask){ .cseq = 1 }, 401, CHALLENGE("n"));
    asks(traffic, 0.1, (Ask){ .cseq = 2, .nonce = "n" });
    replies(traffic, 0.12, (Ask){ .cseq = 2 }, 200, GRANTS);
    traffic_end(traffic, 60);
    assert_int_equal(traffic->closed->len, 1);
    assert_true(closed_at(traffic, 0)->chain.head_cut);
    assert_int_equal(closed_at(traffic, 0)->n_steps, 2);
    assert_int_equal(closed_at(traffic, 0)->use, REG_CHALLENGE_PRECEDING);
    assert_string_equal(device_at(traffic, 0)->aor, "alice@example.com");
    assert_int_equal(device_at(traffic, 0)->attempts[0]->steps[0].request.frame, 0);
}

static void an_answer_that_only_the_outer_hop_shows_belongs_to_the_request(void **state)
{
    g_autoptr(Traffic) traffic = traffic_new(NULL);

    asks(traffic, 0, (Ask){ .cseq = 1 });
    replies(traffic, 0.02, (Ask){ .cseq = 1, .from = OUTSIDE }, 401, CHALLENGE("n"));
    asks(traffic, 0.1, (Ask){ .cseq = 2, .nonce = "n" });
    replies(traffic, 0.12, (Ask){ .cseq = 2, .from = OUTSIDE }, 200, GRANTS);
    traffic_end(traffic, 60);
    assert_int_equal(traffic->closed->len, 1);
    assert_int_equal(closed_at(traffic, 0)->n_steps, 2);
    assert_int_equal(closed_at(traffic, 0)->use, REG_CHALLENGE_PRECEDING);
    assert_int_equal(closed_at(traffic, 0)->chain.outcome, REG_OUTCOME_ACCEPTED);
    assert_false(closed_at(traffic, 0)->chain.head_cut);
}

static void a_request_may_come_behind_its_answer(void **state)
{
    g_autoptr(Traffic) traffic = traffic_new(NULL);

    for (unsigned i = 0; i < 4; i++) {
        Ask ask = { .cseq = 2 * i + 1 };
        Ask again = { .cseq = 2 * i + 2, .nonce = "n" };

        replies(traffic, 50 * i, ask, 401, CHALLENGE("n"));
        asks(traffic, 50 * i + 0.01, ask);
        replies(traffic, 50 * i + 0.1, again, 200, GRANTS);
        asks(traffic, 50 * i + 0.11, again);
    }
    traffic_end(traffic, 200);
    assert_int_equal(traffic->closed->len, 4);
    assert_int_equal(traffic->devices->len, 1);

    const Closed *closed = closed_at(traffic, 3);
    const RegDevice *device = device_at(traffic, 0);

    assert_false(closed->chain.head_cut);
    assert_int_equal(closed->use, REG_CHALLENGE_PRECEDING);
    assert_int_equal(closed->chain.purpose, REG_PURPOSE_REFRESH);
    assert_int_equal(closed->chain.losses & REG_LOSS_ONE_WAY, 0);
    assert_int_equal(device->n_bindings, 1);
    assert_int_equal(device->bindings[0].refreshes, 3);
    assert_string_equal(device->contact, "sip:alice@192.168.1.10:5060");
    assert_int_equal(reg_tracker_capture(traffic->tracker, 0)->n_one_ways, 0);
}

static void a_nonce_that_no_answer_brought_proves_answers_elsewhere(void **state)
{
    g_autoptr(Traffic) traffic = traffic_new(NULL);

    asks(traffic, 0, (Ask){ .cseq = 1 });
    asks(traffic, 0.1, (Ask){ .cseq = 2, .nonce = "n" });
    traffic_end(traffic, 60);
    assert_int_equal(traffic->closed->len, 1);
    assert_true(closed_at(traffic, 0)->chain.answers_elsewhere);
    assert_int_equal(closed_at(traffic, 0)->chain.outcome, REG_OUTCOME_UNKNOWN);
    assert_int_equal(reg_tracker_capture(traffic->tracker, 0)->n_one_ways, 1);
    assert_true(reg_tracker_capture(traffic->tracker, 0)->one_ways[0].answers_missing);
}

static void copies_are_counted_and_their_challenges_known(void **state)
{
    g_autoptr(Traffic) traffic = traffic_new(NULL);

    asks(traffic, 0, (Ask){ .cseq = 1 });
    asks(traffic, 0.5, (Ask){ .cseq = 1 });
    replies(traffic, 0.6, (Ask){ .cseq = 1 }, 401, CHALLENGE("n1"));
    replies(traffic, 0.7, (Ask){ .cseq = 1 }, 401, CHALLENGE("n2"));
    asks(traffic, 0.8, (Ask){ .cseq = 2, .nonce = "n2" });
    replies(traffic, 0.9, (Ask){ .cseq = 2 }, 200, GRANTS);
    traffic_end(traffic, 60);
    assert_int_equal(reg_tracker_stats(traffic->tracker)->retransmissions, 2);
    assert_int_equal(traffic->closed->len, 1);
    assert_int_equal(closed_at(traffic, 0)->use, REG_CHALLENGE_PRECEDING);
}

static void addresses_inside_and_outside_the_nat_are_learned(void **state)
{
    g_autoptr(Traffic) traffic = traffic_new(NULL);
    NetEndpoint inside = endpoint_of("192.168.1.10:5060"), outside = endpoint_of(OUTSIDE);

    registers(traffic, 0, (Ask){ .from = OUTSIDE });
    traffic_end(traffic, 60);

    const RegDevice *device = device_at(traffic, 0);

    assert_int_equal(device->n_addresses, 1);
    assert_true(net_endpoint_equal(&device->addresses[0], &inside));
    assert_int_equal(device->n_public_addresses, 1);
    assert_true(net_endpoint_equal(&device->public_addresses[0], &outside));
}

static void the_via_of_an_answer_tells_the_address_outside(void **state)
{
    g_autoptr(Traffic) traffic = traffic_new(NULL);
    NetEndpoint outside = endpoint_of("203.0.113.7:4242");
    Ask ask = ask_whole((Ask){ 0 });
    g_autoptr(SipMessage) plain = message_of(&ask, 200, GRANTS, 0.02, 2);
    g_autoptr(GString) text = g_string_new_len(plain->raw.data, (gssize)plain->raw.len);

    g_string_replace(text, ";rport", ";rport=4242;received=203.0.113.7", 1);

    g_autoptr(SipMessage) answer =
        sip_message_parse(&plain->meta, (Str){ text->str, text->len }, 0);

    asks(traffic, 0, ask);
    sip_txn_table_push(traffic->txns, answer);
    traffic_end(traffic, 60);
    assert_int_equal(device_at(traffic, 0)->n_public_addresses, 1);
    assert_true(net_endpoint_equal(&device_at(traffic, 0)->public_addresses[0], &outside));
}

static void other_methods_are_not_registrations(void **state)
{
    g_autoptr(Traffic) traffic = traffic_new(NULL);
    Ask ask = ask_whole((Ask){ 0 });
    g_autoptr(SipMessage) plain = message_of(&ask, 0, "", 0, 1);
    g_autoptr(GString) text = g_string_new_len(plain->raw.data, (gssize)plain->raw.len);

    g_string_replace(text, "REGISTER", "OPTIONS", 0);

    g_autoptr(SipMessage) options =
        sip_message_parse(&plain->meta, (Str){ text->str, text->len }, 0);

    sip_txn_table_push(traffic->txns, options);
    sip_txn_table_push(traffic->txns, options);
    traffic_end(traffic, 60);
    assert_int_equal(traffic->devices->len, 0);
    assert_int_equal(reg_tracker_stats(traffic->tracker)->retransmissions, 1);
}

static void a_phone_with_a_new_call_each_time_opens_a_bounded_number_of_attempts(void **state)
{
    g_autoptr(Traffic) traffic = traffic_new(NULL);
    const unsigned n = 2000;

    for (unsigned i = 0; i < n; i++) {
        g_autofree char *call_id = g_strdup_printf("cycle-%u", i);

        asks(traffic, 0.001 * i, (Ask){ .call_id = call_id, .tag = call_id });
    }
    assert_int_equal(traffic->closed->len, n - 64);
    assert_true(closed_at(traffic, 0)->chain.losses & REG_LOSS_FORGOTTEN);
    traffic_end(traffic, 60);
    assert_int_equal(traffic->closed->len, n);
    assert_int_equal(traffic->devices->len, 1);
    assert_int_equal(device_at(traffic, 0)->n_attempts, n);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_sides_of_a_nat_are_one_attempt),
        cmocka_unit_test(both_sides_of_a_proxy_are_one_attempt),
        cmocka_unit_test(more_hops_than_fit_do_no_harm),
        cmocka_unit_test(answers_alone_make_an_attempt_without_a_head),
        cmocka_unit_test(an_answer_that_only_the_outer_hop_shows_belongs_to_the_request),
        cmocka_unit_test(a_request_may_come_behind_its_answer),
        cmocka_unit_test(a_nonce_that_no_answer_brought_proves_answers_elsewhere),
        cmocka_unit_test(copies_are_counted_and_their_challenges_known),
        cmocka_unit_test(addresses_inside_and_outside_the_nat_are_learned),
        cmocka_unit_test(the_via_of_an_answer_tells_the_address_outside),
        cmocka_unit_test(other_methods_are_not_registrations),
        cmocka_unit_test(a_phone_with_a_new_call_each_time_opens_a_bounded_number_of_attempts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
