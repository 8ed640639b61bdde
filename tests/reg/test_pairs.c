/*
 * Which message is the same as one seen before at another place.
 */

#include "reg/pairs.h"
#include "sight.h"

#define INSIDE CAPTURE_PLACE_CLIENT
#define MIDDLE CAPTURE_PLACE_MIDDLE
#define OUTSIDE CAPTURE_PLACE_SERVER

static Pairs *new_pairs(void)
{
    Pairs *pairs = pairs_new();

    pairs_add_place(pairs, INSIDE);
    pairs_add_place(pairs, MIDDLE);
    pairs_add_place(pairs, OUTSIDE);
    return pairs;
}

static SipTxn *new_txn(const SipMessage *message)
{
    SipTxn *txn = g_rc_box_new0(SipTxn);

    txn->hop = message->meta.flow;
    txn->place = message->meta.ref.place;
    return txn;
}

/* Puts the message in; its transaction, of which the table has a reference, and the
 * one that it found. */
static SipTxn *put(Pairs *pairs, Sight sight, SipTxn **twin)
{
    g_autoptr(SipMessage) message = sight_message(&sight);
    g_autoptr(SipTxn) txn = new_txn(message);

    pairs_message(pairs, message);
    *twin = pairs_join(pairs, message, txn);
    return txn;
}

/* Whether 'second' is taken for what 'first' was. */
static bool finds(Sight first, Sight second)
{
    g_autoptr(Pairs) pairs = new_pairs();
    SipTxn *none, *twin;
    SipTxn *txn = put(pairs, first, &none);

    assert_null(none);
    put(pairs, second, &twin);
    assert_true(twin == NULL || twin == txn);
    return twin != NULL;
}

static const RegRewrites *between(const Pairs *pairs, uint32_t inside_place, uint32_t outside_place)
{
    NetEndpoint phone = sight_endpoint(PHONE);

    return pairs_rewrites(pairs, &phone, inside_place, outside_place);
}

static void the_same_message_at_another_place_is_found(void **state)
{
    assert_true(finds(sight_request(INSIDE, 0), sight_request(OUTSIDE, 10 * NSEC_MSEC)));
    assert_true(finds(sight_answer(OUTSIDE, 0, 401), sight_answer(INSIDE, 10 * NSEC_MSEC, 401)));
    /* What is left of two clocks may turn them around. */
    assert_true(finds(sight_request(OUTSIDE, 0), sight_request(INSIDE, NSEC_MSEC)));
}

static void the_same_place_and_later_ones_are_others(void **state)
{
    assert_false(finds(sight_request(INSIDE, 0), sight_request(INSIDE, NSEC_MSEC)));
    assert_false(finds(sight_request(INSIDE, 0), sight_request(OUTSIDE, 5 * NSEC_SEC)));
    assert_false(finds(sight_request(INSIDE, 0), sight_answer(OUTSIDE, NSEC_MSEC, 401)));
    assert_false(finds(sight_answer(OUTSIDE, 0, 401), sight_answer(INSIDE, 10 * NSEC_MSEC, 200)));
}

/* Any one mark may be rewritten. */
static void one_mark_less_is_enough(void **state)
{
    Sight call = sight_request(OUTSIDE, NSEC_MSEC), branch = call, tag = call, all = call;

    call.call_id = "call1@203.0.113.2";
    branch.branch = "z9hG4bKother";
    tag.from_tag = "from2";
    assert_true(finds(sight_request(INSIDE, 0), call));
    assert_true(finds(sight_request(INSIDE, 0), branch));
    assert_true(finds(sight_request(INSIDE, 0), tag));
    all.call_id = "other@203.0.113.2";
    all.branch = "z9hG4bKother";
    all.from_tag = "from2";
    assert_false(finds(sight_request(INSIDE, 0), all));
}

