/*
 * Somebody on the way does not let the REGISTER pass, and says so.
 *
 * A firewall that rejects (instead of dropping in silence) sends ICMP
 * "prohibited", a router without a way "host unreachable", one in a loop "time
 * exceeded". The sender of the error is the box to look at. Over TCP such a box
 * may reset the connection in the name of the server; its packets come a
 * different number of hops than the server's own.
 */

#include "below.h"
#include "facts.h"

static bool is_the_server(const RegChain *chain, const NetAddr *addr)
{
    return net_addr_equal(addr, &reg_step_txn(reg_chain_last_step(chain))->hop.dst.addr);
}

static const char *who_refuses(RegIcmpKind kind, bool server)
{
    if (server)
        return "the server's own firewall rejects it";
    switch (kind) {
    case REG_ICMP_EXPIRED:
        return "the packets go in a circle";
    case REG_ICMP_NO_ROUTE:
        return "it knows no way to the server";
    default:
        return "a firewall there rejects it";
    }
}

static RuleVerdict say_icmp(const RegChain *chain, const RegStep *last, Finding *finding)
{
    const RegIcmp *icmp = &chain->icmp;
    RegIcmpKind kind = reg_icmp_kind(icmp);
    char server[NET_ENDPOINT_TEXT], reporter[NET_ENDPOINT_TEXT], times[BELOW_TIMES];

    finding_say(finding, "%s sent REGISTER to %s, and %s answered %s with ICMP %s: %s",
                chain_who(chain), chain_server(chain, server),
                net_addr_to_text(&icmp->reporter, reporter), below_times(icmp->seen.count, times),
                reg_icmp_name(icmp), who_refuses(kind, is_the_server(chain, &icmp->reporter)));
    finding_cite_message(finding, "request", reg_step_request(last), "an answer");
    below_cite_icmp(finding, icmp);
    finding_advise(finding,
                   kind == REG_ICMP_NO_ROUTE || kind == REG_ICMP_EXPIRED
                       ? "Look at %s: its routes to the server ('ip route get'), and whether the "
                         "server's address is right and its host is up."
                       : "Look at %s: its firewall rules for UDP and TCP to the server ('nft list "
                         "ruleset', 'iptables -nvL'). Allow the phone to reach it.",
                   reporter);
    return RULE_FIRES;
}

static RuleVerdict say_reset(const RegChain *chain, const RegStep *last, Finding *finding)
{
    const RegReset *reset = &chain->reset;
    char server[NET_ENDPOINT_TEXT];
    g_autofree char *seen = g_strdup_printf("RST with TTL %u, the server's own packets have %u",
                                            reset->ttl, reset->usual_ttl);

    finding_say(finding,
                "%s sent REGISTER over TCP to %s, and a box on the way reset the connection in "
                "the name of the server",
                chain_who(chain), chain_server(chain, server));
    finding_cite_message(finding, "request", reg_step_request(last), "an answer");
    finding_cite(finding, "reset", reset->seen.first, reset->seen.first_time, str_of(seen),
                 "an answer of the server");
    finding_grade(finding, FINDING_STRONG,
                  "A capture beside the server: whether it sent this reset. A load balancer in "
                  "front of it may answer for it.");
    return RULE_FIRES;
}

static RuleVerdict check(const RegChain *chain, Finding *finding)
{
    const RegIcmp *icmp = &chain->icmp;
    const RegStep *last = below_unanswered(chain, icmp);

    if (last != NULL) {
        bool port = reg_icmp_kind(icmp) == REG_ICMP_PORT;

        /* port_unreachable has what the server says of its own port. */
        return port && is_the_server(chain, &icmp->reporter) ? RULE_CLEAN
                                                             : say_icmp(chain, last, finding);
    }
    last = reg_chain_last_step(chain);
    if (chain->reset.seen.count > 0 && reg_step_status(last) == 0 && reg_step_request(last) != NULL)
        return say_reset(chain, last, finding);
    return RULE_CLEAN;
}

const Rule rule_path_blocked = {
    .id = "path_blocked",
    .area = "below",
    .title = "The way to the registrar is blocked",
    .severity = FINDING_FAILURE,
    .vantage = REG_VANTAGE_ANY,
    .needs = RULE_NEEDS_FAILURE,
    .meaning = "A firewall or router between the phone and the registrar refuses the REGISTER, and "
               "says so by ICMP or by a reset.",
    .advice = "Look at the box that sent the error: its firewall rules and its routes to the "
              "registrar.",
    .confusion = "ICMP from the server's own address that its port is closed: that is "
                 "port_unreachable. Errors that quote other packets than the REGISTER.",
    .should = "Packets to the registrar pass, or are dropped in silence. A router that rejects "
              "them says so by ICMP (RFC 1812 section 5.2.7.1).",
    .seen = {
        .client = "An ICMP error after each REGISTER: its sender is the box that blocks.",
        .middle = "The same; outside of that box nothing is seen.",
        .server = "Nothing arrives.",
    },
    .fix = {
        .phone = "Nothing is wrong with it; it may be in the wrong network or VLAN.",
        .router = "Look at the box that sent the error: its rules for that port, and its route to "
                  "the registrar.",
        .asterisk = "When the error comes from the server's own address: its host firewall "
                    "('iptables -L -n', 'nft list ruleset').",
        .kamailio = "As for Asterisk.",
    },
    .reference = "RFC 792; RFC 1812 section 5.2.7.1; RFC 4443 section 3.1",
    .check_chain = check,
};
