/*
 * The bounded table: a chained hash table whose items also form lists from the
 * longest idle to the newest, one of those that are proven and one for each
 * group of sources of those on probation. All links are inside the items, so
 * that a look-up, a touch and a removal allocate nothing. Seen from outside
 * the lists are one: the longest idle item is that of all.
 */

#include "base/cache.h"

#define FIRST_BUCKETS 64

/* The list of what is proven, behind those of the groups of sources. */
#define PROVEN CACHE_SOURCES

#define LISTS (CACHE_SOURCES + 1)

/* CacheItem.turn goes round; two items of one time are never half a round apart. */
#define TURNS 0xffffffu

/* A full table takes from the proven only when those on probation are fewer. */
#define PROBATION_SHARE 4

typedef struct Ages {
    CacheItem *oldest;
    CacheItem *newest;
} Ages;

struct Cache {
    CacheConfig config;
    CacheStats stats;
    CacheItem **buckets;
    size_t n_buckets; /* a power of two */
    uint32_t turns;
    Nsec latest; /* touch of any item */
    size_t probation_bytes;
    uint64_t crowds;               /* bit set: groups that have any items */
    uint32_t crowd[CACHE_SOURCES]; /* how many */
    Ages ages[LISTS];
};

Cache *cache_new(const CacheConfig *config)
{
    Cache *cache = g_new0(Cache, 1);

    g_assert(config->max_items > 0 && config->hash != NULL && config->equal != NULL);
    cache->config = *config;
    cache->stats.name = config->name;
    cache->stats.max_items = config->max_items;
    cache->stats.max_bytes = config->max_bytes;
    cache->n_buckets = FIRST_BUCKETS;
    cache->buckets = g_new0(CacheItem *, cache->n_buckets);
    return cache;
}

static CacheItem **bucket_of(const Cache *cache, uint64_t hash)
{
    return &cache->buckets[hash & (cache->n_buckets - 1)];
}

static CacheItem *find(const Cache *cache, const void *key)
{
    uint64_t hash = cache->config.hash(key);

    for (CacheItem *item = *bucket_of(cache, hash); item != NULL; item = item->next_in_bucket) {
        if (item->hash == hash && cache->config.equal(item->key, key))
            return item;
    }
    return NULL;
}

static void link_newest(Cache *cache, CacheItem *item)
{
    Ages *ages = &cache->ages[item->list];

    item->turn = cache->turns++ & TURNS;
    item->newer = NULL;
    item->older = ages->newest;
    if (ages->newest != NULL)
        ages->newest->newer = item;
    else
        ages->oldest = item;
    ages->newest = item;
}

static void unlink_age(Cache *cache, CacheItem *item)
{
    Ages *ages = &cache->ages[item->list];

    if (item->older != NULL)
        item->older->newer = item->newer;
    else
        ages->oldest = item->newer;
    if (item->newer != NULL)
        item->newer->older = item->older;
    else
        ages->newest = item->older;
}

/* --- the order of age over all lists ---------------------------------------- */

/* NULL is younger than anything. */
static bool is_older(const CacheItem *a, const CacheItem *b)
{
    if (a == NULL || b == NULL)
        return a != NULL;
    if (a->touched != b->touched)
        return a->touched < b->touched;
    return ((a->turn - b->turn) & TURNS) > TURNS / 2;
}

static CacheItem *oldest_on_probation(const Cache *cache)
{
    CacheItem *found = NULL;

    for (uint64_t left = cache->crowds; left != 0; left &= left - 1) {
        CacheItem *oldest = cache->ages[__builtin_ctzll(left)].oldest;

        if (is_older(oldest, found))
            found = oldest;
    }
    return found;
}

static CacheItem *oldest_of_all(const Cache *cache)
{
    CacheItem *waiting = oldest_on_probation(cache);
    CacheItem *proven = cache->ages[PROVEN].oldest;

    return is_older(waiting, proven) ? waiting : proven;
}

/* --- who makes room --------------------------------------------------------- */

static void count_probation(Cache *cache, const CacheItem *item, bool more)
{
    if (item->list == PROVEN)
        return;
    cache->stats.on_probation += more ? 1 : SIZE_MAX;
    cache->crowd[item->list] += more ? 1 : UINT32_MAX;
    cache->crowds &= ~((uint64_t)1 << item->list);
    cache->crowds |= (uint64_t)(cache->crowd[item->list] > 0) << item->list;
    cache->probation_bytes += more ? item->bytes : -(size_t)item->bytes;
}

