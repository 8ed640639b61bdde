/*
 * Beyond the NAT: the addresses in one request do not go together.
 *
 * A phone writes one address into all of its headers: its private one, or, when it
 * knows of the NAT, its public one. A box that edits the text as it passes knows
 * only some of the places, and only the port that it has given out itself. What it
 * forgets, or gets wrong, is what shows. A phone that learns its public address by
 * STUN or from answers changes some of its headers too, so few of these signs say
 * much alone.
 */

#include "alg_signs.h"
#include "login.h"

static bool is_source(const AlgView *view, const NetEndpoint *named)
{
    return net_addr_equal(&named->addr, &view->txn->hop.src.addr);
}

/* Nothing that the phone was told before this request can have taught it the
 * address, as far as the capture goes back. */
static bool is_first_word(const AlgView *view)
{
    const RegChain *chain = view->chain;

    return view->at == 0 && !chain->head_cut && chain->purpose == REG_PURPOSE_REGISTER
           && chain->device->n_attempts == 0 && view->step->n_credentials == 0;
}

/* A port that nobody configures: SIP is spoken on 5060 and the like. */
static bool is_nats_choice(uint16_t port)
{
    return port >= 1024 && !(port >= 5060 && port < 5100);
}

/* Via has the port that the NAT gave out and Contact one that it did not, before an
 * answer can have told the phone: no setting does that. */
static bool is_half_mapped(const AlgView *view)
{
    return view->txn->hop.transport == NET_UDP && view->via.port == view->txn->hop.src.port
           && view->contact.port != view->via.port && is_nats_choice(view->via.port)
           && !is_nats_choice(view->contact.port) && is_first_word(view);
}

static void show(const AlgView *view, AlgSign *sign, const char *header, Str value)
{
    sign->header = header;
    sign->is = (AlgValue){ view->request, str_dup(value) };
}

static char *endpoint_text(const NetEndpoint *endpoint)
{
    char text[NET_ENDPOINT_TEXT];

    return g_strdup(net_endpoint_to_text(endpoint, text));
}

static Str host_of_call_id(const SipMessage *message)
{
    Str local, host;

    return str_split(message->call_id, '@', &local, &host) ? host : STR_NONE;
}

static bool is_inside_text(Str text)
{
    NetAddr addr;

    return net_addr_parse(text, &addr) && alg_is_inside(&addr);
}

/* Phones that were told their public address keep the private one in places that
 * no server looks at: alone this is a hint at most. */
bool alg_look_private_rest(const AlgView *view, AlgSign *sign)
{
    if (view->closed || !is_source(view, &view->via) || !is_source(view, &view->contact))
        return false;

    Str from = sip_message_first(view->request, SIP_HEADER_FROM);

    if (is_inside_text(host_of_call_id(view->request)))
        show(view, sign, "Call-ID", view->request->call_id);
    else if (is_inside_text(sip_name_addr_parse(from).uri.host))
        show(view, sign, "From", from);
    else
        return false;
    sign->grade = FINDING_WEAK;
    sign->expected = endpoint_text(&view->txn->hop.src);
    sign->tells = "a private address is left where Via and Contact have the public one";
    sign->unless = "A phone that knows its public address (STUN, or configured).";
    return true;
}

/* Via names the port that the NAT gave out, Contact another one. TCP is left out:
 * there the source port is never the one that the phone listens on. */
bool alg_look_contact_port(const AlgView *view, AlgSign *sign)
{
    if (view->closed || view->txn->hop.transport != NET_UDP || !is_source(view, &view->via)
        || !is_source(view, &view->contact)
        || (view->via.port == view->txn->hop.src.port)
               == (view->contact.port == view->txn->hop.src.port))
        return false;

    bool contact_is_wrong = view->via.port == view->txn->hop.src.port;

    if (contact_is_wrong)
        show(view, sign, "Contact", view->contact_uri.whole);
    else
        show(view, sign, "Via", sip_message_first(view->request, SIP_HEADER_VIA));
    sign->grade = is_half_mapped(view) ? FINDING_STRONG : FINDING_WEAK;
    sign->expected = endpoint_text(&view->txn->hop.src);
    sign->tells = contact_is_wrong
                      ? "Via has the port that the packet came from, Contact another one"
                      : "Contact has the port that the packet came from, Via another one";
    sign->unless = "A device that listens for calls on a port of its own.";
    sign->harm = contact_is_wrong ? ALG_WRONG_PORT : 0;
    return true;
}

