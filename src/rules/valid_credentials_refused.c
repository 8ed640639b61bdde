/*
 * The password is right and the server refuses.
 *
 * The digest verifies with the supplied password, over the nonce, realm and uri
 * that the server asked for. What is wrong is on the server's side: it keeps
 * another password or its hash for another realm, does not know its own nonce,
 * or does not want this account for a reason that it does not tell.
 */

#include "nonce_age.h"
#include "server_causes.h"

static const char *const narrower[] = {
    "nonce_from_other_server", "nonce_stale_loop",     "nonce_expired_unmarked",
    "nonce_count_wrong",       "algorithm_not_echoed", "algorithm_unsupported",
    "digest_uri_mismatch",     "qop_misused",          "authorization_malformed",
    "realm_mismatch",          "account_not_allowed",  "locked_out",
    "call_id_changed",         "auth_username_wrong",  "too_many_contacts",
    "contact_refused",         "domain_refused",       NULL
};

static RuleVerdict check(const RegChain *chain, Finding *finding)
{
    const RegStep *step = chain_refused_login(chain);

    if (step == NULL || !step_verifies(step))
        return RULE_CLEAN;

    g_autofree char *answer = step_answer_text(step);
    unsigned rounds = chain_rejections(chain);

    finding_say(
        finding,
        "%s: the digest verifies with the supplied password and the server refuses it (%s%s)",
        chain_who(chain), answer, rounds > 1 ? ", again and again" : "");
    finding_cite_login(finding, chain, step);
    finding_reject(finding, "password_wrong", "the digest verifies with the supplied password");
    finding_weigh_causes(finding, chain, step);
    finding_cite_nonce_age(finding, step, NULL);
    finding_cite_reasons(finding, reg_step_answer(step));
    return RULE_FIRES;
}

const Rule rule_valid_credentials_refused = {
    .id = "valid_credentials_refused",
    .area = "digest",
    .title = "Right credentials were refused",
    .severity = FINDING_FAILURE,
    .vantage = REG_VANTAGE_ANY,
    .needs = RULE_NEEDS_ANSWER | RULE_NEEDS_FAILURE,
    .silenced_by = narrower,
    .meaning =
        "The digest is right for the supplied password, and the server refused it all the same.",
    .advice = "On the server check in this order: the stored password or HA1 (made for this realm "
              "and this form of the user name?), the realm it verifies with, nonces bound to an "
              "address or shared between servers, the account itself. If the supplied password is "
              "not the one the server has, phone and list are wrong alike.",
    .confusion =
        "A list of passwords that is as old as the phone: both then differ from the server.",
    .should = "A digest that is right is accepted (RFC 3261 section 22.4); what comes after is "
              "about rights, not about the password (section 10.3).",
    .seen = {
        .client = "The response is what the supplied password gives, and 401 or 403 follows.",
        .middle = "The same: nothing that goes into the digest was changed on the way.",
        .server = "The same, and whether the nonce was issued here.",
    },
    .fix = {
        .phone = "Nothing.",
        .router = "Nothing, unless its public address changes between two packets.",
        .asterisk = "auth section: realm against md5_cred or password_digest; several servers "
                    "behind one address do not share nonces.",
        .kamailio = "ha1 made for another realm or with user@domain (ha1b); auth \"secret\" not "
                    "the same on all servers; auth_checks_register.",
    },
    .reference = "RFC 7616 section 3.4",
    .check_chain = check,
};
