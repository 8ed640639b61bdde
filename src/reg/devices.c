/*
 * Accounts and their devices.
 *
 * Devices are looked for among those of the same address of record only. The
 * Call-ID decides when it is known, else identity_score(). When there are too
 * many, accounts that no server let in go first (see cache_admit()), then the
 * account that was quiet for longest gives one up: one that never registered,
 * if it has such a one. Which registered accounts were forgotten is remembered
 * for a while: nothing may be concluded from what their records lack.
 */

#include "devices.h"

#include "agenda.h"
#include "attempt.h"
#include "base/hash.h"
#include "identity.h"
#include "lives.h"
#include "text.h"

/* A request toward a device, while nobody knows what becomes of it. */
#define INBOUND_BYTES 512

/* Forgotten accounts by the hash of their name; a newer one takes the place of an older. */
#define LOST 32768

struct Account {
    CacheItem item;
    char *aor;
    Device *devices; /* newest first */
    unsigned n_devices;
    bool lists_one;
};

struct Devices {
    Cache *accounts; /* each with at least one device */
    size_t max_devices;
    size_t max_bytes;
    size_t n_devices;
    size_t bytes;
    void (*forget)(Device *device, void *user);
    void *user;
    uint64_t last_id;
    uint64_t n_forgotten;
    SharedTexts user_agents;
    uint64_t *lost; /* NULL: no registered one was forgotten yet */
};

static uint64_t aor_hash(const void *key)
{
    return hash_str(str_of(key));
}

static bool aor_equal(const void *a, const void *b)
{
    return strcmp(a, b) == 0;
}

static void free_device(Device *device)
{
    for (unsigned i = 0; i < device->public.n_bindings; i++)
        text_clear(&device->bindings[i].contact);
    for (unsigned i = 0; i < device->public.n_attempts_kept; i++)
        attempt_free(device->attempts[i]);
    g_free(device->bindings);
    g_free(device->attempts);
    g_free(device->nonces);
    g_free(device->rows);
    agenda_remove(device);
    life_free(device->life);
    text_clear(&device->public.aor);
    text_clear(&device->public.user_agent);
    text_clear(&device->public.instance);
    text_clear(&device->public.contact);
    text_clear(&device->named_by);
    g_free(device);
}

static void drop_account(void *item, CacheDrop why, void *user)
{
    Account *account = item;

    for (Device *device = account->devices, *next; device != NULL; device = next) {
        next = device->next;
        free_device(device);
    }
    text_clear(&account->aor);
    g_free(account);
}

Devices *devices_new(size_t max_devices, size_t max_bytes,
                     void (*forget)(Device *device, void *user), void *user)
{
    Devices *devices = g_new0(Devices, 1);

    devices->max_devices = max_devices;
    devices->max_bytes = max_bytes;
    devices->forget = forget;
    devices->user = user;
    devices->accounts = cache_new(&(CacheConfig){
        .name = "reg.devices",
        .max_items = max_devices + 1, /* never full: make_room() sees to that */
        .hash = aor_hash,
        .equal = aor_equal,
        .drop = drop_account,
    });
    return devices;
}

void devices_free(Devices *devices)
{
    if (devices == NULL)
        return;
    cache_free(devices->accounts);
    text_share_clear(&devices->user_agents);
    g_free(devices->lost);
    g_free(devices);
}

/* Whether 'a' is less worth keeping than 'b'. */
static bool is_lesser(const RegDevice *a, const RegDevice *b)
{
    bool a_registered = a->last_accepted != NSEC_NONE;
    bool b_registered = b->last_accepted != NSEC_NONE;

    if (a_registered != b_registered)
        return b_registered;
    return a->last_seen != b->last_seen ? a->last_seen < b->last_seen : a->id < b->id;
}

static uint64_t *lost_place(const Devices *devices, const char *aor, uint64_t *hash)
{
    *hash = aor_hash(aor);
    return &devices->lost[*hash % LOST];
}

static void note_lost(Devices *devices, const Account *account)
{
    if (devices->lost == NULL)
        devices->lost = g_new0(uint64_t, LOST);

    uint64_t hash;
    uint64_t *place = lost_place(devices, account->aor, &hash);

    *place = hash;
}

