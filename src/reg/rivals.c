/*
 * Two phones and one account: who else is registered, and whose place was taken?
 *
 * A 2xx lists all bindings of the account (RFC 3261 section 10.3 step 8). What
 * stood a moment ago and is missing there was ended by this REGISTER. Only that
 * some registrars list nothing but the Contact of who asks: they give themselves
 * away when they go on sending requests to those that they did not list.
 */

#include "rivals.h"

#include "lives.h"
#include "text.h"

/* An account with more bindings is none of a person. */
#define MAX_LISTED 64

/* What a server sends that long afterwards was not under way already. */
#define UNDER_WAY (5 * NSEC_SEC)

typedef struct Entry {
    SipNameAddr contact;
    bool known; /* whose it is */
} Entry;

typedef struct Listing {
    const Device *device;
    Entry *own;    /* NULL: not listed */
    Str own_regid; /* RFC 5626 section 4.2; STR_NONE: none */
    unsigned stale;
    unsigned n;
    Entry entries[MAX_LISTED];
} Listing;

static Str regid_of(const SipNameAddr *contact)
{
    Str regid = STR_NONE;

    sip_param_find(contact->params, "reg-id", &regid);
    return regid;
}

static Entry *find_entry(Listing *listing, const char *contact)
{
    SipUri wanted = sip_uri_parse(str_of(contact));

    for (unsigned i = 0; i < listing->n; i++) {
        if (sip_uri_equal(&wanted, &listing->entries[i].contact.uri))
            return &listing->entries[i];
    }
    return NULL;
}

/* Only as many entries as there are: this is done for each 2xx. */
static void read_listing(Listing *listing, const Device *device, const SipMessage *answer)
{
    SipValues cursor = { 0 };
    Str value;

    listing->device = device;
    listing->own = NULL;
    listing->own_regid = STR_NONE;
    listing->stale = listing->n = 0;
    while (listing->n < MAX_LISTED && sip_values_next(answer, SIP_HEADER_CONTACT, &cursor, &value))
        listing->entries[listing->n++] = (Entry){ .contact = sip_name_addr_parse(value) };
}

/* --- its own -------------------------------------------------------------- */

/* By its instance the same device (RFC 5626 section 4.1); with another reg-id it is another
 * flow of it, which is meant to stand beside this one. */
static bool has_same_instance(const Listing *listing, const SipNameAddr *contact, bool *decides)
{
    char *instance = listing->device->public.instance;
    Str other;

    *decides = instance != NULL && sip_param_find(contact->params, "+sip.instance", &other);
    return *decides && str_equal(text_view(instance), sip_unquote(other))
           && str_equal(regid_of(contact), listing->own_regid);
}

static bool was_bound(const Device *device, const SipUri *contact)
{
    for (unsigned i = 0; i < device->public.n_bindings; i++) {
        SipUri old = sip_uri_parse(text_view(device->bindings[i].contact));

        if (sip_uri_equal(&old, contact))
            return true;
    }
    return false;
}

/* Another port of the same host. Behind one public address there may be many. */
static bool is_same_host(const Listing *listing, const SipUri *contact)
{
    const SipUri *own = &listing->own->contact.uri;
    NetAddr host;

    return str_present(own->user) && str_equal(own->user, contact->user)
           && str_equal_nocase(own->host, contact->host) && net_addr_parse(own->host, &host)
           && net_addr_is_private(&host);
}

static bool is_stale(const Listing *listing, const SipNameAddr *contact)
{
    bool decides;
    bool same = has_same_instance(listing, contact, &decides);

    if (decides)
        return same;
    return was_bound(listing->device, &contact->uri) || is_same_host(listing, &contact->uri);
}

static void find_own(Listing *listing)
{
    listing->own = find_entry(listing, listing->device->public.contact);
    if (listing->own == NULL)
        return;
    listing->own->known = true;
    listing->own_regid = regid_of(&listing->own->contact);
}

/* --- of others ------------------------------------------------------------ */

static bool is_bound(const Device *device)
{
    const RegBinding *newest = device_newest_binding(device);

    return newest != NULL && newest->end == REG_BINDING_OPEN;
}

