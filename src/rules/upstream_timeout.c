/*
 * Somebody on the way waited in vain.
 *
 * A phone that shows "408" mostly shows its own patience, and nothing is on the
 * wire. A 408 that is a packet was made by a box in between, which forwarded
 * the request and heard nothing: registrars must not send it (RFC 4320 section
 * 4.2).
 */

#include "facts.h"
#include "rules/status.h"

static RuleVerdict check(const RegChain *chain, Finding *finding)
{
    const RegStep *last = reg_chain_last_step(chain);
    const SipMessage *answer = chain_refusal(chain);
    char server[NET_ENDPOINT_TEXT], span[NSEC_TEXT];

    if (answer == NULL || answer->status != 408)
        return RULE_CLEAN;

    Nsec waited =
        reg_step_request(last) != NULL ? answer->meta.time - reg_step_request(last)->meta.time : 0;
    g_autofree char *after =
        waited > 0 ? g_strdup_printf(" after %s", nsec_to_span(waited, span)) : g_strdup("");

    finding_say(finding,
                "%s has the REGISTER of %s, and what is behind it did not answer: %u %.*s%s",
                chain_server(chain, server), chain_who(chain), answer->status,
                STR_ARG(answer->reason), after);
    finding_cite_end(finding, chain, rule_status_find(408)->next);
    finding_cite_reasons(finding, answer);
    finding_reject(finding, "register_unanswered", "this answer came over the wire");
    finding_grade(finding, FINDING_STRONG,
                  "A capture on the box that sent the 408: whether the request leaves it and "
                  "where to. If it does not, that box breaks RFC 4320 and failed itself.");
    return RULE_FIRES;
}

const Rule rule_upstream_timeout = {
    .id = "upstream_timeout",
    .area = "chain",
    .title = "Behind the first hop nobody answered",
    .severity = FINDING_FAILURE,
    .vantage = REG_VANTAGE_ANY,
    .needs = RULE_NEEDS_ANSWER | RULE_NEEDS_FAILURE,
    .meaning = "A 408 came over the wire: a proxy or session border controller forwarded the "
               "REGISTER and got no answer itself.",
    .advice = "Look from that box at the next one: its address there (Kamailio: dispatcher, "
              "$du; an SBC: its trunk or core interface), 'sngrep' or tcpdump towards it, "
              "firewall and DNS.",
    .confusion = "A phone that shows 408 after its own timeout: that leaves no packet.",
    .should = "Each hop passes the request on and the answer back. One that hears nothing must "
              "not say 408 to a REGISTER (RFC 4320 section 4.2).",
    .seen = {
        .client = "408 from the wire, as late as the box that sent it was patient.",
        .middle = "Between phone and proxy the same. Behind the proxy: copies of the request "
                  "without an answer, or no request at all.",
        .server = "Beside the registrar: whether the request arrives there, and where the answer "
                  "goes.",
    },
    .fix = {
        .phone = "Nothing. A second outbound proxy may know another way.",
        .router = "Look at the way from the proxy to the registrar: firewall, routes, names.",
        .asterisk = "As the server behind: 'pjsip set logger on' shows whether the request "
                    "arrives.",
        .kamailio = "'kamcmd dispatcher.list', and where the script sends the request ($du). "
                    "fr_timer of tm is how long it waits.",
    },
    .reference = "RFC 3261 section 21.4.9, RFC 4320 section 4",
    .check_chain = check,
};
