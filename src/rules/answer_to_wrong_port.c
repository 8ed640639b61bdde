/*
 * The answers go to a port where nobody listens.
 *
 * RFC 3261 section 18.2.2 sends the answer to the port in Via, whatever port
 * the request came from; with "rport" in Via (RFC 3581) it goes back to where
 * the request came from. A phone behind a NAT that does not ask for rport, or a
 * server that ignores it, loses every answer. So does a phone that sends from
 * one port and listens on another, at a server that always answers to the port
 * it saw.
 */

#include "facts.h"

#define SIP_PORT 5060

/* How the answer was sent, as far as its destination tells. */
typedef enum Misrouting {
    NOT_MISROUTED,
    TO_VIA_UNASKED,   /* to the port in Via; the phone did not ask for rport */
    TO_VIA_ASKED,     /* the same, although it did */
    TO_SOURCE,        /* to the source port; the phone named another one, and no NAT changed it */
    TO_VIA_ADDRESS,   /* to the address in Via instead of the one that the request came from */
    TO_NOWHERE_KNOWN, /* to neither: something else is at work */
} Misrouting;

static Misrouting misrouting_of(const SipTxn *txn)
{
    SipVia via = sip_message_via(txn->request);
    NetEndpoint source = txn->hop.src;
    NetEndpoint target = txn->answer->meta.flow.dst;
    NetEndpoint sent_by = { .port = via.port != 0 ? via.port : SIP_PORT };
    bool literal = net_addr_parse(via.host, &sent_by.addr);

    if (net_endpoint_equal(&target, &source)) {
        bool no_nat = literal && net_addr_equal(&sent_by.addr, &source.addr);

        return no_nat && !via.rport_asked && sent_by.port != source.port ? TO_SOURCE
                                                                         : NOT_MISROUTED;
    }
    if (!net_addr_equal(&target.addr, &source.addr))
        return literal && net_endpoint_equal(&target, &sent_by) ? TO_VIA_ADDRESS : TO_NOWHERE_KNOWN;
    if (target.port != sent_by.port)
        return TO_NOWHERE_KNOWN;
    return via.rport_asked ? TO_VIA_ASKED : TO_VIA_UNASKED;
}

/* The one whose answer went wrong: seen from the server, if it was. */
static const SipTxn *unheard(const RegChain *chain)
{
    const RegStep *last = reg_chain_last_step(chain);
    const SipTxn *txn = NULL;

    for (unsigned i = 0; i < last->n_sightings; i++) {
        if (txn_went_unheard(chain, last->sightings[i]))
            txn = last->sightings[i];
    }
    return txn;
}

static const char *reason_of(Misrouting kind)
{
    switch (kind) {
    case TO_VIA_UNASKED:
        return "it does not ask for rport, so they go to the port in its Via";
    case TO_VIA_ASKED:
        return "the server sends to the port in Via although that asks for rport";
    case TO_SOURCE:
        return "the server answers to the port that it saw, and not to the one in Via";
    case TO_VIA_ADDRESS:
        return "the server sends to the address in Via";
    case NOT_MISROUTED:
    case TO_NOWHERE_KNOWN:
        break;
    }
    return "";
}

static void advise(Finding *finding, Misrouting kind)
{
    if (kind == TO_SOURCE)
        finding_advise(finding,
                       "On the phone switch on symmetric signalling (Cisco: 'nat-enable'; others: "
                       "'rport' or 'symmetric SIP'), so that it listens on the port it sends from; "
                       "or let the server honour the port in Via (Asterisk pjsip.conf: "
                       "force_rport=no at the endpoint; Kamailio: no force_rport()).");
    else if (kind == TO_VIA_ASKED || kind == TO_VIA_ADDRESS)
        finding_advise(finding,
                       "Let the server answer to where the request came from (Asterisk pjsip.conf: "
                       "force_rport=yes at the endpoint; Kamailio: force_rport() before the "
                       "reply; FreeSWITCH: NDLB-force-rport).");
}

