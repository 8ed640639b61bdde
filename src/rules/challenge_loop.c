/*
 * Challenged again and again.
 *
 * The phone answers each challenge at once, and each answer brings the next
 * challenge. Two such rounds can be bad luck; from the third on phone and
 * server disagree about something, and without the password the packets do not
 * tell about what.
 */

#include "facts.h"

static const char *const narrower[] = {
    "password_wrong",
    "password_altered",
    "auth_username_wrong",
    "realm_mismatch",
    "digest_uri_mismatch",
    "nonce_not_issued",
    "nonce_stale_loop",
    "nonce_from_other_server",
    "nonce_count_wrong",
    "qop_misused",
    "authorization_malformed",
    "algorithm_not_echoed",
    "account_not_allowed",
    "valid_credentials_refused",
    "locked_out",
    "call_id_changed",
    "aka_resync",
    "branch_reused",
    NULL,
};

#define ROUNDS 3

static RuleVerdict check(const RegChain *chain, Finding *finding)
{
    const RegStep *last = reg_chain_last_step(chain);
    unsigned rounds = chain_rejections(chain);
    char span[NSEC_TEXT];

    if (rounds < ROUNDS || reg_step_status(last) / 100 == 2)
        return RULE_CLEAN;

    finding_say(finding,
                "%s answered %u challenges in a row with credentials within %s and was challenged "
                "again each time",
                chain_who(chain), rounds, nsec_to_span(chain->last - chain->opened, span));
    finding_cite_message(finding, "first request", reg_step_request(reg_chain_step(chain, 0)),
                         NULL);
    finding_cite_end(finding, chain, "200 OK");
    finding_reject(finding, "nonce_stale_loop", "these challenges do not say stale=true");
    finding_grade(finding, FINDING_STRONG,
                  "The password of the account (--credentials FILE): then the digest can be "
                  "recomputed and tells what differs.");
    return RULE_FIRES;
}

const Rule rule_challenge_loop = {
    .id = "challenge_loop",
    .area = "chain",
    .title = "Challenged again and again",
    .severity = FINDING_FAILURE,
    .vantage = REG_VANTAGE_ANY,
    .needs = RULE_NEEDS_ANSWER | RULE_NEEDS_WHOLE | RULE_NEEDS_FAILURE,
    .silenced_by = narrower,
    .meaning =
        "Request after request carried credentials for the challenge just before it, and each "
        "was answered with a new challenge.",
    .advice =
        "Set the password again on both sides, compare the authentication user name with the "
        "one the server expects, and run whyreg again with --credentials. If the digest "
        "verifies, look at the server: several instances that do not share their nonces, or a "
        "stored HA1 for another realm.",
    .confusion =
        "The first challenge of each registration, and one round with stale=true, are normal.",
    .should = "The first REGISTER with credentials is accepted, or refused for good. A phone must "
              "not try the same credentials twice (RFC 3261 section 22.1).",
    .seen = {
        .client = "REGISTER with credentials, 401 with a new nonce, and so on; no stale=true.",
        .middle = "The same.",
        .server = "The same. Here it shows whether nonces come back to the server that issued "
                  "them.",
    },
    .fix = {
        .phone = "Set the password again; give it a pause between attempts.",
        .router = "Nothing.",
        .asterisk = "auth section: username and password; md5_cred and password_digest hold the "
                    "realm as well.",
        .kamailio = "calculate_ha1 and password_column have to fit each other; the same auth "
                    "\"secret\" on all servers of one address.",
    },
    .reference = "RFC 3261 section 22.1",
    .check_chain = check,
};
