/*
 * "Ten phones lost their registration: are that ten faults, or one?"
 *
 * One, when nobody succeeded in between. Of each registrar and of each public
 * address the newest pauses between two successes are kept, and what failed in
 * one of them is a crowd. A silence is told much later than the success that
 * ended it, so it is times that count here, and not the order of the calls.
 */

#include "crowds.h"

#include "crowd.h"
#include "devices.h"

#define MAX_SERVERS 4096
#define MAX_ADDRESSES 65536
#define MAX_FOUND 256

/* Pauses that are remembered, for the failures in them that are told later. */
#define PAUSES 4

/* Shorter pauses are the usual distance between two devices. */
#define LEAST_PAUSE NSEC_SEC

/* Nobody succeeded between 'from' and 'until'. */
typedef struct Pause {
    Nsec from;  /* NSEC_NONE: since the capture began */
    Nsec until; /* NSEC_MAX: up to now */
    CaptureRef until_ref;
    Crowd *crowds[FAILURE_KINDS];
} Pause;

typedef struct Place {
    CacheItem item;
    NetEndpoint key; /* of a registrar; or a public address, without port */
    bool is_server;
    Pause pauses[PAUSES];
    unsigned n_pauses;
} Place;

struct Crowds {
    Cache *servers;
    Cache *addresses;
    GPtrArray *found; /* of Crowd */
    uint64_t n_forgotten;
};

static uint64_t place_hash(const void *key)
{
    return net_endpoint_hash(key);
}

static bool place_equal(const void *a, const void *b)
{
    return net_endpoint_equal(a, b);
}

static void set_pause(Crowd *crowd, const Place *place, const Pause *pause)
{
    crowd->at_server = place->is_server;
    crowd->public.last_success = pause->from;
    if (pause->until == NSEC_MAX)
        return;
    crowd->public.recovered = pause->until;
    crowd->public.recovered_ref = pause->until_ref;
}

static void take_crowd(Crowds *crowds, const Place *place, const Pause *pause, Crowd *crowd)
{
    if (!crowd_is_one(crowd) || crowds->found->len == MAX_FOUND) {
        crowds->n_forgotten += crowd_is_one(crowd);
        crowd_free(crowd);
        return;
    }
    set_pause(crowd, place, pause);
    g_ptr_array_add(crowds->found, crowd);
}

static void end_pause(Crowds *crowds, const Place *place, const Pause *pause)
{
    for (unsigned i = 0; i < FAILURE_KINDS; i++) {
        if (pause->crowds[i] != NULL)
            take_crowd(crowds, place, pause, pause->crowds[i]);
    }
}

static void drop_place(void *item, CacheDrop why, void *user)
{
    Place *place = item;

    for (unsigned i = 0; i < place->n_pauses; i++)
        end_pause(user, place, &place->pauses[i]);
    g_free(place);
}

static Cache *new_table(Crowds *crowds, const char *name, size_t max)
{
    return cache_new(&(CacheConfig){
        .name = name,
        .max_items = max,
        .hash = place_hash,
        .equal = place_equal,
        .drop = drop_place,
        .user = crowds,
    });
}

static size_t size_of(const Place *place)
{
    size_t bytes = sizeof(Place);

    for (unsigned i = 0; i < place->n_pauses; i++) {
        for (unsigned kind = 0; kind < FAILURE_KINDS; kind++)
            bytes += crowd_bytes(place->pauses[i].crowds[kind]);
    }
    return bytes;
}

static void free_found(void *item)
{
    crowd_free(item);
}

Crowds *crowds_new(void)
{
    Crowds *crowds = g_new0(Crowds, 1);

    crowds->found = g_ptr_array_new_with_free_func(free_found);
    crowds->servers = new_table(crowds, "reg.failing_servers", MAX_SERVERS);
    crowds->addresses = new_table(crowds, "reg.failing_addresses", MAX_ADDRESSES);
    return crowds;
}

void crowds_limit(Crowds *crowds, const RegRoom *room)
{
    cache_limit(crowds->servers, room->failing_servers);
    cache_limit(crowds->addresses, room->failing_addresses);
}

void crowds_free(Crowds *crowds)
{
    if (crowds == NULL)
        return;
    cache_free(crowds->servers);
    cache_free(crowds->addresses);
    g_ptr_array_unref(crowds->found);
    g_free(crowds);
}

static Place *find_place(const Crowds *crowds, Cache *places, const NetEndpoint *key, Nsec now)
{
    Place *place = cache_get(places, key, now);

    if (place == NULL) {
        place = g_new0(Place, 1);
        place->key = *key;
        place->is_server = places == crowds->servers;
        place->pauses[0] = (Pause){ .from = NSEC_NONE, .until = NSEC_MAX };
        place->n_pauses = 1;
        cache_add(places, place, &place->key, sizeof(Place), now);
    }
    return place;
}

