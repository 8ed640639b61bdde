/*
 * The list of events that both reports print: what was sent, what came back,
 * and what should have come.
 */

#include "record.h"

static void tells_a_registration_message_by_message(void **state)
{
    RegAttemptStep steps[] = { exchange(0, 1, false, 401), exchange(0.1, 3, true, 200) };
    RegAttempt attempt = attempt_of(steps, 2, REG_OUTCOME_ACCEPTED);
    RegAttempt *attempts[] = { &attempt };
    RegDevice device = device_of(attempts, 1);
    g_autoptr(GArray) events = reg_timeline_new(&device, AT(50));

    assert_int_equal(events->len, 4);
    assert_event(events, 0, REG_EVENT_REGISTER_SENT, "REGISTER, expires 60");
    assert_event(events, 1, REG_EVENT_CHALLENGED, "401 Unauthorized");
    assert_event(events, 2, REG_EVENT_CREDENTIALS_SENT, "REGISTER with credentials, expires 60");
    assert_event(events, 3, REG_EVENT_ACCEPTED, "200 OK, expires 60");
    for (unsigned i = 0; i < 4; i++) {
        assert_int_equal(event_at(events, i)->n_frames, 1);
        assert_int_equal(event_at(events, i)->frames[0].frame, i + 1);
        assert_int_equal(event_at(events, i)->direction,
                         i % 2 == 0 ? REG_DIRECTION_TO_SERVER : REG_DIRECTION_TO_DEVICE);
        assert_false(event_at(events, i)->missing);
    }
    assert_int_equal(event_at(events, 3)->time, AT(0.120));
}

static void names_the_credentials_that_never_came(void **state)
{
    RegAttemptStep steps[] = { exchange(0, 1, false, 401) };
    RegAttempt attempt = attempt_of(steps, 1, REG_OUTCOME_ABANDONED);
    RegAttempt *attempts[] = { &attempt };
    RegDevice device = device_of(attempts, 1);

    attempt.unexplained_silence = true;

    g_autoptr(GArray) events = reg_timeline_new(&device, AT(60));

    assert_int_equal(events->len, 3);
    assert_event(events, 2, REG_EVENT_EXPECTED, "expected: REGISTER with credentials - never sent");
    assert_true(event_at(events, 2)->missing);
    assert_int_equal(event_at(events, 2)->n_frames, 0);
    assert_int_equal(event_at(events, 2)->direction, REG_DIRECTION_TO_SERVER);
}

static void says_what_each_answer_called_for(void **state)
{
    static const struct {
        uint16_t status;
        bool credentials;
        const char *text;
    } cases[] = {
        { 401, true, "expected: REGISTER with new credentials - never sent" },
        { 423, true, "expected: REGISTER that asks for at least Min-Expires - never sent" },
        { 302, false, "expected: REGISTER to the address of the redirect - never sent" },
        { 200, true, "expected: another REGISTER - never sent" },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        RegAttemptStep steps[] = { exchange(0, 1, cases[i].credentials, cases[i].status) };
        RegAttempt attempt = attempt_of(steps, 1, REG_OUTCOME_ABANDONED);
        RegAttempt *attempts[] = { &attempt };
        RegDevice device = device_of(attempts, 1);

        attempt.unexplained_silence = true;

        g_autoptr(GArray) events = reg_timeline_new(&device, AT(60));

        assert_event(events, 2, REG_EVENT_EXPECTED, cases[i].text);
    }
}

static RegAttempt silent_attempt(RegAttemptStep *step)
{
    *step = exchange(0, 1, false, 0);
    step->copies = 10;

    RegAttempt attempt = attempt_of(step, 1, REG_OUTCOME_UNANSWERED);

    attempt.closed = AT(31.5);
    return attempt;
}

static void names_the_answer_that_never_came(void **state)
{
    RegAttemptStep step;
    RegAttempt attempt = silent_attempt(&step);
    RegAttempt *attempts[] = { &attempt };
    RegDevice device = device_of(attempts, 1);

    attempt.unexplained_silence = true;

    g_autoptr(GArray) events = reg_timeline_new(&device, AT(90));

    assert_int_equal(events->len, 2);
    assert_event(events, 0, REG_EVENT_REGISTER_SENT, "REGISTER, expires 60, sent 11 times");
    assert_event(events, 1, REG_EVENT_UNANSWERED,
                 "expected: an answer - none came (sent 11 times in 31 s)");
    assert_true(event_at(events, 1)->missing);
    assert_int_equal(event_at(events, 1)->direction, REG_DIRECTION_TO_DEVICE);
    assert_int_equal(event_at(events, 1)->time, AT(31.5));
}

