/*
 * Which REGISTER belongs to which attempt, and how an attempt ends.
 */

#include "reg/chains.h"

#include "reg/timeline.h"
#include "traffic.h"

/* A request that was answered, and one 100 ms after that; how many attempts
 * the two are. */
static unsigned attempts_of(Ask first, unsigned status, const char *headers, Ask then)
{
    g_autoptr(Traffic) traffic = traffic_new(NULL);

    asks(traffic, 0, first);
    if (status != 0)
        replies(traffic, 0.02, first, status, headers);
    asks(traffic, 0.1, then);
    traffic_end(traffic, 100);
    return traffic->closed->len;
}

static void credentials_after_a_challenge_continue(void **state)
{
    assert_int_equal(attempts_of((Ask){ 0 }, 401, CHALLENGE("n"), (Ask){ .cseq = 2, .nonce = "n" }),
                     1);
    assert_int_equal(attempts_of((Ask){ 0 }, 407,
                                 "Proxy-Authenticate: Digest realm=\"r\", nonce=\"n\"\r\n",
                                 (Ask){ .cseq = 2, .nonce = "n" }),
                     1);
}

static void no_credentials_after_a_challenge_begin_anew(void **state)
{
    assert_int_equal(attempts_of((Ask){ 0 }, 401, CHALLENGE("n"), (Ask){ .cseq = 2 }), 2);
}

static void answers_that_invite_another_try_continue(void **state)
{
    static const unsigned statuses[] = { 301, 302, 305, 413, 416, 420, 421, 423, 439, 494 };

    for (unsigned i = 0; i < G_N_ELEMENTS(statuses); i++)
        assert_int_equal(attempts_of((Ask){ 0 }, statuses[i], "", (Ask){ .cseq = 2 }), 1);
    assert_int_equal(attempts_of((Ask){ 0 }, 0, "", (Ask){ .cseq = 2 }), 1);
}

static void final_answers_end_it(void **state)
{
    static const unsigned statuses[] = { 200, 202, 400, 403, 404, 408, 500, 503, 600, 699 };

    for (unsigned i = 0; i < G_N_ELEMENTS(statuses); i++)
        assert_int_equal(attempts_of((Ask){ 0 }, statuses[i], "", (Ask){ .cseq = 2 }), 2);
}

#define OTHER_CALL .call_id = "call-2", .tag = "tag-2"

static void another_call_is_another_attempt_unless_the_nonce_joins_them(void **state)
{
    assert_int_equal(attempts_of((Ask){ 0 }, 401, CHALLENGE("n"), (Ask){ OTHER_CALL }), 2);
    assert_int_equal(
        attempts_of((Ask){ 0 }, 401, CHALLENGE("n"), (Ask){ OTHER_CALL, .nonce = "other" }), 2);
    assert_int_equal(
        attempts_of((Ask){ 0 }, 401, CHALLENGE("n"), (Ask){ OTHER_CALL, .nonce = "n" }), 1);
}

static void what_the_nonce_joined_is_known_by_its_new_call(void **state)
{
    g_autoptr(Traffic) traffic = traffic_new(NULL);
    Ask then = { OTHER_CALL, .cseq = 2, .nonce = "n" };

    asks(traffic, 0, (Ask){ 0 });
    replies(traffic, 0.02, (Ask){ 0 }, 401, CHALLENGE("n"));
    asks(traffic, 0.1, then);
    then.from = "203.0.113.2:1024";
    asks(traffic, 0.101, then);
    replies(traffic, 0.12, then, 200, GRANTS);
    traffic_end(traffic, 100);
    assert_int_equal(traffic->closed->len, 1);
    assert_int_equal(closed_at(traffic, 0)->n_steps, 2);
    assert_int_equal(closed_at(traffic, 0)->n_sightings, 2);
    assert_int_equal(closed_at(traffic, 0)->chain.outcome, REG_OUTCOME_ACCEPTED);
}

