#pragma once

/*
 * Blocks of memory that one thread takes and another gives back.
 *
 * The C library's allocator serves that case badly: what another thread frees
 * goes through a lock and is merged with its neighbours, to be cut again for
 * the next block. Here a block stays what it is, and comes back as it went.
 *
 * A pool never gives memory back to the system before pool_free(): it is as
 * large as what was out at most.
 */

#include <glib.h>
#include <stddef.h>

typedef struct Pool Pool;

Pool *pool_new(void);

/* Aligned as malloc aligns, and not zeroed. Only one thread takes from a pool. 'pool' NULL:
 * from the C library. */
void *pool_take(Pool *pool, size_t size);

/* Any thread, but no two at a time for one pool. */
void pool_give(void *block);

/* Every block has come back. */
void pool_free(Pool *pool);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Pool, pool_free)
