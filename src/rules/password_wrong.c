/*
 * The phone has another password.
 *
 * With the password of the account at hand the phone's answer can be computed
 * again. When no form of it gives what the phone sent, and the server refused,
 * the phone was given another password. That is proof; a 401 or 403 alone never
 * is.
 */

#include "login.h"

/* A box on the way may have changed what was hashed, or two phones share the
 * account: then some of the answers fit. */
static bool knows_password(const RegChain *chain, const RegStep *step)
{
    for (unsigned i = 0; i < chain->steps->len; i++) {
        const RegStep *other = reg_chain_step(chain, i);

        if (step_verifies(other)
            && str_equal(other->credentials.username, step->credentials.username)
            && str_equal(other->credentials.realm, step->credentials.realm))
            return true;
    }
    return false;
}

/* Why a digest that does not fit proves nothing; NULL: it does. */
static const char *doubt(const RegChain *chain, const RegStep *step)
{
    if (!step->digest_searched)
        return "this device failed so often that only the first were searched";
    if (step->digest.secret->kind == REG_SECRET_HA1)
        return "with an HA1 it cannot be told whether password, user or realm differs";
    if (knows_password(chain, step))
        return "another answer of the same attempt fits the supplied password";
    return NULL;
}

static RuleVerdict check(const RegChain *chain, Finding *finding)
{
    const RegStep *step = chain_refused_login(chain);

    if (step == NULL || step->digest.verdict != REG_DIGEST_MISMATCH || step->digest.malformed)
        return RULE_CLEAN;

    const char *because = doubt(chain, step);

    if (because != NULL)
        return rule_abstain(finding, because);
    finding_say(finding,
                "%s logs in as \"%.*s\" with another password than the supplied one: no known form "
                "of it gives the response that the server refused (%u hashes tried)",
                chain_who(chain), STR_ARG(step->credentials.username), step->digest.tried);
    finding_cite_login(finding, chain, step);
    finding_reject(finding, "password_altered",
                   "no form of the supplied password that software is known to make fits");
    finding_reject(finding, "auth_username_wrong",
                   "no other user name of the message or the list fits either");
    return RULE_FIRES;
}

const Rule rule_password_wrong = {
    .id = "password_wrong",
    .area = "digest",
    .title = "The phone uses another password",
    .severity = FINDING_FAILURE,
    .vantage = REG_VANTAGE_ANY,
    .needs = RULE_NEEDS_ANSWER | RULE_NEEDS_FAILURE,
    .meaning = "The digest was computed with another password than the one supplied for this "
               "account, and the server refused it.",
    .advice = "Enter the password of the account on the phone again, and check that phone and "
              "server mean the same account. If the supplied password is old, repeat with the one "
              "that the server has.",
    .confusion = "A server that refuses the right password: then the digest verifies "
                 "(valid_credentials_refused).",
    .should = "Phone and registrar compute the same digest from the same password (RFC 7616 "
              "section 3.4.1).",
    .seen = {
        .client = "The refused response cannot be computed from the supplied password, in no "
                  "known form of it.",
        .middle = "The same.",
        .server = "The same.",
    },
    .fix = {
        .phone = "Enter the password again by hand; mind the account that it belongs to.",
        .router = "Nothing.",
        .asterisk = "auth section: password; 'pjsip reload' after a change.",
        .kamailio = "'kamctl passwd NAME PASSWORD', which renews ha1 and ha1b as well.",
    },
    .reference = "RFC 7616 section 3.4.1",
    .check_chain = check,
};
