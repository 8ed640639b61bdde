/*
 * Transactions seen more than once: beside a NAT, at two places, in a loop, and
 * with answers that go where nobody asked.
 */

#include "exchange.h"

static void an_answer_to_the_wrong_port_or_address_is_still_the_answer(void **state)
{
    g_autoptr(Heard) to_port = heard_new();
    g_autoptr(Heard) to_address = heard_new();
    Spec answer = answer_at(20, 401);

    push(to_port, request_at(10));
    push(to_address, request_at(10));
    answer.to.port = 5062;
    push(to_port, answer);
    answer.to = NAT;
    push(to_address, answer);
    assert_string_equal(to_port->story->str, "opened answered 401");
    assert_string_equal(to_address->story->str, "opened answered 401");
    assert_true(txn_at(to_port, 0)->answer_misdirected);
    assert_true(txn_at(to_address, 0)->answer_misdirected);
}

static void an_answer_from_another_server_is_another_hop(void **state)
{
    g_autoptr(Heard) heard = heard_new();
    Spec answer = answer_at(20, 401);

    answer.from.addr.bytes[3] = 11;
    push(heard, request_at(10));
    push(heard, answer);
    assert_string_equal(heard->story->str, "opened opened answered 401");
    assert_false(txn_at(heard, 1)->request_seen);
    assert_int_equal(txn_at(heard, 0)->status, 0);
}

static void a_copy_from_another_port_is_a_copy(void **state)
{
    g_autoptr(Heard) heard = heard_new();
    Spec copy = request_at(20);

    copy.from.port = 49000;
    push(heard, request_at(10));
    push(heard, copy);
    assert_string_equal(heard->story->str, "opened copied");
}

/* Beside a NAT every message passes twice, once with each source. */
static void the_two_sides_of_a_nat_are_two_hops(void **state)
{
    g_autoptr(Heard) heard = heard_new();
    Spec outside = request_at(11), back = answer_at(20, 401);

    outside.from = NAT;
    back.to = NAT;
    push(heard, request_at(10));
    push(heard, outside);
    push(heard, back);
    push(heard, answer_at(21, 401));
    assert_string_equal(heard->story->str, "opened opened answered 401 answered 401");
    assert_int_equal(txn_at(heard, 0)->answered, 21);
    assert_int_equal(txn_at(heard, 1)->answered, 20);
    for (unsigned i = 0; i < 2; i++) {
        assert_int_equal(txn_at(heard, i)->request_copies + txn_at(heard, i)->answer_copies, 0);
        assert_false(txn_at(heard, i)->answer_misdirected);
    }
}

/* Of two hops an answer to a port that nobody asked from belongs to the one
 * whose hosts it joins. */
static void a_misdirected_answer_stays_on_its_side_of_the_nat(void **state)
{
    g_autoptr(Heard) heard = heard_new();
    Spec outside = request_at(11), back = answer_at(20, 401);

    outside.from = NAT;
    back.to.port = 5062;
    push(heard, request_at(10));
    push(heard, outside);
    push(heard, back);
    assert_int_equal(txn_at(heard, 0)->status, 401);
    assert_true(txn_at(heard, 0)->answer_misdirected);
    assert_int_equal(txn_at(heard, 1)->status, 0);
}

/* The same packet beside the phone and beside the server: two sightings. */
static void two_places_are_two_hops(void **state)
{
    g_autoptr(Heard) heard = heard_new();
    Spec there = request_at(11), back = answer_at(19, 401);

    there.place = back.place = 1;
    push(heard, request_at(10));
    push(heard, there);
    push(heard, back);
    push(heard, answer_at(20, 401));
    assert_string_equal(heard->story->str, "opened opened answered 401 answered 401");
    assert_int_equal(txn_at(heard, 0)->answered, 20);
    assert_int_equal(txn_at(heard, 1)->answered, 19);
    assert_int_equal(txn_at(heard, 0)->request_copies, 0);
}

/* Two interfaces merged into one file do not always keep the order. */
static void an_answer_may_come_before_its_request(void **state)
{
    g_autoptr(Heard) heard = heard_new();

    push(heard, answer_at(9, 401));
    push(heard, request_at(10));
    assert_string_equal(heard->story->str, "opened answered 401 opened");

    const SipTxn *txn = txn_at(heard, 0);

    assert_ptr_equal(txn_at(heard, 1), txn); /* told again, now with its request */
    assert_int_equal(heard->n_messages, 2);
    assert_true(txn->request_seen);
    assert_int_equal(txn->request_copies, 0);
    assert_int_equal(txn->opened, 9);
    assert_false(txn->answer_misdirected);
}

/* A client that forgot to count: it is challenged, and sends its credentials
 * with the same branch and CSeq. */
static void the_same_branch_with_other_credentials_is_a_new_request(void **state)
{
    g_autoptr(Heard) heard = heard_new();
    Spec second = request_at(30);

    second.credentials = "username=\"alice\", response=\"1\"";
    push(heard, request_at(10));
    push(heard, answer_at(20, 401));
    push(heard, second);
    push(heard, answer_at(40, 200));
    assert_string_equal(heard->story->str, "opened answered 401 opened answered 200");
    assert_int_equal(txn_at(heard, 0)->status, 401);
    assert_int_equal(txn_at(heard, 1)->status, 200);
    assert_int_equal(txn_at(heard, 1)->request_copies, 0);
}

static void a_loop_has_an_end(void **state)
{
    g_autoptr(Heard) heard = heard_new();

    for (unsigned i = 0; i < 100; i++) {
        Spec request = request_at(i);

        request.from.addr.bytes[2] = (uint8_t)i;
        push(heard, request);
    }
    assert_true(heard->txns->len >= 2);
    assert_true(heard->txns->len <= 16);
    sip_txn_table_finish(heard->table);
    assert_int_equal(sip_txn_table_stats(heard->table).items, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_answer_to_the_wrong_port_or_address_is_still_the_answer),
        cmocka_unit_test(an_answer_from_another_server_is_another_hop),
        cmocka_unit_test(a_copy_from_another_port_is_a_copy),
        cmocka_unit_test(the_two_sides_of_a_nat_are_two_hops),
        cmocka_unit_test(a_misdirected_answer_stays_on_its_side_of_the_nat),
        cmocka_unit_test(two_places_are_two_hops),
        cmocka_unit_test(an_answer_may_come_before_its_request),
        cmocka_unit_test(the_same_branch_with_other_credentials_is_a_new_request),
        cmocka_unit_test(a_loop_has_an_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
