/*
 * Beside the phone: what comes back tells what became of the request.
 *
 * A server repeats Via, From and To of a request as it got them (RFC 3261 section
 * 8.2.6.2) and writes into Via where the request came from (section 18.2.1). A box
 * that edits requests and forgets to undo it in the answers is betrayed by the
 * former, one that does undo it by the latter: "received" then names an address
 * that no server beyond the NAT can see.
 */

#include "alg_signs.h"

/* A private phone asks a server on the Internet: between the two there is a NAT,
 * or somebody routes private addresses. */
static bool crosses_nat(const AlgView *view)
{
    return view->txn->hop.src.addr.version == 4 && alg_is_inside(&view->txn->hop.src.addr)
           && alg_is_outside(&view->txn->hop.dst.addr);
}

/* IMS: the phone is in the carrier's own network, whatever its address. */
static bool is_carriers(const AlgView *view)
{
    return sip_message_header(view->request, SIP_HEADER_SECURITY_CLIENT, 0) != NULL;
}

/* The nearest router that can translate addresses may have the server on its other
 * port, where it routes and does not translate. */
#define NEAREST_SERVER 2

/* The phone may be one router away, behind a switch that routes. Farther off the
 * site is a network of many, with routes of its own. */
#define FARTHEST_PHONE 1

static bool is_far(const AlgView *view)
{
    uint32_t tunnelled =
        (view->request->meta.anomalies | view->answer->meta.anomalies) & NET_TUNNELLED;

    return tunnelled == 0 && alg_hops(view->answer) >= NEAREST_SERVER
           && alg_hops(view->request) <= FARTHEST_PHONE;
}

/* A phone without proxy asks and is answered through what must be a NAT. */
static bool is_answered_through_nat(const AlgView *view)
{
    return !view->echoed && view->direct && view->sent.ok && view->back.ok && crosses_nat(view)
           && is_far(view) && !is_carriers(view);
}

static bool same_host(Str a, Str b)
{
    NetAddr x, y;

    return str_equal_nocase(a, b)
           || (net_addr_parse(a, &x) && net_addr_parse(b, &y) && net_addr_equal(&x, &y));
}

/* Of SIP, over TLS, and over WebSocket (RFC 3261 section 18.1.1, RFC 7118). */
static bool is_usual_port(uint16_t port)
{
    return port == 5060 || port == 5061 || port == 80 || port == 443;
}

/* One may write the usual port out. */
static bool same_sent_by(const SipVia *a, const SipVia *b)
{
    uint16_t only = a->port == 0 ? b->port : a->port;
    bool unsaid = a->port == 0 || b->port == 0;

    return (a->port == b->port || (unsaid && is_usual_port(only))) && same_host(a->host, b->host);
}

static char *top_via(const SipMessage *message)
{
    Str rest = sip_message_first(message, SIP_HEADER_VIA);
    Str value = STR_NONE;

    sip_list_next(&rest, &value);
    return str_dup(value);
}

static void show_via(const AlgView *view, AlgSign *sign)
{
    sign->header = "Via";
    sign->was = (AlgValue){ view->request, top_via(view->request) };
    sign->is = (AlgValue){ view->answer, top_via(view->answer) };
}

/* RFC 3581, RFC 6223 and RFC 7339 let the server fill these in. The branch is what
 * joins answer and request. */
static bool is_for_server(Str name)
{
    return str_equal_nocase(name, STR("branch")) || str_equal_nocase(name, STR("rport"))
           || str_equal_nocase(name, STR("received")) || str_equal_nocase(name, STR("keep"))
           || str_starts_nocase(name, STR("oc"));
}

/* Most phones write nothing but branch and rport. */
static bool has_more_params(const SipVia *via)
{
    unsigned n = 0, usual = str_present(via->branch) + via->rport_asked;

    for (size_t i = 0; i < via->params.len; i++)
        n += via->params.data[i] == ';';
    return n > usual;
}

/* A parameter that had a value and has another now; case and order are nobody's
 * business. */
static bool has_other_param(const SipVia *sent, const SipVia *back)
{
    Str rest = sent->params;
    unsigned n = 0;

    if (!has_more_params(sent))
        return false;
    for (Str name, value, other; n < 16 && sip_param_next(&rest, &name, &value); n++) {
        g_autofree char *key = value.len > 0 && !is_for_server(name) ? str_dup(name) : NULL;

        if (key != NULL && sip_param_find(back->params, key, &other)
            && !str_equal_nocase(sip_unquote(value), sip_unquote(other)))
            return true;
    }
    return false;
}

bool alg_look_via_changed(const AlgView *view, AlgSign *sign)
{
    NetAddr addr;

    if (view->echoed || !view->sent.ok || !view->back.ok
        || sip_message_via_count(view->request) != sip_message_via_count(view->answer))
        return false;
    if (!same_sent_by(&view->sent, &view->back)) {
        bool address = net_addr_parse(view->back.host, &addr);

        show_via(view, sign);
        sign->grade = address ? FINDING_PROVEN : FINDING_STRONG;
        sign->expected = g_strdup("the address and port that the phone wrote");
        sign->tells = "the Via that comes back is not the one that was sent";
        sign->unless = address ? NULL : "A server that writes a name of its own there.";
        return true;
    }
    if (!has_other_param(&view->sent, &view->back))
        return false;
    show_via(view, sign);
    sign->grade = FINDING_STRONG;
    sign->expected = g_strdup("the parameters that the phone wrote");
    sign->tells = "a parameter of Via comes back with another value";
    sign->unless = "A server that spells it in its own way.";
    return true;
}

