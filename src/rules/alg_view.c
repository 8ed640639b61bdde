/*
 * One step at one place, and whether it deserves a closer look.
 */

#include "alg_view.h"

#define SIP_PORT 5060

/* sip_message_via_count() == 1, for less. */
static bool has_one_via(const SipMessage *request)
{
    Str first = sip_message_first(request, SIP_HEADER_VIA);

    return first.len > 0 && sip_message_header(request, SIP_HEADER_VIA, 1) == NULL
           && (memchr(first.data, ',', first.len) == NULL || sip_message_via_count(request) == 1);
}

static const SipTxn *outer_hop(const RegStep *step)
{
    const SipTxn *txn = reg_step_txn(step);

    for (unsigned i = 1; i < step->n_sightings; i++) {
        const SipMessage *request = step->sightings[i]->request;

        if (request != NULL && has_one_via(request))
            txn = step->sightings[i];
    }
    return txn;
}

static Str find_text(Str s, Str part)
{
    const char *found = s.len > 0 ? memmem(s.data, s.len, part.data, part.len) : NULL;

    return found != NULL ? str_from(s, (size_t)(found - s.data)) : STR_NONE;
}

/* "203.0.113.2" of ";received=203.0.113.2". Case and blanks that nobody writes make
 * it STR_NONE, and the step gets its closer look. */
static Str received_in(Str via)
{
    Str found = find_text(via, STR(";received="));
    size_t len = 0;

    found = str_from(found, STR(";received=").len);
    while (len < found.len && memchr(";, \t\r\n", found.data[len], 6) == NULL)
        len++;
    return str_first(found, len);
}

/* Behind what NATs translate to there is no such beginning. */
static bool begins_private(Str addr)
{
    return str_starts(addr, STR("192.168.")) || str_starts(addr, STR("10."))
           || str_starts(addr, STR("172."));
}

static Str sent_by(Str via)
{
    Str head, tail;

    str_split(via, ';', &head, &tail);
    return head;
}

static unsigned count_params(Str via)
{
    unsigned n = 0;

    for (size_t i = 0; i < via.len; i++)
        n += via.data[i] == ';';
    return n;
}

/* branch and rport; a third one could be edited as well. */
#define USUAL_PARAMS 2

static bool is_echoed(const AlgView *view, Str sent, Str back)
{
    return view->received.len > 0 && !begins_private(view->received)
           && str_equal(sent_by(sent), sent_by(back)) && count_params(sent) <= USUAL_PARAMS;
}

static AlgView view_of(const RegChain *chain, unsigned at, const SipTxn *txn)
{
    AlgView view = {
        .chain = chain,
        .at = at,
        .step = reg_chain_step(chain, at),
        .txn = txn,
        .request = txn->request,
        .answer = txn->answer,
        .direct = txn->request != NULL && has_one_via(txn->request),
        .closed = true,
    };

    if (txn->answer != NULL)
        view.received = received_in(sip_message_first(txn->answer, SIP_HEADER_VIA));
    return view;
}

AlgView alg_view_inside(const RegChain *chain, unsigned at)
{
    const SipTxn *txn = reg_step_txn(reg_chain_step(chain, at));
    AlgView view = view_of(chain, at, txn);

    if (txn->request != NULL && txn->answer != NULL)
        view.echoed = is_echoed(&view, sip_message_first(txn->request, SIP_HEADER_VIA),
                                sip_message_first(txn->answer, SIP_HEADER_VIA));
    if (view.echoed)
        return view;
    if (txn->request != NULL)
        view.sent = sip_message_via(txn->request);
    if (txn->answer != NULL)
        view.back = sip_message_via(txn->answer);
    return view;
}

/* The source's address in Via or Contact, or something in Via that only a receiver
 * writes. */
static bool is_open(const SipMessage *request, const NetAddr *source)
{
    char text[NET_ENDPOINT_TEXT];
    Str addr = str_of(net_addr_to_text(source, text));
    Str via = sip_message_first(request, SIP_HEADER_VIA);
    Str contact = sip_message_first(request, SIP_HEADER_CONTACT);

    return source->version == 6 || str_present(find_text(via, addr))
           || str_present(find_text(contact, addr)) || str_present(find_text(via, STR("rport=")))
           || str_present(find_text(via, STR("received")));
}

AlgView alg_view_outside(const RegChain *chain, unsigned at)
{
    const SipTxn *txn = outer_hop(reg_chain_step(chain, at));
    AlgView view = view_of(chain, at, txn);

    if (!view.direct || !alg_is_outside(&txn->hop.src.addr)
        || !is_open(txn->request, &txn->hop.src.addr))
        return view;

    SipNameAddr contact = alg_contact(txn->request);

    view.sent = sip_message_via(txn->request);
    view.closed = !view.sent.ok;
    alg_endpoint(view.sent.host, view.sent.port, &view.via);
    if (contact.ok) {
        view.contact_uri = contact.uri;
        alg_endpoint(contact.uri.host, contact.uri.port, &view.contact);
    }
    return view;
}

bool alg_is_inside(const NetAddr *addr)
{
    const uint8_t *b = addr->bytes;

    return addr->version == 4
           && (b[0] == 10 || (b[0] == 172 && (b[1] & 0xf0) == 16) || (b[0] == 192 && b[1] == 168));
}

bool alg_is_outside(const NetAddr *addr)
{
    return addr->version != 0 && !net_addr_is_private(addr) && !net_addr_is_multicast(addr);
}

/* A packet leaves its host with a TTL of 64, 128 or 255. */
int alg_hops(const SipMessage *message)
{
    int ttl = message->meta.ttl;

    if (ttl == 0)
        return -1;
    return (ttl <= 64 ? 64 : ttl <= 128 ? 128 : 255) - ttl;
}

SipNameAddr alg_contact(const SipMessage *message)
{
    SipValues cursor = { 0 };
    Str value;

    if (!sip_values_next(message, SIP_HEADER_CONTACT, &cursor, &value))
        return (SipNameAddr){ .ok = false };

    SipNameAddr contact = sip_name_addr_parse(value);

    contact.ok &= !contact.star && contact.uri.ok;
    return contact;
}

bool alg_endpoint(Str host, uint16_t port, NetEndpoint *endpoint)
{
    endpoint->port = port != 0 ? port : SIP_PORT;
    return net_addr_parse(host, &endpoint->addr);
}
