/*
 * 423: ask for longer.
 *
 * The registrar wants at least Min-Expires seconds. A phone that understands
 * raises its value and is accepted at once; then there is nothing to report.
 * One that does not asks for the same again, or gives up.
 */

#include "facts.h"

/* Whether a request does what the 423 demands. One that names no lifetime
 * leaves it to the registrar; one that asks for longer than before tries; one
 * that ends a binding shows that there had been one. */
static bool heeds(const RegStep *step, const RegStep *brief)
{
    if (step->asked == REG_EXPIRES_NONE || step->removes)
        return true;
    if (brief->min_expires != REG_EXPIRES_NONE)
        return step->asked >= brief->min_expires;
    return brief->asked != REG_EXPIRES_NONE && step->asked > brief->asked;
}

/* The 423 that no later step of the chain took to heart. */
static const RegStep *unheeded(const RegChain *chain)
{
    const RegStep *brief = NULL;

    for (unsigned i = 0; i < chain->steps->len; i++) {
        const RegStep *step = reg_chain_step(chain, i);

        if (brief != NULL && reg_step_request(step) != NULL && heeds(step, brief))
            brief = NULL;
        if (reg_step_status(step) == 423)
            brief = step;
    }
    return brief;
}

static void grade(const RegChain *chain, const RegStep *brief, Finding *finding)
{
    if (chain_silence(chain) < 2 * NSEC_SEC && brief == reg_chain_last_step(chain))
        finding_grade(finding, FINDING_WEAK, "A capture that goes on after the 423.");
    else if (brief != reg_chain_last_step(chain))
        finding_grade(finding, FINDING_PROVEN, NULL);
    else
        finding_grade(finding, FINDING_STRONG, "A longer capture: whether the phone comes back.");
}

static RuleVerdict check(const RegChain *chain, Finding *finding)
{
    const RegStep *brief = unheeded(chain);

    if (brief == NULL || reg_step_status(reg_chain_last_step(chain)) / 100 == 2)
        return RULE_CLEAN;
    if (brief == reg_chain_last_step(chain) && chain->tail_cut)
        return rule_abstain(finding, "the capture ends too early after the 423");
    if (brief == reg_chain_last_step(chain) && (chain->followed || chain->recovered))
        return rule_abstain(finding, "the phone went on under another Call-ID");

    const SipMessage *answer = reg_step_answer(brief);

    if (brief->min_expires != REG_EXPIRES_NONE && brief->asked != REG_EXPIRES_NONE)
        finding_say(
            finding,
            "%s asked for %u s, the registrar demands at least %u s (423), and the phone %s",
            chain_who(chain), brief->asked, brief->min_expires,
            brief == reg_chain_last_step(chain) ? "did not try again"
                                                : "asked for too little again");
    else
        finding_say(
            finding, "the registrar answered %s with 423 Interval Too Brief%s", chain_who(chain),
            brief->min_expires == REG_EXPIRES_NONE ? ", without saying what it demands" : "");
    finding_cite_message(finding, "request", reg_step_request(brief), NULL);
    finding_cite_message(finding, "answer", answer, "a request that asks for at least Min-Expires");
    if (brief != reg_chain_last_step(chain))
        finding_cite_message(finding, "next request", reg_step_request(brief + 1),
                             "a longer interval");
    grade(chain, brief, finding);
    return RULE_FIRES;
}

const Rule rule_interval_too_brief = {
    .id = "interval_too_brief",
    .area = "chain",
    .title = "The phone does not take the longer interval",
    .severity = FINDING_FAILURE,
    .vantage = REG_VANTAGE_ANY,
    .needs = RULE_NEEDS_ANSWER | RULE_NEEDS_WHOLE | RULE_NEEDS_FAILURE,
    .meaning =
        "The registrar refused the asked lifetime as too short and named the least it takes; "
        "the phone did not come back with that much.",
    .advice = "Set the registration interval on the phone to at least Min-Expires, or lower the "
              "registrar's limit (Asterisk: minimum_expiration of the aor; Kamailio: registrar "
              "min_expires).",
    .confusion = "423 followed by a request with at least Min-Expires is normal negotiation.",
    .should = "After 423 the phone asks again for at least what Min-Expires names (RFC 3261 "
              "section 10.2.8).",
    .seen = {
        .client = "423 with Min-Expires, and the next REGISTER asks for less, or none comes.",
        .middle = "The same.",
        .server = "The same.",
    },
    .fix = {
        .phone = "Registration interval at least Min-Expires.",
        .router = "Nothing.",
        .asterisk = "aor: minimum_expiration.",
        .kamailio = "registrar: min_expires; min_expires_mode=0 grants the least instead of "
                    "refusing.",
    },
    .reference = "RFC 3261 sections 10.2.8 and 21.4.17",
    .check_chain = check,
};
