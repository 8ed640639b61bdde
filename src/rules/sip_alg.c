/*
 * A box on the way edits SIP messages.
 *
 * Many routers know SIP a little: their "ALG" replaces the private address of the
 * phone in Via, Contact and elsewhere as the message passes, and undoes it in the
 * answer. Where that works nobody notices, but the server no longer sees a NAT and
 * has no reason to keep the way open; where it works by half, answers are dropped,
 * calls go astray and logins fail. A phone that learns its own public address, a
 * proxy and a server that repairs NATs do similar things, and do them rightly: so
 * one trace alone is not called an ALG.
 */

#include "alg_pair.h"
#include "alg_signs.h"
#include "login.h"

/* What the signs add up to. */
typedef enum Sum {
    SUM_NOTHING,
    SUM_HINT,      /* beyond the NAT one trace, with something beside it */
    SUM_SOMETHING, /* one trace beside the phone */
    SUM_ALG,       /* two that do not depend on each other */
    SUM_PROVEN,
} Sum;

static unsigned count_headers(const AlgSigns *signs, FindingGrade least)
{
    unsigned n = 0;

    for (unsigned i = 0; i < signs->n; i++) {
        const AlgSign *sign = &signs->signs[i];

        if (sign->grade >= least && alg_signs_in(signs, sign->header) == sign)
            n++;
    }
    return n;
}

/* A digest that fits another address is a witness of its own, for any other sign. */
static bool has_digest_witness(const AlgSigns *signs)
{
    bool witness = false, other = false;

    for (unsigned i = 0; i < signs->n; i++) {
        witness |= signs->signs[i].digest;
        other |= !signs->signs[i].digest && signs->signs[i].grade >= FINDING_STRONG;
    }
    return witness && other;
}

static uint32_t harm_of(const AlgSigns *signs)
{
    uint32_t harm = 0;

    for (unsigned i = 0; i < signs->n; i++)
        harm |= signs->signs[i].harm;
    return harm;
}

/* Beyond the NAT one sign alone may be a setting of the phone, and says nothing
 * unless another points the same way, or the login failed where it was edited. */
static bool is_worth_a_hint(const RegChain *chain, const AlgSigns *signs)
{
    return count_headers(signs, FINDING_WEAK) > 1
           || (chain->outcome == REG_OUTCOME_REFUSED && (harm_of(signs) & ALG_DIGEST));
}

static Sum add_up(const RegChain *chain, const AlgSigns *signs)
{
    unsigned strong = count_headers(signs, FINDING_STRONG);

    if (count_headers(signs, FINDING_PROVEN) > 0)
        return SUM_PROVEN;
    if (strong > 1 || has_digest_witness(signs))
        return SUM_ALG;
    if (strong == 0)
        return SUM_NOTHING;
    if (chain->vantage & REG_VANTAGE_CLIENT)
        return SUM_SOMETHING;
    return is_worth_a_hint(chain, signs) ? SUM_HINT : SUM_NOTHING;
}

/* A request that came from a public address which its Via and Contact have; with
 * IPv6 that is as it should be. */
static bool sees_public(const RegChain *chain)
{
    for (unsigned at = 0; at < chain->steps->len; at++) {
        AlgView view = alg_view_outside(chain, at);
        const NetAddr *source = &view.txn->hop.src.addr;

        if (!view.closed && source->version == 4 && net_addr_equal(&view.via.addr, source)
            && net_addr_equal(&view.contact.addr, source))
            return true;
    }
    return false;
}

static const char *why_silent(const RegChain *chain, const AlgSigns *signs)
{
    bool answered = false;

    if (chain->vantage == REG_VANTAGE_UNKNOWN)
        return "it is not known on which side of the NAT the capture was taken";
    for (unsigned i = 0; i < chain->steps->len; i++)
        answered |= reg_step_answer(reg_chain_step(chain, i)) != NULL;
    if (!answered && (chain->vantage & REG_VANTAGE_CLIENT))
        return "no answer came back that could tell";
    if (count_headers(signs, FINDING_STRONG) > 0)
        return "beyond the NAT one sign alone is as likely a setting of the phone";
    if (!(chain->vantage & REG_VANTAGE_CLIENT) && sees_public(chain))
        return "from outside a SIP ALG and a phone that knows its public address look alike";
    return NULL;
}

