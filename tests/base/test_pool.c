/*
 * Tests of the pool: what comes back is given out again, from any thread.
 */

#include "base/pool.h"

#include <pthread.h>
#include <stdint.h>
#include <string.h>

#include "support/check.h"

static void blocks_are_apart_and_aligned(void **state)
{
    static const size_t sizes[] = { 1, 15, 16, 111, 112, 113, 1000, 4080, 4081, 70000 };
    g_autoptr(Pool) pool = pool_new();
    char *blocks[G_N_ELEMENTS(sizes) * 3];
    unsigned n = 0;

    for (unsigned i = 0; i < G_N_ELEMENTS(blocks); i++) {
        size_t size = sizes[i % G_N_ELEMENTS(sizes)];

        blocks[n] = pool_take(pool, size);
        assert_int_equal((uintptr_t)blocks[n] % _Alignof(max_align_t), 0);
        memset(blocks[n], (int)n, size);
        n++;
    }
    for (unsigned i = 0; i < n; i++) {
        size_t size = sizes[i % G_N_ELEMENTS(sizes)];

        assert_int_equal(blocks[i][0], (char)i);
        assert_int_equal(blocks[i][size - 1], (char)i);
        pool_give(blocks[i]);
    }
}

/* More than ever was out at once would be a leak. */
static void what_came_back_is_given_out_again(void **state)
{
    enum { OUT = 100, ROUNDS = 1000 };
    g_autoptr(Pool) pool = pool_new();
    g_autoptr(GHashTable) seen = g_hash_table_new(NULL, NULL);
    void *blocks[OUT];

    for (unsigned round = 0; round < ROUNDS; round++) {
        for (unsigned i = 0; i < OUT; i++) {
            blocks[i] = pool_take(pool, 500);
            g_hash_table_add(seen, blocks[i]);
        }
        for (unsigned i = 0; i < OUT; i++)
            pool_give(blocks[i]);
    }
#if !defined(__SANITIZE_ADDRESS__)
    assert_true(g_hash_table_size(seen) < 3 * OUT);
#endif
}

static void without_a_pool_it_is_the_c_library_that_gives(void **state)
{
    char *block = pool_take(NULL, 300);

    memset(block, 1, 300);
    pool_give(block);
}

typedef struct Ring {
    void *slots[64];
    unsigned put; /* atomic */
    unsigned n;
} Ring;

static void *give_all(void *user)
{
    Ring *ring = user;

    for (unsigned i = 0; i < ring->n; i++) {
        while (__atomic_load_n(&ring->put, __ATOMIC_ACQUIRE) <= i)
            g_thread_yield();
        pool_give(ring->slots[i % G_N_ELEMENTS(ring->slots)]);
        __atomic_store_n(&ring->slots[i % G_N_ELEMENTS(ring->slots)], NULL, __ATOMIC_RELEASE);
    }
    return NULL;
}

static void another_thread_may_give_back(void **state)
{
    g_autoptr(Pool) pool = pool_new();
    Ring ring = { .n = 20000 };
    pthread_t thread;

    assert_int_equal(pthread_create(&thread, NULL, give_all, &ring), 0);
    for (unsigned i = 0; i < ring.n; i++) {
        size_t size = 64 + i % 5 * 300;
        char *block = pool_take(pool, size);
        void **slot = &ring.slots[i % G_N_ELEMENTS(ring.slots)];

        memset(block, 0x55, size);
        while (__atomic_load_n(slot, __ATOMIC_ACQUIRE) != NULL)
            g_thread_yield();
        *slot = block;
        __atomic_store_n(&ring.put, i + 1, __ATOMIC_RELEASE);
    }
    pthread_join(thread, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blocks_are_apart_and_aligned),
        cmocka_unit_test(what_came_back_is_given_out_again),
        cmocka_unit_test(without_a_pool_it_is_the_c_library_that_gives),
        cmocka_unit_test(another_thread_may_give_back),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