/* Of groups of equal weight, that of the longest idle item. */
static CacheItem *oldest_of_heaviest(const Cache *cache)
{
    CacheItem *found = NULL;
    uint32_t most = 0;

    for (uint64_t left = cache->crowds; left != 0; left &= left - 1) {
        unsigned i = (unsigned)__builtin_ctzll(left);
        CacheItem *oldest = cache->ages[i].oldest;

        if (cache->crowd[i] < most || (cache->crowd[i] == most && is_older(found, oldest)))
            continue;
        most = cache->crowd[i];
        found = oldest;
    }
    return found;
}

static CacheItem *victim(const Cache *cache)
{
    const CacheStats *stats = &cache->stats;
    CacheItem *proven = cache->ages[PROVEN].oldest;
    bool many = stats->on_probation >= stats->items / PROBATION_SHARE
                || cache->probation_bytes >= stats->bytes / PROBATION_SHARE;

    return stats->on_probation > 0 && (many || proven == NULL) ? oldest_of_heaviest(cache) : proven;
}

static void unlink_bucket(Cache *cache, CacheItem *item)
{
    CacheItem **at = bucket_of(cache, item->hash);

    while (*at != item)
        at = &(*at)->next_in_bucket;
    *at = item->next_in_bucket;
}

static void take(Cache *cache, CacheItem *item)
{
    unlink_bucket(cache, item);
    unlink_age(cache, item);
    count_probation(cache, item, false);
    cache->stats.items--;
    cache->stats.bytes -= item->bytes;
}

static void drop(Cache *cache, CacheItem *item, CacheDrop why)
{
    take(cache, item);
    if (why == CACHE_DROP_IDLE)
        cache->stats.dropped_idle++;
    else if (why == CACHE_DROP_FULL)
        cache->stats.dropped_full++;
    if (why == CACHE_DROP_FULL && item->list != PROVEN)
        cache->stats.dropped_on_probation++;
    if (cache->config.drop != NULL)
        cache->config.drop(item, why, cache->config.user);
}

static void grow_buckets(Cache *cache)
{
    size_t n_old = cache->n_buckets;
    CacheItem **old = cache->buckets;

    cache->n_buckets *= 2;
    cache->buckets = g_new0(CacheItem *, cache->n_buckets);
    for (size_t i = 0; i < n_old; i++) {
        for (CacheItem *item = old[i], *next; item != NULL; item = next) {
            CacheItem **bucket = bucket_of(cache, item->hash);

            next = item->next_in_bucket;
            item->next_in_bucket = *bucket;
            *bucket = item;
        }
    }
    g_free(old);
}

/* Capture time can go back a little; idle time never does. */
static Nsec not_before(Cache *cache, Nsec now)
{
    cache->latest = cache->stats.items > 0 ? MAX(now, cache->latest) : now;
    return cache->latest;
}

void *cache_get(Cache *cache, const void *key, Nsec now)
{
    CacheItem *item = find(cache, key);

    if (item != NULL)
        cache_touch(cache, item, now);
    return item;
}

void *cache_peek(const Cache *cache, const void *key)
{
    return find(cache, key);
}

static bool is_full(const Cache *cache, size_t bytes)
{
    return cache->stats.items >= cache->config.max_items
           || (cache->config.max_bytes > 0 && cache->stats.items > 0
               && cache->stats.bytes + bytes > cache->config.max_bytes);
}

static void add(Cache *cache, CacheItem *entry, const void *key, size_t bytes, Nsec now)
{
    while (is_full(cache, bytes))
        drop(cache, victim(cache), CACHE_DROP_FULL);
    if (cache->stats.items >= cache->n_buckets)
        grow_buckets(cache);

    entry->key = key;
    entry->hash = cache->config.hash(key);
    entry->bytes = (uint32_t)MIN(bytes, UINT32_MAX);
    entry->touched = not_before(cache, now);

    CacheItem **bucket = bucket_of(cache, entry->hash);

    entry->next_in_bucket = *bucket;
    *bucket = entry;
    link_newest(cache, entry);
    count_probation(cache, entry, true);
    cache->stats.items++;
    cache->stats.bytes += entry->bytes;
}

