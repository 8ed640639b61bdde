/*
 * Whose failure is it?
 *
 * Below SIP only addresses are known. A failure goes to the devices of the same
 * address: to those whose account or server it is about, else to those that
 * lost their registration. For all that is known a phone that has no such
 * trouble wanted to call somebody. Where nobody ever sent a REGISTER there is a
 * device nevertheless, and it is shown by its address.
 */

#include "links.h"
#include "lookups.h"
#include "state.h"

/* A device under one of its addresses. */
typedef struct Resident {
    NetAddr addr;
    Device *device;
} Resident;

typedef struct Blame {
    RegTracker *tracker;
    GArray *residents; /* of Resident, by address and then in order of appearance */
    GArray *servers;   /* of NetAddr, sorted: whom devices asked or registered with */
    /* Those at the address of the client at hand. */
    unsigned first;
    unsigned n;
} Blame;

static int compare_addrs(const NetAddr *a, const NetAddr *b)
{
    NetEndpoint x = { .addr = *a }, y = { .addr = *b };

    return net_endpoint_compare(&x, &y);
}

static int by_addr(const void *a, const void *b)
{
    const Resident *x = a, *y = b;
    int order = compare_addrs(&x->addr, &y->addr);

    if (order != 0)
        return order;
    return (x->device->public.id > y->device->public.id)
           - (x->device->public.id < y->device->public.id);
}

static int by_value(const void *a, const void *b)
{
    return compare_addrs(a, b);
}

static void collect(Blame *blame, Device *device)
{
    const RegDevice *public = &device->public;

    for (unsigned i = 0; i < public->n_addresses; i++)
        g_array_append_val(blame->residents, ((Resident){ public->addresses[i].addr, device }));
    for (unsigned i = 0; i < public->n_public_addresses; i++)
        g_array_append_val(blame->residents,
                           ((Resident){ public->public_addresses[i].addr, device }));
    if (public->server.addr.version != 0)
        g_array_append_val(blame->servers, public->server.addr);
}

static Resident *resident_at(const Blame *blame, unsigned index)
{
    return &g_array_index(blame->residents, Resident, index);
}