/* A request that nobody answered, and which this answer is about all the same. */
static const SipMessage *request_without_branch(const AlgView *view)
{
    for (unsigned i = view->at; i-- > 0;) {
        const SipTxn *txn = reg_step_txn(reg_chain_step(view->chain, i));
        const SipMessage *request = txn->request;

        if (request != NULL && txn->answer == NULL && request->cseq == view->answer->cseq
            && str_equal(request->call_id, view->answer->call_id)
            && str_equal(request->from_tag, view->answer->from_tag)
            && net_flow_equal(&txn->hop, &view->txn->hop))
            return request;
    }
    return NULL;
}

/* An answer with another branch has no request, as far as the transactions go. The
 * phone may also have begun anew with the same CSeq where the capture lost it. */
bool alg_look_branch_changed(const AlgView *view, AlgSign *sign)
{
    if (view->request != NULL || view->answer == NULL || !str_present(view->answer->branch)
        || view->chain->losses != 0)
        return false;

    const SipMessage *request = request_without_branch(view);

    if (request == NULL || !str_present(request->branch))
        return false;
    sign->header = "Via";
    sign->was = (AlgValue){ request, top_via(request) };
    sign->is = (AlgValue){ view->answer, top_via(view->answer) };
    sign->grade = FINDING_STRONG;
    sign->expected = g_strdup("the branch that the phone wrote");
    sign->tells = "the branch in Via comes back as another one, so that no phone knows what is "
                  "answered";
    sign->unless = "A request with that branch which the capture missed.";
    return true;
}

/* An address in place of the phone's own. To comes back with a tag behind it. */
static bool is_replaced(const AlgView *view, SipHeaderId id)
{
    Str asked = sip_message_first(view->request, id);
    Str repeated = sip_message_first(view->answer, id);
    NetAddr was, is;

    if (str_starts(repeated, asked))
        return false;

    SipUri sent = sip_name_addr_parse(asked).uri;
    SipUri back = sip_name_addr_parse(repeated).uri;

    return net_addr_parse(sent.host, &was) && net_addr_parse(back.host, &is)
           && net_addr_equal(&was, &view->txn->hop.src.addr) && !net_addr_equal(&was, &is);
}

bool alg_look_identity_changed(const AlgView *view, AlgSign *sign)
{
    static const struct {
        SipHeaderId id;
        const char *name;
    } headers[] = { { SIP_HEADER_FROM, "From" }, { SIP_HEADER_TO, "To" } };

    for (unsigned i = 0; view->request != NULL && view->answer != NULL && i < 2; i++) {
        if (!is_replaced(view, headers[i].id))
            continue;
        sign->header = headers[i].name;
        sign->grade = FINDING_STRONG;
        sign->was =
            (AlgValue){ view->request, str_dup(sip_message_first(view->request, headers[i].id)) };
        sign->is =
            (AlgValue){ view->answer, str_dup(sip_message_first(view->answer, headers[i].id)) };
        sign->expected = g_strdup("the phone's own address, as it was sent");
        sign->tells = "the phone's address in From or To comes back as another one";
        sign->unless = "A server that puts its own names there.";
        return true;
    }
    return false;
}

/* Only what received the packet knows where it came from; beyond a NAT that is
 * never the phone's own address. */
bool alg_look_private_received(const AlgView *view, AlgSign *sign)
{
    NetAddr received;

    if (!is_answered_through_nat(view) || !net_addr_parse(view->back.received, &received)
        || !net_addr_equal(&received, &view->txn->hop.src.addr))
        return false;
    show_via(view, sign);
    sign->grade = FINDING_STRONG;
    sign->expected = g_strdup("received= with the public address of the NAT");
    sign->tells = "by the Via that comes back a server on the Internet saw the phone's private "
                  "address as the source";
    sign->unless = "A private network that leads to the server without a NAT (MPLS, VPN), or a SIP "
                   "proxy on the way that answers in its name.";
    sign->harm = ALG_HIDES_NAT;
    return true;
}

/* RFC 3261 section 18.2.1: "received" must be added where sent-by is not the source.
 * A server that leaves it out saw an address in Via that was the source, or is one
 * of those that never write it. */
bool alg_look_no_received(const AlgView *view, AlgSign *sign)
{
    NetAddr sent_by;

    if (!is_answered_through_nat(view) || str_present(view->back.received)
        || !net_addr_parse(view->sent.host, &sent_by)
        || !net_addr_equal(&sent_by, &view->txn->hop.src.addr))
        return false;
    show_via(view, sign);
    sign->grade =
        view->back.rport == 0 && view->chain->server_marks_others ? FINDING_STRONG : FINDING_WEAK;
    sign->expected = g_strdup("received= with the public address of the NAT");
    sign->tells = "the server did not notice that the address in Via is not the source";
    sign->unless = "A server that does not write received= for everybody.";
    sign->harm = ALG_HIDES_NAT;
    return true;
}

