/*
 * The phone answers for another realm.
 *
 * A challenge names its realm, and the credentials must be for that one. A phone
 * with a fixed realm in its account, or a box that rewrites it, answers for
 * another; the server has no such password.
 */

#include "login.h"

static bool has_realm(const SipAuth *challenge, const void *realm)
{
    return str_equal(challenge->realm, *(const Str *)realm);
}

/* Whether it is that of any challenge before the step: behind a proxy there are
 * two. */
static bool was_offered(const RegChain *chain, const RegStep *step)
{
    for (const RegStep *at = step; at != reg_chain_step(chain, 0);) {
        const SipMessage *answer = reg_step_answer(--at);

        if (answer != NULL && message_any_challenge(answer, has_realm, &step->credentials.realm))
            return true;
    }
    return false;
}

static RuleVerdict say_hashed(const RegChain *chain, const RegStep *step, Finding *finding)
{
    g_autofree char *deviation = step_deviation_text(step, REG_INGREDIENT_REALM);

    finding_say(finding, "%s answered for realm \"%.*s\", %s, and was refused", chain_who(chain),
                STR_ARG(step->credentials.realm), deviation);
    finding_cite_login(finding, chain, step);
    finding_reject(finding, "password_wrong", "the digest fits the supplied password");
    return RULE_FIRES;
}

static RuleVerdict say_sent(const RegChain *chain, const RegStep *step, Finding *finding)
{
    const SipMessage *request = reg_step_request(step);
    Str asked = message_challenge(chain_challenge_before(chain, step)).realm;
    g_autofree char *expected = str_dup(asked);

    finding_say(finding,
                "%s was challenged for realm \"%.*s\", answered for \"%.*s\" and was refused",
                chain_who(chain), STR_ARG(asked), STR_ARG(step->credentials.realm));
    finding_cite_login(finding, chain, step);
    finding_cite(finding, "realm answered", request->meta.ref, request->meta.time,
                 step->credentials.realm, expected);
    return RULE_FIRES;
}

static RuleVerdict check(const RegChain *chain, Finding *finding)
{
    const RegStep *step = chain_refused_credentials(chain);

    if (step == NULL)
        return RULE_CLEAN;
    if (step_deviates_in(step, REG_INGREDIENT_REALM) != NULL)
        return say_hashed(chain, step, finding);
    /* A remembered nonce belongs to a challenge that may have had this realm. */
    if (step->use == REG_CHALLENGE_EARLIER || chain_challenge_before(chain, step) == NULL
        || chain->steps_omitted > 0 || was_offered(chain, step))
        return RULE_CLEAN;
    return say_sent(chain, step, finding);
}

const Rule rule_realm_mismatch = {
    .id = "realm_mismatch",
    .area = "digest",
    .title = "The credentials are for another realm",
    .severity = FINDING_FAILURE,
    .vantage = REG_VANTAGE_ANY,
    .needs = RULE_NEEDS_ANSWER | RULE_NEEDS_WHOLE | RULE_NEEDS_FAILURE,
    .meaning = "The realm in the credentials, or the one that was hashed, is not the realm of the "
               "challenge.",
    .advice = "Remove a fixed realm from the account on the phone or set it to the one in the "
              "challenge (or to *).",
    .confusion = "A realm that differs from the SIP domain: that is normal.",
    .should = "The phone takes the realm from the challenge as it stands (RFC 7616 section 3.3).",
    .seen = {
        .client = "Authorization names, or was computed with, another realm than the 401 did.",
        .middle = "The same.",
        .server = "The same.",
    },
    .fix = {
        .phone = "Remove the fixed realm, or set it to that of the challenge.",
        .router = "Nothing.",
        .asterisk = "'realm' in the auth section, or default_realm in [global].",
        .kamailio = "The first parameter of www_challenge() and of www_authenticate() have to be "
                    "the same.",
    },
    .reference = "RFC 7616 section 3.3",
    .check_chain = check,
};
