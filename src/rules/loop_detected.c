/*
 * The request came back to where it had been.
 *
 * A proxy that does not know that a domain is its own sends the request to
 * itself (482), or two proxies send it to each other until Max-Forwards is used
 * up (483). The phone cannot help it. A registrar says 482 also when the same
 * request reaches it by two ways (RFC 3261 section 8.2.2.2).
 */

#include "facts.h"

static const char *const narrower[] = { "cseq_not_increased", NULL };

/* Phones send 70 (RFC 3261 section 8.1.1.6); a way over more than ten proxies
 * does not exist. */
#define ENOUGH_FORWARDS 10

/* Whether two Via headers were written by the same box. */
static bool has_been_there(const SipMessage *request)
{
    SipValues outer = { 0 };
    Str value;

    for (unsigned i = 0; i < 16 && sip_values_next(request, SIP_HEADER_VIA, &outer, &value); i++) {
        SipValues inner = outer;
        SipVia via = sip_via_parse(value);
        Str other;

        for (unsigned k = 0; k < 16 && sip_values_next(request, SIP_HEADER_VIA, &inner, &other);
             k++) {
            SipVia again = sip_via_parse(other);

            if (via.ok && again.ok && via.port == again.port
                && str_equal_nocase(via.host, again.host))
                return true;
        }
    }
    return false;
}

static const SipMessage *looped_request(const RegStep *step)
{
    for (unsigned i = 0; i < step->n_sightings; i++) {
        const SipMessage *request = step->sightings[i]->request;

        if (request != NULL && has_been_there(request))
            return request;
    }
    return NULL;
}

/* REG_EXPIRES_NONE when the request does not say. */
static uint32_t forwards_of(const SipMessage *request)
{
    uint32_t forwards;

    if (request == NULL
        || sip_number(sip_message_first(request, SIP_HEADER_MAX_FORWARDS), &forwards)
               != SIP_NUMBER_OK)
        return REG_EXPIRES_NONE;
    return forwards;
}

static RuleVerdict check(const RegChain *chain, Finding *finding)
{
    const RegStep *last = reg_chain_last_step(chain);
    const SipMessage *answer = chain_refusal(chain);

    if (answer == NULL || (answer->status != 482 && answer->status != 483))
        return RULE_CLEAN;

    const SipMessage *request = reg_step_request(last);
    const SipMessage *looped = looped_request(last);
    uint32_t forwards = forwards_of(request);

    if (answer->status == 483 && looped == NULL && forwards < ENOUGH_FORWARDS)
        return rule_abstain(finding, "the phone itself allows too few hops (Max-Forwards)");

    finding_say(finding, "the REGISTER of %s came back to a proxy that had seen it: %u %.*s",
                chain_who(chain), answer->status, STR_ARG(answer->reason));
    finding_cite_end(finding, chain, "200 OK");
    if (looped != NULL)
        finding_cite(finding, "Via", looped->meta.ref, looped->meta.time,
                     sip_message_first(looped, SIP_HEADER_VIA), "each box once");
    finding_cite_reasons(finding, answer);
    if (looped == NULL)
        finding_grade(finding, FINDING_STRONG,
                      "A capture on the proxy: the request leaves it and comes back. If it does "
                      "not, the same request came by two ways, or the way is very long.");
    return RULE_FIRES;
}

const Rule rule_loop_detected = {
    .id = "loop_detected",
    .area = "chain",
    .title = "The request runs in a circle",
    .severity = FINDING_FAILURE,
    .vantage = REG_VANTAGE_ANY,
    .needs = RULE_NEEDS_ANSWER | RULE_NEEDS_FAILURE,
    .silenced_by = narrower,
    .meaning = "482 Loop Detected or 483 Too Many Hops: proxies forwarded the REGISTER to one that "
               "had it already, instead of handling it.",
    .advice = "Tell the proxy that the domain is its own (Kamailio: alias=\"example.com\"; "
              "Flexisip: aliases; OpenSIPS: the domain table), and check where the name in the "
              "Request-URI resolves to from there.",
    .confusion = "483 because the phone sends a very small Max-Forwards; 482 for a request that "
                 "reached the registrar by two ways.",
    .should = "A proxy that is responsible for the domain in the Request-URI hands the REGISTER "
              "to its registrar, and others bring it nearer to that one (RFC 3261 sections 16.3 "
              "to 16.5).",
    .seen = {
        .client = "Only 482 or 483, often after a while.",
        .middle = "The same request passes more than once, each time with one more Via and a "
                  "smaller Max-Forwards.",
        .server = "Beside the proxy: the request leaves it and comes back with the proxy's own "
                  "Via in it.",
    },
    .fix = {
        .phone = "Nothing, unless it sends a Max-Forwards below 70 or a wrong domain.",
        .router = "Check what the name of the domain resolves to for the proxy, and whether "
                  "packets to its public address come back to it.",
        .asterisk = "Nothing, when a proxy in front of it says 482 or 483: Asterisk does not "
                    "forward a REGISTER.",
        .kamailio = "alias=\"example.com\" for each domain of its own, so that the script's test "
                    "for myself holds.",
    },
    .reference = "RFC 3261 sections 16.3, 8.2.2.2 and 21.4.21",
    .check_chain = check,
};