static bool is_empty(const Pause *pause)
{
    for (unsigned i = 0; i < FAILURE_KINDS; i++) {
        if (pause->crowds[i] != NULL)
            return false;
    }
    return true;
}

/* A pause that nothing is known of and nothing is likely to be told of. */
static bool is_nothing(const Pause *pause)
{
    return is_empty(pause) && pause->from != NSEC_NONE && pause->until != NSEC_MAX
           && pause->until - pause->from < LEAST_PAUSE;
}

/* Of what failed in the pause, each crowd goes to the side of the success that
 * it is on; one that the success falls into is none. */
static void sort_crowds(Pause *before, Pause *after, Nsec success)
{
    for (unsigned i = 0; i < FAILURE_KINDS; i++) {
        Crowd *crowd = before->crowds[i];

        if (crowd == NULL || crowd->public.until <= success)
            continue;
        if (crowd->public.failures.first_time >= success)
            after->crowds[i] = crowd;
        else
            crowd_free(crowd);
        before->crowds[i] = NULL;
    }
}

static void insert_pause(Crowds *crowds, Place *place, unsigned at, const Pause *pause)
{
    if (place->n_pauses == PAUSES) {
        end_pause(crowds, place, &place->pauses[0]);
        memmove(place->pauses, place->pauses + 1, --place->n_pauses * sizeof(Pause));
        at--;
    }
    memmove(place->pauses + at + 1, place->pauses + at, (place->n_pauses - at) * sizeof(Pause));
    place->pauses[at] = *pause;
    place->n_pauses++;
}

/* A success within a pause makes two of it. */
static void split_pause(Crowds *crowds, Place *place, unsigned at, Nsec success, CaptureRef ref)
{
    Pause *before = &place->pauses[at];
    Pause after = { .from = success, .until = before->until, .until_ref = before->until_ref };

    sort_crowds(before, &after, success);
    before->until = success;
    before->until_ref = ref;
    if (is_nothing(before))
        *before = after;
    else if (!is_nothing(&after))
        insert_pause(crowds, place, at + 1, &after);
}

static void note_success(Crowds *crowds, Place *place, Nsec time, CaptureRef ref)
{
    for (unsigned i = place->n_pauses; i > 0; i--) {
        const Pause *pause = &place->pauses[i - 1];

        if (pause->from < time && time < pause->until) {
            split_pause(crowds, place, i - 1, time, ref);
            return;
        }
    }
}

static void note_failure(Place *place, const Failure *failure)
{
    for (unsigned i = place->n_pauses; i > 0; i--) {
        Pause *pause = &place->pauses[i - 1];

        if (pause->from > failure->from || failure->until > pause->until)
            continue;
        if (!crowd_failed_before(failure->device, pause->from))
            crowd_add(&pause->crowds[failure->kind], failure);
        return;
    }
}

/* One attempt at one place; 'failure' NULL: it succeeded, with 'answer'. */
static void note(Crowds *crowds, Cache *places, const NetEndpoint *key, const Failure *failure,
                 const SipMessage *answer)
{
    Place *place =
        find_place(crowds, places, key, failure != NULL ? failure->until : answer->meta.time);

    if (failure != NULL)
        note_failure(place, failure);
    else
        note_success(crowds, place, answer->meta.time, answer->meta.ref);
    cache_grow(places, place, size_of(place));
}

void crowds_note(Crowds *crowds, const RegChain *chain)
{
    const RegStep *last = reg_chain_last_step(chain);
    const SipMessage *answer =
        chain->outcome == REG_OUTCOME_ACCEPTED ? reg_step_answer(last) : NULL;
    NetEndpoint address = { .addr = failure_address(chain) };
    Failure failure;
    const Failure *failed = failure_of(chain, &failure) ? &failure : NULL;

    if (failed == NULL && answer == NULL)
        return;
    note(crowds, crowds->servers, &reg_step_txn(last)->hop.dst, failed, answer);
    note(crowds, crowds->addresses, &address, failed, answer);
}

static int by_time(const void *a, const void *b)
{
    const RegCrowd *x = &(*(Crowd *const *)a)->public, *y = &(*(Crowd *const *)b)->public;
    Nsec one = x->failures.first_time, other = y->failures.first_time;

    if (one != other)
        return one < other ? -1 : 1;
    return net_endpoint_compare(&x->server, &y->server);
}

static bool is_same_story(const RegCrowd *a, const RegCrowd *b)
{
    return a->outcome == b->outcome && a->status == b->status && a->failures.first_time <= b->until
           && b->failures.first_time <= a->until;
}

/* A site whose only registrar fails is told once, with the registrar; a
 * registrar that only one site missed, while that reached none at all, with
 * the site. */
