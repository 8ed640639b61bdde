/*
 * Transactions: what belongs together, what came twice, and how they end.
 */

#include "exchange.h"

static void an_answer_joins_its_request(void **state)
{
    g_autoptr(Heard) heard = heard_new();

    push(heard, request_at(10));
    push(heard, answer_at(30, 401));
    assert_string_equal(heard->story->str, "opened answered 401");
    assert_int_equal(heard->n_messages, 2);
    assert_true(txn_at(heard, 0)->request_seen);
    assert_int_equal(txn_at(heard, 0)->status, 401);
    assert_int_equal(txn_at(heard, 0)->opened, 10);
    assert_int_equal(txn_at(heard, 0)->answered, 30);
    assert_int_equal(txn_at(heard, 0)->touched, 30);
    assert_false(txn_at(heard, 0)->answer_misdirected);
}

/* Call-ID, branch, CSeq number and method: each of them tells two apart. */
static void what_differs_in_the_key_is_another_transaction(void **state)
{
    g_autoptr(Heard) heard = heard_new();
    Spec specs[] = { request_at(1), request_at(2), request_at(3), request_at(4), request_at(5) };

    specs[1].call_id = "c2";
    specs[2].branch = "z9hG4bK2";
    specs[3].cseq = 2;
    specs[4].method = "OPTIONS";
    for (unsigned i = 0; i < G_N_ELEMENTS(specs); i++)
        push(heard, specs[i]);
    assert_string_equal(heard->story->str, "opened opened opened opened opened");
}

/* RFC 3261 section 17.1.3: the method is that of CSeq. */
static void the_answer_to_another_method_is_not_taken(void **state)
{
    g_autoptr(Heard) heard = heard_new();
    Spec answer = answer_at(20, 200);

    answer.method = "OPTIONS";
    push(heard, request_at(10));
    push(heard, answer);
    assert_int_equal(txn_at(heard, 0)->status, 0);
    assert_false(txn_at(heard, 1)->request_seen);
}

/* RFC 2543 had no branches, and a branch without the cookie of RFC 3261 may be
 * the same for ever: Call-ID and CSeq must do. */
static void requests_without_a_branch_of_their_own_are_told_apart_by_cseq(void **state)
{
    static const char *const branches[] = { NULL, "1" };

    for (unsigned i = 0; i < G_N_ELEMENTS(branches); i++) {
        g_autoptr(Heard) heard = heard_new();
        Spec request = request_at(10), answer = answer_at(20, 401), next = request_at(30);

        request.branch = answer.branch = next.branch = branches[i];
        next.cseq = 2;
        push(heard, request);
        push(heard, answer);
        push(heard, next);
        assert_string_equal(heard->story->str, "opened answered 401 opened");
        assert_true(txn_at(heard, 0)->request_seen);
    }
}

static void counts_copies_with_their_times(void **state)
{
    g_autoptr(Heard) heard = heard_new();

    for (Nsec time = 10; time <= 14; time++)
        push(heard, request_at(time));
    assert_string_equal(heard->story->str, "opened copied copied copied copied");

    const SipTxn *txn = txn_at(heard, 0);

    assert_int_equal(txn->request_copies, 4);
    assert_int_equal(txn->copy_times[0], 11);
    assert_int_equal(txn->copy_times[3], 14);
    assert_int_equal(txn->last_copy.frame, txn->request->meta.ref.frame + 4);
    assert_int_equal(txn->copies_after_answer, 0);
    assert_int_equal(txn->touched, 14);
}

static void more_copies_than_have_a_place_are_counted(void **state)
{
    g_autoptr(Heard) heard = heard_new();

    for (Nsec time = 0; time <= SIP_TXN_COPIES + 5; time++)
        push(heard, request_at(time));
    assert_int_equal(txn_at(heard, 0)->request_copies, SIP_TXN_COPIES + 5);
    assert_int_equal(txn_at(heard, 0)->copy_times[SIP_TXN_COPIES - 1], SIP_TXN_COPIES);
    assert_int_equal(txn_at(heard, 0)->first_copy_after_answer, NSEC_NONE);
}

static void counts_copies_that_come_after_the_answer(void **state)
{
    g_autoptr(Heard) heard = heard_new();

    push(heard, request_at(10));
    push(heard, request_at(20));
    push(heard, answer_at(30, 401));
    push(heard, request_at(30)); /* at the same moment: it has crossed the answer */
    push(heard, request_at(40));
    push(heard, request_at(50));
    assert_int_equal(txn_at(heard, 0)->request_copies, 4);
    assert_int_equal(txn_at(heard, 0)->copies_after_answer, 2);
    assert_int_equal(txn_at(heard, 0)->first_copy_after_answer, 40);
}

