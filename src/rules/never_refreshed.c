/*
 * A registration that is made once and never again.
 *
 * The device is switched on and works: it answers calls, it keeps the way
 * through the NAT open. But it does not renew its registration, and when the
 * granted time is over nobody finds it any more, until somebody restarts it.
 */

#include "below.h"
#include "lapses.h"

/* Some phones register a second time at once, when they have learned their
 * public address: that is still the beginning. */
static bool was_renewed(const RegDevice *device)
{
    const RegBinding *first = &device->bindings[0];
    const RegBinding *newest = &device->bindings[device->n_bindings - 1];
    Nsec beginning = (Nsec)newest->granted * NSEC_SEC / 10;

    return device->bindings_forgotten > 0 || device->attempts_forgotten > 0
           || lapse_span(first->since, lapse_granted_at(newest)) > beginning;
}

static void cite_life(const RegDevice *device, const Lapse *lapse, Finding *finding)
{
    const RegInbound *answered = device->life != NULL ? device->life->answered : NULL;

    if (answered == NULL || answered->answered <= lapse->from || answered->answer.frame == 0)
        return;

    g_autofree char *seen = g_strdup_printf("the device answers %s with %u",
                                            sip_method_name(answered->method), answered->status);

    finding_cite(finding, "alive", answered->answer, answered->answered, str_of(seen), NULL);
}

static Nsec last_sign(const RegDevice *device)
{
    const RegInbound *answered = device->life != NULL ? device->life->answered : NULL;

    return MAX(device->last_heard, answered != NULL ? answered->answered : NSEC_NONE);
}

static RuleVerdict check(const RegDevice *device, Nsec now, Finding *finding)
{
    Lapse lapses[LAPSES];
    unsigned unsure, n = lapses_of(device, now, lapses, &unsure);
    const Lapse *last = n > 0 ? &lapses[n - 1] : NULL;
    char who[NET_ENDPOINT_TEXT], granted[NSEC_TEXT], from[NSEC_TEXT], alive[NSEC_TEXT],
        length[NSEC_TEXT];

    if (last == NULL || !last->to_end || was_renewed(device) || !lapse_was_alive(device, last))
        return RULE_CLEAN;
    if (lapse_loss(device) != NULL)
        return rule_abstain(finding, lapse_loss(device));

    const RegBinding *binding = last->binding;

    finding_say(finding,
                "%s was granted %u s at %s and never renewed it, although it was alive: it is "
                "heard at %s, and no REGISTER follows until the capture ends, %s after the time "
                "ran out at %s",
                below_who(device, who), binding->granted,
                nsec_to_clock(lapse_granted_at(binding), granted),
                nsec_to_clock(last_sign(device), alive), nsec_to_span(lapse_length(last), length),
                nsec_to_clock(last->from, from));
    lapse_cite_grant(finding, last);
    cite_life(device, last, finding);
    finding_reject(finding, "deregistered", "the device did not ask for an end");
    finding_grade(finding, FINDING_STRONG,
                  "The log of the device: whether it took the 200 OK for its own and started its "
                  "timer. A capture of every interface of the device, if it has several.");
    finding->from = last->from;
    finding->until = last->until;
    return RULE_FIRES;
}

const Rule rule_never_refreshed = {
    .id = "never_refreshed",
    .area = "life",
    .title = "The device never renewed its registration",
    .severity = FINDING_FAILURE,
    .vantage = REG_VANTAGE_ANY,
    .absence = true,
    .meaning = "The device registered once. It did not send another REGISTER before the granted "
               "time was over, nor afterwards, although its packets show that it was running.",
    .advice = "Look at the device's log for the time of the first 200 OK: a phone that does not "
              "find its own Contact in it, or cannot read it, starts no timer. Otherwise it is a "
              "fault of the device: update its firmware, and restart it as a first help.",
    .confusion = "A device that is off or without network: then nothing else is heard of it "
                 "either. A capture that ends before the time is over.",
    .should = "The 200 tells the phone when to register again, and it does (RFC 3261 section "
              "10.2.4).",
    .seen = {
        .client = "One registration, other traffic of the phone, and no second REGISTER.",
        .middle = "The same.",
        .server = "The same.",
    },
    .fix = {
        .phone = "Update it; look in its log what it makes of the 200.",
        .router = "Nothing.",
        .asterisk = "See whether the 200 lists the Contact as the phone sent it (rewrite_contact "
                    "changes it).",
        .kamailio = "See whether the 200 lists the Contact as the phone sent it "
                    "(fix_nated_contact changes it).",
    },
    .reference = "RFC 3261 section 10.2.4",
    .check_device = check,
};