static void add_clause(GString *text, const char *clause)
{
    g_string_append_printf(text, "%s%s", text->len > 0 ? ", and " : "", clause);
}

static bool lacks_own_binding(const RegChain *chain)
{
    const RegStep *last = reg_chain_last_step(chain);

    return chain->outcome == REG_OUTCOME_ACCEPTED && !last->removes && !last->queries
           && last->n_sightings == 1 && reg_step_request(last) != NULL && !last->own_contact_listed;
}

/* What the rewriting did to this registration. */
static char *effect_text(const RegChain *chain, const AlgSigns *signs)
{
    GString *text = g_string_new(NULL);
    uint32_t harm = harm_of(signs);

    if (harm & ALG_DIGEST)
        add_clause(text, "an input of the digest is another one behind it");
    if (harm & ALG_WRONG_PORT)
        add_clause(text, "the server has a Contact with another port");
    if (harm & ALG_HIDES_NAT)
        add_clause(text, "the server does not see the NAT and may not keep it open");
    if (lacks_own_binding(chain))
        add_clause(text, "the phone does not find its own Contact in the 200");
    if (text->len == 0)
        add_clause(text, chain->outcome == REG_OUTCOME_ACCEPTED
                             ? "no harm to this registration shows"
                             : "whether that is why it failed is open");
    return g_string_free(text, false);
}

static char *signs_text(const AlgSigns *signs)
{
    GString *text = g_string_new(NULL);

    for (unsigned i = 0; i < signs->n; i++) {
        const AlgSign *sign = &signs->signs[i];

        if (sign->grade > FINDING_WEAK && alg_signs_in(signs, sign->header) == sign)
            add_clause(text, sign->tells);
    }
    return g_string_free(text, false);
}

static unsigned most_steps(const AlgSigns *signs)
{
    unsigned most = 0;

    for (unsigned i = 0; i < signs->n; i++)
        most = MAX(most, signs->signs[i].steps);
    return most;
}

static void say(const RegChain *chain, const AlgSigns *signs, Sum sum, Finding *finding)
{
    g_autofree char *what = signs_text(signs);
    g_autofree char *effect = effect_text(chain, signs);
    char server[NET_ENDPOINT_TEXT];

    finding_say(finding, "%s between %s and %s rewrites SIP, seen in %u of %u exchange%s: %s; %s",
                sum >= SUM_ALG ? "a box (SIP ALG)" : "something", chain_who(chain),
                chain_server(chain, server), most_steps(signs), chain->steps->len,
                chain->steps->len == 1 ? "" : "s", what, effect);
}

static void cite_value(Finding *finding, const char *header, const AlgValue *value,
                       const char *expected)
{
    if (value->message != NULL && value->text != NULL)
        finding_cite(finding, header, value->message->meta.ref, value->message->meta.time,
                     str_of(value->text), expected);
}

static void cite(const AlgSigns *signs, Finding *finding)
{
    for (int grade = FINDING_PROVEN; grade >= FINDING_WEAK; grade--) {
        for (unsigned i = 0; i < signs->n; i++) {
            const AlgSign *sign = &signs->signs[i];

            if (sign->grade != (FindingGrade)grade)
                continue;
            cite_value(finding, sign->header, &sign->was, NULL);
            cite_value(finding, sign->header, &sign->is, sign->expected);
        }
    }
}

static bool digest_fits(const RegChain *chain)
{
    for (unsigned i = 0; i < chain->steps->len; i++) {
        if (step_verifies(reg_chain_step(chain, i)))
            return true;
    }
    return false;
}

static void rule_out(const RegChain *chain, Finding *finding)
{
    const SipTxn *txn = reg_step_txn(reg_chain_step(chain, 0));
    SipVia via = txn->request != NULL ? sip_message_via(txn->request) : (SipVia){ .ok = false };
    NetAddr sent_by;

    if (txn->request == NULL)
        return;
    if (!(chain->vantage & REG_VANTAGE_CLIENT) && sip_message_via_count(txn->request) == 1)
        finding_reject(finding, "proxy", "no proxy has signed the request: it has one Via");
    if ((chain->vantage & REG_VANTAGE_CLIENT) && net_addr_parse(via.host, &sent_by)
        && net_addr_equal(&sent_by, &txn->hop.src.addr))
        finding_reject(finding, "phone_setting",
                       "the phone writes the address that it sends from: it uses neither STUN nor "
                       "a configured public address");
    if (alg_is_outside(&txn->hop.dst.addr))
        finding_reject(finding, "registrar_in_lan", "the server's address is a public one");
    if (digest_fits(chain))
        finding_reject(finding, "password_altered",
                       "the digest fits the supplied password: none of its inputs was changed");
}

