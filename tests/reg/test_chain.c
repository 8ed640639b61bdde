/*
 * What a chain and its steps tell.
 */

#include "reg/chain.h"

#include "words.h"

static void every_purpose_and_outcome_has_a_name_of_its_own(void **state)
{
    assert_string_equal(reg_purpose_name(REG_PURPOSE_REGISTER), "register");
    assert_string_equal(reg_purpose_name(REG_PURPOSE_QUERY), "query");
    assert_string_equal(reg_outcome_name(REG_OUTCOME_UNKNOWN), "unknown");
    assert_string_equal(reg_outcome_name(REG_OUTCOME_UNANSWERED), "unanswered");
    for (unsigned i = 0; i <= REG_OUTCOME_UNANSWERED; i++) {
        for (unsigned other = 0; other < i; other++)
            assert_string_not_equal(reg_outcome_name(i), reg_outcome_name(other));
    }
}

static void the_hop_nearest_to_the_phone_speaks_first(void **state)
{
    g_autoptr(SipTxn) inside = txn_of(request_of((Ask){ 0 }), NULL);
    g_autoptr(SipTxn) outside = txn_of(request_of((Ask){ 0 }), answer_of((Ask){ 0 }, 200, ""));
    RegStep step = { .sightings = { inside, outside }, .n_sightings = 2 };

    inside->request_copies = 3;
    assert_ptr_equal(reg_step_txn(&step), inside);
    assert_ptr_equal(reg_step_request(&step), inside->request);
    assert_ptr_equal(reg_step_answer(&step), outside->answer);
    assert_int_equal(reg_step_status(&step), 200);
    assert_int_equal(reg_step_copies(&step), 3);
}

static void missing_halves_are_null(void **state)
{
    g_autoptr(SipTxn) unanswered = txn_of(request_of((Ask){ 0 }), NULL);
    g_autoptr(SipTxn) headless = txn_of(NULL, answer_of((Ask){ 0 }, 403, ""));
    RegStep first = { .sightings = { unanswered }, .n_sightings = 1 };
    RegStep second = { .sightings = { headless }, .n_sightings = 1 };

    assert_null(reg_step_answer(&first));
    assert_int_equal(reg_step_status(&first), 0);
    assert_null(reg_step_request(&second));
    assert_int_equal(reg_step_status(&second), 403);
}

static void only_fresh_credentials_can_be_rejected(void **state)
{
    g_autoptr(SipTxn) txn =
        txn_of(request_of((Ask){ .nonce = "n" }), answer_of((Ask){ 0 }, 401, ""));
    RegStep step = { .sightings = { txn }, .n_sightings = 1, .use = REG_CHALLENGE_PRECEDING };

    assert_true(reg_step_is_rejection(&step));
    step.stale = true;
    assert_false(reg_step_is_rejection(&step));
    step = (RegStep){ .sightings = { txn }, .n_sightings = 1, .use = REG_CHALLENGE_EARLIER };
    assert_false(reg_step_is_rejection(&step));
}

static void a_sim_that_asks_for_another_challenge_is_not_rejected(void **state)
{
    const char *resync = "Authorization: Digest username=\"a\", nonce=\"n\", auts=\"x\"\r\n";
    g_autoptr(SipTxn) txn =
        txn_of(request_of((Ask){ .more = resync }), answer_of((Ask){ 0 }, 401, ""));
    RegStep step = {
        .sightings = { txn },
        .n_sightings = 1,
        .use = REG_CHALLENGE_PRECEDING,
        .credentials = sip_auth_parse(sip_message_first(txn->request, SIP_HEADER_AUTHORIZATION)),
    };

    assert_false(reg_step_is_rejection(&step));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_purpose_and_outcome_has_a_name_of_its_own),
        cmocka_unit_test(the_hop_nearest_to_the_phone_speaks_first),
        cmocka_unit_test(missing_halves_are_null),
        cmocka_unit_test(only_fresh_credentials_can_be_rejected),
        cmocka_unit_test(a_sim_that_asks_for_another_challenge_is_not_rejected),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
