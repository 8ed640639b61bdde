/*
 * One list of free blocks for each size on the taking side, and one on the
 * other, which the taker empties at once when its own has run out: an exchange
 * of one word, for thousands of blocks.
 */

#include "base/pool.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

/* Sizes in steps of 128 bytes to 4 KiB: a SIP message of UDP. Larger ones are seldom and
 * come from the C library. */
#define STEP 128
#define CLASSES 32

/* What is asked of the C library for blocks of one size. */
#define SLAB (64 * 1024)

typedef struct Block {
    Pool *pool; /* NULL: of the C library */
    uint32_t class;
    _Alignas(max_align_t) union {
        struct Block *next; /* while it is free */
        char content[1];
    };
} Block;

typedef struct Slab {
    struct Slab *next;
    _Alignas(max_align_t) char blocks[];
} Slab;

struct Pool {
    Block *free[CLASSES]; /* the taker's */
    Slab *slabs;

    /* The giver's; a line of its own, because the two threads write all the time. */
    _Alignas(64) Block *returned[CLASSES];
};

#define HEADER offsetof(Block, content)

/* A block that is given back must be seen as gone. */
#if defined(__SANITIZE_ADDRESS__)
#define POOLED false
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define POOLED false
#endif
#endif
#ifndef POOLED
#define POOLED true
#endif

Pool *pool_new(void)
{
    Pool *pool = NULL;

    if (posix_memalign((void **)&pool, _Alignof(Pool), sizeof(*pool)) != 0)
        g_error("no memory");
    *pool = (Pool){ .slabs = NULL };
    return pool;
}

void pool_free(Pool *pool)
{
    if (pool == NULL)
        return;
    for (Slab *slab = pool->slabs, *next; slab != NULL; slab = next) {
        next = slab->next;
        g_free(slab);
    }
    free(pool);
}

static Block *cut_slab(Pool *pool, uint32_t class)
{
    size_t size = (class + 1u) * STEP;
    Slab *slab = g_malloc(sizeof(Slab) + SLAB / size * size);
    Block *first = NULL;

    slab->next = pool->slabs;
    pool->slabs = slab;
    for (size_t at = SLAB / size * size; at > 0; at -= size) {
        Block *block = (Block *)(slab->blocks + at - size);

        block->pool = pool;
        block->class = class;
        block->next = first;
        first = block;
    }
    return first;
}

void *pool_take(Pool *pool, size_t size)
{
    size_t whole = MAX(HEADER + size, sizeof(Block));
    size_t class = (whole - 1) / STEP;

    if (pool == NULL || class >= CLASSES || !POOLED) {
        Block *block = g_malloc(whole);

        block->pool = NULL;
        return block->content;
    }

    Block *block = pool->free[class];

    if (block == NULL)
        block = __atomic_exchange_n(&pool->returned[class], NULL, __ATOMIC_ACQUIRE);
    if (block == NULL)
        block = cut_slab(pool, (uint32_t) class);
    pool->free[class] = block->next;
    return block->content;
}

/* The taker only ever takes the whole list, so that nothing comes back unseen in between. */
void pool_give(void *content)
{
    Block *block = (Block *)((char *)content - HEADER);

    if (block->pool == NULL) {
        g_free(block);
        return;
    }

    Block **list = &block->pool->returned[block->class];

    block->next = __atomic_load_n(list, __ATOMIC_RELAXED);
    while (!__atomic_compare_exchange_n(list, &block->next, block, true, __ATOMIC_RELEASE,
                                        __ATOMIC_RELAXED))
        continue;
}