static void grade(const AlgSigns *signs, Sum sum, Finding *finding)
{
    const char *unless = NULL;
    g_autofree char *settle = NULL;

    for (unsigned i = 0; i < signs->n && unless == NULL; i++) {
        if (signs->signs[i].grade == FINDING_STRONG)
            unless = signs->signs[i].unless;
    }
    settle = g_strdup_printf("A capture on the other side of the router at the same time, beside "
                             "this one: whether Via and Contact differ ('whyreg compare INSIDE "
                             "OUTSIDE'). Otherwise it may be: %s",
                             unless != NULL ? unless : "A setting of the phone.");
    finding_grade(finding,
                  sum == SUM_PROVEN ? FINDING_PROVEN
                  : sum == SUM_HINT ? FINDING_WEAK
                                    : FINDING_STRONG,
                  settle);
}

static RuleVerdict check(const RegChain *chain, Finding *finding)
{
    g_auto(AlgSigns) signs = { .n = 0 };

    if (alg_pair_judge(chain, finding))
        return RULE_FIRES;
    if (alg_pair_is_clean(chain))
        return RULE_CLEAN;
    alg_signs_find(chain, &signs);

    Sum sum = add_up(chain, &signs);

    if (sum == SUM_NOTHING) {
        const char *because = why_silent(chain, &signs);

        return because != NULL ? rule_abstain(finding, because) : RULE_CLEAN;
    }
    say(chain, &signs, sum, finding);
    cite(&signs, finding);
    rule_out(chain, finding);
    grade(&signs, sum, finding);
    return RULE_FIRES;
}

const Rule rule_sip_alg = {
    .id = "sip_alg",
    .area = "alg",
    .title = "Something on the way rewrites SIP",
    .severity = FINDING_FAILURE,
    .vantage = REG_VANTAGE_ANY,
    .needs = RULE_NEEDS_WHOLE,
    .meaning = "A box between the phone and the server, mostly a router with a \"SIP ALG\", "
               "replaces addresses inside of the messages. The server then sees another phone than "
               "there is: it may stop its keep-alives, call a wrong port or refuse the login.",
    .advice =
        "Switch SIP ALG off in the box that does NAT. Linux and OpenWrt: 'modprobe -r nf_nat_sip "
        "nf_conntrack_sip' and no 'ct helper' rule for port 5060; MikroTik: '/ip firewall "
        "service-port disable sip'; FortiGate: 'set default-voip-alg-mode kernel-helper-based' "
        "and no sip entry in 'config system session-helper'; Cisco IOS: 'no ip nat service sip "
        "udp port 5060'; home routers: 'SIP ALG', 'SIP passthrough' or 'VoIP support'. Or take "
        "SIP out of its sight: TLS, or another port than 5060 on the server.",
    .confusion = "A phone that writes its public address itself (STUN, configured, or learned from "
                 "answers), a proxy or SBC, a registrar in the LAN, a private network without NAT.",
    .should = "Routers change addresses in IP headers and leave SIP alone; the registrar answers "
              "with what it saw (received, rport: RFC 3581 section 4).",
    .seen = {
        .client = "received names a private address although the registrar is on the Internet, or "
                  "Via and Contact come back changed.",
        .middle = "Beyond the router Via and Contact name the public address already: alone no "
                  "proof, a phone may do that itself.",
        .server = "The same. With a capture on each side the difference is proof.",
    },
    .fix = {
        .phone = "TLS, or another port of the registrar than 5060; switch off its own STUN and "
                 "public address when the ALG is to stay.",
        .router = "Switch off 'SIP ALG', 'SIP passthrough', 'VoIP helper'. Linux: no 'ct helper' "
                  "for port 5060, 'modprobe -r nf_nat_sip nf_conntrack_sip'.",
        .asterisk = "Offer TLS or a second UDP port.",
        .kamailio = "Offer TLS or a second port; nathelper does not notice a NAT behind an ALG, "
                    "so ping such phones as well.",
    },
    .reference = "RFC 3261 sections 8.2.6.2 and 18.2.1; RFC 3581 section 4",
    .check_chain = check,
};
