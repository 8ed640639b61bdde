/*
 * The digest was made over another address.
 *
 * The uri in the credentials should be the Request-URI. Some phones leave out a
 * port or a parameter, some boxes rewrite one of the two on the way. Many servers
 * do not mind; a strict one refuses without end.
 */

#include "login.h"

/* The digest is right for the uri it names, which is not the Request-URI. A proxy
 * may have changed the latter (RFC 3261 section 22.4): then it is no fault. */
static bool is_sent_so(const RegStep *step)
{
    const RegDigestResult *digest = &step->digest;

    return step_verifies(step) && digest->hypothesis != NULL
           && strcmp(digest->hypothesis->code, "DG-06") == 0
           && sip_message_via_count(reg_step_request(step)) == 1;
}

static RuleVerdict check(const RegChain *chain, Finding *finding)
{
    const RegStep *step = chain_refused_credentials(chain);

    if (step == NULL || !(is_sent_so(step) || step_deviates_in(step, REG_INGREDIENT_URI) != NULL))
        return RULE_CLEAN;

    const SipMessage *request = reg_step_request(step);
    g_autofree char *deviation = step_deviation_text(step, REG_INGREDIENT_URI);
    g_autofree char *expected = str_dup(request->request_uri);

    finding_say(finding, "%s: the uri in the credentials is \"%.*s\", the Request-URI \"%.*s\"; %s",
                chain_who(chain), STR_ARG(step->credentials.uri), STR_ARG(request->request_uri),
                is_sent_so(step) ? "the digest is right for the former and was refused"
                                 : deviation);
    finding_cite_login(finding, chain, step);
    finding_cite(finding, "uri", request->meta.ref, request->meta.time, step->credentials.uri,
                 expected);
    finding_reject(finding, "password_wrong", "the digest fits the supplied password");
    if (is_sent_so(step))
        finding_grade(finding, FINDING_STRONG,
                      "The server's own log: whether it compares the uri with the Request-URI.");
    return RULE_FIRES;
}

const Rule rule_digest_uri_mismatch = {
    .id = "digest_uri_mismatch",
    .area = "digest",
    .title = "The digest was made over another uri",
    .severity = FINDING_FAILURE,
    .vantage = REG_VANTAGE_ANY,
    .needs = RULE_NEEDS_ANSWER | RULE_NEEDS_FAILURE,
    .meaning = "The password is right, and the digest is valid for an address that is not the one "
               "the request was sent to.",
    .advice = "Update the phone; look for a box on the way that rewrites the Request-URI (SIP ALG, "
              "proxy), or make the server tolerant of the difference.",
    .confusion = "A difference in port or transport parameter that the server accepts.",
    .should = "The uri in the credentials is the Request-URI of the request, and the digest is "
              "made over it (RFC 3261 section 22.4).",
    .seen = {
        .client = "REGISTER whose uri= differs from its first line, then a refusal.",
        .middle = "The same. If the two agree beside the phone, something on the way rewrites one "
                  "of them.",
        .server = "The same.",
    },
    .fix = {
        .phone = "Update it; write the domain the same way in all its fields, with or without the "
                 "port.",
        .router = "If the two agree beside the phone: switch the SIP ALG off.",
        .kamailio = "Let no script change the Request-URI before the credentials are checked.",
    },
    .reference = "RFC 3261 section 22.4 item 6",
    .check_chain = check,
};