/* One of the two is public and the other private. A Contact that was learned from
 * answers looks like it, and so does a host with a leg in both networks; but no such
 * host has the NAT's port in Via and its own in Contact. */
bool alg_look_half_public(const AlgView *view, AlgSign *sign)
{
    if (view->closed)
        return false;

    bool via_only = is_source(view, &view->via) && alg_is_inside(&view->contact.addr);
    bool contact_only = is_source(view, &view->contact) && alg_is_inside(&view->via.addr);

    if (!via_only && !contact_only)
        return false;

    if (via_only)
        show(view, sign, "Via", sip_message_first(view->request, SIP_HEADER_VIA));
    else
        show(view, sign, "Contact", view->contact_uri.whole);
    sign->grade = via_only && is_half_mapped(view) ? FINDING_STRONG : FINDING_WEAK;
    sign->expected = g_strdup("one address in Via and in Contact");
    sign->tells = via_only ? "Via has the NAT's address and port, Contact the phone's own"
                           : "Contact has the NAT's address, Via the phone's own";
    sign->unless = "A phone that writes its public address into one of them only (STUN, or "
                   "learned from answers).";
    sign->harm = via_only ? ALG_HIDES_NAT : 0;
    return true;
}

static bool was_told(const AlgView *view, const NetAddr *addr)
{
    for (unsigned i = 0; i < view->at; i++) {
        const SipMessage *answer = reg_step_answer(reg_chain_step(view->chain, i));
        SipVia via = answer != NULL ? sip_message_via(answer) : (SipVia){ .ok = false };
        NetAddr told;

        if (answer == NULL || via.rport != 0
            || (net_addr_parse(via.received, &told) && net_addr_equal(&told, addr)))
            return true;
    }
    return false;
}

/* The same phone, a moment later, from the same source: its Contact has become
 * another address that nobody told it. */
bool alg_look_contact_drift(const AlgView *view, AlgSign *sign)
{
    if (view->at == 0 || view->closed || view->chain->losses != 0 || view->step->removes
        || !is_source(view, &view->contact))
        return false;

    AlgView earlier = alg_view_outside(view->chain, view->at - 1);
    SipNameAddr before =
        earlier.request != NULL ? alg_contact(earlier.request) : (SipNameAddr){ .ok = false };
    NetEndpoint was;

    if (!before.ok || earlier.step->removes
        || !net_endpoint_equal(&earlier.txn->hop.src, &view->txn->hop.src)
        || !str_equal(earlier.request->from_tag, view->request->from_tag)
        || !str_equal(before.uri.user, view->contact_uri.user)
        || !alg_endpoint(before.uri.host, before.uri.port, &was)
        || net_endpoint_equal(&was, &view->contact) || was_told(view, &view->contact.addr))
        return false;
    show(view, sign, "Contact", view->contact_uri.whole);
    sign->was = (AlgValue){ earlier.request, str_dup(before.uri.whole) };
    sign->grade = FINDING_STRONG;
    sign->expected = g_strdup("the Contact of the request before");
    sign->tells = "the Contact changed between two requests of one attempt, and no answer had told "
                  "the phone another address";
    sign->unless = "A phone that learned its public address in this very moment (STUN).";
    return true;
}

static bool are_two_sides(Str one, Str other)
{
    NetAddr a, b;

    if (!net_addr_parse(one, &a) || !net_addr_parse(other, &b))
        return false;
    return (alg_is_inside(&a) && alg_is_outside(&b)) || (alg_is_outside(&a) && alg_is_inside(&b));
}

/* A digest is made over the Request-URI; a box that exchanges one of the two leaves
 * addresses of two sides of a NAT. */