static void does_not_blame_anybody_when_the_capture_lost_packets(void **state)
{
    RegAttemptStep step;
    RegAttempt attempt = silent_attempt(&step);
    RegAttempt *attempts[] = { &attempt };
    RegDevice device = device_of(attempts, 1);
    g_autoptr(GArray) events = reg_timeline_new(&device, AT(90));

    assert_event(events, 1, REG_EVENT_UNANSWERED,
                 "no answer in this capture, which does not show everything");
    assert_false(event_at(events, 1)->missing);
}

static void stops_where_the_capture_stops(void **state)
{
    RegAttemptStep steps[] = { exchange(0, 1, false, 401) };
    RegAttempt attempt = attempt_of(steps, 1, REG_OUTCOME_UNKNOWN);
    RegAttempt *attempts[] = { &attempt };
    RegDevice device = device_of(attempts, 1);

    attempt.tail_cut = true;

    g_autoptr(GArray) events = reg_timeline_new(&device, AT(2));
    g_autoptr(GArray) later = reg_timeline_new(&device, AT(600));
    g_autoptr(GArray) unknown = reg_timeline_new(&device, NSEC_NONE);

    assert_int_equal(events->len, 3);
    assert_event(events, 2, REG_EVENT_CAPTURE_END, "the capture ends here");
    assert_int_equal(event_at(events, 2)->time, AT(2));
    assert_event(later, 2, REG_EVENT_CUT, "what followed was not kept");
    assert_event(unknown, 2, REG_EVENT_CAPTURE_END, "the capture ends here");
    assert_int_equal(event_at(unknown, 2)->time, AT(0.020));
}

static void a_finished_attempt_is_not_cut_by_the_end(void **state)
{
    RegAttemptStep steps[] = { exchange(0, 1, true, 200) };
    RegAttempt attempt = attempt_of(steps, 1, REG_OUTCOME_ACCEPTED);
    RegAttempt *attempts[] = { &attempt };
    RegDevice device = device_of(attempts, 1);

    attempt.tail_cut = true;

    g_autoptr(GArray) events = reg_timeline_new(&device, AT(2));

    assert_int_equal(events->len, 2);
}

static void folds_a_run_of_refreshes(void **state)
{
    RegAttemptStep steps[] = { exchange(77706, 2881, true, 200) };
    RegAttempt attempt = attempt_of(steps, 1, REG_OUTCOME_ACCEPTED);
    RegAttempt *attempts[] = { &attempt };
    RegDevice device = device_of(attempts, 1);

    attempt.purpose = REG_PURPOSE_REFRESH;
    attempt.repeated = 1439;
    attempt.first_opened = AT(54);

    g_autoptr(GArray) events = reg_timeline_new(&device, AT(77760));

    assert_int_equal(events->len, 1);
    assert_event(events, 0, REG_EVENT_REFRESHED, "refreshed 1439 times, every 54 s, expires 60");
    assert_int_equal(event_at(events, 0)->count, 1439);
    assert_int_equal(event_at(events, 0)->time, AT(54));
    assert_int_equal(event_at(events, 0)->until, AT(77706));
    assert_int_equal(event_at(events, 0)->n_frames, 2);
    assert_int_equal(event_at(events, 0)->frames[0].frame, 2881);
    assert_int_equal(event_at(events, 0)->frames[1].frame, 2882);
}

/* Refreshes at 0, 54 and 'third' seconds. */
static GArray *three_refreshes(double third, bool cited)
{
    RegAttemptStep steps[] = { exchange(0, 1, true, 200), exchange(54, 3, true, 200),
                               exchange(third, 5, true, 200) };
    RegAttempt all[3];
    RegAttempt *attempts[] = { &all[0], &all[1], &all[2] };
    RegDevice device = device_of(attempts, 3);

    for (unsigned i = 0; i < 3; i++) {
        all[i] = attempt_of(&steps[i], 1, REG_OUTCOME_ACCEPTED);
        all[i].purpose = REG_PURPOSE_REFRESH;
    }
    all[2].cited = cited;
    return reg_timeline_new(&device, AT(200));
}

static void folds_single_refreshes_that_follow_each_other(void **state)
{
    g_autoptr(GArray) events = three_refreshes(108, false);

    assert_int_equal(events->len, 1);
    assert_event(events, 0, REG_EVENT_REFRESHED, "refreshed 3 times, every 54 s, expires 60");
}