/* Whether a record of this account was forgotten: told once. */
static bool was_lost(const Devices *devices, const Account *account)
{
    uint64_t hash, *place;

    if (devices->lost == NULL)
        return false;
    place = lost_place(devices, account->aor, &hash);
    if (*place != hash)
        return false;
    *place = 0;
    return true;
}

static void forget_one(Devices *devices, Account *account)
{
    Device **least = &account->devices;

    for (Device **at = least; *at != NULL; at = &(*at)->next) {
        if (is_lesser(&(*at)->public, &(*least)->public))
            least = at;
    }

    Device *device = *least;

    if (device->public.last_accepted != NSEC_NONE)
        note_lost(devices, account);
    devices->forget(device, devices->user);
    *least = device->next;
    account->n_devices--;
    devices->n_devices--;
    devices->n_forgotten++;
    devices->bytes -= device->bytes;
    free_device(device);
}

static bool is_over_budget(const Devices *devices, size_t more)
{
    return devices->n_devices + more > devices->max_devices
           || (devices->max_bytes > 0 && devices->bytes > devices->max_bytes);
}

/* Until there is room for so many more devices. An account without devices
 * goes, but for the one at hand. */
static void make_room(Devices *devices, size_t more, const Account *at_hand)
{
    while (devices->n_devices > 0 && is_over_budget(devices, more)) {
        Account *least = cache_victim(devices->accounts);

        if (least->n_devices == 0)
            return; /* the one at hand, whose first device is about to come */
        forget_one(devices, least);
        if (least->n_devices == 0 && least != at_hand)
            cache_remove(devices->accounts, least);
    }
}

void devices_prove(Devices *devices, Device *device)
{
    device->returned = false;
    cache_prove(devices->accounts, device->account);
}

void devices_advance(Devices *devices)
{
    make_room(devices, 0, NULL);
}

/* What other tables hold for it: its paths, its names, what is on its way to it. They have no
 * limit of their own. */
static size_t elsewhere(const Device *device)
{
    size_t bytes = device->n_inbound * INBOUND_BYTES;

    if (device->review != NULL)
        bytes += sizeof(Review) + sizeof(Review *);
    for (unsigned i = 0; i < DEVICE_HOPS; i++)
        bytes += device->hops[i] != NULL ? sizeof(Flow) : 0;
    return bytes;
}

void devices_weigh(Devices *devices, Device *device)
{
    RegDevice *public = &device->public;
    size_t bytes = sizeof(Device) + elsewhere(device) + device->n_nonces * sizeof(IssuedNonce)
                   + (device->rows != NULL ? 2 * sizeof(RegHaste) : 0) + life_bytes(device->life)
                   + text_bytes(public->user_agent) + text_bytes(public->instance)
                   + text_bytes(public->contact) + text_bytes(public->aor);

    for (unsigned i = 0; i < public->n_bindings; i++)
        bytes += sizeof(RegBinding) + text_bytes(device->bindings[i].contact);
    for (unsigned i = 0; i < public->n_attempts_kept; i++)
        bytes += device->attempts[i]->bytes;
    devices->bytes += bytes - device->bytes;
    device->bytes = bytes;
}

static Device *best_of(const Account *account, const Identity *identity, Nsec now)
{
    Device *best = NULL;
    int best_score = IDENTITY_THRESHOLD - 1;

    for (Device *device = account->devices; device != NULL; device = device->next) {
        if (identity_knows_call(device, identity->call_id))
            return device;

        int score = identity_score(device, identity, now);

        if (score > best_score) {
            best_score = score;
            best = device;
        }
    }
    return best;
}

static Device *add_device(Devices *devices, Account *account, Nsec now)
{
    if (account->n_devices == DEVICES_OF_ACCOUNT)
        forget_one(devices, account);
    make_room(devices, 1, account);

    Device *device = g_new0(Device, 1);

    device->account = account;
    device->next = account->devices;
    device->public.id = ++devices->last_id;
    device->public.aor = g_ref_string_acquire(account->aor);
    device->public.first_seen = device->public.last_seen = now;
    device->public.last_accepted = device->public.last_keepalive = NSEC_NONE;
    device->public.last_heard = NSEC_NONE;
    device->public.first_keepalive = NSEC_NONE;
    account->devices = device;
    account->n_devices++;
    device->returned = was_lost(devices, account);
    devices->n_devices++;
    devices_weigh(devices, device);
    return device;
}