static void find_others(Listing *listing)
{
    for (Device *other = device_siblings(listing->device); other != NULL; other = other->next) {
        Entry *entry = other != listing->device && is_bound(other)
                           ? find_entry(listing, device_newest_binding(other)->contact)
                           : NULL;

        if (entry != NULL)
            entry->known = true;
    }
}

static void find_stale(Listing *listing)
{
    for (unsigned i = 0; listing->own != NULL && i < listing->n; i++) {
        Entry *entry = &listing->entries[i];

        if (entry->known || !is_stale(listing, &entry->contact))
            continue;
        entry->known = true;
        listing->stale++;
    }
}

/* Whose place one of these is cannot be told: it may be that of a device whose Contact
 * somebody rewrote. */
static bool has_strangers(const Listing *listing)
{
    for (unsigned i = 0; i < listing->n; i++) {
        if (!listing->entries[i].known)
            return true;
    }
    return false;
}

static void note_eviction(Device *loser, const Device *winner, const SipTxn *txn)
{
    Life *life = life_of(loser);

    if (life->evicted == NULL) {
        life->evicted = g_new0(RegEviction, 1);
        life->evicted->first = txn->answer->meta.ref;
        life->evicted->first_time = txn->answered;
    }
    life->evicted->count++;
    life->evicted->by = winner->public.id;
    life->evicted->last = txn->answer->meta.ref;
    life->evicted->last_time = txn->answered;
    life->public.evicted = life->evicted;
}

/* Stood there until now. */
static bool stood(const Device *device, const SipTxn *txn)
{
    return life_is_bound(device, txn->answered)
           && net_addr_equal(&device->public.server.addr, &txn->hop.dst.addr);
}

/* The usual account has one device, and its binding is all there is. */
static bool is_alone(const Device *device, const RegStep *step, const SipMessage *answer)
{
    Str contact = sip_message_first(answer, SIP_HEADER_CONTACT);

    return step->own_contact_listed && contact.len > 0
           && memchr(contact.data, ',', contact.len) == NULL
           && sip_message_header(answer, SIP_HEADER_CONTACT, 1) == NULL
           && device_siblings(device) == device && device->next == NULL;
}

static void take_list(Device *device, const SipTxn *txn, BindingTell *tell, void *user)
{
    RegDevice *public = &device->public;
    Listing listing;

    read_listing(&listing, device, txn->answer);
    find_own(&listing);
    find_others(&listing);
    find_stale(&listing);
    public->listed_stale = (uint16_t)listing.stale;
    public->listed_others = listing.own != NULL ? (uint16_t)(listing.n - listing.stale - 1) : 0;
    if (listing.own == NULL || listing.n == MAX_LISTED || has_strangers(&listing)
        || devices_lists_one(device))
        return;
    for (Device *other = device_siblings(device); other != NULL; other = other->next) {
        if (other == device || !stood(other, txn)
            || find_entry(&listing, device_newest_binding(other)->contact) != NULL)
            continue;
        binding_take(other, device, txn, tell, user);
        note_eviction(other, device, txn);
    }
}

void rivals_listed(Device *device, const RegStep *step, const SipTxn *txn, BindingTell *tell,
                   void *user)
{
    RegDevice *public = &device->public;

    if (public->contact == NULL || (txn->answer->anomalies & SIP_CUT_SHORT))
        return;
    public->listed = txn->answer->meta.ref;
    if (is_alone(device, step, txn->answer))
    public->listed_stale = public->listed_others = 0;
    else take_list(device, txn, tell, user);
}

/* --- the other kind of registrar ------------------------------------------ */

static void forget_eviction(Device *device)
{
    Life *life = device->life;

    if (life == NULL)
        return;
    g_clear_pointer(&life->evicted, g_free);
    life->public.evicted = NULL;
}

void rivals_reached(Device *device, Nsec time)
{
    RegBinding *newest = device_newest_binding(device);

    if (newest == NULL || newest->taken_by == 0 || nsec_since(newest->ended, time) < UNDER_WAY)
        return;
    devices_set_lists_one(device);
    for (Device *each = device_siblings(device); each != NULL; each = each->next) {
        binding_give_back(each);
        forget_eviction(each);
    }
}
