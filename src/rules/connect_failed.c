/*
 * The TCP connection to the registrar could not be made.
 *
 * A SYN that nobody answers, repeated after 1, 3 and 7 seconds, is dropped by a
 * firewall or goes to a host that is down. One that is answered by RST reached a
 * host, or a firewall that speaks for it, where nothing listens at the port.
 */

#include "below.h"

/* A SYN is repeated after a second at first (RFC 6298 section 2). */
#define SILENCE (4 * NSEC_SEC)

static char *server_text(const RegLink *link)
{
    char text[NET_ENDPOINT_TEXT];

    return g_strdup(net_endpoint_to_text(&link->server, text));
}

static void say_refused(const RegLink *link, const char *who, Finding *finding)
{
    g_autofree char *server = server_text(link);
    g_autofree char *seen = g_strdup_printf("RST, TTL %u", link->refused_ttl);
    char times[BELOW_TIMES];

    finding_say(finding,
                "%s tried to open a TCP connection to %s, and was refused %s: nothing listens "
                "there, or a firewall answers in its name",
                who, server, below_times(link->refused.count, times));
    finding_cite(finding, "refusal", link->refused.first, link->refused.first_time, str_of(seen),
                 "SYN and ACK");
    finding_advise(finding,
                   "On the server: is TCP enabled and bound ('ss -ltnp'; in pjsip.conf a "
                   "'type=transport' with 'protocol=tcp')? Compare the TTL of the RST with that of "
                   "the server's other packets: if it differs, a firewall sent it.");
}

static void say_unreachable(const RegLink *link, const char *who, Finding *finding)
{
    g_autofree char *server = server_text(link);
    char reporter[NET_ENDPOINT_TEXT];

    finding_say(finding, "%s could not open a TCP connection to %s: %s answers with ICMP %s", who,
                server, net_addr_to_text(&link->icmp.reporter, reporter),
                reg_icmp_name(&link->icmp));
    below_cite_icmp(finding, &link->icmp);
    finding_advise(finding, "Look at %s: its firewall rules and its routes to %s.", reporter,
                   server);
}

static void say_silent(const RegLink *link, const char *who, Finding *finding)
{
    g_autofree char *server = server_text(link);
    char times[BELOW_TIMES];

    finding_say(finding, "%s tried to open a TCP connection to %s, sent SYN %s and got no answer",
                who, server, below_times(link->tried.count, times));
    finding_cite(finding, "last SYN", link->tried.last, link->tried.last_time, STR("SYN"),
                 "SYN and ACK");
    finding_grade(finding, link->tried.count > 1 ? FINDING_STRONG : FINDING_WEAK,
                  "A capture beside the server: whether the SYN arrives. A capture of both "
                  "directions, if this one may be of one only.");
}

static RuleVerdict say(const RegLink *link, const char *who, Finding *finding)
{
    finding_cite(finding, "first SYN", link->tried.first, link->tried.first_time, STR("SYN"), NULL);
    if (link->icmp.seen.count > 0) {
        say_unreachable(link, who, finding);
    } else if (link->refused.count > 0) {
        say_refused(link, who, finding);
    } else {
        if (below_loss(link->losses) != NULL)
            return rule_abstain(finding, below_loss(link->losses));
        say_silent(link, who, finding);
    }
    finding->from = link->tried.first_time;
    finding->until = link->tried.last_time;
    return RULE_FIRES;
}

static RuleVerdict check(const RegDevice *device, Nsec now, Finding *finding)
{
    const RegLink *link = device->link;
    char text[NET_ENDPOINT_TEXT];

    if (link == NULL || link->tried.count == 0
        || below_was_bound(device, link->tried.first_time, link->over, now))
        return RULE_CLEAN;
    if (link->refused.count == 0 && link->icmp.seen.count == 0
        && link->watched - link->tried.last_time < SILENCE)
        return rule_abstain(finding, "the capture ends too early after the SYN");
    return say(link, below_who(device, text), finding);
}

const Rule rule_connect_failed = {
    .id = "connect_failed",
    .area = "below",
    .title = "No TCP connection to the registrar",
    .severity = FINDING_FAILURE,
    .vantage = REG_VANTAGE_ANY,
    .absence = true,
    .meaning = "The phone registers over TCP or TLS, but the connection does not come about. So "
               "there is no REGISTER at all.",
    .advice = "Check address, port and transport of the registrar on the phone, then the firewall "
              "on the way: 'nc -vz SERVER 5060' from the same network.",
    .confusion = "A phone that tries TCP first and registers over UDP; a capture of one direction.",
    .should = "The phone opens a TCP connection (SYN, SYN-ACK, ACK) and sends its REGISTER over "
              "it (RFC 9293 section 3.5).",
    .seen = {
        .client = "SYN again and again: filtered or down. RST at once: nothing listens, or a "
                  "firewall rejects.",
        .middle = "Whether the SYN goes out and who sends the RST.",
        .server = "No SYN arrives, or the host answers RST.",
    },
    .fix = {
        .phone = "Check transport and port; many registrars do UDP only.",
        .router = "Let TCP 5060 and 5061 out.",
        .asterisk = "A transport with protocol=tcp or tls and 'bind'.",
        .kamailio = "'listen=tcp:...' or 'tls:...', and enable_tls=yes with the tls module.",
    },
    .reference = "RFC 9293 section 3.5; RFC 3261 section 18",
    .check_device = check,
};
