/*
 * The registrar does not serve this domain.
 *
 * A registrar looks at the domain before the user (RFC 3261 section 10.3 step
 * 1). A phone whose "SIP server" is an address puts that address where the
 * domain belongs, and many servers refuse it. The status alone does not tell:
 * the registrar has to say so in its own words.
 */

#include "facts.h"
#include "words.h"

static SipUri aor_of(const SipMessage *request)
{
    return sip_name_addr_parse(sip_message_first(request, SIP_HEADER_TO)).uri;
}

static RuleVerdict check(const RegChain *chain, Finding *finding)
{
    const SipMessage *answer = chain_refusal(chain);
    const SipMessage *request = reg_step_request(reg_chain_last_step(chain));
    NetAddr addr;

    if (answer == NULL || answer->status < 400)
        return RULE_CLEAN;

    Str words = words_find(answer, WORDS_DOMAIN);

    if (!str_present(words))
        return RULE_CLEAN;
    if (request == NULL)
        return rule_abstain(finding, "the request that was refused is not in the capture");

    SipUri aor = aor_of(request);
    bool literal = net_addr_parse(aor.host, &addr);

    finding_say(finding, "the registrar does not serve the domain \"%.*s\"%s of %s: %u, \"%.*s\"",
                STR_ARG(aor.host), literal ? ", an address," : "", chain_who(chain), answer->status,
                STR_ARG(words));
    finding_cite(finding, "To", request->meta.ref, request->meta.time,
                 sip_message_first(request, SIP_HEADER_TO), "a domain that the registrar serves");
    finding_cite_end(finding, chain, "200 OK");
    finding_cite_reasons(finding, answer);
    finding_reject(finding, "account_unknown", "the registrar names the domain, not the user");
    finding_grade(finding, FINDING_STRONG,
                  "The list of domains of the registrar (kamctl domain show, the domains of the "
                  "tenant).");
    return RULE_FIRES;
}

const Rule rule_domain_refused = {
    .id = "domain_refused",
    .area = "chain",
    .title = "The registrar does not serve the domain",
    .severity = FINDING_FAILURE,
    .vantage = REG_VANTAGE_ANY,
    .needs = RULE_NEEDS_ANSWER | RULE_NEEDS_FAILURE,
    .meaning = "The registrar refused the request and says that it is about the domain, which it "
               "does not serve.",
    .advice = "Set the SIP domain on the phone ('domain', 'realm', 'SIP server') to the name that "
              "the provider gave, and put the address into 'outbound proxy' if it is needed. On "
              "the server: Kamailio kamctl domain add NAME and an alias= line; Flexisip "
              "reg-domains; FreeSWITCH an alias of the profile.",
    .confusion = "403 for the source address or the account: then the words say something else.",
    .should = "The domain in Request-URI and To is one that the registrar serves (RFC 3261 "
              "sections 10.2 and 10.3 step 1).",
    .seen = {
        .client = "REGISTER, often with an address as domain, then a refusal whose words name the "
                  "domain.",
        .middle = "The same.",
        .server = "The same. The registrar's own list of domains lacks this one.",
    },
    .fix = {
        .phone = "The provider's name as SIP domain; the address only as outbound proxy.",
        .router = "If the domain is right beside the phone: switch the SIP ALG off.",
        .kamailio = "'kamctl domain add NAME', and an alias= line.",
    },
    .reference = "RFC 3261 section 10.3 step 1",
    .check_chain = check,
};
