/*
 * Accepted without a password.
 *
 * A registrar that trusts the source address accepts the first REGISTER as it
 * is. That is how trunks are often set up; for a phone it is an open door.
 */

#include "facts.h"

/* A token instead of a digest (RFC 8898) is no address. */
static bool brings_a_token(const SipMessage *request)
{
    Str scheme = message_credentials(request).scheme;

    return str_present(scheme) && !str_equal_nocase(scheme, STR("Digest"));
}

static RuleVerdict check(const RegChain *chain, Finding *finding)
{
    const RegStep *last = reg_chain_last_step(chain);

    if (chain->outcome != REG_OUTCOME_ACCEPTED || last->removes || last->queries
        || reg_step_request(last) == NULL)
        return RULE_CLEAN;
    if (chain_was_challenged(chain) || chain_has_credentials(chain)
        || brings_a_token(reg_step_request(last)))
        return RULE_CLEAN;
    /* A box in front of the registrar may answer refreshes by itself. */
    if (chain->purpose == REG_PURPOSE_REFRESH)
        return RULE_CLEAN;

    finding_say(finding, "%s was accepted without credentials: the registrar trusts its address",
                chain_who(chain));
    finding_cite_end(finding, chain, NULL);
    return RULE_FIRES;
}

const Rule rule_registered_without_challenge = {
    .id = "registered_without_challenge",
    .area = "chain",
    .title = "Registered without a challenge",
    .severity = FINDING_NOTE,
    .vantage = REG_VANTAGE_ANY,
    .needs = RULE_NEEDS_HEAD | RULE_NEEDS_ANSWER | RULE_NEEDS_WHOLE,
    .meaning = "The REGISTER had no credentials and was accepted: authentication by address.",
    .advice = "Right for a trunk with a fixed address. For phones demand credentials.",
    .confusion =
        "Credentials sent at once with a remembered nonce: then there is no challenge either.",
    .should = "A registrar challenges whoever it does not know, and registers only who proves to "
              "be allowed (RFC 3261 section 10.3 steps 3 and 4).",
    .seen = {
        .client = "REGISTER without Authorization, and 200 at once.",
        .middle = "The same.",
        .server = "The same. An element in front may have checked the phone before.",
    },
    .fix = {
        .phone = "Nothing.",
        .router = "Let only the addresses of the trunk reach the registrar.",
        .asterisk = "Set auth= at the endpoint: without it nobody is challenged.",
        .kamailio = "auth_check() or www_authenticate() before save(). See whether "
                    "allow_source_address() lets the phone pass.",
    },
    .reference = "RFC 3261 section 10.3 step 3",
    .check_chain = check,
};
