/*
 * The registrar's name does not resolve.
 *
 * A phone that gets no address never sends a REGISTER: all there is to see are
 * a few packets to port 53. Each of them may fail in a healthy network: there
 * is no SRV record, no IPv6, a search domain is appended. Only a name of which
 * nothing resolves, and after which no REGISTER comes, is a fault.
 */

#include "below.h"
#include "net/dns.h"

/* Resolvers repeat a question after one to five seconds; a phone that goes on
 * does so at once. */
#define SILENCE (4 * NSEC_SEC)

static bool was_answered(const RegLookup *lookup)
{
    return lookup->refused.count > 0;
}

static Nsec last_seen(const RegLookup *lookup)
{
    return MAX(was_answered(lookup) ? lookup->refused.last_time : NSEC_NONE,
               lookup->asked.count > 0 ? lookup->asked.last_time : NSEC_NONE);
}

static Nsec first_seen(const RegLookup *lookup)
{
    return lookup->asked.count > 0 ? lookup->asked.first_time : lookup->refused.first_time;
}

/* "SRV, A" */
static char *types_text(const RegLookup *lookup)
{
    static const char *const names[] = { "NAPTR", "SRV", "A", "AAAA" };
    GString *text = g_string_new(NULL);

    for (unsigned i = 0; i < G_N_ELEMENTS(names); i++) {
        if (lookup->types & 1u << i)
            g_string_append_printf(text, "%s%s", text->len > 0 ? ", " : "", names[i]);
    }
    return g_string_free(text, FALSE);
}

static void say_refused(const RegLookup *lookup, const char *who, Finding *finding)
{
    char resolver[NET_ENDPOINT_TEXT], rcode[NET_DNS_WORD], type[NET_DNS_WORD];
    g_autofree char *types = types_text(lookup);
    bool exists = lookup->rcode == NET_DNS_NOERROR;
    g_autofree char *seen = g_strdup_printf(
        "%s for %s: %s%s", net_dns_rcode_name(lookup->rcode, rcode),
        net_dns_type_name(lookup->type, type), lookup->name, exists ? " has no such record" : "");

    finding_say(finding, "%s asked %s for %s (%s) and got no address%s%s; no REGISTER followed",
                who, net_addr_to_text(&lookup->resolver, resolver), lookup->name, types,
                exists ? "" : ", but ", exists ? "" : rcode);
    finding_cite(finding, "answer", lookup->refused.last, lookup->refused.last_time, str_of(seen),
                 "an address");
}

static void say_silent(const RegLookup *lookup, const char *who, Finding *finding)
{
    char resolver[NET_ENDPOINT_TEXT], times[BELOW_TIMES];
    g_autofree char *types = types_text(lookup);

    finding_say(finding, "%s asked %s %s for %s (%s) and got no answer; no REGISTER followed", who,
                net_addr_to_text(&lookup->resolver, resolver),
                below_times(lookup->asked.count, times), lookup->name, types);
}

static void grade(const RegLookup *lookup, Finding *finding)
{
    if (!was_answered(lookup))
        finding_grade(finding, FINDING_STRONG,
                      "'dig' for the name on the phone's network: whether the name server answers. "
                      "A capture of both directions, if this one may be of one only.");
    else if (!(lookup->types & (REG_QUESTION_A | REG_QUESTION_AAAA)))
        finding_grade(finding, FINDING_STRONG,
                      "The phone's log: whether it knows an address of the registrar from "
                      "elsewhere, because it did not ask for one.");
}

static RuleVerdict check(const RegDevice *device, Nsec now, Finding *finding)
{
    const RegLookup *lookup = device->lookup;
    char text[NET_ENDPOINT_TEXT];

    if (lookup == NULL || below_was_bound(device, first_seen(lookup), lookup->over, now))
        return RULE_CLEAN;
    if (lookup->watched - last_seen(lookup) < SILENCE)
        return rule_abstain(finding, "the capture ends too early after the question");
    if (below_loss(lookup->losses) != NULL)
        return rule_abstain(finding, below_loss(lookup->losses));
    if (was_answered(lookup))
        say_refused(lookup, below_who(device, text), finding);
    else
        say_silent(lookup, below_who(device, text), finding);
    if (lookup->asked.count > 0)
        finding_cite(finding, "question", lookup->asked.first, lookup->asked.first_time,
                     str_of(lookup->name), NULL);
    finding_reject(finding, "register_unanswered", "there is no REGISTER that could be answered");
    grade(lookup, finding);
    finding->from = first_seen(lookup);
    finding->until = last_seen(lookup);
    return RULE_FIRES;
}

const Rule rule_dns_failed = {
    .id = "dns_failed",
    .area = "below",
    .title = "The registrar's name does not resolve",
    .severity = FINDING_FAILURE,
    .vantage = REG_VANTAGE_CLIENT,
    .absence = true,
    .meaning = "The phone asked the name server for its registrar and got no address, neither by "
               "NAPTR and SRV nor by A and AAAA. So it has nobody to send a REGISTER to.",
    .advice =
        "Check the registrar's name on the phone for a typing error. Ask for it from the same "
        "network: 'dig SRV _sip._udp.NAME' and 'dig NAME'. NXDOMAIN: the name does not exist "
        "there (an internal name, asked outside?). SERVFAIL or REFUSED: the name server on "
        "the phone is the wrong one or broken.",
    .confusion = "SRV or AAAA that fails beside an A that resolves; search domains; a cached "
                 "answer, DNS over TLS or HTTPS: then a REGISTER follows.",
    .should = "The phone asks for NAPTR, SRV and address records of its domain and gets at least "
              "one address (RFC 3263 section 4).",
    .seen = {
        .client = "Questions and refusals (NXDOMAIN, SERVFAIL, REFUSED) or no answer, and no "
                  "REGISTER.",
        .middle = "Nothing, unless the name server is beyond this point.",
        .server = "Nothing at all: the phone never learns where the registrar is.",
    },
    .fix = {
        .phone = "Check the domain for a typing error and the name server that DHCP gave it; an "
                 "outbound proxy given as an address helps for a while.",
        .router = "Let port 53 (UDP and TCP) pass; look whether the router's own name server "
                  "answers.",
        .asterisk = "Nothing: it is not asked. Look at the SRV records of its domain: 'dig SRV "
                    "_sip._udp.DOMAIN'.",
        .kamailio = "As for Asterisk.",
    },
    .reference = "RFC 3263 section 4; RFC 1035 section 4.1.1",
    .check_device = check,
};
