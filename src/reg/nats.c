/*
 * NATs by public address, server and transport, and the arithmetic of their
 * bounds.
 *
 * Devices point to their NAT, so the table in which held ones live forgets
 * nothing by itself. One that nobody holds any more (the site got another
 * address) moves to a second table, which is limited.
 */

#include "nats.h"

#include "base/hash.h"

#define MAX_IDLE 65536

/* A shorter silence tells nothing about any NAT. */
#define LEAST_SILENCE NSEC_SEC

/* No NAT in use forgets a mapping sooner than that. */
#define ALL_SURVIVE (9 * NSEC_SEC)

/* Accounts of one gateway share a mapping, and come back soon after each other. */
#define RECENT_PORTS 16

/* Moves that all fit one moment, newest last. */
typedef struct Cluster {
    RegNatRestart shared;
    uint64_t newest_device;
    uint16_t ports[RECENT_PORTS]; /* of the old mappings; 0: none */
    unsigned next_port;
} Cluster;

typedef struct Moves {
    Cluster open;
    RegNatRestart best;
} Moves;

typedef struct Nat {
    CacheItem item;
    RegNat public;
    Moves *moves;   /* NULL: no device moved yet */
    Nsec died_from; /* within these, the loss that was counted last; NSEC_NONE: there was none */
    Nsec died_until;
    Nats *nats;
    uint64_t holders;
} Nat;

struct Nats {
    Cache *held;
    Cache *idle;
};

static uint64_t nat_hash(const void *key)
{
    const RegNat *nat = key;
    uint64_t hash = hash_mix(net_addr_hash(&nat->address), net_addr_hash(&nat->server));

    return hash_mix(hash, nat->transport);
}

static bool nat_equal(const void *a, const void *b)
{
    const RegNat *one = a, *other = b;

    return one->transport == other->transport && net_addr_equal(&one->address, &other->address)
           && net_addr_equal(&one->server, &other->server);
}

static void drop_nat(void *item, CacheDrop why, void *user)
{
    Nat *nat = item;

    g_free(nat->moves);
    g_free(nat);
}

static Cache *table_new(size_t max_items)
{
    return cache_new(&(CacheConfig){
        .name = "reg.nats",
        .max_items = max_items,
        .hash = nat_hash,
        .equal = nat_equal,
        .drop = drop_nat,
    });
}

Nats *nats_new(void)
{
    Nats *nats = g_new0(Nats, 1);

    nats->held = table_new(SIZE_MAX);
    nats->idle = table_new(MAX_IDLE);
    return nats;
}

void nats_limit(Nats *nats, size_t max_bytes)
{
    cache_limit(nats->idle, max_bytes);
}

void nats_free(Nats *nats)
{
    if (nats == NULL)
        return;
    cache_free(nats->held);
    cache_free(nats->idle);
    g_free(nats);
}

static Nat *nat_new(Nats *nats, const RegNat *key)
{
    Nat *nat = g_new0(Nat, 1);

    nat->nats = nats;
    nat->public = *key;
    nat->died_from = nat->died_until = NSEC_NONE;
    for (unsigned i = 0; i < REG_NAT_STATES; i++)
        nat->public.bounds[i] =
            (RegNatBounds){ .alive = NSEC_NONE, .dead = NSEC_NONE, .dead_once = NSEC_NONE };
    return nat;
}

static Nat *of_public(RegNat *nat)
{
    return (Nat *)(void *)((char *)nat - offsetof(Nat, public));
}

RegNat *nats_find(Nats *nats, const NetAddr *address, const NetAddr *server, NetTransport transport,
                  Nsec now)
{
    RegNat key = { .address = *address, .server = *server, .transport = transport };
    Nat *nat = cache_peek(nats->held, &key);

    if (nat == NULL) {
        nat = cache_peek(nats->idle, &key);
        if (nat != NULL)
            cache_take(nats->idle, nat);
        else
            nat = nat_new(nats, &key);
        cache_add(nats->held, nat, &nat->public, sizeof(Nat), now);
    }
    nat->holders++;
    return &nat->public;
}

static bool is_known(const Nat *nat)
{
    const RegNatBounds *bounds = nat->public.bounds;
    bool seen = nat->moves != NULL;

    for (unsigned i = 0; i < REG_NAT_STATES; i++)
        seen = seen || bounds[i].n_alive > 0 || bounds[i].n_dead > 0;
    return seen;
}

RegNat *nats_keep(RegNat *nat)
{
    if (nat != NULL)
        of_public(nat)->holders++;
    return nat;
}

void nats_release(RegNat *nat)
{
    Nat *held = nat != NULL ? of_public(nat) : NULL;
    Nats *nats = held != NULL ? held->nats : NULL;

    if (held == NULL)
        return;
    g_assert(held->holders > 0);
    if (--held->holders > 0)
        return;
    if (!is_known(held)) {
        cache_remove(nats->held, held);
        return;
    }
    cache_take(nats->held, held);
    cache_add(nats->idle, held, &held->public, sizeof(Nat), held->item.touched);
}

static void count(uint32_t *n)
{
    if (*n < UINT32_MAX)
        ++*n;
}

static void add_alive(RegNatBounds *bounds, Nsec silence)
{
    count(&bounds->n_alive);
    bounds->alive = MAX(bounds->alive, silence);
}

