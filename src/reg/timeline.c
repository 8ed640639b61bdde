/*
 * "What did the phone do, in which order, and where did it stop?"
 *
 * Turns the record of a device into a list that a person reads from top to
 * bottom. The attempts give the messages; what is between them comes from the
 * bindings, the requests for the device and the changes of its path. All of it
 * is sorted by time at the end.
 */

#include "reg/timeline.h"

#include "events.h"

/* RFC 3261 section 17.1.2.2: nothing that belongs to an exchange comes later
 * than 64*T1 after its last message. */
#define EXCHANGE_TIME (32 * NSEC_SEC)

static void append_verdict(GString *text, const RegDigestFacts *digest)
{
    const RegHypothesis *hypothesis = reg_digest_facts_hypothesis(digest);

    if (digest->verdict == REG_DIGEST_MATCH)
        g_string_append(text, ", digest verifies");
    else if (digest->verdict == REG_DIGEST_MISMATCH)
        g_string_append(text, ", digest does not verify");
    else if (digest->verdict == REG_DIGEST_OTHER_INPUT)
        g_string_append_printf(text, ", digest was made from other values: %s",
                               hypothesis != NULL ? hypothesis->text : "not known which");
}

static bool asks_removal(const RegAttempt *attempt, const RegAttemptStep *step)
{
    return attempt->purpose == REG_PURPOSE_REMOVE || step->asked == 0;
}

static char *request_text(const RegAttempt *attempt, const RegAttemptStep *step)
{
    GString *text = g_string_new("REGISTER");

    if (step->credentials)
        g_string_append(text, " with credentials");
    if (step->digest != NULL && step->digest->username != NULL)
        g_string_append_printf(text, " of \"%s\"", step->digest->username);
    if (asks_removal(attempt, step))
        g_string_append(text, ", removes the binding");
    else if (attempt->purpose == REG_PURPOSE_QUERY)
        g_string_append(text, ", asks what is bound");
    else if (step->asked != REG_EXPIRES_NONE)
        g_string_append_printf(text, ", expires %u", step->asked);
    if (step->digest != NULL)
        append_verdict(text, step->digest);
    if (step->copies > 0)
        g_string_append_printf(text, ", sent %u times", step->copies + 1u);
    return g_string_free(text, FALSE);
}

static RegEventKind answer_kind(const RegAttempt *attempt, const RegAttemptStep *step)
{
    if (step->challenged || step->status == 401 || step->status == 407)
        return REG_EVENT_CHALLENGED;
    if (step->status < 200 || step->status > 299)
        return REG_EVENT_REFUSED;
    return asks_removal(attempt, step) ? REG_EVENT_REMOVED : REG_EVENT_ACCEPTED;
}

static char *answer_text(RegEventKind kind, const RegAttemptStep *step)
{
    GString *text = g_string_new(NULL);

    g_string_append_printf(text, "%u", step->status);
    if (step->reason != NULL)
        g_string_append_printf(text, " %s", step->reason);
    else if (step->status == 200)
        g_string_append(text, " OK");
    else if (step->status == 401)
        g_string_append(text, " Unauthorized");
    if (kind == REG_EVENT_CHALLENGED && step->credentials)
        g_string_append(text, ", challenged again");
    if (kind == REG_EVENT_REMOVED)
        g_string_append(text, ", binding removed");
    else if (step->granted != REG_EXPIRES_NONE)
        g_string_append_printf(text, ", expires %u", step->granted);
    if (step->answer_copies > 0)
        g_string_append_printf(text, ", sent %u times", step->answer_copies + 1u);
    return g_string_free(text, FALSE);
}

static void add_step(GArray *events, const RegAttempt *attempt, const RegAttemptStep *step)
{
    if (step->request.frame != 0 || step->request_time != NSEC_NONE) {
        RegEventKind kind =
            step->credentials ? REG_EVENT_CREDENTIALS_SENT : REG_EVENT_REGISTER_SENT;
        RegEvent *event =
            reg_events_add(events, kind, reg_events_known(step->request_time, attempt->opened),
                           request_text(attempt, step));

        event->step = step;
        reg_event_cite(event, step->request);
    }
    if (step->status != 0) {
        RegEventKind kind = answer_kind(attempt, step);
        RegEvent *event =
            reg_events_add(events, kind, reg_events_known(step->answer_time, attempt->closed),
                           answer_text(kind, step));

        event->step = step;
        reg_event_cite(event, step->answer);
    }
}

static void add_missing_answer(GArray *events, const RegAttempt *attempt,
                               const RegAttemptStep *step)
{
    char span[NSEC_TEXT];
    char *text;

    if (!attempt->unexplained_silence)
        text = g_strdup("no answer in this capture, which does not show everything");
    else if (step->copies == 0)
        text = g_strdup("expected: an answer - none came");
    else
        text = g_strdup_printf(
            "expected: an answer - none came (sent %u times in %s)", step->copies + 1u,
            nsec_to_span(reg_events_elapsed(reg_events_known(step->request_time, attempt->opened),
                                            attempt->closed),
                         span));
    reg_events_add(events, REG_EVENT_UNANSWERED, attempt->closed, text)->missing =
        attempt->unexplained_silence;
}