static void credentials_are_enough_alone(void **state)
{
    Sight inside = sight_request(INSIDE, 0), outside = sight_request(OUTSIDE, NSEC_MSEC);

    inside.extra = outside.extra =
        "Authorization: Digest nonce=\"n1\", response=\"0123456789abcdef0123456789abcdef\"";
    outside.call_id = "other@203.0.113.2";
    outside.branch = "z9hG4bKother";
    outside.from_tag = "from2";
    assert_true(finds(inside, outside));
    outside.extra =
        "Authorization: Digest nonce=\"n1\", response=\"fedcba98fedcba98fedcba98fedcba98\"";
    assert_false(finds(inside, outside));
}

static void a_nonce_is_enough_alone(void **state)
{
    Sight outside = sight_answer(OUTSIDE, 0, 401), inside = sight_answer(INSIDE, NSEC_MSEC, 401);

    inside.extra = outside.extra =
        "WWW-Authenticate: Digest realm=\"r\", nonce=\"0123456789abcdef0123456789abcdef\"";
    inside.call_id = "other@203.0.113.2";
    inside.branch = "z9hG4bKother";
    inside.from_tag = "from2";
    inside.to_tag = "to02";
    assert_true(finds(outside, inside));
}

/* A server without state challenges each copy of a request with another nonce. */
static void another_nonce_is_another_answer(void **state)
{
    Sight outside = sight_answer(OUTSIDE, 0, 401), inside = sight_answer(INSIDE, NSEC_MSEC, 401);

    outside.extra = "WWW-Authenticate: Digest nonce=\"0123456789abcdef0123456789abcdef\"";
    inside.extra = "WWW-Authenticate: Digest nonce=\"fedcba98fedcba98fedcba98fedcba98\"";
    assert_false(finds(outside, inside));
    inside.extra = outside.extra;
    inside.to_tag = "to02";
    assert_true(finds(outside, inside));
}

static void two_that_fit_alike_are_left_alone(void **state)
{
    g_autoptr(Pairs) pairs = new_pairs();
    Sight one = sight_answer(OUTSIDE, 0, 401), two = one, third = sight_answer(INSIDE, 0, 401);
    SipTxn *twin;

    one.extra = two.extra = third.extra =
        "WWW-Authenticate: Digest nonce=\"0123456789abcdef0123456789abcdef\"";
    one.call_id = "aaaa@1";
    two.call_id = "bbbb@2";
    third.call_id = "cccc@3";
    one.branch = "z9hG4bKa";
    two.branch = "z9hG4bKb";
    third.branch = "z9hG4bKc";
    one.from_tag = "aaaa";
    two.from_tag = "bbbb";
    third.from_tag = "cccc";
    put(pairs, one, &twin);
    put(pairs, two, &twin);
    put(pairs, third, &twin);
    assert_null(twin);
}

static void each_copy_finds_its_own(void **state)
{
    g_autoptr(Pairs) pairs = new_pairs();
    SipTxn *twin;
    SipTxn *first = put(pairs, sight_request(INSIDE, 0), &twin);
    SipTxn *second = put(pairs, sight_request(INSIDE, 500 * NSEC_MSEC), &twin);

    put(pairs, sight_request(OUTSIDE, 510 * NSEC_MSEC), &twin);
    assert_ptr_equal(twin, second);
    put(pairs, sight_request(OUTSIDE, 520 * NSEC_MSEC), &twin);
    assert_ptr_equal(twin, first);
    put(pairs, sight_request(OUTSIDE, 530 * NSEC_MSEC), &twin);
    assert_null(twin);
}

static void the_nearest_place_is_found_first(void **state)
{
    g_autoptr(Pairs) pairs = new_pairs();
    SipTxn *twin;

    put(pairs, sight_request(INSIDE, 0), &twin);

    SipTxn *middle = put(pairs, sight_request(MIDDLE, NSEC_MSEC), &twin);

    assert_non_null(twin);
    put(pairs, sight_request(OUTSIDE, 2 * NSEC_MSEC), &twin);
    assert_ptr_equal(twin, middle);
}

