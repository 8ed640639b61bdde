/*
 * The phone's Contact names a door that it does not have.
 *
 * A phone that registers over TCP and leaves "transport=tcp" out of its Contact
 * asks to be called over UDP (RFC 3261 section 19.1.2). Another one writes the
 * port of a TCP connection into it, or 5060 by habit. A server that sends there
 * finds a closed port.
 */

#include "below.h"
#include "mapping.h"

static const char *transport_name(NetTransport transport)
{
    return transport == NET_TCP ? "TCP" : "UDP";
}

static const RegBinding *newest_binding(const RegDevice *device)
{
    return device->n_bindings > 0 ? &device->bindings[device->n_bindings - 1] : NULL;
}

/* To the device's own address, but over another transport or to another port. */
static bool is_wrong_door(const RegDevice *device, const RegOutage *outage)
{
    const RegInbound *request = &outage->first;
    const RegBinding *binding = newest_binding(device);

    return request->way == REG_WAY_CONTACT && outage->works == NSEC_NONE && binding != NULL
           && net_addr_equal(&request->to.addr, &binding->source.addr)
           && (request->transport != device->transport || request->to.port != binding->source.port);
}

static const RegInbound *refused_request(const RegOutage *outage)
{
    if (outage->first.icmp.frame != 0)
        return &outage->first;
    return outage->last.icmp.frame != 0 ? &outage->last : NULL;
}

/* The device itself says that nothing listens there. */
static bool is_port_closed(const RegInbound *refused)
{
    RegIcmp icmp = { .reporter = refused->icmp_reporter,
                     .type = refused->icmp_type,
                     .code = refused->icmp_code };

    return reg_icmp_kind(&icmp) == REG_ICMP_PORT
           && net_addr_equal(&refused->icmp_reporter, &refused->to.addr);
}

static void say(const RegDevice *device, const RegOutage *outage, Finding *finding)
{
    const RegBinding *binding = newest_binding(device);
    const RegInbound *request = &outage->first, *refused = refused_request(outage);
    char who[NET_ENDPOINT_TEXT], to[NET_ENDPOINT_TEXT], source[NET_ENDPOINT_TEXT];

    finding_say(finding,
                "%s registers over %s from %s, but its Contact leads the server to %s %s, where %s "
                "(%u request%s)",
                below_who(device, who), transport_name(device->transport),
                net_endpoint_to_text(&binding->source, source), transport_name(request->transport),
                net_endpoint_to_text(&request->to, to),
                refused != NULL && is_port_closed(refused) ? "nothing listens" : "nobody answers",
                outage->requests, outage->requests == 1 ? "" : "s");
}

static void cite(const RegDevice *device, const RegOutage *outage, Finding *finding)
{
    const RegBinding *binding = newest_binding(device);
    const RegInbound *refused = refused_request(outage);
    char source[NET_ENDPOINT_TEXT];
    g_autofree char *seen = g_strdup_printf("Contact %s over %s from %s", binding->contact,
                                            transport_name(device->transport),
                                            net_endpoint_to_text(&binding->source, source));

    if (binding->made_by.frame != 0 && binding->since <= outage->first.sent)
        finding_cite(finding, "registration", binding->made_by, binding->since, str_of(seen), NULL);
    finding_cite_inbound(finding, "request", &outage->first, false, "an answer of the device");
    if (refused != NULL)
        finding_cite(finding, "ICMP", refused->icmp, refused->sent,
                     str_of(is_port_closed(refused) ? "port unreachable" : "unreachable"), NULL);
}

static RuleVerdict check(const RegDevice *device, Nsec now, Finding *finding)
{
    const RegLife *life = device->life;
    const RegOutage *found = NULL;
    const char *doubt = NULL;

    for (unsigned i = 0; life != NULL && i < life->n_outages; i++) {
        const RegOutage *outage = &life->outages[i];
        bool refused = refused_request(outage) != NULL;

        if (!is_wrong_door(device, outage) || (!refused && !outage_is_certain(outage)))
            continue;
        if (!refused && outage_doubt(outage) != NULL)
            doubt = outage_doubt(outage);
        else if (found == NULL)
            found = outage;
    }
    if (found == NULL)
        return doubt != NULL ? rule_abstain(finding, doubt) : RULE_CLEAN;

    say(device, found, finding);
    cite(device, found, finding);
    finding_reject(finding, "nat_mapping_expired",
                   "the requests do not go where the device registers from");
    if (refused_request(found) == NULL || !is_port_closed(refused_request(found)))
        finding_grade(
            finding, FINDING_STRONG,
            "On the device: whether anything listens there ('ss -ulnp', 'ss -tlnp'), or a "
            "firewall in front of it drops what is not its own connection.");
    finding_take_outage(finding, found);
    return RULE_FIRES;
}

const Rule rule_contact_wrong_transport = {
    .id = "contact_wrong_transport",
    .area = "life",
    .title = "The Contact names a transport or port that the phone does not serve",
    .severity = FINDING_FAILURE,
    .vantage = REG_VANTAGE_SERVER | REG_VANTAGE_MIDDLE | REG_VANTAGE_UNKNOWN,
    .absence = true,
    .meaning = "The server sends requests to the Contact of the registration, as RFC 3261 has it, "
               "and the phone does not listen there: another transport or another port than the "
               "one that it registers from.",
    .advice =
        "On the phone: set the transport of the account, so that Contact says "
        "';transport=tcp', and the local SIP port. On the server: use the connection that the "
        "phone registered over (Asterisk: rewrite_contact=yes; Kamailio: "
        "fix_nated_register() and 'received'; or RFC 5626 outbound).",
    .confusion = "A server that sends back over the connection of the REGISTER, whatever Contact "
                 "says: then it does no harm.",
    .should = "The phone listens at what its Contact names: address, port and transport (RFC 3261 "
              "sections 18.1.1 and 19.1.2). Or the server uses the connection of the REGISTER "
              "(RFC 5626).",
    .seen = {
        .client = "Requests arrive for a port or a transport that the phone does not serve, or "
                  "none arrive.",
        .middle = "REGISTER over one transport or port, requests for the phone over another, "
                  "without an answer.",
        .server = "The same, sometimes with ICMP port unreachable or a TCP reset.",
    },
    .fix = {
        .phone = "One transport for the account, so that the Contact names it; the local SIP port "
                 "as in the Contact.",
        .router = "Nothing.",
        .asterisk = "endpoint: rewrite_contact=yes.",
        .kamailio = "fix_nated_register(), so that 'received' is stored and used.",
    },
    .reference = "RFC 3261 sections 18.1.1 and 19.1.2; RFC 5626",
    .check_device = check,
};
