/*
 * "It was registered, and an hour later it was not."
 *
 * A registrar promises a time, and the device has to renew its registration
 * before it is over. One that comes too late, or not at all, cannot be called
 * in between: the registrar does not know it any more. The device itself often
 * believes that all is well, because its next REGISTER is accepted.
 */

#include "below.h"
#include "lapses.h"

static const char *const narrower[] = { "never_refreshed", "granted_expiry_ignored",
                                        "connection_lost", NULL };

/* Some registrars keep a binding longer than they said: chan_sip by ten
 * seconds. */
#define GRACE (10 * NSEC_SEC)

static const Lapse *longest_of(const Lapse *lapses, unsigned n)
{
    const Lapse *longest = &lapses[0];

    for (unsigned i = 1; i < n; i++) {
        if (lapse_length(&lapses[i]) > lapse_length(longest))
            longest = &lapses[i];
    }
    return longest;
}

static Nsec sum_of(const Lapse *lapses, unsigned n)
{
    Nsec sum = 0;

    for (unsigned i = 0; i < n; i++) {
        if (__builtin_add_overflow(sum, lapse_length(&lapses[i]), &sum))
            return NSEC_MAX;
    }
    return sum;
}

/* How the unreachable time ended, as the end of a sentence. */
static const char *ending(const Lapse *lapse)
{
    if (lapse->to_end)
        return " at least: until then the capture shows no renewal";
    if (lapse->tried == NULL)
        return "";
    if (lapse->tried->outcome == REG_OUTCOME_ACCEPTED)
        return "; then it took its leave";
    return lapse->tried->outcome == REG_OUTCOME_UNKNOWN
               ? "; how its REGISTER fared then is not in the capture"
               : "; then it tried again, and failed";
}

static void say_one(const RegDevice *device, const Lapse *lapse, Finding *finding)
{
    const RegBinding *binding = lapse->binding;
    char who[NET_ENDPOINT_TEXT], granted[NSEC_TEXT], from[NSEC_TEXT], until[NSEC_TEXT],
        length[NSEC_TEXT];

    finding_say(finding,
                "%s was granted %u s at %s and did not renew it in time%s: unreachable from %s "
                "until %s%s, %s%s",
                below_who(device, who), binding->granted,
                nsec_to_clock(lapse_granted_at(binding), granted),
                lapse_was_alive(device, lapse) ? ", although it was alive" : "",
                nsec_to_clock(lapse->from, from), lapse->to_end ? "the capture's end at " : "",
                nsec_to_clock(lapse->until, until), nsec_to_span(lapse_length(lapse), length),
                ending(lapse));
}

static void say_many(const RegDevice *device, const Lapse *lapses, unsigned n, Finding *finding)
{
    const Lapse *longest = longest_of(lapses, n);
    char who[NET_ENDPOINT_TEXT], sum[NSEC_TEXT], from[NSEC_TEXT], until[NSEC_TEXT],
        length[NSEC_TEXT];

    finding_say(finding,
                "the registration of %s ran out %u times before it was renewed: unreachable for %s "
                "in all, the longest time from %s until %s (%s, granted %u s)",
                below_who(device, who), n, nsec_to_span(sum_of(lapses, n), sum),
                nsec_to_clock(longest->from, from), nsec_to_clock(longest->until, until),
                nsec_to_span(lapse_length(longest), length), longest->binding->granted);
}

static void grade(const RegDevice *device, const Lapse *longest, Finding *finding)
{
    if (!(device->vantage & REG_VANTAGE_SERVER))
        finding_grade(finding, FINDING_STRONG,
                      "A capture beside the registrar, or its list of bindings at that time: "
                      "whether a renewal came there by another way.");
    else if (!longest->counted)
        finding_grade(
            finding, FINDING_STRONG,
            "The next REGISTER under the same Call-ID: a CSeq that is higher by one shows "
            "that none was sent meanwhile. Or the registrar's list of bindings.");
    else if (lapse_length(longest) <= GRACE)
        finding_grade(finding, FINDING_STRONG,
                      "The registrar's list of bindings at that time: some keep a binding a few "
                      "seconds longer than they granted.");
}

static RuleVerdict check(const RegDevice *device, Nsec now, Finding *finding)
{
    Lapse lapses[LAPSES];
    unsigned unsure, n = lapses_of(device, now, lapses, &unsure);

    if (n == 0)
        return unsure > 0
                   ? rule_abstain(finding, "the capture does not show what the device did when the "
                                           "granted time was over")
                   : RULE_CLEAN;
    if (lapse_loss(device) != NULL)
        return rule_abstain(finding, lapse_loss(device));

    const Lapse *longest = longest_of(lapses, n);

    if (n == 1)
        say_one(device, longest, finding);
    else
        say_many(device, lapses, n, finding);
    lapse_cite_grant(finding, longest);
    lapse_cite_end(finding, longest);
    finding_reject(finding, "deregistered", "the device did not ask for an end");
    finding_reject(finding, "nat_mapping_expired",
                   "it is the registration that ended: no mapping of a NAT could have helped");
    grade(device, longest, finding);
    finding->from = lapses[0].from;
    finding->until = lapses[n - 1].until;
    finding->count = n;
    return RULE_FIRES;
}

const Rule rule_binding_lapsed = {
    .id = "binding_lapsed",
    .area = "life",
    .title = "The registration ran out",
    .severity = FINDING_FAILURE,
    .vantage = REG_VANTAGE_ANY,
    .absence = true,
    .silenced_by = narrower,
    .meaning = "The time that the registrar had granted was over before the device renewed its "
               "registration. In between the registrar did not know where it was, and calls to it "
               "went to voicemail or failed with 404 or 480.",
    .advice = "Look what the device did at that time: was it off, asleep, or without network "
              "(battery saving on mobile phones, Wi-Fi, energy saving of the switch port)? Give "
              "it more time: a longer expiry on the phone and on the server (Asterisk pjsip.conf, "
              "aor: default_expiration=600), and a renewal at 80 % of it.",
    .confusion = "A capture that ends, a device that signs off, and renewals that were tried and "
                 "failed: these have findings of their own.",
    .should = "The phone renews its registration before the granted time is over (RFC 3261 "
              "section 10.2.4).",
    .seen = {
        .client = "200 with its expires, and the next REGISTER later than that.",
        .middle = "The same, and calls that are not sent on.",
        .server = "The same, and 404 or 480 to callers in between: proof.",
    },
    .fix = {
        .phone = "Switch off power saving; renew at 80 to 90 % of the granted time; look for lost "
                 "network at that time.",
        .router = "Look for a link or Wi-Fi that was away at that time.",
        .asterisk = "aor: default_expiration, maximum_expiration: long enough for a failed "
                    "attempt.",
        .kamailio = "registrar: default_expires, max_expires.",
    },
    .reference = "RFC 3261 section 10.2.4",
    .check_device = check,
};