void cache_add(Cache *cache, void *item, const void *key, size_t bytes, Nsec now)
{
    ((CacheItem *)item)->list = PROVEN;
    add(cache, item, key, bytes, now);
}

void cache_admit(Cache *cache, void *item, const void *key, size_t bytes, Nsec now, uint32_t source)
{
    ((CacheItem *)item)->list = source % CACHE_SOURCES;
    add(cache, item, key, bytes, now);
}

void cache_touch(Cache *cache, void *item, Nsec now)
{
    CacheItem *entry = item;

    entry->touched = not_before(cache, now);
    entry->turn = cache->turns++ & TURNS;
    if (entry == cache->ages[entry->list].newest)
        return;
    unlink_age(cache, entry);
    link_newest(cache, entry);
}

/* It becomes the newest of the proven: what is proved was heard of just now. */
void cache_prove(Cache *cache, void *item)
{
    CacheItem *entry = item;

    if (entry->list == PROVEN)
        return;
    unlink_age(cache, entry);
    count_probation(cache, entry, false);
    entry->list = PROVEN;
    entry->touched = cache->latest;
    link_newest(cache, entry);
}

void cache_grow(Cache *cache, void *item, size_t bytes)
{
    CacheItem *entry = item;

    count_probation(cache, entry, false);
    cache->stats.bytes -= entry->bytes;
    entry->bytes = (uint32_t)MIN(bytes, UINT32_MAX);
    cache->stats.bytes += entry->bytes;
    count_probation(cache, entry, true);
}

void cache_remove(Cache *cache, void *item)
{
    drop(cache, item, CACHE_DROP_REMOVED);
}

/* Stamps come from the wire: two of them can be further apart than an Nsec holds. */
static bool is_idle(const Cache *cache, const CacheItem *item, Nsec now)
{
    Nsec idle;

    if (__builtin_sub_overflow(now, item->touched, &idle))
        return now > item->touched;
    return idle > cache->config.idle;
}

void cache_take(Cache *cache, void *item)
{
    take(cache, item);
}

/* The longest idle first, as long as one is idle for too long; at the end all. */
static void drop_in_order(Cache *cache, CacheDrop why, Nsec now)
{
    CacheItem *waiting = oldest_on_probation(cache);

    for (;;) {
        CacheItem *proven = cache->ages[PROVEN].oldest;
        bool first_waits = is_older(waiting, proven);
        CacheItem *first = first_waits ? waiting : proven;

        if (first == NULL || (why == CACHE_DROP_IDLE && !is_idle(cache, first, now)))
            return;
        drop(cache, first, why);
        if (first_waits)
            waiting = oldest_on_probation(cache);
    }
}

void cache_advance(Cache *cache, Nsec now)
{
    if (cache->config.idle > 0)
        drop_in_order(cache, CACHE_DROP_IDLE, now);
    while (cache->config.max_bytes > 0 && cache->stats.bytes > cache->config.max_bytes)
        drop(cache, victim(cache), CACHE_DROP_FULL);
}

void cache_limit(Cache *cache, size_t max_bytes)
{
    cache->config.max_bytes = max_bytes;
    cache->stats.max_bytes = max_bytes;
}

void *cache_oldest(const Cache *cache)
{
    return oldest_of_all(cache);
}

void *cache_victim(const Cache *cache)
{
    return victim(cache);
}

void cache_each(const Cache *cache, void (*visit)(void *item, void *user), void *user)
{
    CacheItem *next[LISTS];

    for (unsigned i = 0; i < LISTS; i++)
        next[i] = cache->ages[i].oldest;
    for (;;) {
        unsigned first = PROVEN;

        for (uint64_t left = cache->crowds; left != 0; left &= left - 1) {
            unsigned i = (unsigned)__builtin_ctzll(left);

            first = is_older(next[i], next[first]) ? i : first;
        }
        if (next[first] == NULL)
            return;

        CacheItem *item = next[first];

        next[first] = item->newer;
        visit(item, user);
    }
}

CacheStats cache_stats(const Cache *cache)
{
    return cache->stats;
}

void cache_clear(Cache *cache)
{
    drop_in_order(cache, CACHE_DROP_END, NSEC_MAX);
}

void cache_free(Cache *cache)
{
    if (cache == NULL)
        return;
    cache_clear(cache);
    g_free(cache->buckets);
    g_free(cache);
}
