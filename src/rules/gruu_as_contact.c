/*
 * The device says that it lives where it is being looked for.
 *
 * A GRUU is an address that the registrar makes up and serves itself: who sends
 * a request to it reaches the registrar, which looks up where the device really
 * is. A device that registers the GRUU as its Contact tells the registrar to
 * look for it at the registrar. Requests then go in a circle, or end with 404
 * or 482.
 */

#include "facts.h"

/* RFC 5627 section 4.5: this parameter makes a URI a GRUU. */
static bool is_gruu(const SipUri *uri)
{
    Str value;

    return sip_param_find(uri->params, "gr", &value);
}

static bool is_in_domain(const SipMessage *request, const SipUri *gruu)
{
    SipNameAddr account = sip_name_addr_parse(sip_message_first(request, SIP_HEADER_TO));

    return gruu->host.len > 0 && str_equal_nocase(account.uri.host, gruu->host);
}

/* A device may make a GRUU of its own, when its address can be reached from
 * everywhere: only one in the domain that is registered with is the
 * registrar's. */
static bool is_registrars(const SipMessage *request, const SipUri *uri)
{
    NetAddr addr;

    return is_gruu(uri) && is_in_domain(request, uri) && !net_addr_parse(uri->host, &addr);
}

static bool find_gruu(const RegStep *step, const SipMessage *request, SipUri *gruu)
{
    SipValues cursor = { 0 };
    Str value;

    for (unsigned n = 0; sip_values_next(request, SIP_HEADER_CONTACT, &cursor, &value); n++) {
        *gruu = n == 0 ? step->contact.uri : sip_name_addr_parse(value).uri;
        if (is_registrars(request, gruu))
            return true;
    }
    return false;
}

static RuleVerdict check(const RegChain *chain, Finding *finding)
{
    const RegStep *last = reg_chain_last_step(chain);
    const SipMessage *request = reg_step_request(last);
    SipUri gruu;

    if (request == NULL || last->removes || !find_gruu(last, request, &gruu))
        return RULE_CLEAN;

    finding_say(finding,
                "%s registers a GRUU as its Contact, which leads back to the registrar: <%.*s>",
                chain_who(chain), STR_ARG(str_first(gruu.whole, 200)));
    finding_cite(finding, "Contact", request->meta.ref, request->meta.time,
                 sip_message_first(request, SIP_HEADER_CONTACT), "the device's own address");
    finding_cite_message(finding, "answer", reg_step_answer(last), NULL);
    return RULE_FIRES;
}

const Rule rule_gruu_as_contact = {
    .id = "gruu_as_contact",
    .area = "life",
    .title = "The device registers its GRUU",
    .severity = FINDING_FAILURE,
    .vantage = REG_VANTAGE_ANY,
    .meaning = "Contact has to say where the device can be reached. This one names an address in "
               "the registrar's own domain, with the parameter \"gr\": that is the GRUU which the "
               "registrar made for the device, and which leads back to the registrar.",
    .advice = "Update the device; until then switch off GRUU on it or on the server (SIP.js: "
              "update to a version after 0.20.0; Kamailio: registrar gruu_enabled=0).",
    .confusion = "A GRUU in the Contact of a call, where it belongs; one that a device with a "
                 "public address makes for itself.",
    .should = "Contact holds the device's own address; the GRUU comes back from the registrar in "
              "the 200, as pub-gruu and temp-gruu, and is used in calls (RFC 5627 sections 4.1, "
              "4.2 and 4.4).",
    .seen = {
        .client = "The Contact of a later REGISTER has \"gr\" and the domain of the account.",
        .middle = "The same.",
        .server = "The same. A call for the account is sent by the registrar to itself, and ends "
                  "with 404 or 482.",
    },
    .fix = {
        .phone = "Update it, or switch GRUU off.",
        .router = "Nothing.",
        .kamailio = "registrar: gruu_enabled=0.",
    },
    .reference = "RFC 5627 sections 3.3 and 4.5",
    .check_chain = check,
};