/* A device gone mad repeats itself for ever: its counts stay at their end. */
static void counts_do_not_wrap(void **state)
{
    g_autoptr(Heard) heard = heard_new();
    Spec request = request_at(10), answer = answer_at(20, 401), late = request_at(30);
    g_autoptr(SipMessage) copy = make(&late, 1);
    g_autoptr(SipMessage) again = make(&answer, 2);

    push(heard, request);
    for (unsigned i = 0; i < UINT16_MAX + 10; i++) {
        sip_txn_table_push(heard->table, again);
        sip_txn_table_push(heard->table, copy);
    }
    assert_int_equal(txn_at(heard, 0)->request_copies, UINT16_MAX);
    assert_int_equal(txn_at(heard, 0)->copies_after_answer, UINT16_MAX);
    assert_int_equal(txn_at(heard, 0)->answer_copies, UINT16_MAX);
}

static void a_provisional_answer_is_no_answer(void **state)
{
    g_autoptr(Heard) heard = heard_new();

    push(heard, request_at(10));
    push(heard, answer_at(20, 100));
    assert_string_equal(heard->story->str, "opened");
    assert_int_equal(txn_at(heard, 0)->provisional, 100);
    assert_int_equal(txn_at(heard, 0)->status, 0);
    assert_int_equal(txn_at(heard, 0)->answered, NSEC_NONE);
    push(heard, answer_at(30, 200));
    assert_string_equal(heard->story->str, "opened answered 200");
}

static void the_same_answer_again_is_a_copy(void **state)
{
    g_autoptr(Heard) heard = heard_new();

    push(heard, request_at(10));
    push(heard, answer_at(20, 401));
    push(heard, answer_at(30, 401));
    assert_string_equal(heard->story->str, "opened answered 401 answered again");
    assert_int_equal(txn_at(heard, 0)->answer_copies, 1);
    assert_int_equal(txn_at(heard, 0)->answered, 20);
    assert_false(txn_at(heard, 0)->answers_differ);
    assert_false(txn_at(heard, 0)->later_final_differs);
}

/* A registrar without state makes a new To tag and a new nonce for each copy. */
static void notices_answers_that_differ(void **state)
{
    g_autoptr(Heard) by_tag = heard_new();
    g_autoptr(Heard) by_nonce = heard_new();
    Spec tagged = answer_at(20, 401), challenged = answer_at(20, 401);

    push(by_tag, request_at(10));
    push(by_tag, tagged);
    tagged.to_tag = "t2";
    push(by_tag, tagged);
    assert_true(txn_at(by_tag, 0)->answers_differ);
    assert_false(txn_at(by_tag, 0)->later_final_differs);

    challenged.challenge = "realm=\"r\", nonce=\"1\"";
    push(by_nonce, request_at(10));
    push(by_nonce, challenged);
    challenged.challenge = "realm=\"r\", nonce=\"2\"";
    push(by_nonce, challenged);
    assert_true(txn_at(by_nonce, 0)->answers_differ);
}

static void the_first_final_answer_counts(void **state)
{
    g_autoptr(Heard) heard = heard_new();

    push(heard, request_at(10));
    push(heard, answer_at(20, 200));
    push(heard, answer_at(30, 408));
    assert_int_equal(txn_at(heard, 0)->status, 200);
    assert_int_equal(txn_at(heard, 0)->answer->status, 200);
    assert_true(txn_at(heard, 0)->later_final_differs);
}

static void an_ack_opens_nothing(void **state)
{
    g_autoptr(Heard) heard = heard_new();
    Spec ack = request_at(10);

    ack.method = "ACK";
    push(heard, ack);
    assert_string_equal(heard->story->str, "");
    assert_int_equal(sip_txn_table_stats(heard->table).items, 0);
}

