/*
 * The short record of a chain, and which records are kept.
 */

#include "reg/attempt.h"

#include "reg/step.h"
#include "words.h"

/* A chain of one exchange; 'status' 0: without answer. */
static RegAttempt *attempt_of(uint64_t id, RegPurpose purpose, RegOutcome outcome, unsigned status)
{
    g_autoptr(SipTxn) txn =
        txn_of(request_of((Ask){ .nonce = "n", .contact = "<sip:alice@192.168.1.10>;expires=60" }),
               status != 0 ? answer_of((Ask){ 0 }, status, "") : NULL);
    g_autoptr(GArray) steps = g_array_new(FALSE, FALSE, sizeof(RegStep));
    RegChain chain = {
        .id = id, .purpose = purpose, .outcome = outcome, .opened = AT(id), .last = AT(id + 1)
    };
    RegStep step = step_new(txn);

    chain.steps = steps;
    step.use = REG_CHALLENGE_PRECEDING;
    g_array_append_val(steps, step);

    RegAttempt *attempt = attempt_new(&chain);

    step_clear(&step);
    return attempt;
}

static RegAttempt *refresh(uint64_t id)
{
    return attempt_of(id, REG_PURPOSE_REFRESH, REG_OUTCOME_ACCEPTED, 200);
}

static RegAttempt *refusal(uint64_t id, unsigned status)
{
    return attempt_of(id, REG_PURPOSE_REGISTER, REG_OUTCOME_REFUSED, status);
}

static void clear(Device *device)
{
    for (unsigned i = 0; i < device->public.n_attempts_kept; i++)
        attempt_free(device->attempts[i]);
    g_free(device->attempts);
}

static void a_record_outlives_the_messages(void **state)
{
    RegAttempt *attempt = refusal(7, 403);
    const RegAttemptStep *step = &attempt->steps[0];

    assert_int_equal(attempt->chain, 7);
    assert_string_equal(attempt->call_id, "call-1");
    assert_int_equal(attempt->n_steps, 1);
    assert_int_equal(attempt->repeated, 1);
    assert_int_equal(attempt->opened, AT(7));
    assert_int_equal(attempt->closed, AT(8));
    assert_false(attempt->unexplained_silence);
    assert_int_equal(step->status, 403);
    assert_string_equal(step->reason, "Words");
    assert_string_equal(step->contact, "sip:alice@192.168.1.10");
    assert_int_equal(step->asked, 60);
    assert_int_equal(step->request.frame, 1);
    assert_int_equal(step->answer_time, AT(0.02));
    assert_string_equal(step->digest->realm, "example.com");
    assert_null(step->digest->qop);
    assert_int_equal(step->digest->verdict, REG_DIGEST_NO_SECRET);
    assert_true(attempt->bytes > sizeof(RegAttempt) + sizeof(RegAttemptStep));
    attempt_free(attempt);
}

static RegAttempt *refusal_with(const char *headers)
{
    g_autoptr(SipTxn) txn = txn_of(request_of((Ask){ 0 }), answer_of((Ask){ 0 }, 503, headers));
    g_autoptr(GArray) steps = g_array_new(FALSE, FALSE, sizeof(RegStep));
    RegStep step = step_new(txn);

    g_array_append_val(steps, step);

    RegAttempt *attempt = attempt_new(&(RegChain){ .steps = steps });

    step_clear(&step);
    return attempt;
}

static void a_refusal_keeps_what_it_says_of_itself(void **state)
{
    RegAttempt *named = refusal_with("Server: X 1\r\nRetry-After: 20 (restart)\r\n"
                                     "P-Registrar-Error: Too many contacts\r\n");
    RegAttempt *server = refusal_with("Server: X 1\r\n");
    RegAttempt *nothing = refusal_with("");

    assert_int_equal(named->steps[0].retry_after, 20);
    assert_string_equal(named->steps[0].remark, "P-Registrar-Error: Too many contacts");
    assert_int_equal(server->steps[0].retry_after, REG_EXPIRES_NONE);
    assert_string_equal(server->steps[0].remark, "Server: X 1");
    assert_null(nothing->steps[0].remark);
    attempt_free(named);
    attempt_free(server);
    attempt_free(nothing);
}