static void does_not_fold_over_a_lapse_or_into_a_finding(void **state)
{
    g_autoptr(GArray) late = three_refreshes(130, false);
    g_autoptr(GArray) cited = three_refreshes(108, true);

    assert_int_equal(late->len, 3);
    assert_int_equal(event_at(late, 0)->count, 2);
    assert_int_equal(late->len, cited->len);
    assert_int_equal(event_at(cited, 1)->kind, REG_EVENT_CREDENTIALS_SENT);
}

static void tells_the_last_of_a_run_of_failures_in_full(void **state)
{
    RegAttemptStep steps[] = { exchange(120, 9, false, 403) };
    RegAttempt attempt = attempt_of(steps, 1, REG_OUTCOME_REFUSED);
    RegAttempt *attempts[] = { &attempt };
    RegDevice device = device_of(attempts, 1);

    attempt.repeated = 5;
    attempt.first_opened = START;
    steps[0].reason = (char *)"Forbidden";

    g_autoptr(GArray) events = reg_timeline_new(&device, AT(200));

    assert_int_equal(events->len, 3);
    assert_event(events, 0, REG_EVENT_REPEATED, "tried 5 times alike, every 30 s; the last one:");
    assert_int_equal(event_at(events, 0)->count, 5);
    assert_event(events, 2, REG_EVENT_REFUSED, "403 Forbidden");
}

static void says_what_a_digest_was_made_from(void **state)
{
    RegDigestFacts digest = { .verdict = REG_DIGEST_OTHER_INPUT, .hypothesis = 1 };
    RegAttemptStep steps[] = { exchange(0, 1, true, 403) };
    RegAttempt attempt = attempt_of(steps, 1, REG_OUTCOME_REFUSED);
    RegAttempt *attempts[] = { &attempt };
    RegDevice device = device_of(attempts, 1);
    const char *text = reg_hypothesis_at(0)->text;

    steps[0].digest = &digest;

    g_autoptr(GArray) events = reg_timeline_new(&device, AT(200));
    g_autofree char *end = g_strdup_printf(", digest was made from other values: %s", text);

    assert_true(g_str_has_suffix(event_at(events, 0)->text, end));
}

static void describes_removal_query_and_digest(void **state)
{
    RegDigestFacts digest = { .username = (char *)"acct1001", .verdict = REG_DIGEST_MISMATCH };
    RegAttemptStep removal[] = { exchange(0, 1, true, 200) };
    RegAttemptStep query[] = { exchange(1, 3, false, 200) };
    RegAttempt one = attempt_of(removal, 1, REG_OUTCOME_ACCEPTED);
    RegAttempt other = attempt_of(query, 1, REG_OUTCOME_ACCEPTED);
    RegAttempt *attempts[] = { &one, &other };
    RegDevice device = device_of(attempts, 2);

    one.purpose = REG_PURPOSE_REMOVE;
    removal[0].asked = 0;
    removal[0].digest = &digest;
    removal[0].answer_copies = 1;
    other.purpose = REG_PURPOSE_QUERY;

    g_autoptr(GArray) events = reg_timeline_new(&device, AT(200));

    assert_event(events, 0, REG_EVENT_CREDENTIALS_SENT,
                 "REGISTER with credentials of \"acct1001\", removes the binding, digest does not "
                 "verify");
    assert_event(events, 1, REG_EVENT_REMOVED, "200 OK, binding removed, sent 2 times");
    assert_event(events, 2, REG_EVENT_REGISTER_SENT, "REGISTER, asks what is bound");
    assert_event(events, 3, REG_EVENT_ACCEPTED, "200 OK, expires 60");
}

static void tells_an_answer_whose_request_is_missing(void **state)
{
    RegAttemptStep steps[] = { exchange(0, 1, false, 404) };
    RegAttempt attempt = attempt_of(steps, 1, REG_OUTCOME_REFUSED);
    RegAttempt *attempts[] = { &attempt };
    RegDevice device = device_of(attempts, 1);

    steps[0].request = (CaptureRef){ 0 };
    steps[0].request_time = NSEC_NONE;
    attempt.opened = attempt.closed;

    g_autoptr(GArray) events = reg_timeline_new(&device, AT(9));

    assert_int_equal(events->len, 1);
    assert_event(events, 0, REG_EVENT_REFUSED, "404");
}

static void says_that_older_attempts_are_not_kept(void **state)
{
    RegDevice device = device_of(NULL, 0);

    device.attempts_forgotten = 1200;

    g_autoptr(GArray) events = reg_timeline_new(&device, AT(9));

    assert_int_equal(events->len, 1);
    assert_event(events, 0, REG_EVENT_FORGOTTEN, "1200 earlier attempts are not kept");
    assert_int_equal(event_at(events, 0)->count, 1200);
}

