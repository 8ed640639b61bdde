/*
 * The connection is gone, and nobody has told the registrar's table.
 *
 * Over TCP and TLS a registrar reaches a device behind a NAT only through the
 * connection that the device has opened. When that is closed or reset, calls
 * fail until the device opens a new one and registers again, however long the
 * registration was granted for.
 */

#include "below.h"
#include "facts.h"
#include "lapses.h"

/* 64*T1: a device that comes back sooner has noticed at once. */
#define AT_ONCE (32 * NSEC_SEC)

typedef struct Loss {
    const RegDisconnect *disconnect;
    const RegBinding *binding; /* that stood */
    const RegOutage *outage;   /* a request that was not answered afterwards; NULL: none was seen */
    const char *needed;        /* why there is no other way to the device; NULL: there may be one */
    Nsec until;
    bool to_end;
} Loss;

static const RegOutage *outage_after(const RegLife *life, Nsec time)
{
    for (unsigned i = 0; i < life->n_outages; i++) {
        if (life->outages[i].first.sent >= time && !life->outages[i].cut)
            return &life->outages[i];
    }
    return NULL;
}

/* A device that listens at its Contact needs no connection to be kept. */
static const char *why_needed(const RegDevice *device, const RegBinding *binding)
{
    SipUri contact = sip_uri_parse(str_of(binding->contact));
    NetAddr host;
    Str value;

    if (sip_param_find(contact.params, "ob", &value))
        return "the Contact asks for it (\"ob\")";
    if (uri_is_placeholder(&contact))
        return "the Contact is no address at all";
    if (device->life->nat != NULL || device->n_public_addresses > 0)
        return "the device is behind a NAT";
    if (net_addr_parse(contact.host, &host) && net_addr_is_private(&host)
        && !net_addr_is_private(&device->server.addr))
        return "the Contact is a private address";
    return NULL;
}

/* The device came back, or its time ran out, or the capture ended. */
static bool find_loss(const RegDevice *device, Nsec now, Loss *loss)
{
    const RegDisconnect *gone = device->life != NULL ? device->life->disconnect : NULL;

    if (gone == NULL)
        return false;
    *loss = (Loss){ .disconnect = gone, .binding = lapse_bound_at(device, gone->time) };
    if (loss->binding == NULL)
        return false;

    Nsec stands = MIN(loss->binding->until, now);
    bool back = gone->over != NSEC_NONE && gone->over <= stands;

    loss->until = back ? gone->over : stands;
    loss->to_end = !back && stands == now;
    loss->outage = outage_after(device->life, gone->time);
    loss->needed = why_needed(device, loss->binding);
    return lapse_span(gone->time, loss->until) > AT_ONCE
           && (loss->outage != NULL || loss->needed != NULL);
}

static const char *ending(const Loss *loss)
{
    if (loss->to_end)
        return "the capture's end at";
    return loss->until == loss->binding->until ? "the registration ran out at"
                                               : "the device was back at";
}

static void say(const RegDevice *device, const Loss *loss, Finding *finding)
{
    const RegDisconnect *gone = loss->disconnect;
    char who[NET_ENDPOINT_TEXT], from[NSEC_TEXT], until[NSEC_TEXT], length[NSEC_TEXT],
        bound[NSEC_TEXT];

    finding_say(finding,
                "%s %s the connection of %s at %s, while the registration ran until %s: "
                "unreachable for %s, until %s %s",
                gone->by_server ? "the server" : "the device", gone->reset ? "reset" : "closed",
                below_who(device, who), nsec_to_clock(gone->time, from),
                nsec_to_clock(lapse_granted_until(loss->binding), bound),
                nsec_to_span(lapse_span(gone->time, loss->until), length), ending(loss),
                nsec_to_clock(loss->until, until));
}

static void cite(const RegDevice *device, const Loss *loss, Finding *finding)
{
    const RegBinding *binding = loss->binding;
    const RegDisconnect *gone = loss->disconnect;
    g_autofree char *granted = g_strdup_printf("granted %u s", binding->granted);

    if (binding->made_by.frame != 0)
        finding_cite(finding, "registered", binding->made_by, binding->since, str_of(granted),
                     NULL);
    finding_cite(finding, "end of the connection", gone->ref, gone->time,
                 gone->reset ? STR("RST") : STR("FIN"), "a new connection and a REGISTER at once");
    if (loss->outage != NULL)
        finding_cite(finding, "request", loss->outage->first.request, loss->outage->first.sent,
                     str_of(sip_method_name(loss->outage->first.method)), "an answer");
}

static RuleVerdict check(const RegDevice *device, Nsec now, Finding *finding)
{
    Loss loss;

    if (!find_loss(device, now, &loss))
        return RULE_CLEAN;
    if (lapse_loss(device) != NULL)
        return rule_abstain(finding, lapse_loss(device));

    say(device, &loss, finding);
    cite(device, &loss, finding);
    finding_reject(finding, "deregistered", "the device did not ask for an end");
    finding_reject(finding, "binding_lapsed", "the registration still ran");
    if (loss.outage == NULL)
        finding_grade(finding, FINDING_STRONG,
                      "A call to the device at that time. It cannot be reached without its "
                      "connection, unless it opened another one that the capture does not hold.");
    finding->from = loss.disconnect->time;
    finding->until = loss.until;
    return RULE_FIRES;
}

const Rule rule_connection_lost = {
    .id = "connection_lost",
    .area = "life",
    .title = "The connection of the registration is gone",
    .severity = FINDING_FAILURE,
    .vantage = REG_VANTAGE_ANY,
    .absence = true,
    .meaning = "The TCP or TLS connection over which the device registered was closed or reset. "
               "The registration is still in the registrar's table, but there is no way to the "
               "device until it registers over a new connection.",
    .advice = "Let the device notice and come back: keep-alives on the connection (two CRLF every "
              "90 s, or RFC 5626), TCP keep-alive, a retry interval of seconds. Look who ends it: "
              "a server with a short idle time (Kamailio: tcp_connection_lifetime above the "
              "expiry), a firewall that resets idle connections, or the device itself (sleep).",
    .confusion = "A device that closes its connection after each REGISTER and listens at its "
                 "Contact, where the server can reach it.",
    .should = "The phone keeps the connection alive, notices within minutes when it is gone, "
              "opens a new one and registers again (RFC 5626 sections 4.4 and 4.5).",
    .seen = {
        .client = "FIN or RST, and no new connection and REGISTER for a long time.",
        .middle = "The same. An RST that only one side sees comes from a box in between.",
        .server = "The same, and calls that fail while the phone is listed.",
    },
    .fix = {
        .phone = "Keep-alive on the connection (two CRLF, RFC 5626 section 4.4.1); a short retry "
                 "interval.",
        .router = "A longer timeout for idle TCP connections.",
        .asterisk = "pjsip.conf, global section: keep_alive_interval.",
        .kamailio = "tcp_connection_lifetime above the expiry.",
    },
    .reference = "RFC 5626 sections 4.4 and 4.5, RFC 3261 section 18.4",
    .check_device = check,
};