static const char *expected_request(const RegAttemptStep *step)
{
    if (step->challenged || step->status == 401 || step->status == 407)
        return step->credentials ? "expected: REGISTER with new credentials - never sent"
                                 : "expected: REGISTER with credentials - never sent";
    if (step->status == 423) /* RFC 3261 section 10.2.8 */
        return "expected: REGISTER that asks for at least Min-Expires - never sent";
    if (step->status >= 300 && step->status < 400) /* section 8.1.3.4 */
        return "expected: REGISTER to the address of the redirect - never sent";
    return "expected: another REGISTER - never sent";
}

static void add_cut(GArray *events, const RegAttempt *attempt, Nsec end)
{
    if (end != NSEC_NONE && reg_events_elapsed(attempt->closed, end) > EXCHANGE_TIME)
        reg_events_add(events, REG_EVENT_CUT, attempt->closed,
                       g_strdup("what followed was not kept"));
    else
        reg_events_add(events, REG_EVENT_CAPTURE_END, MAX(end, attempt->closed),
                       g_strdup("the capture ends here"));
}

/* An attempt that was accepted or refused is complete: nothing is missing when
 * the capture ends after it. */
static bool is_unfinished(const RegAttempt *attempt)
{
    return attempt->outcome != REG_OUTCOME_ACCEPTED && attempt->outcome != REG_OUTCOME_REFUSED;
}

static void add_silence(GArray *events, const RegAttempt *attempt, Nsec end)
{
    const RegAttemptStep *last = &attempt->steps[attempt->n_steps - 1];

    if (attempt->tail_cut && is_unfinished(attempt))
        add_cut(events, attempt, end);
    else if (last->status == 0)
        add_missing_answer(events, attempt, last);
    else if (attempt->unexplained_silence)
        reg_events_add(events, REG_EVENT_EXPECTED, attempt->closed,
                       g_strdup(expected_request(last)))
            ->missing = true;
}

static const char *run_verb(const RegAttempt *attempt)
{
    switch (attempt->purpose) {
    case REG_PURPOSE_REGISTER:
        return "registered";
    case REG_PURPOSE_REFRESH:
        return "refreshed";
    case REG_PURPOSE_REMOVE:
        return "deregistered";
    case REG_PURPOSE_QUERY:
        return "asked what is bound";
    }
    return "tried";
}

static bool is_quiet_refresh(const RegAttempt *attempt)
{
    if (attempt->purpose != REG_PURPOSE_REFRESH || attempt->outcome != REG_OUTCOME_ACCEPTED)
        return false;
    if (attempt->cited || attempt->head_cut || attempt->tail_cut || attempt->unexplained_silence)
        return false;
    for (unsigned i = 0; i < attempt->n_steps; i++) {
        if (attempt->steps[i].copies > 0 || attempt->steps[i].answer_copies > 0)
            return false;
    }
    return attempt->n_steps > 0;
}

/* A refresh that came after the grant had run out is no quiet one. */
static bool continues(const RegAttempt *before, const RegAttempt *after)
{
    uint32_t granted = before->steps[before->n_steps - 1].granted;

    return is_quiet_refresh(before) && is_quiet_refresh(after) && granted != REG_EXPIRES_NONE
           && after->steps[after->n_steps - 1].granted == granted
           && reg_events_elapsed(before->closed, after->first_opened) <= granted * NSEC_SEC;
}

/* Attempts first..last, the latter included, as one event. */
static void add_run(GArray *events, RegAttempt *const *attempts, unsigned first, unsigned last)
{
    const RegAttempt *newest = attempts[last];
    Nsec since = attempts[first]->first_opened;
    uint64_t count = 0;
    char span[NSEC_TEXT];

    for (unsigned i = first; i <= last; i++)
        count += MAX(attempts[i]->repeated, 1);

    GString *text = g_string_new(NULL);

    reg_events_interval(reg_events_elapsed(since, newest->opened) / (Nsec)MAX(count - 1, 1), span);
    g_string_printf(text, "%s %" G_GUINT64_FORMAT " times, every %s", run_verb(newest), count,
                    span);
    if (newest->n_steps > 0 && newest->steps[newest->n_steps - 1].granted != REG_EXPIRES_NONE)
        g_string_append_printf(text, ", expires %u", newest->steps[newest->n_steps - 1].granted);

    RegEvent *event =
        reg_events_add(events, REG_EVENT_REFRESHED, since, g_string_free(text, FALSE));

    event->until = newest->opened;
    event->count = count;
    if (newest->n_steps > 0) {
        reg_event_cite(event, newest->steps[newest->n_steps - 1].request);
        reg_event_cite(event, newest->steps[newest->n_steps - 1].answer);
    }
}

static void add_repeats(GArray *events, const RegAttempt *attempt)
{
    char span[NSEC_TEXT];

    reg_events_interval(
        reg_events_elapsed(attempt->first_opened, attempt->opened) / (attempt->repeated - 1), span);

    RegEvent *event = reg_events_add(
        events, REG_EVENT_REPEATED, attempt->first_opened,
        g_strdup_printf("tried %u times alike, every %s; the last one:", attempt->repeated, span));

    event->until = attempt->opened;
    event->count = attempt->repeated;
}

