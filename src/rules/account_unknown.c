/*
 * The registrar does not know the account.
 *
 * RFC 3261 section 10.3 step 5: a registrar answers 404 when the address of
 * record in To is not one of its own. It may say so before or after it has
 * checked the credentials.
 */

#include "facts.h"

static const char *const narrower[] = { "contact_refused", "domain_refused", NULL };

static RuleVerdict check(const RegChain *chain, Finding *finding)
{
    const SipMessage *answer = chain_refusal(chain);

    if (answer == NULL || (answer->status != 404 && answer->status != 604))
        return RULE_CLEAN;

    finding_say(finding, "the registrar does not know %s: %u %.*s %s", chain_who(chain),
                answer->status, STR_ARG(answer->reason),
                chain_has_credentials(chain) ? "after it had seen credentials"
                                             : "before it asked for credentials");
    finding_cite_end(finding, chain, "200 OK");
    finding_cite_reasons(finding, answer);
    return RULE_FIRES;
}

const Rule rule_account_unknown = {
    .id = "account_unknown",
    .area = "chain",
    .title = "The registrar does not know the account",
    .severity = FINDING_FAILURE,
    .vantage = REG_VANTAGE_ANY,
    .needs = RULE_NEEDS_ANSWER | RULE_NEEDS_FAILURE,
    .silenced_by = narrower,
    .meaning =
        "404 or 604: the address of record in To is not one that this registrar serves to this "
        "source.",
    .advice = "Compare user and domain of the account on the phone with the server (Asterisk: the "
              "endpoint's 'aors' and the aor section's name; Kamailio: kamctl ul show, the domain "
              "table). On a FRITZ!Box the same answer means: login from the internet not allowed.",
    .confusion = "A server that hides a wrong password behind 404.",
    .should = "The registrar finds the address in To among those that it serves (RFC 3261 section "
              "10.3 step 5).",
    .seen = {
        .client = "404 or 604, before or after the credentials.",
        .middle = "The same.",
        .server = "The same.",
    },
    .fix = {
        .phone = "Check user and domain of the account.",
        .router = "Nothing.",
        .asterisk = "The user part of To has to be the name of an aor that the endpoint lists in "
                    "'aors'.",
        .kamailio = "The domain table and alias= lines; the subscriber.",
    },
    .reference = "RFC 3261 section 10.3 step 5",
    .check_chain = check,
};
