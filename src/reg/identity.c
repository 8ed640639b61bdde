/*
 * Is this the same phone as before?
 *
 * Nothing but +sip.instance was made to tell, and most phones do not send it.
 * So points are added up: a Contact with the same user at the same host is
 * nearly enough, the model of the phone and the address it sends from help. A
 * reboot changes Call-ID and tags, a NAT the port, DHCP the address, an update
 * the version in User-Agent, but hardly ever all of them at once.
 */

#include "identity.h"

#include "base/hash.h"
#include "text.h"

enum {
    SCORE_INSTANCE = 200, /* RFC 5626 section 4.1: decides alone */
    SCORE_OTHER_INSTANCE = -1000,
    SCORE_CONTACT_USER = 40,
    SCORE_CONTACT_HOST = 25,
    SCORE_NO_CONTACT = 40, /* asks or removes everything: only the source is left to tell */
    SCORE_FROM_TAG = 20,
    SCORE_USER_AGENT = 15,
    SCORE_OTHER_VERSION = -10,
    SCORE_OTHER_USER_AGENT = -40,
    SCORE_ADDRESS = 10,
    SCORE_PORT = 10,
    SCORE_OWN_ADDRESS = 25, /* behind one NAT only one host has it */
    SCORE_BOTH_ALIVE = -50, /* another Contact that is bound or about to be */
};

char *identity_aor(const SipMessage *message)
{
    Str to = sip_message_first(message, SIP_HEADER_TO);
    Str text = str_present(to) ? to : sip_message_first(message, SIP_HEADER_FROM);
    SipNameAddr address = sip_name_addr_parse(text);

    return sip_uri_to_aor(&address.uri);
}

static void take_contact(Identity *identity, const SipNameAddr *contact)
{
    identity->contact = contact->uri;
    if (sip_param_find(contact->params, "+sip.instance", &identity->instance))
        identity->instance = sip_unquote(identity->instance);
}

static void read_contact(Identity *identity, const SipMessage *request)
{
    SipValues cursor = { 0 };
    Str value;

    while (sip_values_next(request, SIP_HEADER_CONTACT, &cursor, &value)) {
        SipNameAddr contact = sip_name_addr_parse(value);

        if (contact.star)
            continue;
        take_contact(identity, &contact);
        return;
    }
}

bool identity_own_end(const SipMessage *request, NetEndpoint *own)
{
    const NetAddr *source = &request->meta.flow.src.addr;
    SipVia via = sip_message_via(request);

    own->port = via.port != 0 ? via.port : 5060;
    return sip_message_via_count(request) == 1 && net_addr_parse(via.host, &own->addr)
           && !net_addr_equal(&own->addr, source)
           && (net_addr_is_private(&own->addr) || !net_addr_is_private(source));
}

/* All but the Contact. */
static Identity begin(const SipMessage *message, const char *aor)
{
    const NetFlow *flow = &message->meta.flow;
    Identity identity = {
        .aor = aor,
        .call_id = hash_str(message->call_id),
        .from_tag = message->from_tag.len > 0 ? hash_str(message->from_tag) : 0,
    };

    if (sip_message_via_count(message) <= 1)
        identity.source = message->is_request ? flow->src : flow->dst;
    if (message->is_request) {
        if (!identity_own_end(message, &identity.own))
            identity.own = (NetEndpoint){ 0 };
        identity.user_agent = sip_message_first(message, SIP_HEADER_USER_AGENT);
    }
    return identity;
}

Identity identity_of(const SipMessage *message, const char *aor)
{
    Identity identity = begin(message, aor);

    if (message->is_request)
        read_contact(&identity, message);
    return identity;
}

Identity identity_of_step(const RegStep *step, const char *aor)
{
    const SipMessage *request = reg_step_request(step);
    Identity identity = begin(request, aor);

    if (step->contact.star)
        read_contact(&identity, request);
    else
        take_contact(&identity, &step->contact);
    return identity;
}

bool identity_knows_call(const Device *device, uint64_t call_id)
{
    for (unsigned i = 0; i < DEVICE_CALLS; i++) {
        if (device->calls[i] == call_id)
            return true;
    }
    return false;
}

/* The part of a Contact URI by which a phone knows its own account again. */
static Str line_of(const SipUri *uri)
{
    Str line = STR_NONE;

    if (!sip_param_find(uri->params, "line", &line))
        sip_param_find(uri->params, "rinstance", &line);
    return line;
}