static void whose_challenge_was_answered_is_known(void **state)
{
    g_autoptr(Traffic) traffic = traffic_new(NULL);

    asks(traffic, 0, (Ask){ .cseq = 1 });
    replies(traffic, 0.02, (Ask){ .cseq = 1 }, 401, CHALLENGE("n1"));
    asks(traffic, 0.1, (Ask){ .cseq = 2, .nonce = "n1" });
    replies(traffic, 0.12, (Ask){ .cseq = 2 }, 200,
            "Authentication-Info: nextnonce=\"n2\"\r\n" GRANTS);
    asks(traffic, 50, (Ask){ .cseq = 3, .nonce = "n2" });
    replies(traffic, 50.02, (Ask){ .cseq = 3 }, 200, GRANTS);
    asks(traffic, 100, (Ask){ .cseq = 4, .nonce = "never issued" });
    replies(traffic, 100.02, (Ask){ .cseq = 4 }, 200, GRANTS);
    traffic_end(traffic, 200);
    assert_int_equal(traffic->closed->len, 3);
    assert_int_equal(closed_at(traffic, 0)->use, REG_CHALLENGE_PRECEDING);
    assert_int_equal(closed_at(traffic, 1)->use, REG_CHALLENGE_EARLIER);
    assert_int_equal(closed_at(traffic, 2)->use, REG_CHALLENGE_UNSEEN);
}

static void credentials_for_a_proxy_and_for_the_registrar_are_one_attempt(void **state)
{
    g_autoptr(Traffic) traffic = traffic_new(NULL);
    const char *proxy = "Proxy-Authorization: Digest nonce=\"p\", response=\"1\"\r\n";

    asks(traffic, 0, (Ask){ .cseq = 1 });
    replies(traffic, 0.02, (Ask){ .cseq = 1 }, 407,
            "Proxy-Authenticate: Digest realm=\"p\", nonce=\"p\"\r\n");
    asks(traffic, 0.1, (Ask){ .cseq = 2, .more = proxy });
    replies(traffic, 0.12, (Ask){ .cseq = 2 }, 401, CHALLENGE("n"));
    asks(traffic, 0.2, (Ask){ .cseq = 3, .more = proxy, .nonce = "n" });
    replies(traffic, 0.22, (Ask){ .cseq = 3 }, 200, GRANTS);
    traffic_end(traffic, 100);
    assert_int_equal(traffic->closed->len, 1);
    assert_int_equal(closed_at(traffic, 0)->n_steps, 3);
    assert_int_equal(closed_at(traffic, 0)->use, REG_CHALLENGE_PRECEDING);
    assert_int_equal(closed_at(traffic, 0)->rejections, 0);
    assert_int_equal(closed_at(traffic, 0)->chain.outcome, REG_OUTCOME_ACCEPTED);
}

/* How an attempt ends whose only request got this answer. */
static RegOutcome outcome_of(Ask ask, unsigned status, const char *headers, double end)
{
    g_autoptr(Traffic) traffic = traffic_new(NULL);

    asks(traffic, 0, ask);
    if (status != 0)
        replies(traffic, 0.02, ask, status, headers);
    traffic_end(traffic, end);
    assert_int_equal(traffic->closed->len, 1);
    return closed_at(traffic, 0)->chain.outcome;
}

static void the_last_answer_is_the_outcome(void **state)
{
    assert_int_equal(outcome_of((Ask){ 0 }, 200, GRANTS, 60), REG_OUTCOME_ACCEPTED);
    assert_int_equal(outcome_of((Ask){ 0 }, 403, "", 60), REG_OUTCOME_REFUSED);
    assert_int_equal(outcome_of((Ask){ 0 }, 423, "", 60), REG_OUTCOME_REFUSED);
    assert_int_equal(outcome_of((Ask){ 0 }, 401, CHALLENGE("n"), 60), REG_OUTCOME_ABANDONED);
    assert_int_equal(outcome_of((Ask){ .nonce = "old" }, 401, CHALLENGE("n"), 60),
                     REG_OUTCOME_ABANDONED);
    assert_int_equal(outcome_of((Ask){ 0 }, 0, "", 60), REG_OUTCOME_UNANSWERED);
}

static void a_capture_that_ends_too_early_leaves_it_open(void **state)
{
    assert_int_equal(outcome_of((Ask){ 0 }, 401, CHALLENGE("n"), 2), REG_OUTCOME_UNKNOWN);
    assert_int_equal(outcome_of((Ask){ 0 }, 0, "", 2), REG_OUTCOME_UNKNOWN);
    assert_int_equal(outcome_of((Ask){ 0 }, 0, "", 5), REG_OUTCOME_UNANSWERED);
    assert_int_equal(outcome_of((Ask){ 0 }, 403, "", 2), REG_OUTCOME_REFUSED);
}