/* A chain that was challenged, and refused or accepted with credentials. */
static RegAttempt *login_attempt(RegOutcome outcome, unsigned status)
{
    g_autoptr(SipTxn) challenged = txn_of(
        request_of((Ask){ 0 }),
        answer_of((Ask){ 0 }, 401,
                  "WWW-Authenticate: Digest realm=\"example.com\", nonce=\"n\", qop=\"auth\"\r\n"));
    g_autoptr(SipTxn) login = txn_of(request_of((Ask){ .nonce = "n", .cseq = 2 }),
                                     answer_of((Ask){ .cseq = 2 }, status, ""));
    g_autoptr(GArray) steps = g_array_new(FALSE, FALSE, sizeof(RegStep));
    RegStep two[] = { step_new(challenged), step_new(login) };

    two[1].use = REG_CHALLENGE_PRECEDING;
    two[1].digest = (RegDigestResult){ .verdict = REG_DIGEST_OTHER_INPUT,
                                       .hypothesis = reg_hypothesis_at(3),
                                       .used = (char *)"bob" };
    g_array_append_vals(steps, two, 2);

    RegAttempt *attempt = attempt_new(&(RegChain){ .steps = steps, .outcome = outcome });

    two[1].digest.used = NULL;
    step_clear(&two[0]);
    step_clear(&two[1]);
    return attempt;
}

static void a_refused_login_keeps_its_ingredients(void **state)
{
    RegAttempt *attempt = login_attempt(REG_OUTCOME_REFUSED, 403);
    const RegDigestFacts *digest = attempt->steps[1].digest;
    const RegDigestRow *nonce = &digest->detail->rows[4];

    assert_true(digest->detailed);
    assert_int_equal(nonce->ingredient, REG_INGREDIENT_NONCE);
    assert_str_equal(nonce->challenge, "n");
    assert_str_equal(nonce->answer, "n");
    assert_string_equal(nonce->answer.data, "n"); /* with a NUL behind it */
    assert_int_equal(nonce->verdict, REG_ROW_SAME);
    assert_int_equal(digest->detail->rows[5].verdict, REG_ROW_MISSING);
    assert_string_equal(digest->detail->used, "bob");
    assert_ptr_equal(reg_digest_facts_hypothesis(digest), reg_hypothesis_at(3));
    attempt_free(attempt);
}

static void an_accepted_login_takes_no_more_room_than_before(void **state)
{
    RegAttempt *accepted = login_attempt(REG_OUTCOME_ACCEPTED, 200);
    RegAttempt *refused = login_attempt(REG_OUTCOME_REFUSED, 403);

    assert_false(accepted->steps[1].digest->detailed);
    assert_int_equal(sizeof(RegDigestFacts), 7 * sizeof(void *));
    assert_true(refused->bytes >= accepted->bytes + sizeof(RegDigestDetail));
    attempt_free(accepted);
    attempt_free(refused);
}

static void silence_is_unexplained_when_the_capture_looked_on(void **state)
{
    RegAttempt *attempt = attempt_of(1, REG_PURPOSE_REGISTER, REG_OUTCOME_UNANSWERED, 0);

    assert_true(attempt->unexplained_silence);
    assert_int_equal(attempt->steps[0].status, 0);
    assert_int_equal(attempt->steps[0].answer.frame, 0);
    attempt_free(attempt);
}

static void steps_share_their_contact(void **state)
{
    g_autoptr(SipTxn) txn = txn_of(request_of((Ask){ 0 }), NULL);
    g_autoptr(SipTxn) other = txn_of(request_of((Ask){ .contact = "<sip:b@192.0.2.1>" }), NULL);
    g_autoptr(GArray) steps = g_array_new(FALSE, FALSE, sizeof(RegStep));
    RegStep two[] = { step_new(txn), step_new(other) };

    g_array_append_val(steps, two[0]);
    g_array_append_val(steps, two[0]);
    g_array_append_val(steps, two[1]);

    RegAttempt *attempt = attempt_new(&(RegChain){ .steps = steps });

    assert_ptr_equal(attempt->steps[0].contact, attempt->steps[1].contact);
    assert_string_equal(attempt->steps[2].contact, "sip:b@192.0.2.1");
    attempt_free(attempt);
    step_clear(&two[0]);
    step_clear(&two[1]);
}

static void alike_refreshes_are_one_run(void **state)
{
    Device device = { 0 };

    for (unsigned i = 1; i <= 1000; i++)
        attempt_keep(&device, refresh(i), 8);
    assert_int_equal(device.public.n_attempts_kept, 1);
    assert_int_equal(device.public.attempts[0]->repeated, 1000);
    assert_int_equal(device.public.attempts[0]->chain, 1000);
    assert_int_equal(device.public.attempts[0]->first_opened, AT(1));
    assert_int_equal(device.public.attempts_forgotten, 0);
    clear(&device);
}