/* The first place of an address, or where it would be. */
static unsigned place_of(const Blame *blame, const NetAddr *addr)
{
    unsigned low = 0, high = blame->residents->len;

    while (low < high) {
        unsigned middle = low + (high - low) / 2;

        if (compare_addrs(&resident_at(blame, middle)->addr, addr) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static unsigned count_residents(const Blame *blame, const NetAddr *addr)
{
    unsigned first = place_of(blame, addr);
    unsigned n = first;

    while (n < blame->residents->len && net_addr_equal(&resident_at(blame, n)->addr, addr))
        n++;
    return n - first;
}

static bool is_server(const Blame *blame, const NetAddr *addr)
{
    return g_array_binary_search(blame->servers, addr, by_value, NULL);
}

static Device *resident(const Blame *blame, unsigned index)
{
    return resident_at(blame, blame->first + index)->device;
}

/* It was registered and could not keep it: the trouble is its own, although the
 * name is not that of its account. An outbound proxy has another one. */
static bool has_lapsed(const Blame *blame, const Device *device)
{
    return reg_device_state(&device->public, blame->tracker->now) == REG_STATE_LAPSED;
}

/* Nobody misses what fails beside a registration that stands. */
static bool misses_it(const Blame *blame, const Device *device, Nsec over)
{
    return over != NSEC_NONE
           || reg_device_state(&device->public, blame->tracker->now) != REG_STATE_REGISTERED;
}

static void see(RegDevice *device, const RegFact *fact)
{
    if (fact->count == 0)
        return;
    device->first_seen = MIN(device->first_seen, fact->first_time);
    device->last_seen = MAX(device->last_seen, fact->last_time);
}

/* --- names ----------------------------------------------------------------- */

static Str domain_of(const Device *device)
{
    Str user, domain;

    return str_split(str_of(device->public.aor), '@', &user, &domain) ? domain : STR_NONE;
}

static Nsec began(const RegFact *first, const RegFact *second)
{
    const RegFact *fact = first->count > 0 ? first : second;

    return fact->first_time;
}

static void close_lookup(RegTracker *tracker, RegLookup *lookup)
{
    Nsec from = began(&lookup->asked, &lookup->refused);

    lookup->watched = lookup->over != NSEC_NONE ? lookup->over : tracker->now;
    lookup->losses = ledger_between(&tracker->ledger, from, lookup->watched);
}

static void blame_lookup(Blame *blame, const RegLookup *lookup)
{
    bool taken = false;

    for (unsigned i = 0; i < blame->n; i++) {
        Device *device = resident(blame, i);

        if (!str_equal_nocase(domain_of(device), str_of(lookup->name)))
            continue;
        taken = true;
        if (misses_it(blame, device, lookup->over))
            device->public.lookup = lookup;
    }
    for (unsigned i = 0; !taken && i < blame->n; i++) {
        Device *device = resident(blame, i);

        if (has_lapsed(blame, device))
            device->public.lookup = lookup;
    }
}

/* Away from the phone a question may be anybody's, and so may the REGISTER. */
static bool is_blamed(const Lookup *lookup)
{
    return lookup_has_failed(lookup) && lookup->public.vantage == REG_VANTAGE_CLIENT;
}

/* Search domains make a name longer: the phone means the shortest. */
static Lookup *shortest_failed(const Client *client)
{
    Lookup *shortest = NULL;

    for (unsigned i = 0; i < client->n_lookups; i++) {
        Lookup *lookup = client->lookups[i];

        if (is_blamed(lookup)
            && (shortest == NULL || strlen(lookup->name) < strlen(shortest->name)))
            shortest = lookup;
    }
    return shortest;
}

/* --- connections ------------------------------------------------------------ */

static void close_link(RegTracker *tracker, RegLink *link)
{
    Nsec from =
        link->tried.count > 0 ? link->tried.first_time : began(&link->tls.hello, &link->tls.failed);

    link->watched = link->over != NSEC_NONE ? link->over : tracker->now;
    link->losses = ledger_between(&tracker->ledger, from, link->watched);
}

static void blame_link(Blame *blame, const RegLink *link)
{
    bool taken = false;

    for (unsigned i = 0; i < blame->n; i++) {
        Device *device = resident(blame, i);

        if (!net_addr_equal(&device->public.server.addr, &link->server.addr))
            continue;
        taken = true;
        if (misses_it(blame, device, link->over))
            device->public.link = link;
    }
    for (unsigned i = 0; !taken && i < blame->n; i++) {
        Device *device = resident(blame, i);

        if (has_lapsed(blame, device))
            device->public.link = link;
    }
}

static Link *newest_failed(const Client *client)
{
    Link *newest = NULL;

    for (unsigned i = 0; i < client->n_links; i++) {
        Link *link = client->links[i];

        if (link_has_failed(link)
            && (newest == NULL || link->public.tried.last_time > newest->public.tried.last_time))
            newest = link;
    }
    return newest;
}

/* --- clients ---------------------------------------------------------------- */

/* A server that opens a connection to a phone, or to another server, is no
 * phone; neither is a name server that asks on behalf of others. */
static void blame_nobody(Client *client, void *user)
{
    Blame *blame = user;
    const Lookup *lookup = shortest_failed(client);
    const Link *link = newest_failed(client);

    if (link != NULL && count_residents(blame, &link->public.server.addr) > 0)
        link = NULL;
    if ((lookup == NULL && link == NULL) || is_server(blame, &client->addr)
        || count_residents(blame, &client->addr) > 0)
        return;

    NetEndpoint own = { .addr = client->addr };
    Nsec from = link != NULL ? link->public.watched : lookup->public.watched;
    RegDevice *device = &devices_add_nameless(blame->tracker->devices, &own, from)->public;

    device->lookup = lookup != NULL ? &lookup->public : NULL;
    device->link = link != NULL ? &link->public : NULL;
    if (lookup != NULL) {
        see(device, &lookup->public.asked);
        see(device, &lookup->public.refused);
    }
    if (link != NULL) {
        device->server = link->public.server;
        device->transport = NET_TCP;
        see(device, &link->public.tried);
        see(device, &link->public.tls.hello);
    }
}

static void blame_residents(Client *client, void *user)
{
    Blame *blame = user;

    blame->first = place_of(blame, &client->addr);
    blame->n = count_residents(blame, &client->addr);
    for (unsigned i = 0; i < client->n_lookups; i++) {
        close_lookup(blame->tracker, &client->lookups[i]->public);
        g_array_append_val(blame->servers, client->lookups[i]->public.resolver);
    }
    for (unsigned i = 0; i < client->n_links; i++)
        close_link(blame->tracker, &client->links[i]->public);
    for (unsigned i = 0; i < client->n_lookups; i++) {
        if (is_blamed(client->lookups[i]))
            blame_lookup(blame, &client->lookups[i]->public);
    }
    for (unsigned i = 0; i < client->n_links; i++) {
        if (link_has_failed(client->links[i]))
            blame_link(blame, &client->links[i]->public);
    }
}

void tracker_blame(RegTracker *tracker)
{
    g_autoptr(GPtrArray) devices = devices_all(tracker->devices);
    g_autoptr(GArray) residents = g_array_new(FALSE, FALSE, sizeof(Resident));
    g_autoptr(GArray) servers = g_array_new(FALSE, FALSE, sizeof(NetAddr));
    Blame blame = { .tracker = tracker, .residents = residents, .servers = servers };

    for (unsigned i = 0; i < devices->len; i++)
        collect(&blame, g_ptr_array_index(devices, i));
    g_array_sort(residents, by_addr);
    clients_each(tracker->clients, blame_residents, &blame);
    g_array_sort(servers, by_value);
    /* A new device may push out an old one: from here on only addresses count. */
    clients_each(tracker->clients, blame_nobody, &blame);
}
