/*
 * Refused without ever being asked for a password.
 *
 * A registrar that says 403 to the very first REGISTER has not looked at any
 * credentials: the source address, the domain, the proxy that should be in
 * between, or the account itself is what it does not like.
 */

#include "facts.h"
#include "rules/status.h"

static const char *const narrower[] = {
    "domain_refused",    "contact_refused", "request_refused",
    "extension_refused", "loop_detected",   "cseq_not_increased",
    "too_many_contacts", "locked_out",      NULL,
};

/* Refusals that say nothing more precise; the others have rules of their own. */
static bool is_plain_refusal(uint16_t status)
{
    switch (status) {
    case 402:
    case 403:
    case 405:
    case 406:
    case 409:
    case 410:
    case 480:
    case 486:
    case 488:
    case 501:
    case 600:
    case 603:
    case 606:
        return true;
    default:
        return false;
    }
}

/* 403 may mean anything; what the others mean to a REGISTER is more than their
 * reason phrase tells. */
static void advise(Finding *finding, uint16_t status)
{
    const RuleStatus *row = rule_status_find(status);

    if (status != 403)
        finding_advise(finding, "%u to a REGISTER: %s. %s", status, row->means, row->missing);
}

static RuleVerdict check(const RegChain *chain, Finding *finding)
{
    const SipMessage *answer = chain_refusal(chain);

    if (answer == NULL || !is_plain_refusal(answer->status) || chain_was_challenged(chain)
        || chain_has_credentials(chain))
        return RULE_CLEAN;
    if (reg_step_request(reg_chain_last_step(chain)) == NULL)
        return rule_abstain(finding, "the request that was refused is not in the capture");

    finding_say(
        finding,
        "%s was refused with %u %.*s without being asked for credentials: this is not about "
        "the password",
        chain_who(chain), answer->status, STR_ARG(answer->reason));
    finding_cite_end(finding, chain, "401 and a challenge, or 200 OK");
    finding_cite_reasons(finding, answer);
    advise(finding, answer->status);
    finding_reject(finding, "credentials_refused", "no credentials were asked for or sent");
    return RULE_FIRES;
}

const Rule rule_refused_unchallenged = {
    .id = "refused_unchallenged",
    .area = "chain",
    .title = "Refused without a challenge",
    .severity = FINDING_FAILURE,
    .vantage = REG_VANTAGE_ANY,
    .needs = RULE_NEEDS_HEAD | RULE_NEEDS_ANSWER | RULE_NEEDS_WHOLE | RULE_NEEDS_FAILURE,
    .silenced_by = narrower,
    .meaning = "The registrar refused the request before it asked for credentials. The password "
               "cannot be the reason.",
    .advice =
        "Check that the phone goes through the outbound proxy that the provider demands, that "
        "its address is allowed at the registrar (permit/deny, ACL, 'login from the internet'), "
        "and that domain and account exist there.",
    .confusion = "A refusal that follows credentials: see credentials_refused.",
    .should = "A registrar that wants credentials asks for them first, with 401 (RFC 3261 section "
              "22.2). A refusal before that is about something else.",
    .seen = {
        .client = "4xx to a REGISTER without Authorization.",
        .middle = "The same.",
        .server = "The same, with the source address that the registrar judged.",
    },
    .fix = {
        .phone = "Set the outbound proxy that the provider names; check domain and account.",
        .router = "Look which public address the phone has: it may not be the one that is allowed.",
        .asterisk = "'type=identify' and endpoint_identifier_order (the request matched no "
                    "endpoint), permit/deny, contact_permit.",
        .kamailio = "The part of the script before the challenge: from_uri checks, permissions "
                    "(allow_source_address), domain.",
    },
    .reference = "RFC 3261 sections 10.3 and 21.4.4",
    .check_chain = check,
};
