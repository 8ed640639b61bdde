/*
 * The registrar has lost what it promised.
 *
 * It granted an hour, and half an hour later it answers a call for the account
 * with "not found": it was restarted without its table, another server of the
 * cluster was asked, or it removed the device because that did not answer its
 * pings. The device knows nothing of it and is back with its next REGISTER.
 */

#include "below.h"
#include "lapses.h"

/* The device itself may have said that, and the registrar passed it on. */
static bool is_word_of_device(const RegLife *life, const RegForgotten *forgotten)
{
    const RegInbound *answered = life->answered;

    return answered != NULL && answered->status == forgotten->status
           && lapse_span(answered->answered, forgotten->time) <= NSEC_SEC
           && lapse_span(forgotten->last, answered->answered) <= NSEC_SEC;
}

/* 404 and 410: the account has no binding. 480: the same at many registrars, but
 * RFC 3261 section 21.4.18 has another use for it too. */
static bool is_plain(const RegForgotten *forgotten)
{
    return forgotten->status == 404 || forgotten->status == 410;
}

/* The next accepted REGISTER; NSEC_NONE: there was none, or it is one of a run
 * of which only the first and the newest are known. */
static Nsec healed_at(const RegDevice *device, const RegForgotten *forgotten)
{
    for (unsigned i = 0; i < device->n_attempts_kept; i++) {
        const RegAttempt *attempt = device->attempts[i];

        if (attempt->outcome == REG_OUTCOME_ACCEPTED && attempt->opened > forgotten->last
            && (attempt->purpose == REG_PURPOSE_REGISTER
                || attempt->purpose == REG_PURPOSE_REFRESH))
            return attempt->first_opened > forgotten->last ? attempt->first_opened : NSEC_NONE;
    }
    return NSEC_NONE;
}

static void say(const RegDevice *device, const RegForgotten *forgotten, Finding *finding)
{
    Nsec healed = healed_at(device, forgotten);
    char who[NET_ENDPOINT_TEXT], time[NSEC_TEXT], left[NSEC_TEXT], clock[NSEC_TEXT];
    g_autofree char *again =
        healed != NSEC_NONE
            ? g_strdup_printf("; the device registered again at %s", nsec_to_clock(healed, clock))
            : NULL;
    g_autofree char *several =
        forgotten->count > 1 ? g_strdup_printf(", %u requests in all", forgotten->count) : NULL;

    finding_say(finding,
                "the registrar answered a request for %s (%s) with %u at %s, although the binding "
                "that it had granted ran for another %s%s%s",
                below_who(device, who), sip_method_name(forgotten->method), forgotten->status,
                nsec_to_clock(forgotten->time, time),
                nsec_to_span(lapse_span(forgotten->time, forgotten->until), left),
                several ? several : "", again ? again : "");
}

/* It may have been renewed since. */
static Nsec granted_before(const RegBinding *binding, const RegForgotten *forgotten)
{
    Nsec newest = lapse_granted_at(binding);

    return newest <= forgotten->time ? newest : binding->since;
}

static void cite(const RegDevice *device, const RegForgotten *forgotten, Finding *finding)
{
    const RegBinding *binding = lapse_bound_at(device, forgotten->time);
    char until[NSEC_TEXT];
    g_autofree char *promise =
        g_strdup_printf("the binding is granted until %s", nsec_to_clock(forgotten->until, until));
    g_autofree char *status = g_strdup_printf("%u", forgotten->status);

    if (forgotten->granted.frame != 0 && binding != NULL)
        finding_cite(finding, "granted", forgotten->granted, granted_before(binding, forgotten),
                     str_of(promise), NULL);
    finding_cite(finding, "request", forgotten->request, forgotten->time,
                 str_of(sip_method_name(forgotten->method)), NULL);
    finding_cite(finding, "answer", forgotten->answer, forgotten->time, str_of(status),
                 "the request is passed on to the device");
}

static RuleVerdict check(const RegDevice *device, Nsec now, Finding *finding)
{
    const RegForgotten *forgotten = device->life != NULL ? device->life->forgotten : NULL;

    if (forgotten == NULL || forgotten->count == 0 || forgotten->time >= forgotten->until
        || is_word_of_device(device->life, forgotten))
        return RULE_CLEAN;
    if (!(device->vantage & REG_VANTAGE_SERVER))
        return rule_abstain(finding, "needs a capture beside the server");
    if (lapse_loss(device) != NULL)
        return rule_abstain(finding, lapse_loss(device));

    say(device, forgotten, finding);
    cite(device, forgotten, finding);
    finding_reject(finding, "account_unknown", "it had accepted a REGISTER for the same account");
    finding_reject(finding, "deregistered", "no REGISTER asked for an end");
    finding_reject(finding, "binding_fight", "no other device took the place");
    finding_reject(finding, "nat_mapping_expired",
                   "the registrar refused by itself and did not try to reach the device");
    if (!is_plain(forgotten) || forgotten->count == 1)
        finding_grade(finding, FINDING_STRONG,
                      "The registrar's log: restarts, and what became of the binding. Whether the "
                      "answer is the registrar's own, or that of another server it asked.");
    finding->from = forgotten->time;
    finding->until = forgotten->last;
    finding->count = forgotten->count;
    return RULE_FIRES;
}

const Rule rule_registrar_forgot = {
    .id = "registrar_forgot",
    .area = "life",
    .title = "The registrar forgot the registration",
    .severity = FINDING_FAILURE,
    .vantage = REG_VANTAGE_SERVER,
    .meaning = "The registrar had promised to keep the registration until later, and refused a "
               "request for the account as if there were none. The device believes that it is "
               "registered, until its next REGISTER.",
    .advice =
        "Look for a restart of the registrar at that time, and let it keep its table (Kamailio: "
        "usrloc db_mode 1 or 3; Asterisk keeps it in astdb). Several servers have to share "
        "one table. A registrar that pings its devices may have removed one that did not "
        "answer (Asterisk: qualify; Kamailio: usrloc keepalive_timeout).",
    .confusion = "A registration that ran out, one that the device removed or that another device "
                 "replaced; a 404 or 480 that the device sent itself.",
    .should = "A registrar keeps a binding for the granted time (RFC 3261 section 10.3).",
    .seen = {
        .client = "Nothing but calls that do not come.",
        .middle = "The same.",
        .server = "404 or 480 to callers while the granted time runs; good again after the next "
                  "REGISTER.",
    },
    .fix = {
        .phone = "A shorter interval makes the outage shorter.",
        .router = "Nothing.",
        .asterisk = "Contacts are kept in astdb ('database show registrar'); qualify_frequency "
                    "makes a contact unavailable that does not answer.",
        .kamailio = "usrloc: db_mode 1, 2 or 3 instead of 0; a table that all servers share.",
    },
    .reference = "RFC 3261 sections 10.3 and 16.5",
    .check_device = check,
};
