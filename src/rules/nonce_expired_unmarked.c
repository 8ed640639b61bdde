/*
 * The remembered nonce had expired, and the server did not say so.
 *
 * A phone may use a nonce again until the server calls it stale. A server that
 * just answers 401 makes some phones believe that their password is wrong: they
 * stop, or wait for minutes. The next nonce is accepted at once.
 */

#include "login.h"
#include "nonce_age.h"

/* The step whose remembered nonce was answered with a plain challenge. */
static const RegStep *unmarked(const RegChain *chain, const RegStep **next)
{
    for (unsigned i = 0; i < chain->steps->len; i++) {
        const RegStep *step = reg_chain_step(chain, i);
        uint16_t status = reg_step_status(step);

        *next = i + 1 < chain->steps->len ? reg_chain_step(chain, i + 1) : NULL;
        if ((status == 401 || status == 407) && step->use == REG_CHALLENGE_EARLIER && !step->stale)
            return step;
    }
    return NULL;
}

static void grade(Finding *finding, const RegStep *step, const RegStep *next)
{
    if (next != NULL) {
        finding_cite_message(finding, "accepted", reg_step_answer(next), NULL);
        finding_reject(finding, "password_wrong",
                       "the same account was accepted with the new nonce");
        return;
    }
    if (step_verifies(step))
        finding_reject(finding, "password_wrong", "the digest verifies with the supplied password");
    else
        finding_reject(finding, "password_wrong",
                       "the same nonce and account were accepted before");
    finding_grade(finding, FINDING_STRONG, "What the phone does with the new challenge.");
}

static RuleVerdict check(const RegChain *chain, Finding *finding)
{
    const RegStep *next;
    const RegStep *step = unmarked(chain, &next);
    char span[NSEC_TEXT];

    if (step == NULL || reg_step_request(step) == NULL)
        return RULE_CLEAN;

    bool accepted_next = next != NULL && reg_step_status(next) / 100 == 2;

    /* A nonce that never worked says nothing about its age. */
    if (!accepted_next && (!step->nonce.accepted || next != NULL))
        return RULE_CLEAN;

    finding_say(finding, "%s used a nonce again after %s and was challenged without stale=true%s",
                chain_who(chain), nsec_to_span(step_nonce_age(step), span),
                accepted_next                  ? "; the new nonce was accepted at once"
                : step_nonce_has_expired(step) ? "; by its own account the nonce had expired"
                                               : "");
    finding_cite_nonce_age(finding, step, NULL);
    finding_cite_message(finding, "credentials", reg_step_request(step), NULL);
    finding_cite_message(finding, "answer", reg_step_answer(step), "a challenge with stale=true");
    grade(finding, step, accepted_next ? next : NULL);
    return RULE_FIRES;
}

const Rule rule_nonce_expired_unmarked = {
    .id = "nonce_expired_unmarked",
    .area = "digest",
    .title = "An expired nonce was not called stale",
    .severity = FINDING_WARNING,
    .vantage = REG_VANTAGE_ANY,
    .needs = RULE_NEEDS_ANSWER,
    .meaning = "The server no longer accepted a nonce that it had issued, and did not mark its new "
               "challenge with stale=true.",
    .advice = "Make the server set stale=true (or lengthen the life of its nonces), or set the "
              "phone to use a nonce once only.",
    .confusion =
        "A password that was changed meanwhile: then the new nonce is not accepted either.",
    .should = "When a nonce is too old but the digest right, the new challenge says stale=true, "
              "so that nobody asks for the password again (RFC 7616 section 3.3).",
    .seen = {
        .client = "A refresh with the nonce of last time, 401 without stale, and 200 with the new "
                  "nonce.",
        .middle = "The same.",
        .server = "The same.",
    },
    .fix = {
        .phone = "Let it use a nonce once only, if it can.",
        .router = "Nothing.",
        .asterisk = "Nothing: it says stale=true.",
        .kamailio = "Challenge with auth_challenge() or www_challenge() after a failed "
                    "www_authenticate(), which know about stale; a longer nonce_expire.",
    },
    .reference = "RFC 7616 section 3.3",
    .check_chain = check,
};
