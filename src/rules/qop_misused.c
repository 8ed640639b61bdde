/*
 * Quality of protection, misunderstood.
 *
 * The challenge offers a list of qop values and the phone must choose one and
 * send nc and cnonce with it. Some copy the whole list, some send qop where none
 * was offered, some forget the other two.
 */

#include "login.h"

static bool offers_qop(const SipAuth *challenge, const void *unused)
{
    return challenge->qop.len > 0;
}

/* The digest cannot be checked. */
static const char *fault_of(const SipAuth *auth)
{
    if (auth->qop.len == 0)
        return NULL;
    if (memchr(auth->qop.data, ',', auth->qop.len) != NULL)
        return "copied the whole list of qop values instead of choosing one";
    return auth->nc.len == 0 || auth->cnonce.len == 0 ? "sent qop without nc or cnonce" : NULL;
}

/* It can be, and many servers do. */
static bool was_not_offered(const RegChain *chain, const RegStep *step)
{
    const SipMessage *challenge = chain_challenge_before(chain, step);

    return step->credentials.qop.len > 0 && challenge != NULL
           && step->use == REG_CHALLENGE_PRECEDING
           && !message_any_challenge(challenge, offers_qop, NULL);
}

/* What the digest shows to have been hashed instead, with the password at hand. */
static char *deviation_of(const RegStep *step)
{
    static const RegDigestIngredient of_qop[] = { REG_INGREDIENT_QOP, REG_INGREDIENT_NC,
                                                  REG_INGREDIENT_CNONCE };

    for (unsigned i = 0; i < G_N_ELEMENTS(of_qop); i++) {
        if (step_deviates_in(step, of_qop[i]) != NULL)
            return step_deviation_text(step, of_qop[i]);
    }
    return NULL;
}

static RuleVerdict check(const RegChain *chain, Finding *finding)
{
    const RegStep *step = chain_refused_credentials(chain);

    if (step == NULL)
        return RULE_CLEAN;

    const char *fault = fault_of(&step->credentials);
    g_autofree char *deviation = deviation_of(step);
    bool unasked = fault == NULL && deviation == NULL && was_not_offered(chain, step);

    if (fault == NULL && deviation == NULL && !unasked)
        return RULE_CLEAN;
    finding_say(finding, "%s %s (qop=%.*s) and was refused", chain_who(chain),
                unasked         ? "sent qop although the challenge offers none"
                : fault != NULL ? fault
                                : deviation,
                STR_ARG(step->credentials.qop));
    finding_cite_login(finding, chain, step);
    if (step_verifies(step) || step->digest.verdict == REG_DIGEST_OTHER_INPUT)
        finding_reject(finding, "password_wrong", "the digest fits the supplied password");
    if (deviation == NULL)
        finding_grade_fault(
            finding, step,
            "The password (--credentials): whether the digest is right but for qop.");
    if (unasked && !step_verifies(step))
        finding_grade(finding, FINDING_WEAK,
                      "The password (--credentials): whether the digest is right but for qop.");
    return RULE_FIRES;
}

const Rule rule_qop_misused = {
    .id = "qop_misused",
    .area = "digest",
    .title = "qop is used wrongly",
    .severity = FINDING_FAILURE,
    .vantage = REG_VANTAGE_ANY,
    .needs = RULE_NEEDS_ANSWER | RULE_NEEDS_WHOLE | RULE_NEEDS_FAILURE,
    .meaning =
        "The credentials use qop in a way that RFC 7616 does not allow, and the server refuses.",
    .advice = "Update the phone; as a stopgap let the server offer qop=\"auth\" alone, or none.",
    .confusion = "Quotes around a single qop value: most servers tolerate them.",
    .should = "The challenge offers a list of qop values. The phone chooses one and sends it with "
              "nc and cnonce; where none is offered, it sends none of the three (RFC 3261 section "
              "22.4, RFC 7616 section 3.4).",
    .seen = {
        .client = "Credentials with a comma in qop, with qop but no nc or cnonce, or with a qop "
                  "that was not offered, and a refusal.",
        .middle = "The same.",
        .server = "The same.",
    },
    .fix = {
        .phone = "Update it.",
        .router = "Nothing.",
        .asterisk = "Nothing: it offers qop=\"auth\" alone.",
        .kamailio = "The flags of auth_challenge() and www_challenge(): 1 offers qop=\"auth\" "
                    "alone, 0 no qop.",
    },
    .reference = "RFC 7616 section 3.4",
    .check_chain = check,
};
