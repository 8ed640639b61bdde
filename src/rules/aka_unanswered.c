/*
 * The SIM did not answer.
 *
 * IMS challenges the SIM card (AKA). A phone whose SIM finds the challenge false,
 * or that fails to set up IPsec, does not answer it and starts again after a
 * while.
 */

#include "login.h"

/* RFC 3329: phone and network agreed on a protected channel. What follows the
 * challenge goes there, and so does every renewal. */
static bool is_protected(const SipMessage *challenge)
{
    return sip_message_header(challenge, SIP_HEADER_SECURITY_SERVER, 0) != NULL;
}

static RuleVerdict check(const RegChain *chain, Finding *finding)
{
    const SipMessage *answer;
    RuleVerdict verdict = chain_ignored_challenge(chain, finding, &answer);

    if (verdict != RULE_FIRES)
        return verdict;

    Str algorithm = message_challenge(answer).algorithm;

    if (!str_starts_nocase(algorithm, STR("AKA")))
        return RULE_CLEAN;
    finding_say(finding, "%s got an AKA challenge (%.*s) and did not answer it%s", chain_who(chain),
                STR_ARG(algorithm), chain->followed ? "; it began anew" : "");
    finding_cite_message(finding, "request", reg_step_request(reg_chain_last_step(chain)), NULL);
    finding_cite_message(finding, "challenge", answer, "a REGISTER with the response of the SIM");
    finding_grade(
        finding, chain->followed && !is_protected(answer) ? FINDING_STRONG : FINDING_WEAK,
        "The phone's log: whether the SIM refused the challenge, or the second REGISTER went "
        "into IPsec, where a capture does not see it.");
    return RULE_FIRES;
}

const Rule rule_aka_unanswered = {
    .id = "aka_unanswered",
    .area = "digest",
    .title = "The AKA challenge was not answered",
    .severity = FINDING_FAILURE,
    .vantage = REG_VANTAGE_ANY,
    .needs = RULE_NEEDS_TAIL | RULE_NEEDS_ANSWER | RULE_NEEDS_FAILURE,
    .absence = true,
    .meaning = "The network challenged the SIM and got no answer.",
    .advice = "Compare Ki, OPc and AMF of the SIM with those in the HSS; check that phone and "
              "P-CSCF agree on IPsec.",
    .confusion = "A second REGISTER that travels inside IPsec.",
    .should = "The SIM checks the challenge and gives a response, or auts when only the sequence "
              "number is wrong, and the phone sends it in a second REGISTER (RFC 3310 sections "
              "3.3 and 3.4).",
    .seen = {
        .client = "A 401 with algorithm=AKA..., then silence, or a new REGISTER without a "
                  "response.",
        .middle = "The same. ESP packets after the 401 mean that the phone went on inside IPsec.",
        .server = "The same. Decrypted, or with null encryption, the second REGISTER can be read "
                  "if it is there.",
    },
    .fix = {
        .phone = "Look in its log for a MAC failure; check the SIM and the IMS profile.",
        .router = "Let ESP pass, and the protected ports that Security-Client and Security-Server "
                  "name.",
        .kamailio = "Compare the ports and algorithms in Security-Server with what the P-CSCF "
                    "really set up.",
    },
    .reference = "RFC 3310 section 3, 3GPP TS 33.203",
    .check_chain = check,
};