static void add_dead(RegNatBounds *bounds, Nsec silence)
{
    count(&bounds->n_dead);
    if (bounds->dead_once == NSEC_NONE) {
        bounds->dead_once = silence;
    } else if (silence < bounds->dead_once) {
        bounds->dead = bounds->dead_once;
        bounds->dead_once = silence;
    } else if (bounds->dead == NSEC_NONE || silence < bounds->dead) {
        bounds->dead = silence;
    }
}

void nats_alive(RegNat *nat, Nsec silence, NatCertainty certainty)
{
    if (silence < LEAST_SILENCE)
        return;
    add_alive(&nat->bounds[REG_NAT_STREAM], silence);
    if (certainty == NAT_STATE_FRESH)
        add_alive(&nat->bounds[REG_NAT_FRESH], silence);
}

/* Two losses are two observations only when one was over before the other began. */
static bool was_counted(const Nat *nat, Nsec from, Nsec until)
{
    return nat->died_from != NSEC_NONE && from < nat->died_until && until > nat->died_from;
}

void nats_dead(RegNat *nat, Nsec silence, NatCertainty certainty, Nsec time)
{
    Nat *own = of_public(nat);
    Nsec from;

    if (silence < LEAST_SILENCE || __builtin_sub_overflow(time, silence, &from)
        || was_counted(own, from, time))
        return;
    own->died_from = from;
    own->died_until = time;
    add_dead(&nat->bounds[REG_NAT_FRESH], silence);
    if (certainty == NAT_STATE_STREAM)
        add_dead(&nat->bounds[REG_NAT_STREAM], silence);
}

/* Whether silence cannot be what ended the mapping: it was too short for that. */
static bool outlives(const RegNat *nat, NatCertainty certainty, Nsec silence)
{
    RegNatState state = certainty == NAT_STATE_STREAM ? REG_NAT_STREAM : REG_NAT_FRESH;
    Nsec at_least, at_most;

    if (silence <= ALL_SURVIVE)
        return true;
    return reg_nat_bounds(nat, state, &at_least, &at_most) && at_least != NSEC_NONE
           && silence <= at_least;
}

static bool has_port(const Cluster *cluster, uint16_t port)
{
    for (unsigned i = 0; i < RECENT_PORTS; i++)
        if (cluster->ports[i] == port)
            return true;
    return false;
}

static void add_port(Cluster *cluster, uint16_t port)
{
    cluster->ports[cluster->next_port] = port;
    cluster->next_port = (cluster->next_port + 1) % RECENT_PORTS;
}

/* Whether the two may have lost their mappings at the same moment. */
static bool fits(const Cluster *cluster, Nsec last_alive, const RegMove *move)
{
    const RegNatRestart *shared = &cluster->shared;

    return shared->devices > 0 && net_addr_equal(&shared->address, &move->to.addr)
           && last_alive < shared->until && move->time > shared->from;
}

static void join(Cluster *cluster, uint64_t device, Nsec last_alive, const RegMove *move)
{
    RegNatRestart *shared = &cluster->shared;

    if (device == cluster->newest_device || has_port(cluster, move->from.port))
        return;
    shared->devices++;
    shared->from = MAX(shared->from, last_alive);
    shared->until = MIN(shared->until, move->time);
    shared->last = move->after;
    shared->last_time = move->time;
    cluster->newest_device = device;
    add_port(cluster, move->from.port);
}

static void open_cluster(Cluster *cluster, uint64_t device, Nsec last_alive, const RegMove *move)
{
    *cluster = (Cluster){
        .shared = { .devices = 1,
                    .from = last_alive,
                    .until = move->time,
                    .first = move->after,
                    .last = move->after,
                    .first_time = move->time,
                    .last_time = move->time,
                    .address = move->to.addr },
        .newest_device = device,
    };
    add_port(cluster, move->from.port);
}

void nats_moved(RegNat *nat, uint64_t device, Nsec last_alive, NatCertainty certainty,
                const RegMove *move)
{
    Nat *own = of_public(nat);
    Nsec silence = nsec_since(last_alive, move->time);

    if (silence <= 0)
        return;
    if (net_addr_equal(&move->to.addr, &nat->address) && !outlives(nat, certainty, silence)) {
        nats_dead(nat, silence, certainty, move->time);
        return;
    }
    if (own->moves == NULL)
        own->moves = g_new0(Moves, 1);
    if (fits(&own->moves->open, last_alive, move))
        join(&own->moves->open, device, last_alive, move);
    else
        open_cluster(&own->moves->open, device, last_alive, move);
    if (own->moves->open.shared.devices > MAX(own->moves->best.devices, 1)) {
        own->moves->best = own->moves->open.shared;
        nat->restart = &own->moves->best;
    }
}

typedef struct Visit {
    void (*site)(const RegSite *site, void *user);
    void *user;
} Visit;

static void visit_nat(void *item, void *user)
{
    const Nat *nat = item;
    const Visit *visit = user;

    visit->site(&(RegSite){ .kind = REG_SITE_NAT, .nat = &nat->public }, visit->user);
}

void nats_each(const Nats *nats, void (*visit)(const RegSite *site, void *user), void *user)
{
    Visit with = { .site = visit, .user = user };

    cache_each(nats->idle, visit_nat, &with);
    cache_each(nats->held, visit_nat, &with);
}

CacheStats nats_stats(const Nats *nats)
{
    CacheStats stats = cache_stats(nats->idle);
    CacheStats held = cache_stats(nats->held);

    stats.items += held.items;
    stats.bytes += held.bytes;
    return stats;
}