static Account *find_account(Devices *devices, const char *aor, const NetAddr *source, Nsec now)
{
    Account *account = cache_get(devices->accounts, aor, now);

    if (account == NULL) {
        make_room(devices, 1, NULL);
        account = g_new0(Account, 1);
        account->aor = g_ref_string_new(aor);
        cache_admit(devices->accounts, account, account->aor, sizeof(Account), now,
                    net_addr_group(source));
    }
    return account;
}

Device *devices_find(Devices *devices, const Identity *identity, Nsec now)
{
    Account *account = find_account(devices, identity->aor, &identity->source.addr, now);
    Device *device = best_of(account, identity, now);

    if (device == NULL)
        device = add_device(devices, account, now);
    device->anew = !identity_knows_call(device, identity->call_id) && device->from_tag != 0
                   && device->from_tag != identity->from_tag;
    if (!identity_knows_call(device, identity->call_id)) {
        device->calls[device->next_call] = identity->call_id;
        device->next_call = (device->next_call + 1) % DEVICE_CALLS;
    }
    device->from_tag = identity->from_tag;
    text_set(&device->public.instance, identity->instance);
    text_share(&devices->user_agents, &device->public.user_agent, identity->user_agent);
    device->public.last_seen = MAX(device->public.last_seen, now);
    return device;
}

Device *devices_peek(const Devices *devices, const char *aor)
{
    const Account *account = cache_peek(devices->accounts, aor);

    return account != NULL ? account->devices : NULL;
}

/* Each has an account to itself, so that they do not push out each other; no
 * address of record looks like its key. */
Device *devices_add_nameless(Devices *devices, const NetEndpoint *own, Nsec now)
{
    char text[NET_ENDPOINT_TEXT];
    g_autofree char *key = g_strdup_printf("<%s>", net_addr_to_text(&own->addr, text));
    Device *device = add_device(devices, find_account(devices, key, &own->addr, now), now);

    text_set(&device->public.aor, STR(""));
    device_add_endpoint(device->public.addresses, &device->public.n_addresses, own);
    return device;
}

static void collect(void *item, void *user)
{
    const Account *account = item;

    for (Device *device = account->devices; device != NULL; device = device->next)
        g_ptr_array_add(user, device);
}

static int by_id(const void *a, const void *b)
{
    const Device *const *x = a, *const *y = b;

    return (*x)->public.id < (*y)->public.id ? -1 : 1;
}

GPtrArray *devices_all(const Devices *devices)
{
    GPtrArray *all = g_ptr_array_new();

    cache_each(devices->accounts, collect, all);
    g_ptr_array_sort(all, by_id);
    return all;
}

uint64_t devices_forgotten(const Devices *devices)
{
    return devices->n_forgotten;
}

/* What the table holds are accounts; what counts are devices. */
CacheStats devices_stats(const Devices *devices)
{
    CacheStats stats = cache_stats(devices->accounts);

    stats.items = devices->n_devices;
    stats.bytes = devices->bytes;
    stats.max_items = devices->max_devices;
    stats.max_bytes = devices->max_bytes;
    stats.dropped_full = devices->n_forgotten;
    return stats;
}

Device *device_siblings(const Device *device)
{
    return device->account->devices;
}

void devices_set_lists_one(Device *device)
{
    device->account->lists_one = true;
}

bool devices_lists_one(const Device *device)
{
    return device->account->lists_one;
}

RegBinding *device_newest_binding(const Device *device)
{
    unsigned n = device->public.n_bindings;

    return n > 0 ? &device->bindings[n - 1] : NULL;
}

void device_add_endpoint(NetEndpoint list[REG_DEVICE_ADDRESSES], unsigned *n,
                         const NetEndpoint *endpoint)
{
    unsigned at = 0;

    while (at < *n && !net_endpoint_equal(&list[at], endpoint))
        at++;
    if (at == *n && *n < REG_DEVICE_ADDRESSES)
        (*n)++;
    else if (at == *n)
        at = 0; /* the oldest makes room */
    if (at + 1 < *n)
        memmove(&list[at], &list[at + 1], (*n - at - 1) * sizeof(*list));
    list[*n - 1] = *endpoint;
}
