#pragma once

/*
 * Bounded table.
 *
 * Everything the program remembers lives in a Cache: fragments, streams,
 * transactions, chains, devices. A Cache forgets the item that was idle
 * longest when it is full, and any item idle for longer than 'idle'. Idle
 * time is capture time. What was forgotten is counted and reported: a verdict
 * drawn from a table that overflowed must say so.
 *
 * What strangers can make up is added with cache_admit(): it is on probation
 * until something shows that it is genuine, an answer from the other side, and
 * the caller says so with cache_prove(). A full table takes from those on
 * probation as long as they hold more than a quarter of it: first from the
 * sources that hold most, of these the longest idle. So a flood with forged
 * addresses replaces its own traces and nobody's who is answered.
 *
 * An item is a struct of the caller whose first member is a CacheItem and
 * which holds its key; the table keeps pointers to it and never copies.
 */

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/nsec.h"

typedef struct Cache Cache;

typedef enum CacheDrop {
    CACHE_DROP_REMOVED, /* cache_remove() */
    CACHE_DROP_IDLE,    /* nothing happened for 'idle' */
    CACHE_DROP_FULL,    /* pushed out by a newer item */
    CACHE_DROP_END,     /* cache_clear() or cache_free(): the capture is over */
} CacheDrop;

/* First member of every struct that is kept in a Cache. */
typedef struct CacheItem {
    struct CacheItem *next_in_bucket;
    struct CacheItem *newer;
    struct CacheItem *older;
    uint64_t hash;
    const void *key; /* inside the item */
    Nsec touched;
    uint32_t bytes;
    uint32_t turn : 24; /* which of two was touched first, at one time */
    uint32_t list : 8;
} CacheItem;

/* Sources are told apart by so many groups. */
#define CACHE_SOURCES 64

typedef struct CacheConfig {
    const char *name; /* as in the report: "net.streams" */
    size_t max_items;
    size_t max_bytes; /* 0: no limit but max_items */
    Nsec idle;        /* 0: never forgotten for being idle */

    /* Keyed: built on hash_bytes(). */
    uint64_t (*hash)(const void *key);
    bool (*equal)(const void *a, const void *b);

    /* Takes the item back; called exactly once for each. It must not touch
     * the same Cache. */
    void (*drop)(void *item, CacheDrop why, void *user);
    void *user;
} CacheConfig;

typedef struct CacheStats {
    const char *name;
    size_t items;
    size_t bytes;
    size_t max_items;    /* as configured; SIZE_MAX: bounded by another table */
    size_t max_bytes;    /* likewise; 0: only by items */
    size_t on_probation; /* of the items */
    uint64_t dropped_idle;
    uint64_t dropped_full;
    uint64_t dropped_on_probation; /* of these */
} CacheStats;

Cache *cache_new(const CacheConfig *config);
void cache_free(Cache *cache);
void cache_clear(Cache *cache); /* oldest first; the table can be used on */

void *cache_get(Cache *cache, const void *key, Nsec now); /* and touches it */
void *cache_peek(const Cache *cache, const void *key);    /* and does not */

/* The key must not be in the table yet. Never fails: old items make room. */
void cache_add(Cache *cache, void *item, const void *key, size_t bytes, Nsec now);
void cache_touch(Cache *cache, void *item, Nsec now);

/* The same on probation. 'source' tells who could have made it up, in any way that has no key:
 * what is let go of must not change from run to run. */
void cache_admit(Cache *cache, void *item, const void *key, size_t bytes, Nsec now,
                 uint32_t source);
void cache_prove(Cache *cache, void *item); /* it is genuine; more than once is the same */
void cache_grow(Cache *cache, void *item, size_t bytes); /* the item's new size; drops nothing */
void cache_remove(Cache *cache, void *item);
void cache_take(Cache *cache,
                void *item); /* out of the table, without drop(): the caller's again */
void cache_advance(Cache *cache, Nsec now);

/* Another limit from now on; 0: none but that of items. Drops nothing by itself. */
void cache_limit(Cache *cache, size_t max_bytes);

void *cache_oldest(const Cache *cache); /* the longest idle item, or NULL */
void *cache_victim(const Cache *cache); /* the one that would make room for another, or NULL */

/* Every item, the longest idle first; 'visit' must not change the table. */
void cache_each(const Cache *cache, void (*visit)(void *item, void *user), void *user);

CacheStats cache_stats(const Cache *cache);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Cache, cache_free)
