/*
 * The phone answers a challenge that nobody sent.
 *
 * The nonce must come back as it was issued, and go into the digest. A phone that
 * cuts it, leaves it empty or changes a character answers a challenge which the
 * server never made; so does one that sends its old digest with the new nonce.
 */

#include "login.h"

/* Challenges beyond this many may have been forgotten, and those in copies of an
 * answer are not kept with it. */
#define REMEMBERED 6

static bool may_be_forgotten(const RegChain *chain)
{
    unsigned challenges = chain->steps_omitted;

    for (unsigned i = 0; i < chain->steps->len; i++)
        challenges += reg_step_txn(reg_chain_step(chain, i))->answer_copies;
    return challenges > REMEMBERED;
}

/* The same response to another nonce: it cannot have been computed for both. */
static const RegStep *answered_alike(const RegChain *chain, const RegStep *step)
{
    for (const RegStep *at = step; at != reg_chain_step(chain, 0);) {
        const SipAuth *auth = &(--at)->credentials;

        if (reg_step_has_credentials(at) && auth->response.len > 0
            && str_equal(auth->response, step->credentials.response)
            && !str_equal(auth->nonce, step->credentials.nonce))
            return at;
    }
    return NULL;
}

static bool begins_with(const SipAuth *challenge, const void *nonce)
{
    const Str *sent = nonce;

    return sent->len < challenge->nonce.len && str_starts(challenge->nonce, *sent);
}

static RuleVerdict say_hashed(const RegChain *chain, const RegStep *step, Finding *finding)
{
    g_autofree char *deviation = step_deviation_text(step, REG_INGREDIENT_NONCE);

    finding_say(finding, "%s sent the nonce of its challenge but %s, and was refused",
                chain_who(chain), deviation);
    finding_cite_login(finding, chain, step);
    finding_reject(finding, "password_wrong", "the digest fits the supplied password");
    return RULE_FIRES;
}

static RuleVerdict say_alike(const RegChain *chain, const RegStep *step, const RegStep *before,
                             Finding *finding)
{
    finding_say(finding,
                "%s sent the same response for a new nonce: it did not compute it anew, and was "
                "refused",
                chain_who(chain));
    finding_cite_message(finding, "same response before", reg_step_request(before), NULL);
    finding_cite_login(finding, chain, step);
    return RULE_FIRES;
}

static RuleVerdict say_unseen(const RegChain *chain, const RegStep *step, Finding *finding)
{
    const SipMessage *challenge = chain_challenge_before(chain, step);
    Str sent = step->credentials.nonce;
    bool damaged = message_any_challenge(challenge, begins_with, &sent);

    /* Where the nonce ends is then a guess. */
    if (!step->credentials.ok)
        return rule_abstain(finding, "the credentials break the grammar");
    if (!damaged && chain_loss(chain) != NULL)
        return rule_abstain(finding, chain_loss(chain));
    if (!damaged && may_be_forgotten(chain))
        return rule_abstain(finding, "there were more challenges than are remembered");
    finding_say(finding, "%s was challenged and answered with %s, and was refused",
                chain_who(chain),
                sent.len == 0 ? "an empty nonce"
                : damaged     ? "only the beginning of the nonce"
                              : "a nonce that no captured challenge has");
    finding_cite_login(finding, chain, step);
    if (!damaged)
        finding_grade(finding, FINDING_STRONG,
                      "A capture beside the phone: whether it got another challenge elsewhere.");
    return RULE_FIRES;
}

static RuleVerdict check(const RegChain *chain, Finding *finding)
{
    const RegStep *step = chain_refused_credentials(chain);

    if (step == NULL || chain_challenge_before(chain, step) == NULL)
        return RULE_CLEAN;

    const RegStep *before = answered_alike(chain, step);

    if (step_deviates_in(step, REG_INGREDIENT_NONCE) != NULL)
        return say_hashed(chain, step, finding);
    if (before != NULL)
        return say_alike(chain, step, before, finding);
    return step->use == REG_CHALLENGE_UNSEEN ? say_unseen(chain, step, finding) : RULE_CLEAN;
}

const Rule rule_nonce_not_issued = {
    .id = "nonce_not_issued",
    .area = "digest",
    .title = "The challenge's nonce was not used",
    .severity = FINDING_FAILURE,
    .vantage = REG_VANTAGE_ANY,
    .needs = RULE_NEEDS_ANSWER | RULE_NEEDS_WHOLE | RULE_NEEDS_FAILURE,
    .meaning = "The credentials use, or were computed with, a nonce that is not the one of the "
               "challenge they answer.",
    .advice = "Update the phone; look for a box on the way that rewrites messages.",
    .confusion = "A nonce remembered from before the capture, a nextnonce, or the challenge of "
                 "another server.",
    .should = "The nonce of the challenge comes back unchanged, and the digest is computed with "
              "it (RFC 7616 sections 3.3 and 3.4).",
    .seen = {
        .client = "401 with one nonce, credentials with another one, a part of it or an empty "
                  "one, and a refusal.",
        .middle = "The same. With captures on both sides of a box: whether the nonce differs "
                  "behind it.",
        .server = "The same, except that the phone may have got another nonce than the one that "
                  "left here.",
    },
    .fix = {
        .phone = "Update it, and restart it, so that it forgets old challenges.",
        .router = "Switch a SIP ALG off, or let the phone use TLS: what rewrites messages may "
                  "damage the nonce.",
        .asterisk = "'pjsip set logger on' shows the nonce that it sent and the one that it got.",
    },
    .reference = "RFC 7616 section 3.3",
    .check_chain = check,
};
