/*
 * The NAT forgot the phone, and nobody noticed.
 *
 * A phone behind a NAT is reached through the mapping that its REGISTER opened.
 * When nothing passes for some time, often as little as 30 s, the NAT forgets the
 * mapping: calls are sent to a door that is shut. The registration stands, phone
 * and server both believe that all is well, and the phone's next packet opens a
 * new door. So it was unreachable, never unregistered.
 */

#include "below.h"
#include "lapses.h"
#include "mapping.h"

/* No NAT in use forgets a mapping sooner. */
#define SHORTEST_LIFE (9 * NSEC_SEC)

/* All outages of a device that its NAT explains. */
typedef struct Expiry {
    const RegOutage *first;
    const RegOutage *newest;
    unsigned times;
    unsigned sure;      /* of these: it is not the capture that lacks the answers */
    unsigned recovered; /* of these: with a request that was answered afterwards */
    uint32_t requests;
    Nsec shortest; /* silence after which it was gone */
    Nsec dark;
    bool moved;         /* the device came back from another public port */
    bool inside_silent; /* the capture shows that nothing arrived inside */
    bool survived_more; /* such a silence was survived elsewhere */
    const char *doubt;
} Expiry;

/* Whether the silence before the outage may have been too long for the NAT. */
static bool is_silence(const RegNat *nat, const RegOutage *outage)
{
    Nsec survives = nat->bounds[REG_NAT_FRESH].alive;
    Nsec unheard = outage->first.unheard;

    return unheard != NSEC_NONE && unheard >= SHORTEST_LIFE
           && (survives == NSEC_NONE || unheard > survives);
}

/* Over a mapping that is gone the device comes back only by itself; where nothing else shows that
 * the answers did not just escape the capture, that has to be seen. */
static bool came_by_itself(const RegOutage *outage)
{
    return outage->back_registers || outage->back_moved || outage_is_repeated(outage);
}

static bool is_expiry(const RegDevice *device, const RegOutage *outage)
{
    return outage->first.way == REG_WAY_FLOW && outage->bound && outage->back != NSEC_NONE
           && (outage->works != NSEC_NONE || outage->back_moved)
           && is_silence(device->life->nat, outage) && outage_is_certain(outage)
           && came_by_itself(outage) && (outage->back_moved || !outage_is_restart(device, outage))
           && !mapping_was_cleared(device->life->nat, outage->worked_until, outage->back);
}

static void add(Expiry *expiry, const RegDevice *device, const RegOutage *outage)
{
    const RegNat *nat = device->life->nat;
    bool sure = outage_is_repeated(outage) || outage->back_moved;
    Nsec survived = nat->bounds[REG_NAT_STREAM].alive;
    Nsec silence = outage->first.unheard;

    if (expiry->times++ == 0) {
        expiry->first = outage;
        expiry->shortest = silence;
    }
    expiry->newest = outage;
    expiry->shortest = MIN(expiry->shortest, silence);
    expiry->sure += sure;
    expiry->recovered += outage_is_repeated(outage) && outage->works != NSEC_NONE
                         && !outage_is_restart(device, outage);
    expiry->requests += outage->requests;
    expiry->dark = nsec_after(expiry->dark, nsec_since(outage->first.sent, outage->back));
    expiry->moved |= outage->back_moved;
    expiry->inside_silent |= outage->inside_silent && outage_is_repeated(outage);
    expiry->survived_more |= survived != NSEC_NONE && survived >= silence;
}

static Expiry expiry_of(const RegDevice *device)
{
    const RegLife *life = device->life;
    Expiry expiry = { .shortest = NSEC_NONE };

    for (unsigned i = 0; i < life->n_outages; i++) {
        const RegOutage *outage = &life->outages[i];

        if (!is_expiry(device, outage))
            continue;
        if (outage_doubt(outage) != NULL)
            expiry.doubt = outage_doubt(outage);
        else
            add(&expiry, device, outage);
    }
    return expiry;
}

static void say(const RegDevice *device, const Expiry *expiry, Finding *finding)
{
    const RegNat *nat = device->life->nat;
    char who[NET_ENDPOINT_TEXT], address[NET_ENDPOINT_TEXT];
    char from[NSEC_TEXT], until[NSEC_TEXT], dark[NSEC_TEXT];
    g_autofree char *bounds = mapping_bounds_text(nat, expiry->shortest);

    nsec_to_clock(expiry->first->first.sent, from);
    nsec_to_clock(expiry->newest->back, until);
    nsec_to_span(expiry->dark, dark);
    net_addr_to_text(&nat->address, address);
    if (expiry->times == 1)
        finding_say(finding,
                    "the NAT at %s forgot %s after %s: registered, but not reachable from %s at "
                    "the latest until %s (%s), and %u request%s got no answer",
                    address, below_who(device, who), bounds, from, until, dark, expiry->requests,
                    expiry->requests == 1 ? "" : "s");
    else
        finding_say(finding,
                    "the NAT at %s forgot %s %u times after %s: registered, but not reachable for "
                    "at least %s between %s and %s, and %u requests got no answer",
                    address, below_who(device, who), expiry->times, bounds, dark, from, until,
                    expiry->requests);
}

