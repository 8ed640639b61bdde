/*
 * The nonce count does not count.
 *
 * Each request with the same nonce must carry a higher nc, the first one
 * 00000001. A phone that repeats a count, or starts too high, looks like somebody
 * who replays old messages.
 */

#include "login.h"

static const char *fault_of(const RegStep *step, uint32_t nc)
{
    if (step->nonce.uses > 0 && nc == step->nonce.nc)
        return "repeats the nonce count of an earlier request";
    if (step->nonce.uses > 0 && nc < step->nonce.nc)
        return "counts the nonce backwards";
    if (step->nonce.uses == 0 && nc > 1)
        return "starts a new nonce with a count above 1";
    return NULL;
}

/* What speaks against another reason for the refusal. */
static FindingGrade grade_of(const RegStep *step)
{
    if (step->digest.verdict == REG_DIGEST_MISMATCH)
        return FINDING_WEAK;
    return step_verifies(step) || step->nonce.accepted ? FINDING_STRONG : FINDING_WEAK;
}

static RuleVerdict check(const RegChain *chain, Finding *finding)
{
    const RegStep *step = chain_refused_credentials(chain);
    uint32_t nc;

    if (step == NULL || !step->nonce.issued || step->nonce.reissued
        || !reg_nonce_count(step->credentials.nc, &nc) || fault_of(step, nc) == NULL)
        return RULE_CLEAN;
    if (step->nonce.uses == 0 && step->use != REG_CHALLENGE_PRECEDING)
        return rule_abstain(finding, "other requests may have used the nonce out of sight");

    finding_say(finding, "%s %s (nc=%.*s) and was refused", chain_who(chain), fault_of(step, nc),
                STR_ARG(step->credentials.nc));
    finding_cite(finding, "nonce issued", step->nonce.challenge, step->nonce.challenged,
                 STR("challenge"), NULL);
    finding_cite_message(finding, "credentials", reg_step_request(step), "a count that goes up");
    finding_cite_message(finding, "answer", reg_step_answer(step), "200 OK");
    if (step_verifies(step))
        finding_reject(finding, "password_wrong", "the digest verifies with the supplied password");
    else if (step->nonce.accepted)
        finding_reject(finding, "password_wrong",
                       "the same nonce and account were accepted before");
    finding_grade(finding, grade_of(step),
                  "The server with its check of nonce counts off (Kamailio: parameter nonce_count "
                  "of the auth module); the password (--credentials) where it is not known.");
    return RULE_FIRES;
}

const Rule rule_nonce_count_wrong = {
    .id = "nonce_count_wrong",
    .area = "digest",
    .title = "The nonce count is wrong",
    .severity = FINDING_FAILURE,
    .vantage = REG_VANTAGE_ANY,
    .needs = RULE_NEEDS_ANSWER | RULE_NEEDS_FAILURE,
    .meaning =
        "The count of requests made with one nonce repeats or goes back, and the server refuses.",
    .advice = "Update the phone, or switch the check of nonce counts off on the server.",
    .confusion = "Gaps are allowed: requests of other methods count too.",
    .should = "nc is 00000001 in the first request with a nonce and goes up with each further "
              "one. With a new nonce it starts again (RFC 7616 section 3.4).",
    .seen = {
        .client = "Two requests with the same nonce and the same or a smaller nc, and a refusal "
                  "of the second; or a new nonce that starts above 1.",
        .middle = "The same.",
        .server = "The same. Requests of all methods count, so a part of them may be out of sight.",
    },
    .fix = {
        .phone = "Update it, or let it use a nonce once only, if it can.",
        .router = "Nothing.",
        .kamailio = "auth: nonce_count=0 switches the check off.",
    },
    .reference = "RFC 7616 section 3.4",
    .check_chain = check,
};
