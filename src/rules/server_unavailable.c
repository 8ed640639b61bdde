/*
 * 503: come back later, or go elsewhere.
 *
 * An overloaded or restarting server names in Retry-After how long it wants to
 * be left alone; RFC 3263 wants the phone to try the next server meanwhile.
 * What matters then is whether and when the phone comes back. That may be
 * minutes later, when the attempt is long over: so this looks at the device.
 */

#include "rules/rule.h"
#include "words.h"

/* A row of attempts that all got 503, and what came after it. */
typedef struct Outage {
    const RegAttempt *first;
    const RegAttempt *last;
    const RegAttempt *next; /* NULL: the phone did not come back */
    uint32_t times;
} Outage;

static const RegAttemptStep *end_of(const RegAttempt *attempt)
{
    return &attempt->steps[attempt->n_steps - 1];
}

/* Some registrars say 503 when an account has too many contacts. */
static bool is_turned_away(const RegAttempt *attempt)
{
    const RegAttemptStep *end = end_of(attempt);

    return end->status == 503 && !words_are_about(str_of(end->reason), WORDS_CONTACTS)
           && !words_are_about(str_of(end->remark), WORDS_CONTACTS);
}

/* The first row of such attempts; 'times' is 0 when there is none. */
static Outage find_outage(const RegDevice *device)
{
    Outage outage = { 0 };

    for (unsigned i = 0; i < device->n_attempts_kept; i++) {
        const RegAttempt *attempt = device->attempts[i];

        if (is_turned_away(attempt)) {
            outage.first = outage.first != NULL ? outage.first : attempt;
            outage.last = attempt;
            outage.times += attempt->repeated;
        } else if (outage.times > 0) {
            outage.next = attempt;
            break;
        }
    }
    return outage;
}

/* A phone that tries the next server at once needs no more than that. */
#define SHORTEST_WAIT (4 * NSEC_SEC)

/* What became of it, as the end of a sentence; g_free() it. */
static char *sequel_of(const Outage *outage, Nsec now)
{
    const RegAttemptStep *end = end_of(outage->last);
    bool named = end->retry_after != REG_EXPIRES_NONE;
    Nsec wait = named ? MAX(end->retry_after * NSEC_SEC, SHORTEST_WAIT) : SHORTEST_WAIT;
    char span[NSEC_TEXT];

    if (outage->next == NULL && now - end->answer_time < wait)
        return g_strdup("the capture ends before the phone had to come back");
    if (outage->next == NULL)
        return g_strdup_printf("the phone was not seen to come back in %s",
                               nsec_to_span(now - end->answer_time, span));

    Nsec away = outage->next->first_opened - end->answer_time;

    return g_strdup_printf("the phone came back after %s%s and %s", nsec_to_span(away, span),
                           named && away < end->retry_after * NSEC_SEC ? ", too early," : "",
                           outage->next->outcome == REG_OUTCOME_ACCEPTED ? "was accepted"
                                                                         : "was not accepted");
}

static void cite(Finding *finding, const Outage *outage)
{
    const RegAttemptStep *first = end_of(outage->first);
    const RegAttemptStep *last = end_of(outage->last);
    g_autofree char *answer = g_strdup_printf("503 %s", first->reason);
    g_autofree char *seconds = g_strdup_printf("%u", first->retry_after);

    if (first->request.frame != 0)
        finding_cite(finding, "request", first->request, first->request_time, STR("REGISTER"),
                     NULL);
    finding_cite(finding, "answer", first->answer, first->answer_time, str_of(answer), "200 OK");
    if (first->retry_after != REG_EXPIRES_NONE)
        finding_cite(finding, "Retry-After", first->answer, first->answer_time, str_of(seconds),
                     NULL);
    if (first->remark != NULL)
        finding_cite(finding, "remark", first->answer, first->answer_time, str_of(first->remark),
                     NULL);
    if (last != first)
        finding_cite(finding, "last 503", last->answer, last->answer_time, str_of(last->reason),
                     NULL);
    if (outage->next != NULL && outage->next->steps[0].request.frame != 0)
        finding_cite(finding, "next request", outage->next->steps[0].request,
                     outage->next->steps[0].request_time, STR("REGISTER"), NULL);
}

static RuleVerdict check(const RegDevice *device, Nsec now, Finding *finding)
{
    Outage outage = find_outage(device);

    if (outage.times == 0)
        return RULE_CLEAN;

    const RegAttemptStep *end = end_of(outage.last);
    g_autofree char *sequel = sequel_of(&outage, now);
    g_autofree char *times =
        outage.times > 1 ? g_strdup_printf(" %u times", outage.times) : g_strdup("");
    g_autofree char *wait = end->retry_after != REG_EXPIRES_NONE
                                ? g_strdup_printf(" for %u s", end->retry_after)
                                : g_strdup("");

    finding_say(finding, "the server asked %s%s to stay away%s: 503 %s; %s",
                device->aor[0] != '\0' ? device->aor : "a device without a name", times, wait,
                end->reason != NULL ? end->reason : "", sequel);
    cite(finding, &outage);
    finding->from = outage.first->first_opened;
    finding->until = outage.last->closed;
    return RULE_FIRES;
}

const Rule rule_server_unavailable = {
    .id = "server_unavailable",
    .area = "chain",
    .title = "The server was not available",
    .severity = FINDING_FAILURE,
    .vantage = REG_VANTAGE_ANY,
    .meaning =
        "503 Service Unavailable: the server is overloaded, restarting or has nobody behind it.",
    .advice = "Look at the server's load and its backends at that time. On the phone configure a "
              "second server (SRV records) and check that it retries after Retry-After.",
    .confusion = "Some registrars send 503 when an account has too many contacts.",
    .should = "A phone that gets 503 tries the next server of its domain, or waits as long as "
              "Retry-After says (RFC 3261 section 21.5.4, RFC 3263 section 4.3).",
    .seen = {
        .client = "503, with or without Retry-After.",
        .middle = "The same.",
        .server = "The same. A proxy sends 503 for the server behind it.",
    },
    .fix = {
        .phone = "A second server, by SRV records.",
        .router = "Nothing.",
        .asterisk = "Load, 'core show taskprocessors', a restart at that time.",
        .kamailio = "Free workers and memory ('kamctl stats'), dispatcher ('kamcmd "
                    "dispatcher.list').",
    },
    .reference = "RFC 3261 section 21.5.4, RFC 3263 section 4.3",
    .check_device = check,
};