static bool lists_text(const SipMessage *answer, Str text)
{
    Str contact = sip_message_first(answer, SIP_HEADER_CONTACT);

    return contact.len > 0 && text.len > 0
           && memmem(contact.data, contact.len, text.data, text.len) != NULL;
}

/* Servers that repair NATs store the public address themselves: a hint at most. */
bool alg_look_public_binding(const AlgView *view, AlgSign *sign)
{
    NetAddr sent, stored, received;

    if (view->request == NULL || view->answer == NULL || view->answer->status / 100 != 2
        || !lists_text(view->answer, view->received))
        return false;

    SipNameAddr own = alg_contact(view->request);
    SipNameAddr listed = alg_contact(view->answer);

    if (!own.ok || !listed.ok || !str_equal(own.uri.user, listed.uri.user)
        || !net_addr_parse(own.uri.host, &sent) || !net_addr_parse(listed.uri.host, &stored)
        || !net_addr_parse(view->received, &received) || !alg_is_inside(&sent)
        || !alg_is_outside(&stored) || !net_addr_equal(&stored, &received))
        return false;
    sign->header = "Contact";
    sign->grade = FINDING_WEAK;
    sign->was = (AlgValue){ view->request, str_dup(own.uri.whole) };
    sign->is = (AlgValue){ view->answer, str_dup(listed.uri.whole) };
    sign->expected = g_strdup("the Contact as the phone sent it");
    sign->tells = "the server lists the phone with its public address";
    sign->unless = "A server that repairs NATs by storing the source.";
    return true;
}

/* How many routers away a server is at least whose packets come over some. */
#define SOME_ROUTERS 3

static Nsec round_trip(const SipTxn *txn)
{
    return txn->request == NULL || txn->answer == NULL || txn->request_copies > 0
               ? NSEC_NONE
               : txn->answered - txn->opened;
}

/* Another answer of the same server that did come a long way. */
static const SipTxn *distant_answer(const AlgView *view)
{
    for (unsigned i = 0; i < view->chain->steps->len; i++) {
        const SipTxn *txn = reg_step_txn(reg_chain_step(view->chain, i));
        Nsec trip = round_trip(txn);

        if (trip != NSEC_NONE && alg_hops(txn->answer) >= SOME_ROUTERS
            && net_endpoint_equal(&txn->hop.dst, &view->txn->hop.dst)
            && trip / 5 >= round_trip(view->txn))
            return txn;
    }
    return NULL;
}

static char *distance_text(const SipTxn *txn)
{
    char span[NSEC_TEXT];

    return g_strdup_printf("TTL %u, %s after the request", txn->answer->meta.ttl,
                           nsec_to_span(round_trip(txn), span));
}

/* A packet that no router has seen was not sent by a server that is several of them
 * away, whatever its source says. */
bool alg_look_local_answer(const AlgView *view, AlgSign *sign)
{
    if (view->answer == NULL || alg_hops(view->answer) != 0 || round_trip(view->txn) == NSEC_NONE
        || alg_hops(view->request) > FARTHEST_PHONE || !alg_is_outside(&view->txn->hop.dst.addr))
        return false;

    const SipTxn *distant = distant_answer(view);

    if (distant == NULL)
        return false;
    sign->header = "TTL";
    sign->grade = FINDING_PROVEN;
    sign->was = (AlgValue){ distant->answer, distance_text(distant) };
    sign->is = (AlgValue){ view->answer, distance_text(view->txn) };
    sign->expected = g_strdup("an answer that came as far as the server's other ones");
    sign->tells = "a box on the phone's own network answers in the name of the server";
    return true;
}

/* Kernels of old drop a CSeq of 0 and let the same request with a 1 pass. */
bool alg_look_first_count(const AlgView *view, AlgSign *sign)
{
    const RegChain *chain = view->chain;

    if (view->request == NULL || view->request->cseq != 0 || view->answer != NULL
        || (view->request->anomalies & (SIP_NO_CSEQ | SIP_CSEQ_MALFORMED))
        || view->at + 1 >= chain->steps->len)
        return false;

    const SipMessage *next = reg_step_txn(reg_chain_step(chain, view->at + 1))->answer;

    if (next == NULL || chain->losses != 0)
        return false;
    sign->header = "CSeq";
    sign->grade = FINDING_WEAK;
    sign->was =
        (AlgValue){ view->request, str_dup(sip_message_first(view->request, SIP_HEADER_CSEQ)) };
    sign->is = (AlgValue){ next, str_dup(sip_message_first(next, SIP_HEADER_CSEQ)) };
    sign->tells = "the request with CSeq 0 gets no answer, the next one does";
    sign->unless = "A server that does not take a CSeq of 0.";
    return true;
}
