/*
 * The server wants to read the algorithm again.
 *
 * A challenge that names its algorithm may be answered without naming it: both
 * mean the same. A few servers insist all the same and refuse a digest that is
 * right.
 */

#include "login.h"

/* Of several challenges the algorithm tells which one is answered. */
static bool has_several(const SipMessage *answer)
{
    return sip_message_header(answer, SIP_HEADER_WWW_AUTHENTICATE, 1) != NULL
           || sip_message_header(answer, SIP_HEADER_PROXY_AUTHENTICATE, 1) != NULL;
}

static RuleVerdict check(const RegChain *chain, Finding *finding)
{
    const RegStep *step = chain_refused_credentials(chain);
    const SipMessage *challenge = step != NULL ? chain_challenge_before(chain, step) : NULL;

    if (challenge == NULL || !step_verifies(step) || step->use != REG_CHALLENGE_PRECEDING)
        return RULE_CLEAN;

    Str named = message_challenge(challenge).algorithm;

    if (!str_present(named) || str_present(step->credentials.algorithm) || has_several(challenge))
        return RULE_CLEAN;
    finding_say(finding,
                "%s answered algorithm=%.*s without naming it; its digest verifies and was refused",
                chain_who(chain), STR_ARG(named));
    finding_cite_login(finding, chain, step);
    finding_reject(finding, "password_wrong", "the digest verifies with the supplied password");
    finding_grade(finding, FINDING_STRONG,
                  "The same phone with a challenge that names no algorithm.");
    return RULE_FIRES;
}

const Rule rule_algorithm_not_echoed = {
    .id = "algorithm_not_echoed",
    .area = "digest",
    .title = "The algorithm was not named in the answer",
    .severity = FINDING_FAILURE,
    .vantage = REG_VANTAGE_ANY,
    .needs = RULE_NEEDS_ANSWER | RULE_NEEDS_WHOLE | RULE_NEEDS_FAILURE,
    .meaning = "The challenge names an algorithm, the credentials do not, and the server refuses a "
               "digest that is right.",
    .advice = "Update the phone or set it to send algorithm; on the server leave algorithm out of "
              "the challenge.",
    .confusion = "Leaving it out is legal, and most servers accept it.",
    .should = "The registrar accepts a digest that is right, whether or not the credentials name "
              "the algorithm. A phone does best to repeat the one of the challenge (RFC 7616 "
              "section 3.4).",
    .seen = {
        .client = "A challenge with algorithm=, credentials without it, and a refusal of a digest "
                  "that verifies.",
        .middle = "The same.",
        .server = "The same. The server's log may say that it misses the algorithm.",
    },
    .fix = {
        .phone = "Update it, so that it names the algorithm.",
        .router = "Nothing.",
    },
    .reference = "RFC 7616 section 3.4",
    .check_chain = check,
};
