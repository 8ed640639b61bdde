/*
 * The device left on purpose.
 *
 * A REGISTER with an expiry of zero removes the binding: the phone is switched
 * off, logged out, or clears old bindings when it starts. In the last case it
 * registers again within seconds, and there is nothing to say.
 */

#include "facts.h"

static RuleVerdict check(const RegChain *chain, Finding *finding)
{
    const RegStep *last = reg_chain_last_step(chain);

    if (chain->purpose != REG_PURPOSE_REMOVE || chain->outcome != REG_OUTCOME_ACCEPTED
        || reg_step_request(last) == NULL)
        return RULE_CLEAN;
    if (chain->recovered || (chain->followed && chain_silence(chain) < 5 * NSEC_SEC))
        return RULE_CLEAN;

    finding_say(finding, "%s removed its registration on purpose", chain_who(chain));
    finding_cite_end(finding, chain, NULL);
    return RULE_FIRES;
}

const Rule rule_deregistered = {
    .id = "deregistered",
    .area = "chain",
    .title = "The device removed its registration",
    .severity = FINDING_NOTE,
    .vantage = REG_VANTAGE_ANY,
    .needs = RULE_NEEDS_ANSWER | RULE_NEEDS_WHOLE,
    .meaning =
        "The device sent a REGISTER that ends its binding, and the registrar confirmed it. From "
        "then on calls do not reach it.",
    .advice =
        "Nothing, when it was switched off or logged out. Otherwise look at the device: restart, "
        "profile change, battery saving.",
    .confusion = "Phones that clear their bindings when they start and register again at once.",
    .should = "A phone that goes removes its binding, with expiry zero, and the registrar "
              "confirms it (RFC 3261 section 10.2.2).",
    .seen = {
        .client = "REGISTER with expires 0, then 200, and no REGISTER afterwards.",
        .middle = "The same.",
        .server = "The same.",
    },
    .fix = {
        .phone = "Look why it left: restart, new profile, battery saving, logged out by its user.",
        .router = "Nothing.",
        .asterisk = "Nothing; 'pjsip show contacts' shows who is there.",
        .kamailio = "Nothing; 'kamctl ul show' shows who is there.",
    },
    .reference = "RFC 3261 section 10.2.2",
    .check_chain = check,
};
