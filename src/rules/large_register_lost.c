/*
 * The small REGISTER is answered, the large one never.
 *
 * The first REGISTER goes through. The second carries the Authorization header,
 * grows beyond what one packet can hold, and is sent in fragments. Firewalls,
 * NATs and load balancers drop fragments, because only the first of them shows
 * the ports; then the phone with the right password waits in vain. RFC 3261
 * section 18.1.1 therefore wants TCP for more than 1,300 bytes.
 */

#include "below.h"
#include "facts.h"

/* RFC 3261 section 18.1.1: as much as may go over a path that nobody knows. */
#define SAFE_SIZE 1300

/* The largest request before the last one that was answered; NULL: none. */
static const SipMessage *largest_answered(const RegChain *chain)
{
    const SipMessage *largest = NULL;

    for (unsigned i = 0; i + 1 < chain->steps->len; i++) {
        const RegStep *step = reg_chain_step(chain, i);
        const SipMessage *request = reg_step_request(step);

        if (request != NULL && reg_step_status(step) != 0
            && (largest == NULL || request->meta.ip_size > largest->meta.ip_size))
            largest = request;
    }
    return largest;
}

static bool is_large(const RegChain *chain, const SipMessage *request)
{
    return request->meta.fragments > 1 || request->meta.ip_size > SAFE_SIZE
           || chain->too_big.seen.count > 0;
}

static void say(const RegChain *chain, const SipMessage *small, const SipMessage *large,
                Finding *finding)
{
    const RegStep *last = reg_chain_last_step(chain);
    g_autofree char *pieces = large->meta.fragments > 1
                                  ? g_strdup_printf("%u bytes in %u fragments", large->meta.ip_size,
                                                    large->meta.fragments)
                                  : g_strdup_printf("%u bytes in one packet", large->meta.ip_size);
    g_autofree char *whole =
        g_strdup_printf("%u bytes in %s", small->meta.ip_size,
                        small->meta.fragments > 1 ? "fragments" : "one packet");
    char times[BELOW_TIMES];

    finding_say(finding,
                "%s got an answer to its REGISTER of %u bytes, but none to the larger one of %s, "
                "sent %s",
                chain_who(chain), small->meta.ip_size, pieces,
                below_times(step_requests(last), times));
    finding_cite(finding, "answered request", small->meta.ref, small->meta.time, str_of(whole),
                 NULL);
    finding_cite(finding, "large request", large->meta.ref, large->meta.time, str_of(pieces),
                 "an answer");
}

/* The network says itself that it does not fit, or the sizes alone tell. */
static void grade(const RegChain *chain, const SipMessage *large, Finding *finding)
{
    const RegIcmp *icmp = &chain->too_big;
    const RegStep *last = reg_chain_last_step(chain);

    if (icmp->seen.count > 0) {
        below_cite_icmp(finding, icmp);
        if (icmp->mtu > 0 && icmp->mtu < large->meta.ip_size)
            return;
    }
    finding_reject(finding, "request_ignored",
                   "the server answered the same phone on the same way a moment before");
    finding_grade(finding,
                  large->meta.fragments > 1 && step_requests(last) >= 3 ? FINDING_STRONG
                                                                        : FINDING_WEAK,
                  "The same registration over TCP, or a capture beside the registrar: whether all "
                  "fragments arrive there.");
}

static RuleVerdict check(const RegChain *chain, Finding *finding)
{
    const RegStep *last = reg_chain_last_step(chain);
    const SipMessage *large = reg_step_request(last);
    const SipMessage *small = largest_answered(chain);

    if (reg_step_status(last) != 0 || large == NULL || small == NULL
        || large->meta.flow.transport != NET_UDP)
        return RULE_CLEAN;
    if (large->meta.ip_size <= small->meta.ip_size || !is_large(chain, large))
        return RULE_CLEAN;
    if (chain->vantage == REG_VANTAGE_SERVER)
        return rule_abstain(finding, "needs a capture beside the phone or on the path");
    if (chain_loss(chain) != NULL)
        return rule_abstain(finding, chain_loss(chain));
    if (chain->outcome != REG_OUTCOME_UNANSWERED)
        return RULE_CLEAN;
    say(chain, small, large, finding);
    grade(chain, large, finding);
    return RULE_FIRES;
}

const Rule rule_large_register_lost = {
    .id = "large_register_lost",
    .area = "below",
    .title = "The large REGISTER is lost",
    .severity = FINDING_FAILURE,
    .vantage = REG_VANTAGE_ANY,
    .needs = RULE_NEEDS_TAIL | RULE_NEEDS_FAILURE,
    .absence = true,
    .meaning = "A small REGISTER was answered. The larger one, in IP fragments or above what the "
               "path carries, never was: the path drops packets of that size.",
    .advice = "Register over TCP or TLS (RFC 3261 section 18.1.1), or make the REGISTER smaller: "
              "fewer codecs and headers, a shorter Contact. On the way: let fragments pass, and "
              "let ICMP \"fragmentation needed\" through.",
    .confusion = "A capture filter such as \"udp port 5060\", which hides all fragments but the "
                 "first.",
    .should = "A request larger than the path carries goes over TCP (RFC 3261 section 18.1.1); "
              "over UDP each of its fragments has to arrive, which nobody should rely on (RFC "
              "8900).",
    .seen = {
        .client = "A small REGISTER answered, then a larger one in fragments, repeated without an "
                  "answer.",
        .middle = "All fragments here: they are lost behind. Only the first one: they are lost "
                  "before.",
        .server = "The 401 goes out and nothing comes back; or first fragments without the rest.",
    },
    .fix = {
        .phone = "Transport TCP or TLS; fewer codecs and headers, a shorter Contact.",
        .router = "Let fragments and ICMP 'fragmentation needed' pass; set the MTU of tunnels and "
                  "PPPoE right.",
        .asterisk = "Offer a TCP transport.",
        .kamailio = "Listen on TCP as well.",
    },
    .reference = "RFC 3261 section 18.1.1; RFC 8900",
    .check_chain = check,
};
