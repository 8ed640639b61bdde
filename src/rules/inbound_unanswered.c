/*
 * Registered, and nobody home.
 *
 * The registrar has a binding and sends a call there, and nothing comes back. It
 * may be a NAT, a firewall, a phone that was unplugged: this is what is seen,
 * for cases in which nothing shows the reason.
 */

#include "below.h"
#include "mapping.h"

static const char *const narrower[] = {
    "nat_mapping_expired", "contact_private", "contact_wrong_transport",
    "connection_lost",     "binding_lapsed",  NULL,
};

/* All outages of a device that may be believed. */
typedef struct Dark {
    const RegOutage *first;
    const RegOutage *newest;
    unsigned times;
    uint32_t requests;
    bool call;     /* one of them was more than a ping */
    bool repeated; /* one of them was sent again, for want of an answer */
    bool restart;
    const char *doubt;
} Dark;

/* Some devices do not answer what only asks whether they are there. */
static bool is_ping(const RegInbound *request)
{
    return request->method == SIP_METHOD_OPTIONS || request->method == SIP_METHOD_NOTIFY;
}

static void add(Dark *dark, const RegDevice *device, const RegOutage *outage)
{
    if (dark->times++ == 0)
        dark->first = outage;
    dark->newest = outage;
    dark->requests += outage->requests;
    dark->call |= !is_ping(&outage->first) || !is_ping(&outage->last);
    dark->repeated |= outage_is_repeated(outage);
    dark->restart |= outage_is_restart(device, outage);
}

static Dark dark_of(const RegDevice *device)
{
    const RegLife *life = device->life;
    Dark dark = { 0 };

    for (unsigned i = 0; i < life->n_outages; i++) {
        const RegOutage *outage = &life->outages[i];

        if (!outage->bound)
            continue;
        if (device->vantage == REG_VANTAGE_CLIENT && !outage->first.seen_outside) {
            dark.doubt = "needs a capture on the path or beside the server";
            continue;
        }
        if (outage_doubt(outage) != NULL)
            dark.doubt = outage_doubt(outage);
        else if (outage_is_certain(outage))
            add(&dark, device, outage);
    }
    return dark;
}

static const char *where_to(const RegInbound *request)
{
    switch (request->way) {
    case REG_WAY_FLOW:
        return "where it registers from";
    case REG_WAY_OTHER_SOURCE:
        return "where it registers from, but sent by another host than it registers with";
    case REG_WAY_OLD_FLOW:
        return "where it registered from before";
    case REG_WAY_CONTACT:
        return "its Contact";
    }
    return "";
}

static void say(const RegDevice *device, const Dark *dark, Finding *finding)
{
    const RegInbound *first = &dark->first->first;
    const RegOutage *newest = dark->newest;
    char who[NET_ENDPOINT_TEXT], to[NET_ENDPOINT_TEXT], from[NSEC_TEXT], until[NSEC_TEXT];
    g_autofree char *back =
        newest->back != NSEC_NONE
            ? g_strdup_printf("; its next packet came at %s%s", nsec_to_clock(newest->back, until),
                              dark->restart ? ", after a restart" : "")
            : NULL;

    finding_say(finding, "%s is registered, but %u request%s to %s (%s) got no answer from %s on%s",
                below_who(device, who), dark->requests, dark->requests == 1 ? "" : "s",
                net_endpoint_to_text(&first->to, to), where_to(first),
                nsec_to_clock(first->sent, from), back ? back : "");
}

static void cite(const Dark *dark, Finding *finding)
{
    const RegOutage *outage = dark->first;
    bool several = outage->requests > 1;

    finding_cite_inbound(finding, "request", &outage->first, false, "an answer of the device");
    if (several || outage->first.copies > 0)
        finding_cite_inbound(finding, several ? "last request" : "last copy", &outage->last, true,
                             "an answer of the device");
    finding_cite_recovery(finding, outage);
}

static RuleVerdict check(const RegDevice *device, Nsec now, Finding *finding)
{
    const RegLife *life = device->life;
    Dark dark;

    if (life == NULL || life->n_outages == 0)
        return RULE_CLEAN;
    dark = dark_of(device);
    if (dark.times == 0)
        return dark.doubt != NULL ? rule_abstain(finding, dark.doubt) : RULE_CLEAN;

    say(device, &dark, finding);
    cite(&dark, finding);
    finding_grade(
        finding, dark.call && dark.repeated ? FINDING_STRONG : FINDING_WEAK,
        "A capture of the same time beside the phone: if the requests do not arrive, a NAT "
        "or firewall drops them; if they do, the phone does not answer, or its answer is "
        "lost.");
    finding->from = dark.first->first.sent;
    finding->until =
        dark.newest->back != NSEC_NONE ? dark.newest->back : dark.newest->last.last_sent;
    finding->count = dark.times;
    return RULE_FIRES;
}

const Rule rule_inbound_unanswered = {
    .id = "inbound_unanswered",
    .area = "life",
    .title = "Registered, but requests for the phone get no answer",
    .severity = FINDING_FAILURE,
    .vantage = REG_VANTAGE_ANY,
    .absence = true,
    .silenced_by = narrower,
    .meaning =
        "While the registration stood, requests were sent to the phone and nothing came back, "
        "not even a provisional answer. What the reason is, this capture does not show.",
    .advice = "Is the phone on and connected? Then look at what lies between: NAT timeouts, "
              "firewall rules for inbound UDP, and a capture beside the phone.",
    .confusion =
        "An answer that the capture does not hold (one direction, lost packets); a request "
        "that the capture's end cut off.",
    .should = "A phone answers every request, if only with a refusal (RFC 3261 section 8.2).",
    .seen = {
        .client = "The requests arrive and the phone is silent: the phone. They do not arrive: "
                  "the path.",
        .middle = "Requests go in and nothing comes out.",
        .server = "Requests without an answer while the registration stands.",
    },
    .fix = {
        .phone = "See whether it is on, connected, and listens at the port in Contact.",
        .router = "Rules for inbound UDP; NAT timeouts; requests from another server address than "
                  "the one registered with.",
        .asterisk = "'pjsip show contacts': the address and its state; 'pjsip set logger on'.",
        .kamailio = "'kamctl ul show NAME': Contact and received.",
    },
    .reference = "RFC 3261 section 17.1; RFC 4787 section 5",
    .check_device = check,
};
