/*
 * Who a request is for is told by where it goes: back over the path of a
 * device, to an address that it registered from before, or to its Contact.
 */

#include "ways.h"

#include "sip/value.h"
#include "text.h"

/* Somebody who knows what the device calls itself. */
static bool is_named(const Device *device, const SipUri *uri)
{
    SipUri contact = sip_uri_parse(text_view(device->public.contact));

    return str_present(uri->user) && str_equal(uri->user, contact.user);
}

static bool is_contact_of(const Device *device, const NetEndpoint *end)
{
    SipUri contact = sip_uri_parse(text_view(device->public.contact));
    NetEndpoint where = { .port = contact.port != 0 ? contact.port : 5060 };

    return net_addr_parse(contact.host, &where.addr) && net_endpoint_equal(&where, end);
}

/* The newest one is where it is now, and no path only because of another transport. */
static bool is_old_end_of(const Device *device, const NetEndpoint *end)
{
    const RegDevice *public = &device->public;

    for (unsigned i = 0; i + 1 < public->n_public_addresses; i++) {
        if (net_endpoint_equal(&public->public_addresses[i], end))
            return true;
    }
    return false;
}

/* To where nobody registers from: an address that the device has given away, or had. */
static Device *find_elsewhere(const Names *names, const SipTxn *txn, RegWay *way)
{
    SipUri uri = sip_uri_parse(txn->request->request_uri);
    Device *device = names_by_contact(names, &uri);

    if (device == NULL)
        return NULL;
    *way = is_old_end_of(device, &txn->hop.dst) ? REG_WAY_OLD_FLOW : REG_WAY_CONTACT;
    return *way == REG_WAY_OLD_FLOW || is_contact_of(device, &txn->hop.dst) ? device : NULL;
}

static bool has_hop_at(const Device *device, uint32_t place)
{
    for (unsigned i = 0; i < DEVICE_HOPS; i++) {
        if (device->hops[i] != NULL && device->hops[i]->place == place)
            return true;
    }
    return false;
}

static Device *find_named(const Names *names, const SipTxn *txn)
{
    SipUri uri = sip_uri_parse(txn->request->request_uri);

    return names_by_contact(names, &uri);
}

static bool names_it(const SipTxn *txn, const Device *device)
{
    SipUri uri = sip_uri_parse(txn->request->request_uri);

    return is_named(device, &uri);
}

/* Over a path: the only device of it, or the one that the Request-URI names. From elsewhere
 * than its server come scans too, which guess. At a place where the device has another path,
 * the same address is not its path but where its Contact leads. */
static Device *find_on_path(const Names *names, const Flow *flow, const SipTxn *txn, RegWay *way)
{
    Device *device = flow->newest;

    if (flow->n_devices > 1 || device == NULL)
        device = find_named(names, txn);
    if (device == NULL || flow->proxied
        || !device_has_end(device, &flow->end.device, flow->end.transport))
        return NULL;
    if (flow->place != txn->place && has_hop_at(device, txn->place))
        return find_elsewhere(names, txn, way);
    *way = flow_is_between(flow, &txn->hop) ? REG_WAY_FLOW : REG_WAY_OTHER_SOURCE;
    return *way == REG_WAY_FLOW || names_it(txn, device) ? device : NULL;
}

Device *ways_find(const Names *names, const Flow *flow, const SipTxn *txn, RegWay *way)
{
    return flow != NULL ? find_on_path(names, flow, txn, way) : find_elsewhere(names, txn, way);
}