/* Credentials sent and challenged again, as in the round before. */
static bool is_same_round(const RegAttemptStep *a, const RegAttemptStep *b)
{
    return a->credentials && b->credentials && a->challenged && b->challenged
           && a->status == b->status && a->asked == b->asked && a->copies == 0 && b->copies == 0
           && g_strcmp0(a->reason, b->reason) == 0;
}

static unsigned count_rounds(const RegAttempt *attempt, unsigned first)
{
    unsigned n = 1;

    while (first + n < attempt->n_steps
           && is_same_round(&attempt->steps[first], &attempt->steps[first + n]))
        n++;
    return n;
}

/* A loop is told by its first two rounds and its last one. */
static void add_rounds(GArray *events, const RegAttempt *attempt, unsigned first, unsigned n)
{
    const RegAttemptStep *second = &attempt->steps[first + 2];
    const RegAttemptStep *before_last = &attempt->steps[first + n - 2];
    unsigned between = n - 3;

    add_step(events, attempt, &attempt->steps[first]);
    add_step(events, attempt, &attempt->steps[first + 1]);

    RegEvent *event = reg_events_add(
        events, REG_EVENT_REPEATED, reg_events_known(second->request_time, attempt->opened),
        g_strdup_printf("the same %u more times: credentials, challenged again", between));

    event->until = reg_events_known(before_last->answer_time, attempt->closed);
    event->count = between;
    reg_event_cite(event, second->request);
    reg_event_cite(event, before_last->answer);
    add_step(events, attempt, &attempt->steps[first + n - 1]);
}

#define LOOP 6 /* rounds; fewer are shown one by one */

/* A chain without end keeps its first and its newest steps only. */
static void add_omitted(GArray *events, const RegAttempt *attempt)
{
    Nsec time = attempt->steps[REG_CHAIN_FIRST].request_time;

    reg_events_add(
        events, REG_EVENT_FORGOTTEN, reg_events_known(time, attempt->opened),
        g_strdup_printf("%u further exchanges before this are not kept", attempt->steps_omitted))
        ->count = attempt->steps_omitted;
}

static void add_attempt(GArray *events, const RegAttempt *attempt, Nsec end)
{
    if (attempt->repeated > 1)
        add_repeats(events, attempt);
    for (unsigned i = 0, n; i < attempt->n_steps; i += n) {
        n = count_rounds(attempt, i) >= LOOP ? count_rounds(attempt, i) : 1;
        if (attempt->steps_omitted > 0 && i <= REG_CHAIN_FIRST && REG_CHAIN_FIRST < i + n)
            add_omitted(events, attempt);
        if (n > 1)
            add_rounds(events, attempt, i, n);
        else
            add_step(events, attempt, &attempt->steps[i]);
    }
    if (attempt->n_steps > 0)
        add_silence(events, attempt, end);
}

static void add_attempts(GArray *events, const RegDevice *device, Nsec end)
{
    for (unsigned i = 0; i < device->n_attempts_kept; i++) {
        const RegAttempt *attempt = device->attempts[i];
        unsigned last = i;

        while (last + 1 < device->n_attempts_kept
               && continues(device->attempts[last], device->attempts[last + 1]))
            last++;
        if (last > i || (attempt->repeated > 1 && attempt->outcome == REG_OUTCOME_ACCEPTED))
            add_run(events, device->attempts, i, last);
        else
            add_attempt(events, attempt, end);
        i = last;
    }
}

static int by_time(const void *a, const void *b)
{
    const RegEvent *one = a;
    const RegEvent *other = b;

    return (one->time > other->time) - (one->time < other->time);
}

static void clear_event(void *event)
{
    g_free(((RegEvent *)event)->text);
}

static GArray *new_events(void)
{
    GArray *events = g_array_new(FALSE, FALSE, sizeof(RegEvent));

    g_array_set_clear_func(events, clear_event);
    return events;
}

GArray *reg_timeline_attempt(const RegAttempt *attempt, Nsec end)
{
    GArray *events = new_events();

    add_attempt(events, attempt, end);
    return events;
}

GArray *reg_timeline_new(const RegDevice *device, Nsec end)
{
    GArray *events = new_events();

    if (device->attempts_forgotten > 0)
        reg_events_add(events, REG_EVENT_FORGOTTEN, device->first_seen,
                       g_strdup_printf("%" G_GUINT64_FORMAT " earlier attempts are not kept",
                                       device->attempts_forgotten))
            ->count = device->attempts_forgotten;
    add_attempts(events, device, end);
    reg_events_add_bindings(events, device, end);
    reg_events_add_inbound(events, device, end);
    reg_events_add_moves(events, device);
    reg_events_add_below(events, device);
    reg_events_add_keepalives(events, device);
    g_array_sort(events, by_time); /* stable: what came in order at one time stays in order */
    return events;
}