static void fresh_credentials_that_are_challenged_again_are_refused(void **state)
{
    g_autoptr(Traffic) traffic = traffic_new(NULL);

    asks(traffic, 0, (Ask){ .cseq = 1 });
    replies(traffic, 0.02, (Ask){ .cseq = 1 }, 401, CHALLENGE("n1"));
    asks(traffic, 0.1, (Ask){ .cseq = 2, .nonce = "n1" });
    replies(traffic, 0.12, (Ask){ .cseq = 2 }, 401, CHALLENGE("n2"));
    traffic_end(traffic, 100);
    assert_int_equal(closed_at(traffic, 0)->chain.outcome, REG_OUTCOME_REFUSED);
    assert_int_equal(closed_at(traffic, 0)->rejections, 1);
}

static void a_loop_keeps_its_first_and_newest_steps_and_counts_the_rest(void **state)
{
    g_autoptr(Traffic) traffic = traffic_new(NULL);
    const unsigned rounds = 500;

    for (unsigned i = 1; i <= rounds; i++) {
        g_autofree char *nonce = g_strdup_printf("n%u", i - 1);
        g_autofree char *challenge =
            g_strdup_printf("WWW-Authenticate: Digest realm=\"example.com\", nonce=\"n%u\"\r\n", i);
        Ask ask = { .cseq = i, .nonce = i > 1 ? nonce : NULL };

        asks(traffic, 0.1 * i, ask);
        replies(traffic, 0.1 * i + 0.02, ask, 401, challenge);
    }
    traffic_end(traffic, 1000);

    const Closed *closed = closed_at(traffic, 0);

    assert_int_equal(traffic->closed->len, 1);
    assert_int_equal(closed->n_steps, REG_CHAIN_FIRST + REG_CHAIN_NEWEST);
    assert_int_equal(closed->chain.steps_omitted, rounds - closed->n_steps);
    assert_int_equal(closed->chain.requests_omitted, rounds - closed->n_steps);
    assert_int_equal(closed->rejections + closed->chain.rejections_omitted, rounds - 1);
    assert_int_equal(closed->chain.outcome, REG_OUTCOME_REFUSED);
    assert_int_equal(reg_tracker_stats(traffic->tracker)->steps_omitted, rounds - closed->n_steps);

    const RegAttempt *attempt = device_at(traffic, 0)->attempts[0];

    assert_int_equal(attempt->steps_omitted, rounds - closed->n_steps);
    assert_int_equal(attempt->steps[REG_CHAIN_FIRST - 1].cseq, REG_CHAIN_FIRST);
    assert_int_equal(attempt->steps[REG_CHAIN_FIRST].cseq, rounds - REG_CHAIN_NEWEST + 1);

    g_autoptr(GArray) events = reg_timeline_new(device_at(traffic, 0), AT(1000));
    unsigned forgotten = 0;

    for (unsigned i = 0; i < events->len; i++) {
        const RegEvent *event = &g_array_index(events, RegEvent, i);

        if (event->kind == REG_EVENT_FORGOTTEN)
            forgotten += event->count;
    }
    assert_int_equal(forgotten, attempt->steps_omitted);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(credentials_after_a_challenge_continue),
        cmocka_unit_test(no_credentials_after_a_challenge_begin_anew),
        cmocka_unit_test(answers_that_invite_another_try_continue),
        cmocka_unit_test(final_answers_end_it),
        cmocka_unit_test(another_call_is_another_attempt_unless_the_nonce_joins_them),
        cmocka_unit_test(what_the_nonce_joined_is_known_by_its_new_call),
        cmocka_unit_test(whose_challenge_was_answered_is_known),
        cmocka_unit_test(credentials_for_a_proxy_and_for_the_registrar_are_one_attempt),
        cmocka_unit_test(the_last_answer_is_the_outcome),
        cmocka_unit_test(a_capture_that_ends_too_early_leaves_it_open),
        cmocka_unit_test(fresh_credentials_that_are_challenged_again_are_refused),
        cmocka_unit_test(a_loop_keeps_its_first_and_newest_steps_and_counts_the_rest),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