static void closes_what_nothing_was_added_to(void **state)
{
    g_autoptr(Heard) heard = heard_new();
    Nsec idle = sip_txn_config_default.idle;

    assert_true(idle > 32 * NSEC_SEC); /* RFC 3261 section 17.1.2.2: a phone waits 64*T1 */
    push(heard, request_at(NSEC_SEC));
    push(heard, answer_at(2 * NSEC_SEC, 200));
    sip_txn_table_advance(heard->table, 2 * NSEC_SEC + idle);
    assert_string_equal(heard->story->str, "opened answered 200");
    sip_txn_table_advance(heard->table, 2 * NSEC_SEC + idle + 1);
    assert_string_equal(heard->story->str, "opened answered 200 closed expired");
    assert_int_equal(txn_at(heard, 0)->end, SIP_TXN_EXPIRED);
}

static void push_requests(Heard *heard, unsigned n)
{
    for (unsigned i = 1; i <= n; i++) {
        Spec request = request_at(i);

        request.cseq = i;
        push(heard, request);
    }
}

static void a_full_table_forgets_the_oldest_and_says_so(void **state)
{
    SipTxnConfig config = sip_txn_config_default;

    config.max_items = 2;

    g_autoptr(Heard) heard = heard_new_with(&config);

    push_requests(heard, 3);
    assert_non_null(strstr(heard->story->str, "closed forgotten"));
    assert_int_equal(txn_at(heard, 0)->end, SIP_TXN_FORGOTTEN);
    assert_int_equal(txn_at(heard, 2)->end, SIP_TXN_OPEN);
    assert_int_equal(sip_txn_table_stats(heard->table).dropped_full, 1);
}

/* The first is challenged as well; the second gets in. */
static void what_is_answered_outlives_a_flood(void **state)
{
    SipTxnConfig config = sip_txn_config_default;

    config.max_items = 100;

    g_autoptr(Heard) heard = heard_new_with(&config);
    Spec challenge = answer_at(1, 401), success = answer_at(2, 200);

    challenge.cseq = 1;
    success.cseq = 2;
    push_requests(heard, 2);
    push(heard, challenge);
    push(heard, success);
    for (unsigned i = 3; i <= 1000; i++) {
        Spec request = request_at(i);

        request.cseq = i;
        push(heard, request);
    }
    assert_int_equal(txn_at(heard, 0)->end, SIP_TXN_FORGOTTEN);
    assert_int_equal(txn_at(heard, 1)->end, SIP_TXN_OPEN);
    assert_int_equal(sip_txn_table_stats(heard->table).dropped_on_probation, 900);
}

/* Messages count, so that large ones cannot fill the memory. */
static void bytes_are_a_limit_too(void **state)
{
    SipTxnConfig config = sip_txn_config_default;

    config.max_bytes = 8 * 1024;

    g_autoptr(Heard) heard = heard_new_with(&config);

    push_requests(heard, 100);
    assert_true(sip_txn_table_stats(heard->table).dropped_full > 50);
    assert_true(sip_txn_table_stats(heard->table).bytes < 10 * 1024);
}

/* What a closed chain lets go of makes room for others. */
static void messages_that_are_gone_do_not_count(void **state)
{
    g_autoptr(Heard) heard = heard_new();

    push_requests(heard, 1);

    size_t with = sip_txn_table_stats(heard->table).bytes;

    sip_txn_strip(g_ptr_array_index(heard->txns, 0));

    size_t without = sip_txn_table_stats(heard->table).bytes;

    assert_true(without < with - 100);
    sip_txn_strip(g_ptr_array_index(heard->txns, 0));
    assert_int_equal(sip_txn_table_stats(heard->table).bytes, without);
    sip_txn_table_finish(heard->table);
    assert_int_equal(sip_txn_table_stats(heard->table).bytes, 0);
}

static void the_end_of_the_capture_cuts_what_is_open(void **state)
{
    g_autoptr(Heard) heard = heard_new();

    push(heard, request_at(10));
    sip_txn_table_finish(heard->table);
    assert_string_equal(heard->story->str, "opened closed cut");
    assert_int_equal(txn_at(heard, 0)->end, SIP_TXN_CUT);
}

/* Calls are not our business: their times are kept, their messages go as soon
 * as everybody has looked at them. */
static void messages_of_other_methods_are_not_kept(void **state)
{
    g_autoptr(Heard) heard = heard_new();
    Spec invite = request_at(10), answer = answer_at(20, 486);

    invite.method = answer.method = "INVITE";
    push(heard, invite);
    assert_int_equal(heard->n_messages, 1);
    assert_null(txn_at(heard, 0)->request);
    push(heard, answer);
    assert_int_equal(heard->n_messages, 1);
    assert_null(txn_at(heard, 0)->answer);
    assert_int_equal(txn_at(heard, 0)->status, 486);
    assert_true(sip_txn_table_stats(heard->table).bytes < sizeof(SipMessage) + sizeof(SipTxn));
    push(heard, invite);
    assert_int_equal(txn_at(heard, 0)->request_copies, 1);
}

