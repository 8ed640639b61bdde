/*
 * The credentials were refused.
 *
 * The phone answered the very challenge it got and the server said no: with a
 * new challenge or with 403. That is all the packets show without the
 * password: it may be wrong, the user name may be, or the account may not be
 * allowed to register. A 403 is never proof of a wrong password.
 */

#include "facts.h"

static const char *const narrower[] = {
    "challenge_loop",
    "password_wrong",
    "password_altered",
    "auth_username_wrong",
    "realm_mismatch",
    "digest_uri_mismatch",
    "nonce_not_issued",
    "nonce_stale_loop",
    "nonce_from_other_server",
    "nonce_count_wrong",
    "nonce_expired_unmarked",
    "qop_misused",
    "algorithm_not_echoed",
    "authorization_malformed",
    "account_not_allowed",
    "valid_credentials_refused",
    "locked_out",
    "call_id_changed",
    "too_many_contacts",
    "contact_refused",
    "domain_refused",
    "aka_resync",
    "branch_reused",
    NULL,
};

static bool is_refused(const RegChain *chain)
{
    const RegStep *last = reg_chain_last_step(chain);

    switch (reg_step_status(last)) {
    case 401:
    case 407:
        return reg_step_is_rejection(last);
    case 403:
        return reg_step_has_credentials(last);
    default:
        return false;
    }
}

static RuleVerdict check(const RegChain *chain, Finding *finding)
{
    const RegStep *last = reg_chain_last_step(chain);
    const SipMessage *request = reg_step_request(last);

    if (!is_refused(chain) || request == NULL)
        return RULE_CLEAN;

    g_autofree char *answer = step_answer_text(last);
    SipAuth auth = message_credentials(request);

    finding_say(finding, "%s sent credentials (user \"%.*s\", realm \"%.*s\") and was refused: %s",
                chain_who(chain), STR_ARG(auth.username), STR_ARG(auth.realm), answer);
    finding_cite_end(finding, chain, "200 OK");
    finding_cite_reasons(finding, reg_step_answer(last));
    finding_reject(finding, "password_wrong", "without the password this cannot be said");
    finding_grade(finding, FINDING_STRONG,
                  "The password of the account (--credentials FILE): then the digest can be "
                  "recomputed and tells whether password, user name or something else is wrong.");
    return RULE_FIRES;
}

const Rule rule_credentials_refused = {
    .id = "credentials_refused",
    .area = "chain",
    .title = "The server refused the credentials",
    .severity = FINDING_FAILURE,
    .vantage = REG_VANTAGE_ANY,
    .needs = RULE_NEEDS_ANSWER | RULE_NEEDS_WHOLE | RULE_NEEDS_FAILURE,
    .silenced_by = narrower,
    .meaning = "The phone answered the challenge it got, and the server refused. Consistent with a "
               "wrong password, a wrong authentication user, an account that may not register, or "
               "a fault of the server.",
    .advice = "Set the password again on both sides and compare the authentication user name. Then "
              "run whyreg with --credentials to see which ingredient of the digest is wrong.",
    .confusion =
        "A remembered nonce that expired: the next challenge is then answered and accepted.",
    .should = "The registrar recomputes the digest with its own copy of the password and answers "
              "200 when both are the same (RFC 3261 section 22.4, RFC 7616 section 3.4).",
    .seen = {
        .client = "Challenge, credentials made from it, refusal.",
        .middle = "The same.",
        .server = "The same; the registrar's log often has more than its answer says.",
    },
    .fix = {
        .phone = "Set user name, authentication user and password again.",
        .router = "Nothing: what an ALG changes is not in the digest, but for the uri.",
        .asterisk = "auth section: username, password, realm; 'pjsip show auth NAME' and the log "
                    "line of the attempt.",
        .kamailio = "The subscriber's row ('kamctl db show subscriber'): password or ha1, and the "
                    "realm that it was made for.",
    },
    .reference = "RFC 3261 sections 10.3 and 22.1",
    .check_chain = check,
};
