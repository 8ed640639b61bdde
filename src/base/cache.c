/*
 * The bounded table: a chained hash table whose items also form a list from
 * the longest idle to the newest. Both links are inside the items, so that a
 * look-up, a touch and a removal allocate nothing.
 */

#include "base/cache.h"

#define FIRST_BUCKETS 64

struct Cache {
    CacheConfig config;
    CacheStats stats;
    CacheItem **buckets;
    size_t n_buckets; /* a power of two */
    CacheItem *oldest;
    CacheItem *newest;
};

Cache *cache_new(const CacheConfig *config)
{
    Cache *cache = g_new0(Cache, 1);

    g_assert(config->max_items > 0 && config->hash != NULL && config->equal != NULL);
    cache->config = *config;
    cache->stats.name = config->name;
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
    item->newer = NULL;
    item->older = cache->newest;
    if (cache->newest != NULL)
        cache->newest->newer = item;
    else
        cache->oldest = item;
    cache->newest = item;
}

static void unlink_age(Cache *cache, CacheItem *item)
{
    if (item->older != NULL)
        item->older->newer = item->newer;
    else
        cache->oldest = item->newer;
    if (item->newer != NULL)
        item->newer->older = item->older;
    else
        cache->newest = item->older;
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
static Nsec not_before(const Cache *cache, Nsec now)
{
    return cache->newest != NULL ? MAX(now, cache->newest->touched) : now;
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
           || (cache->config.max_bytes > 0 && cache->oldest != NULL
               && cache->stats.bytes + bytes > cache->config.max_bytes);
}

void cache_add(Cache *cache, void *item, const void *key, size_t bytes, Nsec now)
{
    CacheItem *entry = item;

    while (is_full(cache, bytes))
        drop(cache, cache->oldest, CACHE_DROP_FULL);
    if (cache->stats.items >= cache->n_buckets)
        grow_buckets(cache);

    entry->key = key;
    entry->hash = cache->config.hash(key);
    entry->bytes = bytes;
    entry->touched = not_before(cache, now);

    CacheItem **bucket = bucket_of(cache, entry->hash);

    entry->next_in_bucket = *bucket;
    *bucket = entry;
    link_newest(cache, entry);
    cache->stats.items++;
    cache->stats.bytes += bytes;
}

void cache_touch(Cache *cache, void *item, Nsec now)
{
    CacheItem *entry = item;

    entry->touched = not_before(cache, now);
    if (entry == cache->newest)
        return;
    unlink_age(cache, entry);
    link_newest(cache, entry);
}

void cache_grow(Cache *cache, void *item, size_t bytes)
{
    CacheItem *entry = item;

    cache->stats.bytes += bytes - entry->bytes;
    entry->bytes = bytes;
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

void cache_advance(Cache *cache, Nsec now)
{
    if (cache->config.idle > 0) {
        while (cache->oldest != NULL && is_idle(cache, cache->oldest, now))
            drop(cache, cache->oldest, CACHE_DROP_IDLE);
    }
    while (cache->config.max_bytes > 0 && cache->stats.bytes > cache->config.max_bytes)
        drop(cache, cache->oldest, CACHE_DROP_FULL);
}

void *cache_oldest(const Cache *cache)
{
    return cache->oldest;
}

void cache_each(const Cache *cache, void (*visit)(void *item, void *user), void *user)
{
    for (CacheItem *item = cache->oldest; item != NULL; item = item->newer)
        visit(item, user);
}

CacheStats cache_stats(const Cache *cache)
{
    return cache->stats;
}

void cache_clear(Cache *cache)
{
    while (cache->oldest != NULL)
        drop(cache, cache->oldest, CACHE_DROP_END);
}

void cache_free(Cache *cache)
{
    if (cache == NULL)
        return;
    cache_clear(cache);
    g_free(cache->buckets);
    g_free(cache);
}