static void cite(Finding *finding, const SipTxn *txn, Misrouting kind)
{
    const SipMessage *request = txn->request, *answer = txn->answer;
    char source[NET_ENDPOINT_TEXT], target[NET_ENDPOINT_TEXT];

    net_endpoint_to_text(&txn->hop.src, source);
    net_endpoint_to_text(&answer->meta.flow.dst, target);
    finding_cite(finding, "Via of the request", request->meta.ref, request->meta.time,
                 sip_message_first(request, SIP_HEADER_VIA),
                 kind == TO_VIA_UNASKED ? "rport in it" : NULL);
    finding_cite(finding, "answer sent to", answer->meta.ref, answer->meta.time, str_of(target),
                 kind == TO_SOURCE ? "the port in Via" : source);
    finding_cite(finding, "last copy", txn->last_copy, txn->touched,
                 STR("the same request again (same branch and CSeq)"), NULL);
}

/* "192.168.1.10:5060", "[2001:db8::1]:5060" */
static char *sent_by(const SipMessage *request)
{
    SipVia via = sip_message_via(request);
    NetEndpoint end = { .port = via.port != 0 ? via.port : SIP_PORT };
    char text[NET_ENDPOINT_TEXT];

    return net_addr_parse(via.host, &end.addr)
               ? g_strdup(net_endpoint_to_text(&end, text))
               : g_strdup_printf("%.*s:%u", STR_ARG(via.host), end.port);
}

static RuleVerdict check(const RegChain *chain, Finding *finding)
{
    const SipTxn *txn = unheard(chain);
    char source[NET_ENDPOINT_TEXT], target[NET_ENDPOINT_TEXT];

    if (txn == NULL || txn->hop.transport == NET_TCP || sip_message_via_count(txn->request) != 1)
        return RULE_CLEAN;

    Misrouting kind = misrouting_of(txn);

    if (kind == NOT_MISROUTED)
        return RULE_CLEAN;
    if (kind == TO_NOWHERE_KNOWN)
        return rule_abstain(finding, "the answers go to an address or port that no Via explains");

    g_autofree char *named = sent_by(txn->request);

    finding_say(finding,
                "%s sends from %s, names %s in Via, and the answers go to %s: %s; the phone "
                "repeated the request %u times",
                chain_who(chain), net_endpoint_to_text(&txn->hop.src, source), named,
                net_endpoint_to_text(&txn->answer->meta.flow.dst, target), reason_of(kind),
                txn->copies_after_answer);
    cite(finding, txn, kind);
    finding_reject(finding, "challenge_unanswered",
                   "the phone would not repeat a request whose answer it has");
    finding_reject(finding, "register_unanswered", "the answers are in the capture");
    finding_grade(finding, chain->vantage == REG_VANTAGE_UNKNOWN ? FINDING_WEAK : FINDING_STRONG,
                  "A capture beside the phone: the answers arrive there at a closed port (ICMP "
                  "port unreachable), or not at all.");
    advise(finding, kind);
    return RULE_FIRES;
}

const Rule rule_answer_to_wrong_port = {
    .id = "answer_to_wrong_port",
    .area = "chain",
    .title = "The answers go to the wrong port",
    .severity = FINDING_FAILURE,
    .vantage = REG_VANTAGE_SERVER | REG_VANTAGE_MIDDLE | REG_VANTAGE_UNKNOWN,
    .needs = RULE_NEEDS_ANSWER,
    .meaning = "The answers go to a port or address on which the phone does not listen, and it "
               "repeats its request as if nobody had answered.",
    .advice = "Switch on rport on the phone ('rport', 'symmetric signalling', 'NAT traversal'), or "
              "on the server (Asterisk pjsip.conf: force_rport=yes at the endpoint; Kamailio: "
              "force_rport(); FreeSWITCH: NDLB-force-rport).",
    .confusion = "Answers to the right port that are lost on the way: see answer_lost.",
    .should = "With rport the answer goes to the source port of the request; without it, to the "
              "port in Via (RFC 3581 section 4, RFC 3261 section 18.2.2).",
    .seen = {
        .client = "Copies of the request and no answer.",
        .middle = "Answers to another port than the requests come from.",
        .server = "The same: compare the destination port of the answer with the source port of "
                  "the request.",
    },
    .fix = {
        .phone = "Switch on rport, or let it send from the port that it listens on.",
        .router = "Nothing: the packet is addressed wrongly before it gets there. A SIP ALG may "
                  "have changed Via, though.",
        .asterisk = "force_rport=yes at the endpoint.",
        .kamailio = "force_rport() before the first answer.",
    },
    .reference = "RFC 3261 section 18.2.2, RFC 3581 section 4",
    .check_chain = check,
};