static bool is_part_of(const Crowd *part, const Crowd *whole)
{
    const RegCrowd *a = &part->public, *b = &whole->public;

    if (part->at_server == whole->at_server || !is_same_story(a, b))
        return false;
    if (whole->at_server)
        return a->one_server && net_endpoint_equal(&a->server, &b->server);
    return !b->one_server && a->one_address && net_addr_equal(&a->address, &b->address);
}

static bool is_told_elsewhere(const GPtrArray *found, const Crowd *crowd)
{
    for (unsigned i = 0; i < found->len; i++) {
        const Crowd *other = g_ptr_array_index(found, i);

        if (crowd_is_one(other) && is_part_of(crowd, other))
            return true;
    }
    return false;
}

static bool is_scan(const Crowd *crowd, const Sites *sites)
{
    return crowd->public.one_address && sites_is_scanner(sites, &crowd->public.address);
}

static const RegDevice *device_of(uint64_t id, void *user)
{
    return g_hash_table_lookup(user, &id);
}

/* The numbers of devices are ours: no wire chooses them. */
static void settle_all(const GPtrArray *found, const GPtrArray *devices)
{
    g_autoptr(GHashTable) by_id = g_hash_table_new(g_int64_hash, g_int64_equal);

    if (found->len == 0)
        return;
    for (unsigned i = 0; i < devices->len; i++) {
        Device *device = g_ptr_array_index(devices, i);

        g_hash_table_insert(by_id, &device->public.id, &device->public);
    }
    for (unsigned i = 0; i < found->len; i++)
        crowd_settle(g_ptr_array_index(found, i), device_of, by_id);
}

void crowds_finish(Crowds *crowds, const Sites *sites, const GPtrArray *devices)
{
    GPtrArray *found = crowds->found;

    cache_clear(crowds->servers);
    cache_clear(crowds->addresses);
    settle_all(found, devices);
    g_ptr_array_sort(found, by_time);
    for (unsigned i = 0; i < found->len; i++) {
        Crowd *crowd = g_ptr_array_index(found, i);

        crowd->silent =
            !crowd_is_one(crowd) || is_scan(crowd, sites) || is_told_elsewhere(found, crowd);
    }
}

void crowds_each(const Crowds *crowds, void (*visit)(const RegSite *site, void *user), void *user)
{
    for (unsigned i = 0; i < crowds->found->len; i++) {
        const Crowd *crowd = g_ptr_array_index(crowds->found, i);

        if (!crowd->silent)
            visit(&(RegSite){ .kind = REG_SITE_CROWD, .crowd = &crowd->public }, user);
    }
}

typedef struct Looking {
    const Sites *sites;
    GPtrArray *crowds; /* of Crowd: copies that borrow all that they point to */
} Looking;

static void look_at_place(void *item, void *user)
{
    const Place *place = item;
    Looking *looking = user;

    for (unsigned i = 0; i < place->n_pauses * FAILURE_KINDS; i++) {
        const Pause *pause = &place->pauses[i / FAILURE_KINDS];
        const Crowd *crowd = pause->crowds[i % FAILURE_KINDS];
        bool told = crowd != NULL && crowd_is_one(crowd) && !is_scan(crowd, looking->sites);
        Crowd *now = told ? g_memdup2(crowd, sizeof(*crowd)) : NULL;

        if (now == NULL)
            continue;
        set_pause(now, place, pause);
        g_ptr_array_add(looking->crowds, now);
    }
}

void crowds_look(const Crowds *crowds, const Sites *sites,
                 void (*visit)(const RegSite *site, void *user), void *user)
{
    g_autoptr(GPtrArray) found = g_ptr_array_new_with_free_func(g_free);
    Looking looking = { sites, found };

    cache_each(crowds->servers, look_at_place, &looking);
    cache_each(crowds->addresses, look_at_place, &looking);
    for (unsigned i = 0; i < found->len; i++) {
        const Crowd *crowd = g_ptr_array_index(found, i);

        if (!is_told_elsewhere(found, crowd))
            visit(&(RegSite){ .kind = REG_SITE_CROWD, .crowd = &crowd->public }, user);
    }
}

unsigned crowds_tables(const Crowds *crowds, CacheStats *tables, unsigned max)
{
    const CacheStats all[] = {
        cache_stats(crowds->servers),
        cache_stats(crowds->addresses),
        { .name = "reg.crowds",
          .items = crowds->found->len,
          .bytes = crowds->found->len * sizeof(Crowd),
          .max_items = MAX_FOUND,
          .dropped_full = crowds->n_forgotten },
    };
    unsigned n = MIN(max, (unsigned)G_N_ELEMENTS(all));

    memcpy(tables, all, n * sizeof(*all));
    return n;
}