static void one_capture_shows_both_sides_within_a_moment(void **state)
{
    g_autoptr(Pairs) pairs = pairs_new();
    Sight inside = sight_request(CAPTURE_PLACE_UNSAID, 0), outside = inside;
    SipTxn *twin;

    pairs_add_place(pairs, CAPTURE_PLACE_UNSAID);
    outside.from = NAT;
    outside.time = NSEC_MSEC;

    SipTxn *first = put(pairs, inside, &twin);

    assert_null(twin);
    put(pairs, outside, &twin);
    assert_ptr_equal(twin, first);
    /* A copy of the phone's does not come from behind the NAT. */
    inside.time = 200 * NSEC_MSEC;
    put(pairs, inside, &twin);
    assert_null(twin);
}

static void what_is_changed_is_found_by_the_phone(void **state)
{
    g_autoptr(Pairs) pairs = new_pairs();
    Sight outside = sight_request(OUTSIDE, NSEC_MSEC);
    SipTxn *twin;

    outside.host = NAT;

    put(pairs, sight_request(INSIDE, 0), &twin);
    put(pairs, outside, &twin);

    const RegRewrites *rewrites = between(pairs, INSIDE, OUTSIDE);

    assert_non_null(rewrites);
    assert_int_equal(rewrites->pairs, 1);
    assert_int_equal(rewrites->algs, 1);
    assert_null(between(pairs, OUTSIDE, INSIDE));
}

static void an_old_answer_is_not_compared_with_a_new_one(void **state)
{
    g_autoptr(Pairs) pairs = new_pairs();
    SipTxn *twin;
    SipTxn *outside = put(pairs, sight_answer(OUTSIDE, 0, 200), &twin);

    put(pairs, sight_answer(INSIDE, 500 * NSEC_MSEC, 200), &twin);
    assert_ptr_equal(twin, outside);
    assert_null(between(pairs, INSIDE, OUTSIDE));
}

/* Somebody forwards an INVITE: who is the phone, nobody can tell. */
static void what_changes_both_ends_is_compared_for_registers_only(void **state)
{
    g_autoptr(Pairs) pairs = new_pairs();
    Sight inside = sight_request(INSIDE, 0), outside = sight_request(OUTSIDE, NSEC_MSEC);
    SipTxn *twin;

    inside.method = outside.method = "INVITE";
    inside.to = "198.51.100.20";
    outside.from = "198.51.100.20";

    put(pairs, inside, &twin);
    put(pairs, outside, &twin);
    assert_non_null(twin);
    assert_null(between(pairs, INSIDE, OUTSIDE));
}

static void memory_stays_bounded(void **state)
{
    g_autoptr(Pairs) pairs = new_pairs();
    CacheStats tables[2];
    SipTxn *twin;

    for (unsigned i = 0; i < 40000; i++) {
        Sight sight = sight_request(INSIDE, i);
        char tag[16];

        g_snprintf(tag, sizeof(tag), "tag%u", i);
        sight.from_tag = tag;
        sight.branch = tag;
        put(pairs, sight, &twin);
    }
    assert_int_equal(pairs_tables(pairs, tables, 2), 2);
    assert_true(tables[0].items <= 16384);
    assert_true(tables[0].bytes <= 33 * 1024 * 1024);
    assert_true(tables[0].dropped_full > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_message_at_another_place_is_found),
        cmocka_unit_test(the_same_place_and_later_ones_are_others),
        cmocka_unit_test(one_mark_less_is_enough),
        cmocka_unit_test(credentials_are_enough_alone),
        cmocka_unit_test(a_nonce_is_enough_alone),
        cmocka_unit_test(another_nonce_is_another_answer),
        cmocka_unit_test(two_that_fit_alike_are_left_alone),
        cmocka_unit_test(each_copy_finds_its_own),
        cmocka_unit_test(the_nearest_place_is_found_first),
        cmocka_unit_test(one_capture_shows_both_sides_within_a_moment),
        cmocka_unit_test(what_is_changed_is_found_by_the_phone),
        cmocka_unit_test(an_old_answer_is_not_compared_with_a_new_one),
        cmocka_unit_test(what_changes_both_ends_is_compared_for_registers_only),
        cmocka_unit_test(memory_stays_bounded),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
