/*
 * Sent elsewhere, and never went.
 *
 * A 3xx names in Contact where the registrar is. A device that follows sends
 * its REGISTER there at once. Many do not know redirects for REGISTER, give up,
 * or ask the old address again.
 */

#include "facts.h"

#define SIP_PORT 5060

static bool same_target(const SipUri *a, const SipUri *b)
{
    uint16_t port_a = a->port != 0 ? a->port : SIP_PORT;
    uint16_t port_b = b->port != 0 ? b->port : SIP_PORT;

    return port_a == port_b && str_equal_nocase(a->host, b->host);
}

/* Whether a request asks for one of the addresses of the redirect. */
static bool names_target(const SipMessage *request, const SipMessage *redirect)
{
    SipUri asked = sip_uri_parse(request->request_uri);
    SipValues cursor = { 0 };
    Str value;

    while (sip_values_next(redirect, SIP_HEADER_CONTACT, &cursor, &value)) {
        SipUri target = sip_name_addr_parse(value).uri;

        if (same_target(&asked, &target))
            return true;
    }
    return false;
}

/* Another address or port than that of the redirecting server will do: where a
 * name leads to does not stand in the messages. */
static bool follows(const RegStep *step, const RegStep *redirect)
{
    const SipMessage *request = reg_step_request(step);
    const SipMessage *before = reg_step_request(redirect);
    const SipMessage *answer = reg_step_answer(redirect);

    if (!net_endpoint_equal(&reg_step_txn(step)->hop.dst, &reg_step_txn(redirect)->hop.dst))
        return true;
    return request != NULL && names_target(request, answer)
           && (before == NULL || !names_target(before, answer));
}

/* The first redirect that no later step followed, or NULL; 'next': what came
 * instead, or NULL. */
static const RegStep *find_redirect(const RegChain *chain, const RegStep **next)
{
    const RegStep *redirect = NULL;

    *next = NULL;
    for (unsigned i = 0; i < chain->steps->len; i++) {
        const RegStep *step = reg_chain_step(chain, i);

        if (redirect != NULL && follows(step, redirect))
            redirect = NULL;
        else if (redirect != NULL && *next == NULL)
            *next = step;
        if (redirect == NULL && reg_step_status(step) / 100 == 3) {
            redirect = step;
            *next = NULL;
        }
    }
    return redirect;
}

static Str first_target(const SipMessage *redirect)
{
    SipValues cursor = { 0 };
    Str value;

    if (!sip_values_next(redirect, SIP_HEADER_CONTACT, &cursor, &value))
        return STR_NONE;
    return sip_name_addr_parse(value).uri.whole;
}

static void say(const RegChain *chain, const SipMessage *answer, bool asked_again, Finding *finding)
{
    Str target = first_target(answer);
    char span[NSEC_TEXT];

    if (target.len == 0)
        finding_say(finding, "%s was redirected (%u %.*s) and the answer does not say where to",
                    chain_who(chain), answer->status, STR_ARG(answer->reason));
    else if (asked_again)
        finding_say(finding, "%s was redirected to %.*s (%u %.*s) and asked the old address again",
                    chain_who(chain), STR_ARG(target), answer->status, STR_ARG(answer->reason));
    else
        finding_say(finding, "%s was redirected to %.*s (%u %.*s) and sent no REGISTER there in %s",
                    chain_who(chain), STR_ARG(target), answer->status, STR_ARG(answer->reason),
                    nsec_to_span(chain->watched - answer->meta.time, span));
}

/* Away from the phone the way to the other server need not pass here: it may
 * have been there, in vain, before it came back. */
static void grade(const RegChain *chain, const RegStep *next, Finding *finding)
{
    bool beside = chain->vantage & REG_VANTAGE_CLIENT;

    if (next != NULL && beside && chain_loss(chain) == NULL)
        return;
    finding_grade(finding, beside ? FINDING_STRONG : FINDING_WEAK,
                  "A capture beside the phone, without a filter by address, or beside the server "
                  "that the redirect names.");
}

static RuleVerdict check(const RegChain *chain, Finding *finding)
{
    const RegStep *next = NULL;
    const RegStep *redirect = find_redirect(chain, &next);

    if (redirect == NULL || chain->outcome == REG_OUTCOME_ACCEPTED || chain->recovered)
        return RULE_CLEAN;
    if (next == NULL && chain->followed
        && !net_endpoint_equal(&chain->device->server, &reg_step_txn(redirect)->hop.dst))
        return RULE_CLEAN; /* under another Call-ID, and there */
    if (next == NULL && (chain->losses & ~(uint32_t)REG_LOSS_ONE_WAY))
        return rule_abstain(finding, chain_loss(chain));

    const SipMessage *answer = reg_step_answer(redirect);
    bool asked_again = next != NULL || chain->followed;

    say(chain, answer, asked_again, finding);
    finding_cite_message(finding, "request", reg_step_request(redirect), NULL);
    finding_cite_message(finding, "redirect", answer, "a REGISTER to the address in Contact");
    finding_cite(finding, "Contact", answer->meta.ref, answer->meta.time,
                 sip_message_first(answer, SIP_HEADER_CONTACT), NULL);
    if (next != NULL)
        finding_cite_message(finding, "next request", reg_step_request(next), "another address");
    finding_cite_reasons(finding, answer);
    grade(chain, next, finding);
    return RULE_FIRES;
}

const Rule rule_redirect_not_followed = {
    .id = "redirect_not_followed",
    .area = "chain",
    .title = "The phone does not follow the redirect",
    .severity = FINDING_FAILURE,
    .vantage = REG_VANTAGE_ANY,
    .needs = RULE_NEEDS_ANSWER | RULE_NEEDS_TAIL | RULE_NEEDS_FAILURE,
    .absence = true,
    .meaning = "The registrar answered 3xx and named another address in Contact; no REGISTER to "
               "that address followed.",
    .advice = "Configure the address in that Contact as registrar or outbound proxy of the phone. "
              "Or let the server handle or forward the request instead of redirecting it.",
    .confusion = "A capture in which the way to the other server does not show.",
    .should = "After 3xx the phone sends the REGISTER to the Contact of the answer (RFC 3261 "
              "section 8.1.3.4).",
    .seen = {
        .client = "3xx and silence.",
        .middle = "The same.",
        .server = "The same; the REGISTER may have gone to the other server by a way that does "
                  "not pass here.",
    },
    .fix = {
        .phone = "Configure that address as registrar or outbound proxy.",
        .router = "Let the other address and port pass.",
        .asterisk = "Nothing: it does not redirect a REGISTER.",
        .kamailio = "Forward (t_relay) instead of answering 302.",
    },
    .reference = "RFC 3261 sections 8.1.3.4 and 21.3",
    .check_chain = check,
};
