/*
 * The registrar refuses the request as such.
 *
 * 400 and its kin are not about who asks but about how: a header that breaks
 * the grammar, a Request-URI that the server does not take, a request that is
 * too large. Beside the server it is worth asking whether the phone sent it
 * like that, or something on the way made it so.
 */

#include "defects.h"
#include "facts.h"
#include "rules/status.h"

static const char *const narrower[] = {
    "contact_refused",
    "cseq_not_increased",
    "domain_refused",
    "too_many_contacts",
    "authorization_malformed",
    "qop_misused",
    "nonce_count_wrong",
    "digest_uri_mismatch",
    "algorithm_not_echoed",
    "sip_alg_corruption",
    NULL,
};

static bool is_about_the_request(uint16_t status)
{
    switch (status) {
    case 400:
    case 413:
    case 414:
    case 415:
    case 416:
    case 481:
    case 505:
    case 513:
        return true;
    default:
        return false;
    }
}

/* What is remarkable about the request with regard to that status. */
static char *remark_on(const SipMessage *request, uint16_t status)
{
    const char *defect = defect_of_request(request);
    SipUri uri = sip_uri_parse(request->request_uri);

    if (status == 413 || status == 513)
        return g_strdup_printf("it has %zu bytes", request->raw.len);
    if (status == 414)
        return g_strdup_printf("its Request-URI has %zu bytes", request->request_uri.len);
    if (status == 416)
        return g_strdup_printf("its Request-URI begins with \"%.*s:\"", STR_ARG(uri.scheme));
    if (status == 415)
        return g_strdup_printf("it has a body of %zu bytes", request->body.len);
    if (defect != NULL)
        return g_strdup(defect);
    if (uri.params.len > 0)
        return g_strdup_printf("its Request-URI has the parameters \"%.*s\"", STR_ARG(uri.params));
    return NULL;
}

static RuleVerdict check(const RegChain *chain, Finding *finding)
{
    const SipMessage *answer = chain_refusal(chain);
    const SipMessage *request = reg_step_request(reg_chain_last_step(chain));

    if (answer == NULL || !is_about_the_request(answer->status))
        return RULE_CLEAN;
    if (request == NULL)
        return rule_abstain(finding, "the request that was refused is not in the capture");

    g_autofree char *remark = remark_on(request, answer->status);

    finding_say(finding, "the server refused the request of %s as such: %u %.*s%s%s",
                chain_who(chain), answer->status, STR_ARG(answer->reason), remark ? "; " : "",
                remark ? remark : "");
    finding_cite_end(finding, chain, rule_status_find(answer->status)->next);
    if (remark != NULL)
        finding_cite(finding, "remarkable", request->meta.ref, request->meta.time, str_of(remark),
                     NULL);
    finding_cite_reasons(finding, answer);
    finding_reject(finding, "credentials_refused", "that would be 401, 407 or 403");
    return RULE_FIRES;
}

const Rule rule_request_refused = {
    .id = "request_refused",
    .area = "chain",
    .title = "The server refuses the request as such",
    .severity = FINDING_FAILURE,
    .vantage = REG_VANTAGE_ANY,
    .needs = RULE_NEEDS_ANSWER | RULE_NEEDS_FAILURE,
    .silenced_by = narrower,
    .meaning = "400 Bad Request or one of its kin: the server does not take the request as it is, "
               "whoever sends it.",
    .advice = "Make the request plain: 'sip:domain' as registrar, without user part, transport= or "
              "sips:. Capture on both sides and compare: what a SIP ALG changed, the phone did "
              "not send (switch the ALG off, or use TLS). Otherwise look in the log of the server "
              "(Asterisk: pjsip set logger on; Kamailio: debug=3) for what it did not like.",
    .confusion = "400 for a CSeq that was not increased, or for one header that the words name: "
                 "these have findings of their own.",
    .should = "A request that follows the grammar, has a sip: URI of the domain and is not too "
              "large is challenged or answered with 200 (RFC 3261 sections 10.2, 10.3 and 25).",
    .seen = {
        .client = "The request as the phone made it, and the refusal.",
        .middle = "The request as it is here. Compare it with what the phone sent.",
        .server = "The request as the registrar got it: a box on the way may have changed it.",
    },
    .fix = {
        .phone = "Set 'sip:domain' as registrar, without user part, transport= or sips:. Fewer "
                 "codecs and extensions make the request smaller, where it is too large.",
        .router = "Switch a SIP ALG off.",
        .asterisk = "'pjsip set logger on', and the log at that second.",
        .kamailio = "debug=3, and the checks of the script (sanity_check()) that answer with 400.",
    },
    .reference = "RFC 3261 sections 21.4.1 and 21.4.11 to 21.4.14",
    .check_chain = check,
};
