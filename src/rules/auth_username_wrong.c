/*
 * The password is right, the user name is not.
 *
 * Many providers give an authentication user that differs from the extension. A
 * phone that logs in with the extension then has the right password and the
 * wrong name, and the server knows no such user.
 */

#include "login.h"

/* Refusals that name the user in their reason phrase. */
static bool reason_names_user(const SipMessage *answer)
{
    static const char *const words[] = { "auth id",   "authid",    "auth user",
                                         "authuser",  "user name", "username",
                                         "auth name", "authname",  "benutzername" };

    for (unsigned i = 0; i < G_N_ELEMENTS(words); i++) {
        if (str_contains_nocase(answer->reason, str_of(words[i])))
            return true;
    }
    return false;
}

static RuleVerdict say_empty(const RegChain *chain, const RegStep *step, Finding *finding)
{
    finding_say(finding, "%s sent credentials with an empty user name and was refused",
                chain_who(chain));
    finding_cite_login(finding, chain, step);
    return RULE_FIRES;
}

/* Sent and hashed alike, but it is not the name of the account whose password
 * fits. */
static bool is_of_other_account(const RegStep *step)
{
    const RegHypothesis *user = step_deviates_in(step, REG_INGREDIENT_USER);
    const RegHypothesis *secret = step_deviates_in(step, REG_INGREDIENT_SECRET);

    return (user != NULL && strcmp(user->id, "user_not_of_account") == 0)
           || (secret != NULL && strcmp(secret->id, "secret_of_other_account") == 0);
}

static RuleVerdict say_other(const RegChain *chain, const RegStep *step, Finding *finding)
{
    Str user = step->credentials.username;
    g_autofree char *deviation = step_deviation_text(step, REG_INGREDIENT_USER);

    if (is_of_other_account(step))
        finding_say(finding, "%s logs in as \"%.*s\" with the password of the account \"%.*s\"",
                    chain_who(chain), STR_ARG(user), STR_ARG(step->digest.secret->user));
    else
        finding_say(finding, "%s sends the user name \"%.*s\" and %s", chain_who(chain),
                    STR_ARG(user), deviation);
    finding_cite_login(finding, chain, step);
    finding_reject(finding, "password_wrong", "the digest fits the supplied password");
    return RULE_FIRES;
}

static RuleVerdict say_named(const RegChain *chain, const RegStep *step, Finding *finding)
{
    const SipMessage *answer = reg_step_answer(step);

    finding_say(finding, "the server objects to the authentication user \"%.*s\" of %s: %u %.*s",
                STR_ARG(step->credentials.username), chain_who(chain), answer->status,
                STR_ARG(answer->reason));
    finding_cite_login(finding, chain, step);
    if (step_verifies(step))
        finding_reject(finding, "password_wrong", "the digest verifies with the supplied password");
    finding_grade(
        finding, FINDING_STRONG,
        step_verifies(step)
            ? "The server's rules about which user may register which address."
            : "The password of the account (--credentials): then the digest tells whether "
              "the user name fits; else the server's rules about who may register what.");
    return RULE_FIRES;
}

static RuleVerdict check(const RegChain *chain, Finding *finding)
{
    const RegStep *step = chain_refused_login(chain);

    if (step == NULL)
        return RULE_CLEAN;

    Str user = step->credentials.username;

    if (str_present(user) && user.len == 0)
        return say_empty(chain, step, finding);
    if (step_deviates_in(step, REG_INGREDIENT_USER) != NULL || is_of_other_account(step))
        return say_other(chain, step, finding);
    return reason_names_user(reg_step_answer(step)) ? say_named(chain, step, finding) : RULE_CLEAN;
}

const Rule rule_auth_username_wrong = {
    .id = "auth_username_wrong",
    .area = "digest",
    .title = "The authentication user name is wrong",
    .severity = FINDING_FAILURE,
    .vantage = REG_VANTAGE_ANY,
    .needs = RULE_NEEDS_ANSWER | RULE_NEEDS_FAILURE,
    .meaning = "The credentials name another user than the account has, or none.",
    .advice = "Set the authentication user (auth user, login, auth ID) on the phone to the name of "
              "the account at the server; it may differ from the extension or number.",
    .confusion = "A user name that differs from the address of record: that is normal as long as "
                 "the server accepts it.",
    .should = "The username in Authorization is the name of the account at the registrar; it need "
              "not be the one in To (RFC 7616 section 3.4.1).",
    .seen = {
        .client = "The digest is right for another user name, or the registrar's words object to "
                  "the name.",
        .middle = "The same.",
        .server = "The same.",
    },
    .fix = {
        .phone = "'Authentication user', 'auth ID' or 'login' set to the account's name; leave it "
                 "empty only when that is the number.",
        .router = "Nothing.",
        .asterisk = "'username' in the auth section is what the phone has to send; it need not be "
                    "the endpoint's name.",
        .kamailio = "auth_check() with flag 1 demands that it equals To; use_domain decides "
                    "whether the domain counts.",
    },
    .reference = "RFC 7616 section 3.4.1",
    .check_chain = check,
};
