/*
 * The server failed.
 *
 * A 5xx says that the request was fine and the server was not: its database, a
 * script, a hop behind it. What it says in the reason phrase, in Warning or in
 * the body is often the whole diagnosis.
 */

#include "facts.h"

static const char *const narrower[] = {
    "contact_refused", "cseq_not_increased", "domain_refused",
    "request_refused", "too_many_contacts",  NULL,
};

static RuleVerdict check(const RegChain *chain, Finding *finding)
{
    const SipMessage *answer = chain_refusal(chain);

    if (answer == NULL || answer->status / 100 != 5 || answer->status == 501
        || answer->status == 503)
        return RULE_CLEAN;

    finding_say(finding, "the server failed on the REGISTER of %s: %u %.*s", chain_who(chain),
                answer->status, STR_ARG(answer->reason));
    finding_cite_end(finding, chain, "200 OK");
    finding_cite_reasons(finding, answer);
    return RULE_FIRES;
}

const Rule rule_server_error = {
    .id = "server_error",
    .area = "chain",
    .title = "The server failed",
    .severity = FINDING_FAILURE,
    .vantage = REG_VANTAGE_ANY,
    .needs = RULE_NEEDS_ANSWER | RULE_NEEDS_FAILURE,
    .silenced_by = narrower,
    .meaning =
        "The registrar, or a hop on the way to it, answered with 5xx: it could not do its work.",
    .advice = "Look in the server's log at that second for this Call-ID: database, script errors, "
              "an unreachable next hop (502, 504).",
    .confusion = "503 asks to come back later and has its own finding.",
    .should = "The registrar answers with 401, 200 or a refusal that says what is wrong with the "
              "request. 5xx means that the server itself failed (RFC 3261 section 21.5).",
    .seen = {
        .client = "5xx. Server, Warning and Reason may say who failed and why.",
        .middle = "The same. A proxy may have made the answer for the server behind it.",
        .server = "Whether the request went on to another hop, and what that one answered.",
    },
    .fix = {
        .phone = "A second server, by SRV records.",
        .router = "Nothing.",
        .asterisk = "The log at that second. Look whether the database with the accounts answers.",
        .kamailio = "The log at that second for this Call-ID: errors of the script, of the "
                    "database, no memory left ('kamctl stats').",
    },
    .reference = "RFC 3261 section 21.5",
    .check_chain = check,
};
