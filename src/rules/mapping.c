/*
 * What the rules about NAT mappings and unanswered requests have in common.
 */

#include "mapping.h"

#include "below.h"

/* What fits nearly every NAT for UDP (RFC 5626 section 4.4.2 has 24 to 29 s). */
#define USUAL_KEEPALIVE (25 * NSEC_SEC)

const char *outage_doubt(const RegOutage *outage)
{
    if (outage->cut)
        return "the capture ends before the request was given up";
    if (outage->losses & REG_LOSS_FORGOTTEN)
        return "a table was full at that time";
    if (outage->losses & REG_LOSS_ONE_WAY)
        return "the answers of this pair are evidently not in the capture";
    return below_loss(outage->losses);
}

bool outage_is_repeated(const RegOutage *outage)
{
    return outage->first.copies >= 2 || outage->last.copies >= 2
           || outage->first.transport == NET_TCP;
}

bool outage_is_certain(const RegOutage *outage)
{
    return outage->requests >= 2 || outage_is_repeated(outage);
}

bool outage_is_restart(const RegDevice *device, const RegOutage *outage)
{
    const RegLife *life = device->life;

    return outage->back != NSEC_NONE && life->boots > 0
           && life->booted.capture == outage->back_ref.capture
           && life->booted.frame == outage->back_ref.frame;
}

void finding_cite_inbound(Finding *finding, const char *name, const RegInbound *request,
                          bool newest, const char *expected)
{
    char from[NET_ENDPOINT_TEXT], to[NET_ENDPOINT_TEXT], span[NSEC_TEXT];
    g_autofree char *silence = !newest && request->unheard != NSEC_NONE
                                   ? g_strdup_printf(", %s after the device's last packet",
                                                     nsec_to_span(request->unheard, span))
                                   : NULL;
    g_autofree char *copies =
        request->copies > 0 ? g_strdup_printf(", sent %u times", request->copies + 1) : NULL;
    g_autofree char *seen = g_strdup_printf(
        "%s from %s to %s%s%s", sip_method_name(request->method),
        net_endpoint_to_text(&request->from, from), net_endpoint_to_text(&request->to, to),
        copies ? copies : "", silence ? silence : "");

    finding_cite(finding, name, newest ? request->last : request->request,
                 newest ? request->last_sent : request->sent, str_of(seen), expected);
}

void finding_take_outage(Finding *finding, const RegOutage *outage)
{
    finding->from = outage->first.sent;
    finding->until = outage->last.last_sent;
    finding->count = outage->requests;
}

void finding_cite_recovery(Finding *finding, const RegOutage *outage)
{
    if (outage->back != NSEC_NONE)
        finding_cite(finding, "device is back", outage->back_ref, outage->back,
                     str_of(outage->back_registers ? "REGISTER" : "a packet of the device"),
                     outage->back_moved ? "the same public port as before" : NULL);
    if (outage->works != NSEC_NONE)
        finding_cite(finding, "works again", outage->works_ref, outage->works,
                     STR("a request that the device answered"), NULL);
}

bool mapping_was_cleared(const RegNat *nat, Nsec from, Nsec until)
{
    return nat->restart != NULL && from < nat->restart->until && until > nat->restart->from;
}

/* The longest silence that was survived, of those shorter than 'gone'. */
static Nsec survived_below(const RegNat *nat, Nsec gone)
{
    Nsec stream = nat->bounds[REG_NAT_STREAM].alive, fresh = nat->bounds[REG_NAT_FRESH].alive;

    if (gone == NSEC_NONE || stream < gone)
        return stream;
    return fresh < gone ? fresh : NSEC_NONE;
}

char *mapping_bounds_text(const RegNat *nat, Nsec gone)
{
    Nsec least = survived_below(nat, gone);
    char from[NSEC_TEXT], until[NSEC_TEXT];

    nsec_to_span(gone, until);
    if (least == NSEC_NONE)
        return g_strdup_printf("at most %s of silence", until);
    return g_strdup_printf("%s to %s of silence", nsec_to_span(least, from), until);
}

unsigned mapping_keepalive(const RegNat *nat, Nsec gone)
{
    const RegNatBounds *fresh = &nat->bounds[REG_NAT_FRESH];
    Nsec limit = USUAL_KEEPALIVE;
    Nsec shortest = fresh->dead_once;
    Nsec least;

    if (fresh->alive != NSEC_NONE)
        limit = MAX(limit, fresh->alive / 5 * 4);
    if (gone != NSEC_NONE)
        shortest = shortest == NSEC_NONE ? gone : MIN(shortest, gone);
    if (shortest == NSEC_NONE || limit <= shortest / 5 * 4)
        return (unsigned)(limit / NSEC_SEC);
    least = survived_below(nat, shortest);
    limit = least != NSEC_NONE ? least / 5 * 4 : shortest / 2;
    return (unsigned)MAX(limit / NSEC_SEC, 1);
}

static const RegBinding *newest_binding(const RegDevice *device)
{
    return device->n_bindings > 0 ? &device->bindings[device->n_bindings - 1] : NULL;
}

static char *grant_text(const RegDevice *device)
{
    const RegBinding *binding = newest_binding(device);

    if (binding == NULL)
        return NULL;
    return g_strdup_printf("The registration is granted for %u s", binding->granted);
}

void mapping_advise(Finding *finding, const RegDevice *device, Nsec gone)
{
    const RegNat *nat = device->life->nat;
    Nsec least = survived_below(nat, gone);
    unsigned every = mapping_keepalive(nat, gone);
    const char *typical = nat->transport == NET_UDP ? reg_nat_typical(least, gone) : NULL;
    g_autofree char *bounds = gone != NSEC_NONE ? mapping_bounds_text(nat, gone) : NULL;
    g_autofree char *grant = grant_text(device);
    g_autofree char *lives = bounds != NULL
                                 ? g_strdup_printf(", but the NAT forgets a mapping after %s%s%s%s",
                                                   bounds, typical ? " (which fits " : "",
                                                   typical ? typical : "", typical ? ")" : "")
                                 : NULL;

    finding_advise(
        finding,
        "%s%s. Let something pass every %u s: set the phone's NAT keep-alive to that, "
        "or let the server ask for it (Asterisk: qualify_frequency=%u in the aor; "
        "Kamailio: nathelper with natping_interval %u; or a maximum expiry so short that "
        "REGISTERs do it). Or raise the router's timeout (%s).",
        grant ? grant : "The registration lasts longer", lives ? lives : "", every, every, every,
        nat->transport == NET_UDP ? "Linux: net.netfilter.nf_conntrack_udp_timeout and ..._stream"
                                  : "Linux: net.netfilter.nf_conntrack_tcp_timeout_established");
}