static void keeps_the_messages_that_it_is_told_to_keep(void **state)
{
    SipTxnConfig config = sip_txn_config_default;

    config.keep = 1u << SIP_METHOD_OPTIONS;

    g_autoptr(Heard) heard = heard_new_with(&config);
    Spec options = request_at(10);

    options.method = "OPTIONS";
    push(heard, options);
    push(heard, request_at(20));
    assert_non_null(txn_at(heard, 0)->request);
    assert_null(txn_at(heard, 1)->request);
}

static void what_was_stripped_keeps_its_times(void **state)
{
    g_autoptr(Heard) heard = heard_new();

    push(heard, request_at(10));
    push(heard, answer_at(20, 401));
    sip_txn_strip(g_ptr_array_index(heard->txns, 0));

    const SipTxn *txn = txn_at(heard, 0);

    assert_null(txn->request);
    assert_null(txn->answer);
    assert_true(txn->request_seen);
    assert_int_equal(txn->status, 401);
    assert_int_equal(txn->opened, 10);
    assert_int_equal(txn->answered, 20);

    /* What comes later is still known for a copy. */
    push(heard, request_at(30));
    push(heard, answer_at(40, 401));
    assert_int_equal(txn->request_copies, 1);
    assert_int_equal(txn->copies_after_answer, 1);
    assert_int_equal(txn->answer_copies, 1);
    assert_string_equal(heard->story->str, "opened answered 401 copied answered again");
}

static void a_kept_transaction_outlives_the_table(void **state)
{
    Heard *heard = heard_new();

    push(heard, request_at(10));

    g_autoptr(SipTxn) kept = sip_txn_ref(g_ptr_array_index(heard->txns, 0));

    heard_free(heard);
    assert_non_null(kept->request);
    assert_int_equal(kept->end, SIP_TXN_CUT);
}

static void does_without_callbacks(void **state)
{
    g_autoptr(SipTxnTable) table = sip_txn_table_new(&sip_txn_config_default, &(SipTxnSink){ 0 });
    const Spec specs[] = { request_at(1), request_at(2), answer_at(3, 200), answer_at(4, 200) };

    for (unsigned i = 0; i < G_N_ELEMENTS(specs); i++) {
        g_autoptr(SipMessage) message = make(&specs[i], i + 1);

        sip_txn_table_push(table, message);
    }
    assert_int_equal(sip_txn_table_stats(table).items, 1);
    sip_txn_table_finish(table);
    assert_int_equal(sip_txn_table_stats(table).items, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_answer_joins_its_request),
        cmocka_unit_test(what_differs_in_the_key_is_another_transaction),
        cmocka_unit_test(the_answer_to_another_method_is_not_taken),
        cmocka_unit_test(requests_without_a_branch_of_their_own_are_told_apart_by_cseq),
        cmocka_unit_test(counts_copies_with_their_times),
        cmocka_unit_test(more_copies_than_have_a_place_are_counted),
        cmocka_unit_test(counts_copies_that_come_after_the_answer),
        cmocka_unit_test(counts_do_not_wrap),
        cmocka_unit_test(a_provisional_answer_is_no_answer),
        cmocka_unit_test(the_same_answer_again_is_a_copy),
        cmocka_unit_test(notices_answers_that_differ),
        cmocka_unit_test(the_first_final_answer_counts),
        cmocka_unit_test(an_ack_opens_nothing),
        cmocka_unit_test(closes_what_nothing_was_added_to),
        cmocka_unit_test(a_full_table_forgets_the_oldest_and_says_so),
        cmocka_unit_test(what_is_answered_outlives_a_flood),
        cmocka_unit_test(bytes_are_a_limit_too),
        cmocka_unit_test(messages_that_are_gone_do_not_count),
        cmocka_unit_test(the_end_of_the_capture_cuts_what_is_open),
        cmocka_unit_test(messages_of_other_methods_are_not_kept),
        cmocka_unit_test(keeps_the_messages_that_it_is_told_to_keep),
        cmocka_unit_test(what_was_stripped_keeps_its_times),
        cmocka_unit_test(a_kept_transaction_outlives_the_table),
        cmocka_unit_test(does_without_callbacks),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