static void cite_grant(const RegDevice *device, const RegOutage *outage, Finding *finding)
{
    const RegBinding *binding = lapse_bound_at(device, outage->first.sent);
    bool newest =
        binding != NULL && binding->renewed <= outage->first.sent && binding->renewed_by.frame != 0;
    char until[NSEC_TEXT];
    g_autofree char *seen = NULL;

    if (binding == NULL || (!newest && binding->made_by.frame == 0))
        return;
    nsec_to_clock(lapse_granted_until(binding), until);
    seen = newest ? g_strdup_printf("granted for %u s, valid until %s", binding->granted, until)
                  : g_strdup_printf("granted for %u s, and renewed in time", binding->granted);
    finding_cite(finding, "registration", newest ? binding->renewed_by : binding->made_by,
                 newest ? binding->renewed : binding->since, str_of(seen), NULL);
}

static void cite(const RegDevice *device, const Expiry *expiry, Finding *finding)
{
    const RegOutage *outage = expiry->first;
    bool several = outage->requests > 1;

    cite_grant(device, outage, finding);
    finding_cite_inbound(finding, "request", &outage->first, false, "an answer of the device");
    if (several || outage->first.copies > 0)
        finding_cite_inbound(finding, several ? "last request" : "last copy", &outage->last, true,
                             "an answer of the device");
    finding_cite_recovery(finding, outage);
}

static void grade(const RegDevice *device, const Expiry *expiry, Finding *finding)
{
    const char *settle = "A capture of the same time beside the phone: the requests are missing "
                         "there if the NAT dropped them; if they arrive, the phone was unable to "
                         "answer.";

    bool contested = expiry->survived_more && !expiry->moved;

    if (expiry->inside_silent || (expiry->recovered >= 2 && !contested))
        return;
    finding_grade(finding, expiry->sure == 0 || contested ? FINDING_WEAK : FINDING_STRONG, settle);
}

static RuleVerdict check(const RegDevice *device, Nsec now, Finding *finding)
{
    const RegLife *life = device->life;
    Expiry expiry;

    if (life == NULL || life->nat == NULL)
        return RULE_CLEAN;
    expiry = expiry_of(device);
    if (expiry.times == 0 && expiry.doubt != NULL)
        return rule_abstain(finding, expiry.doubt);
    if (expiry.times == 0 && life->n_outages == 0 && life->answered == NULL
        && device->vantage == REG_VANTAGE_CLIENT)
        return rule_abstain(finding, "needs a capture on the path or beside the server");
    if (expiry.times == 0)
        return RULE_CLEAN;

    say(device, &expiry, finding);
    cite(device, &expiry, finding);
    mapping_advise(finding, device, expiry.shortest);
    finding_reject(finding, "binding_lapsed", "the registration was valid all the while");
    finding_reject(finding, "registrar_forgot", "the requests were sent on to the device");
    grade(device, &expiry, finding);
    finding->from = expiry.first->first.sent;
    finding->until = expiry.newest->back;
    finding->count = expiry.times;
    return RULE_FIRES;
}

const Rule rule_nat_mapping_expired = {
    .id = "nat_mapping_expired",
    .area = "life",
    .title = "The NAT forgot the phone between two registrations",
    .severity = FINDING_FAILURE,
    .vantage = REG_VANTAGE_ANY,
    .absence = true,
    .meaning = "The phone was silent for longer than its NAT keeps a mapping. Requests for it were "
               "sent to the address that it had registered from and got no answer, until it sent "
               "something itself. It was registered all the while, and unreachable.",
    .advice = "Let the phone or the server send something more often than the NAT forgets: every "
              "25 s suits nearly all of them.",
    .confusion = "A registration that ran out; a phone that was switched off and comes back with a "
                 "new Call-ID; a NAT that lets in only the host that the phone has talked to.",
    .should = "Something passes from inside more often than the NAT forgets (RFC 4787 section "
              "4.3: at least 2 min, often 30 s in fact; RFC 5626 section 4.4).",
    .seen = {
        .client = "Nothing comes in during the gap; the rport in the next answer may be another "
                  "one.",
        .middle = "Outside the NAT requests arrive that do not come out inside.",
        .server = "Requests without an answer after a silence, and answers again after the "
                  "phone's next packet, often from another port.",
    },
    .fix = {
        .phone = "NAT keep-alive every 25 s (CRLF, STUN or OPTIONS), or TCP or TLS.",
        .router = "Longer UDP timeouts (Linux: net.netfilter.nf_conntrack_udp_timeout and "
                  "..._stream).",
        .asterisk = "aor: qualify_frequency=25.",
        .kamailio = "nathelper: natping_interval=25, with fix_nated_register() and the usrloc "
                    "nat_bflag set.",
    },
    .reference = "RFC 4787 section 4.3; RFC 5626 section 4.4",
    .check_device = check,
};
