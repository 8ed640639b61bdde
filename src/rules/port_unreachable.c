/*
 * Nothing listens at the registrar's port.
 *
 * The host is there: it answers each REGISTER, but with ICMP "port unreachable"
 * instead of SIP (RFC 1122 section 4.1.3.1). The daemon is down, or listens at
 * another port or address. Phones ignore the error and go on for 32 seconds, so
 * on their displays it looks like a dead line.
 */

#include "below.h"
#include "facts.h"

static RuleVerdict check(const RegChain *chain, Finding *finding)
{
    const RegIcmp *icmp = &chain->icmp;
    const RegStep *last = below_unanswered(chain, icmp);
    char server[NET_ENDPOINT_TEXT], times[BELOW_TIMES], answers[BELOW_TIMES];

    if (last == NULL || reg_icmp_kind(icmp) != REG_ICMP_PORT)
        return RULE_CLEAN;
    if (!net_addr_equal(&icmp->reporter, &reg_step_txn(last)->hop.dst.addr))
        return RULE_CLEAN; /* somebody on the way: path_blocked has it */

    finding_say(finding,
                "%s sent REGISTER %s to %s, and that host answered %s with ICMP %s: no program "
                "listens there",
                chain_who(chain), below_times(step_requests(last), times),
                chain_server(chain, server), below_times(icmp->seen.count, answers),
                reg_icmp_name(icmp));
    finding_cite_message(finding, "request", reg_step_request(last), "an answer");
    below_cite_icmp(finding, icmp);
    finding_reject(finding, "path_blocked", "the error comes from the server's own address");
    if (chain->vantage == REG_VANTAGE_SERVER)
        finding_grade(finding, FINDING_STRONG,
                      "'ss -lnup' on the server: whether a program is bound to the port now, and "
                      "its log: whether it was then.");
    return RULE_FIRES;
}

const Rule rule_port_unreachable = {
    .id = "port_unreachable",
    .area = "below",
    .title = "Nothing listens at the registrar's port",
    .severity = FINDING_FAILURE,
    .vantage = REG_VANTAGE_ANY,
    .needs = RULE_NEEDS_FAILURE,
    .meaning = "The server's host is reachable and says by ICMP that no program has the port open. "
               "The phone does not read ICMP and keeps trying.",
    .advice =
        "On the server, see whether the daemon runs ('systemctl status asterisk', or kamailio) "
        "and listens at this address and port ('ss -lnup | grep 5060'). On the phone, see "
        "whether the port is the right one.",
    .confusion = "ICMP for answers that come too late to a port that the phone has closed, and for "
                 "RTP: those quote no REGISTER.",
    .should = "A program listens at the registrar's address and port. Where none does, the host "
              "answers UDP with ICMP port unreachable (RFC 1122 section 4.1.3.1).",
    .seen = {
        .client = "An ICMP error from the registrar's own address after each REGISTER; the phone "
                  "goes on all the same.",
        .middle = "The same, seen with the public address.",
        .server = "The same: requests arrive, and the host itself refuses them.",
    },
    .fix = {
        .phone = "Check the port of the registrar (5060, 5061, or what the provider says).",
        .router = "Nothing, unless it forwards the port to the wrong host.",
        .asterisk = "'systemctl status asterisk', 'pjsip show transports': a transport with "
                    "'bind' at this address and port.",
        .kamailio = "'systemctl status kamailio'; a 'listen=udp:ADDRESS:5060' line for this "
                    "address.",
    },
    .reference = "RFC 792; RFC 1122 section 4.1.3.1; RFC 4443 section 3.1",
    .check_chain = check,
};
