/*
 * The server calls a private address.
 *
 * A phone behind a NAT writes its own address into Contact, 192.168.1.10 for
 * instance. That is no fault: most servers ignore it and send to where the
 * REGISTER came from. One that takes it at its word sends calls to an address
 * that exists in half of all offices, and in none that it can reach.
 */

#include "below.h"
#include "mapping.h"

/* Whether the server sends to a private address of a device that registers from a public one. */
static bool is_private_way(const RegDevice *device, const RegOutage *outage)
{
    const RegBinding *binding =
        device->n_bindings > 0 ? &device->bindings[device->n_bindings - 1] : NULL;

    return outage->first.way == REG_WAY_CONTACT && outage->works == NSEC_NONE && binding != NULL
           && net_addr_is_private(&outage->first.to.addr)
           && !net_addr_is_private(&binding->source.addr);
}

static bool is_refused(const RegOutage *outage)
{
    return outage->first.icmp.frame != 0 || outage->last.icmp.frame != 0;
}

static RegIcmp icmp_of(const RegInbound *request)
{
    return (RegIcmp){
        .reporter = request->icmp_reporter,
        .type = request->icmp_type,
        .code = request->icmp_code,
    };
}

static void say(const RegDevice *device, const RegOutage *outage, Finding *finding)
{
    const RegInbound *refused = outage->first.icmp.frame != 0 ? &outage->first : &outage->last;
    const RegBinding *binding = &device->bindings[device->n_bindings - 1];
    RegIcmp icmp = icmp_of(refused);
    char who[NET_ENDPOINT_TEXT], to[NET_ENDPOINT_TEXT], source[NET_ENDPOINT_TEXT];
    char reporter[NET_ENDPOINT_TEXT];
    g_autofree char *error =
        is_refused(outage)
            ? g_strdup_printf(", and %s answers with ICMP %s",
                              net_addr_to_text(&icmp.reporter, reporter), reg_icmp_name(&icmp))
            : NULL;

    finding_say(finding,
                "the server sends requests for %s to its private Contact %s, although it registers "
                "from %s: %u request%s got no answer%s",
                below_who(device, who), net_endpoint_to_text(&outage->first.to, to),
                net_endpoint_to_text(&binding->source, source), outage->requests,
                outage->requests == 1 ? "" : "s", error ? error : "");
}

static void cite(const RegDevice *device, const RegOutage *outage, Finding *finding)
{
    const RegBinding *binding = &device->bindings[device->n_bindings - 1];
    const RegInbound *refused = outage->first.icmp.frame != 0 ? &outage->first : &outage->last;
    char source[NET_ENDPOINT_TEXT];
    g_autofree char *expected =
        g_strdup_printf("to %s", net_endpoint_to_text(&binding->source, source));
    g_autofree char *seen = g_strdup_printf("Contact %s from %s", binding->contact, source);

    if (binding->made_by.frame != 0 && binding->since <= outage->first.sent)
        finding_cite(finding, "registration", binding->made_by, binding->since, str_of(seen), NULL);
    finding_cite_inbound(finding, "request", &outage->first, false, expected);
    if (is_refused(outage))
        finding_cite(finding, "ICMP", refused->icmp, refused->sent,
                     str_of("the private address cannot be reached"), NULL);
}

static RuleVerdict check(const RegDevice *device, Nsec now, Finding *finding)
{
    const RegLife *life = device->life;
    const RegOutage *found = NULL;
    const char *doubt = NULL;

    for (unsigned i = 0; life != NULL && i < life->n_outages; i++) {
        const RegOutage *outage = &life->outages[i];

        if (!is_private_way(device, outage) || (!is_refused(outage) && !outage_is_certain(outage)))
            continue;
        if (!is_refused(outage) && outage_doubt(outage) != NULL)
            doubt = outage_doubt(outage);
        else if (found == NULL)
            found = outage;
    }
    if (found == NULL)
        return doubt != NULL ? rule_abstain(finding, doubt) : RULE_CLEAN;

    say(device, found, finding);
    cite(device, found, finding);
    finding_reject(finding, "nat_mapping_expired", "the requests are not sent to the NAT at all");
    if (!is_refused(found)
        && !((device->vantage & REG_VANTAGE_SERVER) && outage_is_repeated(found)))
        finding_grade(
            finding, FINDING_STRONG,
            "A capture beside the server: whether these requests leave it for the private "
            "address, and nothing brings them to the device.");
    finding_take_outage(finding, found);
    return RULE_FIRES;
}

const Rule rule_contact_private = {
    .id = "contact_private",
    .area = "life",
    .title = "The server sends to the phone's private address",
    .severity = FINDING_WARNING,
    .vantage = REG_VANTAGE_SERVER | REG_VANTAGE_MIDDLE | REG_VANTAGE_UNKNOWN,
    .meaning =
        "The phone is behind a NAT and its Contact names its private address. The server "
        "sends requests there instead of to the address that the REGISTER came from, so they "
        "never reach the phone.",
    .advice =
        "Let the server use the source of the REGISTER. Kamailio and OpenSIPS: "
        "fix_nated_register() before save(). Asterisk: rewrite_contact=yes and force_rport=yes "
        "in the endpoint. FreeSWITCH: NDLB-force-rport. Or let the phone register its public "
        "address (STUN, rport).",
    .confusion = "A private Contact alone is no fault: what counts is where the server sends. In a "
                 "routed private network it may be right.",
    .should = "A registrar that knows of NAT sends to where the REGISTER came from, whatever "
              "Contact says (RFC 5626, RFC 3581).",
    .seen = {
        .client = "Registered, and nothing ever comes in.",
        .middle = "Requests to a private address, or none.",
        .server = "Requests leave for 192.168.x.x and the like, and ICMP errors come back.",
    },
    .fix = {
        .phone = "rport, STUN or its public address in Contact, where the registrar cannot be "
                 "changed.",
        .router = "Nothing.",
        .asterisk = "endpoint: rewrite_contact=yes, force_rport=yes, rtp_symmetric=yes.",
        .kamailio = "nathelper: fix_nated_register() before save(), and received_avp the same in "
                    "nathelper and registrar.",
    },
    .reference = "RFC 3261 section 10.2; RFC 5626 section 1",
    .check_device = check,
};