static bool same_contact_user(const SipUri *a, const SipUri *b)
{
    return str_present(a->user) && str_equal(a->user, b->user) && str_equal(line_of(a), line_of(b));
}

static bool same_contact_host(const SipUri *a, const SipUri *b)
{
    return a->host.len > 0 && str_equal_nocase(a->host, b->host) && a->port == b->port;
}

/* The newest address that the device is known by, its own or as seen behind
 * its NAT; NULL: another one. */
static const NetEndpoint *same_address(const RegDevice *known, const NetAddr *addr)
{
    const NetEndpoint *own =
        known->n_addresses > 0 ? &known->addresses[known->n_addresses - 1] : NULL;
    const NetEndpoint *outside = known->n_public_addresses > 0
                                     ? &known->public_addresses[known->n_public_addresses - 1]
                                     : NULL;

    if (addr->version == 0)
        return NULL;
    if (own != NULL && net_addr_equal(&own->addr, addr))
        return own;
    return outside != NULL && net_addr_equal(&outside->addr, addr) ? outside : NULL;
}

/* Registered, or trying to be right now. */
static bool is_alive(const Device *device, Nsec now)
{
    const RegBinding *newest = device_newest_binding(device);

    return device->open != NULL
           || (newest != NULL && newest->end == REG_BINDING_OPEN && newest->until > now);
}

/* 'same_source': the very socket, behind which nobody else can be. */
static int score_contact(const Device *device, const Identity *identity, bool same_source, Nsec now)
{
    int score = 0;

    if (!str_present(identity->contact.whole))
        return same_source ? SCORE_NO_CONTACT : 0;
    if (device->public.contact == NULL)
        return 0;

    SipUri contact = sip_uri_parse(text_view(device->public.contact));
    bool same_host = same_contact_host(&contact, &identity->contact);

    if (same_contact_user(&contact, &identity->contact))
        score += SCORE_CONTACT_USER;
    if (same_host)
        score += SCORE_CONTACT_HOST;
    else if (!same_source && is_alive(device, now))
        score += SCORE_BOTH_ALIVE;
    return score;
}

static bool is_of_version(char c)
{
    return g_ascii_isdigit(c) || c == '.';
}

/* "Phone 1.9.2" and "Phone 1.10": the same one after an update. */
static bool differ_in_version_only(Str a, Str b)
{
    size_t i = 0, k = 0;

    for (;;) {
        while (i < a.len && is_of_version(a.data[i]))
            i++;
        while (k < b.len && is_of_version(b.data[k]))
            k++;
        if (i == a.len || k == b.len)
            return i == a.len && k == b.len;
        if (a.data[i++] != b.data[k++])
            return false;
    }
}

static int score_user_agent(Str known, Str other)
{
    if (!str_present(known) || !str_present(other))
        return 0;
    if (str_equal(known, other))
        return SCORE_USER_AGENT;
    return differ_in_version_only(known, other) ? SCORE_OTHER_VERSION : SCORE_OTHER_USER_AGENT;
}

int identity_score(const Device *device, const Identity *identity, Nsec now)
{
    const RegDevice *known = &device->public;
    const NetEndpoint *address = same_address(known, &identity->source.addr);
    const NetEndpoint *own =
        known->n_addresses > 0 ? &known->addresses[known->n_addresses - 1] : NULL;
    bool same_own = address != NULL && own != NULL && identity->own.addr.version != 0
                    && net_addr_equal(&own->addr, &identity->own.addr);
    bool same_source = address != NULL
                       && (address->port == identity->source.port
                           || (same_own && own->port == identity->own.port));
    int score = score_contact(device, identity, same_source, now)
                + score_user_agent(text_view(known->user_agent), identity->user_agent);

    if (known->instance != NULL && str_present(identity->instance))
        score += str_equal(text_view(known->instance), identity->instance) ? SCORE_INSTANCE
                                                                           : SCORE_OTHER_INSTANCE;
    if (identity->from_tag != 0 && device->from_tag == identity->from_tag)
        score += SCORE_FROM_TAG;
    if (address != NULL)
        score += SCORE_ADDRESS;
    if (same_source)
        score += SCORE_PORT;
    if (same_own)
        score += SCORE_OWN_ADDRESS;
    return score;
}