static void what_differs_is_an_entry_of_its_own(void **state)
{
    Device device = { 0 };
    RegAttempt *copied = refresh(3);
    RegAttempt *cut = refresh(4);

    copied->steps[0].copies = 1;
    cut->tail_cut = true;
    attempt_keep(&device, refresh(1), 8);
    attempt_keep(&device, attempt_of(2, REG_PURPOSE_REGISTER, REG_OUTCOME_ACCEPTED, 200), 8);
    attempt_keep(&device, copied, 8);
    attempt_keep(&device, cut, 8);
    attempt_keep(&device, refusal(5, 403), 8);
    attempt_keep(&device, refusal(6, 404), 8);
    assert_int_equal(device.public.n_attempts_kept, 6);
    clear(&device);
}

static void a_new_registration_never_joins_a_run(void **state)
{
    Device device = { 0 };

    for (unsigned i = 1; i <= 3; i++)
        attempt_keep(&device, attempt_of(i, REG_PURPOSE_REGISTER, REG_OUTCOME_ACCEPTED, 200), 8);
    assert_int_equal(device.public.n_attempts_kept, 3);
    clear(&device);
}

static void cited_attempts_are_kept_and_the_first_and_the_newest(void **state)
{
    Device device = { 0 };

    for (unsigned i = 1; i <= 10; i++) {
        RegAttempt *attempt = refusal(i, 400 + i);

        attempt->cited = i == 3 || i == 4;
        attempt_keep(&device, attempt, 5);
    }
    assert_int_equal(device.public.n_attempts_kept, 5);
    assert_int_equal(device.public.attempts_forgotten, 5);
    assert_int_equal(device.public.attempts[0]->chain, 1);
    assert_int_equal(device.public.attempts[1]->chain, 3);
    assert_int_equal(device.public.attempts[2]->chain, 4);
    assert_int_equal(device.public.attempts[4]->chain, 10);
    clear(&device);
}

/* Findings about the device are yet to come, and they are about failures. */
static void what_succeeded_goes_before_what_failed(void **state)
{
    Device device = { 0 };

    attempt_keep(&device, refusal(1, 404), 4);
    attempt_keep(&device, refusal(2, 503), 4);
    for (unsigned i = 3; i <= 8; i++)
        attempt_keep(&device, attempt_of(i, REG_PURPOSE_REGISTER, REG_OUTCOME_ACCEPTED, 200), 4);
    assert_int_equal(device.public.n_attempts_kept, 4);
    assert_int_equal(device.public.attempts[1]->chain, 2);
    assert_int_equal(device.public.attempts[3]->chain, 8);
    clear(&device);
}

static void even_cited_attempts_are_bounded(void **state)
{
    Device device = { 0 };

    for (unsigned i = 1; i <= 100; i++) {
        RegAttempt *attempt = refusal(i, 403);

        attempt->cited = true;
        attempt_keep(&device, attempt, 4);
    }
    assert_int_equal(device.public.n_attempts_kept, 4);
    assert_int_equal(device.public.attempts[3]->chain, 100);
    clear(&device);
}

static void attempts_stand_in_order_of_opening(void **state)
{
    Device device = { 0 };

    attempt_keep(&device, refusal(2, 403), 8);
    attempt_keep(&device, refusal(3, 404), 8);
    attempt_keep(&device, refusal(1, 405), 8);
    assert_int_equal(device.public.attempts[0]->chain, 1);
    assert_int_equal(device.public.attempts[1]->chain, 2);
    assert_int_equal(device.public.attempts[2]->chain, 3);
    clear(&device);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_record_outlives_the_messages),
        cmocka_unit_test(a_refusal_keeps_what_it_says_of_itself),
        cmocka_unit_test(a_refused_login_keeps_its_ingredients),
        cmocka_unit_test(an_accepted_login_takes_no_more_room_than_before),
        cmocka_unit_test(silence_is_unexplained_when_the_capture_looked_on),
        cmocka_unit_test(steps_share_their_contact),
        cmocka_unit_test(alike_refreshes_are_one_run),
        cmocka_unit_test(what_differs_is_an_entry_of_its_own),
        cmocka_unit_test(a_new_registration_never_joins_a_run),
        cmocka_unit_test(cited_attempts_are_kept_and_the_first_and_the_newest),
        cmocka_unit_test(what_succeeded_goes_before_what_failed),
        cmocka_unit_test(even_cited_attempts_are_bounded),
        cmocka_unit_test(attempts_stand_in_order_of_opening),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
