/*
 * An extension is missing, or one too many is demanded.
 *
 * 420: the request demands an extension that the server does not know. 421 and
 * 494: the server demands one that the request does not offer. 439: the device
 * wants outbound and its first proxy cannot do it. A device that can changes the
 * request and tries again; then there is nothing to report.
 */

#include "facts.h"
#include "rules/status.h"

/* The header of the answer that names the extension. */
static Str named_by(const SipMessage *answer)
{
    switch (answer->status) {
    case 420:
        return sip_message_first(answer, SIP_HEADER_UNSUPPORTED);
    case 494:
        return sip_message_first(answer, SIP_HEADER_SECURITY_SERVER);
    default:
        return sip_message_first(answer, SIP_HEADER_REQUIRE);
    }
}

static bool offers(const SipMessage *request, Str extension)
{
    SipValues cursor = { 0 };
    Str value;

    while (sip_values_next(request, SIP_HEADER_SUPPORTED, &cursor, &value)) {
        if (str_equal_nocase(value, extension))
            return true;
    }
    return false;
}

static void advise(Finding *finding, const SipMessage *request, const SipMessage *answer)
{
    bool path = request != NULL && sip_message_header(request, SIP_HEADER_PATH, 0) != NULL
                && !offers(request, STR("path"));

    if (answer->status == 420 && path)
        finding_advise(
            finding, "A proxy inserted Path, and the device does not say 'Supported: path' "
                     "(RFC 3327 section 5.2): let the device say so, let the proxy not insert it, "
                     "or let the registrar take it (Kamailio: registrar path_mode 0 or 1).");
    else if (answer->status == 439)
        finding_advise(finding,
                       "Switch outbound off on the device (reg-id and 'outbound' in Supported: "
                       "PJSIP rfc5626=no, baresip without ;outbound), or load it in the edge proxy "
                       "(Kamailio: outbound, path and rr).");
    else if (answer->status == 494
             || str_contains_nocase(sip_message_first(answer, SIP_HEADER_REQUIRE),
                                    STR("sec-agree")))
        finding_advise(finding,
                       "The proxy demands IPsec or TLS by agreement: switch IPsec (sec-agree, "
                       "3GPP TS 33.203) on in the device, or off in the P-CSCF.");
}

static void cite_offer(Finding *finding, const SipMessage *request)
{
    Str path = sip_message_first(request, SIP_HEADER_PATH);
    Str supported = sip_message_first(request, SIP_HEADER_SUPPORTED);

    if (str_present(path))
        finding_cite(finding, "Path", request->meta.ref, request->meta.time, path, NULL);
    finding_cite(finding, "Supported", request->meta.ref, request->meta.time,
                 str_present(supported) ? supported : STR("no such header"), NULL);
}

static RuleVerdict check(const RegChain *chain, Finding *finding)
{
    const SipMessage *answer = chain_refusal(chain);
    const SipMessage *request = reg_step_request(reg_chain_last_step(chain));

    if (answer == NULL
        || (answer->status != 420 && answer->status != 421 && answer->status != 439
            && answer->status != 494))
        return RULE_CLEAN;
    if (chain->tail_cut)
        return rule_abstain(finding, "the capture ends too early after the refusal");
    if (chain_went_on(chain))
        return rule_abstain(finding, "the phone went on under another Call-ID");

    Str extension = named_by(answer);

    finding_say(finding, "the server refused %s for an extension: %u %.*s%s%.*s", chain_who(chain),
                answer->status, STR_ARG(answer->reason), extension.len > 0 ? ", " : "",
                STR_ARG(extension));
    finding_cite_end(finding, chain, rule_status_find(answer->status)->next);
    if (extension.len > 0)
        finding_cite(finding, "extension", answer->meta.ref, answer->meta.time, extension, NULL);
    if (request != NULL)
        cite_offer(finding, request);
    finding_cite_reasons(finding, answer);
    finding_reject(finding, "credentials_refused", "the answer is not about credentials");
    advise(finding, request, answer);
    return RULE_FIRES;
}

const Rule rule_extension_refused = {
    .id = "extension_refused",
    .area = "chain",
    .title = "An extension is missing or not understood",
    .severity = FINDING_FAILURE,
    .vantage = REG_VANTAGE_ANY,
    .needs = RULE_NEEDS_ANSWER | RULE_NEEDS_FAILURE,
    .meaning = "420, 421, 439 or 494: device, proxy and registrar do not agree on an extension of "
               "SIP, and the device did not try again without or with it.",
    .advice = "Switch the extension that the answer names on or off, on the device or on the "
              "server, so that both agree.",
    .confusion = "A refusal that follows the credentials at once looks like one of them.",
    .should = "A device that gets 420 asks again without what Unsupported names. One that gets "
              "421 or 494 asks again with what is required, and one that gets 439 without "
              "outbound (RFC 3261 sections 8.1.3.5 and 21.4.16, RFC 3329 section 2.3.1, RFC 5626 "
              "section 11.6).",
    .seen = {
        .client = "Only the refusal. A Path that a proxy inserted does not show here.",
        .middle = "Behind the first proxy its Path shows in the request, and whether Supported "
                  "has \"path\".",
        .server = "The request as the registrar got it, with all that proxies put in.",
    },
    .fix = {
        .phone = "Switch the extension that the answer names on or off: 'path', 'outbound' (RFC "
                 "5626), IPsec (sec-agree).",
        .router = "Nothing.",
        .kamailio = "420 for Path: registrar path_mode 0 or 1. 439: load outbound, path and rr on "
                    "the edge proxy.",
    },
    .reference = "RFC 3261 sections 21.4.15 and 21.4.16, RFC 3329, RFC 5626 section 11.6",
    .check_chain = check,
};
