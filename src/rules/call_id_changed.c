/*
 * The answer came in another call.
 *
 * The REGISTER with credentials should keep the Call-ID of the one that was
 * challenged. Most registrars do not mind a new one; some bind their nonces to it
 * and refuse.
 */

#include "login.h"

static const char *const narrower[] = { "password_wrong", "password_altered", "auth_username_wrong",
                                        NULL };

static RuleVerdict check(const RegChain *chain, Finding *finding)
{
    const RegStep *step = chain_refused_credentials(chain);
    const SipMessage *challenge = step != NULL ? chain_challenge_before(chain, step) : NULL;

    if (challenge == NULL || step->use != REG_CHALLENGE_PRECEDING
        || str_equal(challenge->call_id, reg_step_request(step)->call_id))
        return RULE_CLEAN;

    finding_say(finding, "%s answered the challenge under another Call-ID and was refused",
                chain_who(chain));
    finding_cite_message(finding, "challenge", challenge, NULL);
    finding_cite(finding, "its Call-ID", challenge->meta.ref, challenge->meta.time,
                 challenge->call_id, NULL);
    finding_cite(finding, "Call-ID of the credentials", reg_step_request(step)->meta.ref,
                 reg_step_request(step)->meta.time, reg_step_request(step)->call_id,
                 "the same Call-ID");
    finding_cite_message(finding, "answer", reg_step_answer(step), "200 OK");
    if (step_verifies(step)) {
        finding_reject(finding, "password_wrong", "the digest verifies with the supplied password");
        finding_grade(finding, FINDING_STRONG,
                      "The same phone when it keeps the Call-ID, or the server's check switched "
                      "off.");
    } else {
        finding_grade(
            finding, FINDING_WEAK,
            "The password (--credentials): if the digest verifies, the Call-ID is what is left.");
    }
    return RULE_FIRES;
}

const Rule rule_call_id_changed = {
    .id = "call_id_changed",
    .area = "chain",
    .title = "The challenge was answered under another Call-ID",
    .severity = FINDING_FAILURE,
    .vantage = REG_VANTAGE_ANY,
    .needs = RULE_NEEDS_ANSWER | RULE_NEEDS_FAILURE,
    .silenced_by = narrower,
    .meaning = "The credentials came under a new Call-ID, and the registrar refused them.",
    .advice =
        "Update the phone so that it keeps the Call-ID; on Kamailio look at auth_checks_register.",
    .confusion = "Most registrars accept it: only the refusal makes it a fault.",
    .should = "The request with credentials keeps Call-ID, From and To of the one that was "
              "challenged, and has a CSeq higher by one (RFC 3261 sections 8.1.3.5 and 22.2).",
    .seen = {
        .client = "REGISTER and 401 under one Call-ID, credentials for that nonce under another, "
                  "then a refusal.",
        .middle = "The same.",
        .server = "The same.",
    },
    .fix = {
        .phone = "Update it, so that it keeps the Call-ID.",
        .router = "Nothing.",
        .kamailio = "auth: auth_checks_register without the bit for the Call-ID (2).",
    },
    .reference = "RFC 3261 sections 8.1.3.5 and 22.2",
    .check_chain = check,
};