static void keeps_time_order_over_attempts_and_lapses(void **state)
{
    RegAttemptStep first[] = { exchange(0, 1, true, 200) };
    RegAttemptStep second[] = { exchange(100, 3, true, 200) };
    RegAttempt one = attempt_of(first, 1, REG_OUTCOME_ACCEPTED);
    RegAttempt other = attempt_of(second, 1, REG_OUTCOME_ACCEPTED);
    RegAttempt *attempts[] = { &one, &other };
    RegDevice device = device_of(attempts, 2);
    RegBinding bindings[] = { binding_of(0.020, 60.020, REG_BINDING_LAPSED),
                              binding_of(100.020, 160, REG_BINDING_OPEN) };

    device.bindings = bindings;
    device.n_bindings = 2;

    g_autoptr(GArray) events = reg_timeline_new(&device, AT(120));

    assert_int_equal(events->len, 5);
    assert_int_equal(event_at(events, 2)->kind, REG_EVENT_LAPSED);
    for (unsigned i = 1; i < events->len; i++)
        assert_true(event_at(events, i - 1)->time <= event_at(events, i)->time);
}

static void survives_times_that_cannot_be(void **state)
{
    RegAttemptStep steps[] = { exchange(0, 1, false, 0), exchange(0, 2, true, 200) };
    RegAttempt one = attempt_of(&steps[0], 1, REG_OUTCOME_UNANSWERED);
    RegAttempt other = attempt_of(&steps[1], 1, REG_OUTCOME_ACCEPTED);
    RegAttempt *attempts[] = { &one, &other };
    RegDevice device = device_of(attempts, 2);

    steps[0].copies = UINT16_MAX;
    steps[0].request_time = NSEC_NONE;
    one.opened = NSEC_NONE + 1;
    one.closed = NSEC_MAX;
    one.unexplained_silence = true;
    other.purpose = REG_PURPOSE_REFRESH;
    other.repeated = UINT32_MAX;
    other.first_opened = NSEC_MAX;
    other.opened = NSEC_NONE + 1;
    device.keepalives = UINT64_MAX;
    device.first_keepalive = NSEC_MAX;
    device.last_keepalive = NSEC_NONE + 1;

    g_autoptr(GArray) events = reg_timeline_new(&device, NSEC_MAX);

    assert_int_equal(events->len, 4);
}

static void tells_one_attempt_alone_with_its_steps(void **state)
{
    RegAttemptStep steps[] = { exchange(0, 1, false, 401), exchange(0.1, 3, true, 200) };
    RegAttempt attempt = attempt_of(steps, 2, REG_OUTCOME_ACCEPTED);

    attempt.repeated = 3;

    g_autoptr(GArray) events = reg_timeline_attempt(&attempt, AT(50));

    assert_int_equal(events->len, 5); /* not folded, however quiet it was */
    assert_int_equal(event_at(events, 0)->kind, REG_EVENT_REPEATED);
    assert_null(event_at(events, 0)->step);
    assert_ptr_equal(event_at(events, 1)->step, &steps[0]);
    assert_ptr_equal(event_at(events, 2)->step, &steps[0]);
    assert_ptr_equal(event_at(events, 4)->step, &steps[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tells_a_registration_message_by_message),
        cmocka_unit_test(names_the_credentials_that_never_came),
        cmocka_unit_test(says_what_each_answer_called_for),
        cmocka_unit_test(names_the_answer_that_never_came),
        cmocka_unit_test(does_not_blame_anybody_when_the_capture_lost_packets),
        cmocka_unit_test(stops_where_the_capture_stops),
        cmocka_unit_test(a_finished_attempt_is_not_cut_by_the_end),
        cmocka_unit_test(folds_a_run_of_refreshes),
        cmocka_unit_test(folds_single_refreshes_that_follow_each_other),
        cmocka_unit_test(does_not_fold_over_a_lapse_or_into_a_finding),
        cmocka_unit_test(tells_the_last_of_a_run_of_failures_in_full),
        cmocka_unit_test(says_what_a_digest_was_made_from),
        cmocka_unit_test(describes_removal_query_and_digest),
        cmocka_unit_test(tells_an_answer_whose_request_is_missing),
        cmocka_unit_test(says_that_older_attempts_are_not_kept),
        cmocka_unit_test(keeps_time_order_over_attempts_and_lapses),
        cmocka_unit_test(survives_times_that_cannot_be),
        cmocka_unit_test(tells_one_attempt_alone_with_its_steps),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
