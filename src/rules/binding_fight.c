/*
 * Two phones, one account, and room for one.
 *
 * The registrar keeps a single binding for the account. Each phone that renews
 * takes the place of the other, both show "registered", and calls reach
 * whichever was the last.
 */

#include "below.h"
#include "lapses.h"

/* Twice: it took the place back in between. Once is a phone that replaces
 * another one. */
#define ENOUGH 2
#define PROOF 3

static void cite(Finding *finding, const char *name, CaptureRef ref, Nsec time,
                 const RegEviction *evicted)
{
    g_autofree char *seen = g_strdup_printf(
        "200 OK to d%" G_GUINT64_FORMAT ", lists only its own Contact", evicted->by);

    if (ref.frame != 0)
        finding_cite(finding, name, ref, time, str_of(seen), "the Contacts of both devices");
}

static char *addresses_text(const RegDevice *device)
{
    char address[NET_ENDPOINT_TEXT];
    const char *agent = device->user_agent != NULL ? device->user_agent : "no User-Agent";

    if (device->n_addresses == 0)
        return g_strdup(agent);
    return g_strdup_printf(
        "%s at %s", agent,
        net_endpoint_to_text(&device->addresses[device->n_addresses - 1], address));
}

static RuleVerdict check(const RegDevice *device, Nsec now, Finding *finding)
{
    const RegEviction *evicted = device->life != NULL ? device->life->evicted : NULL;
    char who[NET_ENDPOINT_TEXT], times[BELOW_TIMES], period[NSEC_TEXT];

    if (evicted == NULL || evicted->count < ENOUGH)
        return RULE_CLEAN;

    g_autofree char *self = addresses_text(device);

    finding_say(
        finding,
        "%s: d%" G_GUINT64_FORMAT " (%s) lost its binding %s to d%" G_GUINT64_FORMAT
        " and took it back, every %s",
        below_who(device, who), device->id, self, below_times(evicted->count, times), evicted->by,
        nsec_to_span(lapse_span(evicted->first_time, evicted->last_time) / (evicted->count - 1),
                     period));
    cite(finding, "first time", evicted->first, evicted->first_time, evicted);
    cite(finding, "last time", evicted->last, evicted->last_time, evicted);
    finding_reject(finding, "binding_lapsed", "its time had not run out");
    finding_reject(finding, "stale_bindings", "both devices go on renewing");
    if (evicted->count < PROOF)
        finding_grade(finding, FINDING_STRONG,
                      "A longer capture, or a look at both devices: whether they are one phone "
                      "with two addresses.");
    finding->from = evicted->first_time;
    finding->until = evicted->last_time;
    finding->count = evicted->count;
    return RULE_FIRES;
}

const Rule rule_binding_fight = {
    .id = "binding_fight",
    .area = "life",
    .title = "Two devices fight for one account",
    .severity = FINDING_WARNING,
    .vantage = REG_VANTAGE_ANY,
    .meaning = "Two devices register for the same account, and the registrar keeps one binding "
               "only: each 200 OK lists the newest Contact alone. Calls reach the device that "
               "registered last.",
    .advice = "Give each device an account of its own, or let the account have several bindings "
              "(Asterisk pjsip.conf, aor: max_contacts=2 and remove_existing=no; Kamailio: "
              "registrar max_contacts). If one of the two is not yours, change the password.",
    .confusion = "One device that has a new address: it does not come back to the old one, and "
                 "its +sip.instance stays the same.",
    .should = "Two devices of an account have a binding each, and the 200 lists both (RFC 3261 "
              "section 10.3 step 8).",
    .seen = {
        .client = "The own 200 lists the own Contact alone, and calls stay away until the next "
                  "refresh.",
        .middle = "Two devices, one account, 200s that list one Contact in turn.",
        .server = "The same.",
    },
    .fix = {
        .phone = "An account for each device.",
        .router = "Nothing.",
        .asterisk = "aor: max_contacts=2 and remove_existing=no.",
        .kamailio = "registrar: max_contacts; save() without the flag 0x04, which keeps one "
                    "Contact only.",
    },
    .reference = "RFC 3261 section 10.3",
    .check_device = check,
};
