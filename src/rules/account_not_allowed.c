/*
 * Who you are is clear; you may not.
 *
 * 403 after right credentials is the registrar's word on the account or its
 * address, not on the password: not provisioned, disabled, not from here.
 */

#include "login.h"

static const char *const narrower[] = { "too_many_contacts",
                                        "contact_refused",
                                        "domain_refused",
                                        "locked_out",
                                        "nonce_count_wrong",
                                        "digest_uri_mismatch",
                                        NULL };

static RuleVerdict check(const RegChain *chain, Finding *finding)
{
    const RegStep *step = chain_refused_login(chain);

    if (step == NULL || reg_step_status(step) != 403)
        return RULE_CLEAN;

    bool verifies = step_verifies(step);

    if (!verifies
        && (!chain_was_accepted_before(chain, step) || step->digest.verdict == REG_DIGEST_MISMATCH
            || step->digest.verdict == REG_DIGEST_OTHER_INPUT))
        return RULE_CLEAN;

    const SipMessage *answer = reg_step_answer(step);

    finding_say(finding, "%s is forbidden to register although %s: 403 %.*s", chain_who(chain),
                verifies ? "its credentials are right"
                         : "it was accepted before with the same user and realm",
                STR_ARG(answer->reason));
    finding_cite_login(finding, chain, step);
    finding_cite_reasons(finding, answer);
    finding_reject(finding, "password_wrong",
                   verifies ? "the digest verifies with the supplied password"
                            : "the same account was accepted before");
    if (!verifies)
        finding_grade(
            finding, FINDING_STRONG,
            "The password of the account (--credentials): whether it was changed meanwhile.");
    return RULE_FIRES;
}

const Rule rule_account_not_allowed = {
    .id = "account_not_allowed",
    .area = "chain",
    .title = "The account may not register",
    .severity = FINDING_FAILURE,
    .vantage = REG_VANTAGE_ANY,
    .needs = RULE_NEEDS_ANSWER | RULE_NEEDS_FAILURE,
    .silenced_by = narrower,
    .meaning = "The credentials are right and the registrar still forbids the registration.",
    .advice = "Check the account on the server: enabled, allowed to register, allowed from this "
              "address, number of contacts (Asterisk: max_contacts of the aor, permit/deny; "
              "FRITZ!Box: login from the internet).",
    .confusion = "403 as a server's word for a wrong password: then the digest does not verify.",
    .should = "After the digest the registrar checks whether this user may change the bindings of "
              "this address (RFC 3261 section 10.3 step 4).",
    .seen = {
        .client = "403 after credentials that are right.",
        .middle = "The same.",
        .server = "The same, with the reason in its log.",
    },
    .fix = {
        .phone = "Register the address that belongs to the login.",
        .router = "Nothing, unless the registrar allows certain addresses only.",
        .asterisk = "aor: max_contacts above 0; endpoint or acl: permit/deny, contact_permit.",
        .kamailio = "auth_check() flag 1 (login equals To), permissions, and whatever the script "
                    "asks before save().",
    },
    .reference = "RFC 3261 section 10.3 step 4",
    .check_chain = check,
};