bool alg_look_digest_host(const AlgView *view, AlgSign *sign)
{
    if (view->request == NULL || !view->direct || view->step->n_credentials == 0)
        return false;

    Str uri = view->step->credentials.uri;
    Str asked = view->request->request_uri;

    if (str_equal(uri, asked) || !are_two_sides(sip_uri_parse(uri).host, sip_uri_parse(asked).host))
        return false;
    show(view, sign, "Authorization", uri);
    sign->grade = FINDING_STRONG;
    sign->expected = str_dup(asked);
    sign->tells = "the digest was made for an address on the other side of a NAT";
    sign->unless = "A phone that logs in under another address than it asks for.";
    sign->harm = ALG_DIGEST;
    return true;
}

/* The digest fits, but for a uri with another host than the one that arrived. A
 * phone may hash one name and print another; it does not know both sides of a NAT. */
bool alg_look_hashed_host(const AlgView *view, AlgSign *sign)
{
    const RegHypothesis *found = step_deviates_in(view->step, REG_INGREDIENT_URI);
    const RegDigestResult *digest = &view->step->digest;

    if (found == NULL || view->request == NULL || !view->direct)
        return false;

    const char *used = found == digest->second ? digest->second_used : digest->used;
    Str uri = view->step->credentials.uri;
    Str hashed = sip_uri_parse(str_of(used)).host;
    Str arrived = sip_uri_parse(uri).host;

    if (hashed.len == 0 || arrived.len == 0 || str_equal_nocase(hashed, arrived))
        return false;
    show(view, sign, "Authorization", uri);
    sign->grade = are_two_sides(hashed, arrived) ? FINDING_PROVEN : FINDING_STRONG;
    sign->expected = g_strdup(used);
    sign->digest = true;
    sign->tells = "the digest fits another host than the one that its uri names now";
    sign->unless = "A phone that prints another uri than it hashes.";
    sign->harm = ALG_DIGEST;
    return true;
}

/* RFC 3261 section 18.2.1 and RFC 3581: it is the receiver who writes these, and the
 * phone's request has not had one yet. */
bool alg_look_marked_request(const AlgView *view, AlgSign *sign)
{
    if (view->closed)
        return false;

    bool received = str_present(view->sent.received);
    bool rport = view->sent.rport != 0 && view->sent.rport == view->txn->hop.src.port
                 && view->via.port != view->txn->hop.src.port;

    if (!received && !rport)
        return false;
    show(view, sign, "Via", sip_message_first(view->request, SIP_HEADER_VIA));
    sign->grade = received && is_first_word(view) ? FINDING_PROVEN : FINDING_STRONG;
    sign->expected = g_strdup(received ? "no received= in a request" : "rport without a value");
    sign->tells = received ? "the request arrives with a received= that only a receiver writes"
                           : "the request arrives with the NAT's port in rport, which only a "
                             "receiver writes";
    sign->unless = "A phone that copies the Via of an earlier answer into its requests.";
    return true;
}

/* The SIP helper of Linux keeps a mapping for an hour after one message; NATs left to
 * themselves forget it within minutes. */
#define LONG_SILENCE (1000 * NSEC_SEC)

bool alg_look_long_silence(const AlgView *view, AlgSign *sign)
{
    const RegLife *life = view->chain->device->life;
    Nsec longest = NSEC_NONE;
    char span[NSEC_TEXT];

    if (life == NULL || life->nat == NULL || view->request == NULL || !view->direct
        || view->txn->hop.transport != NET_UDP)
        return false;
    for (unsigned i = 0; i < REG_NAT_STATES; i++)
        longest = MAX(longest, life->nat->bounds[i].alive);
    if (longest < LONG_SILENCE)
        return false;
    sign->header = "mapping";
    sign->is = (AlgValue){ view->request, g_strdup_printf("open after %s of silence",
                                                          nsec_to_span(longest, span)) };
    sign->grade = FINDING_WEAK;
    sign->expected = g_strdup("a mapping that is gone within minutes");
    sign->tells = "the NAT keeps the mapping of this phone through a very long silence";
    sign->unless = "A NAT or firewall that keeps all of them so long.";
    return true;
}
