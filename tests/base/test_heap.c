/*
 * Is the kernel asked for large pages as the heap grows?
 */

#include "base/heap.h"

#include <stdio.h>
#include <unistd.h>

#include "support/check.h"

#define MIB ((intptr_t)1024 * 1024)

/* As the C library does it. */
static void grow(intptr_t bytes)
{
    assert_true(sbrk(bytes) != (void *)-1);
}

static void asks_for_what_has_grown(void **state)
{
    Heap heap = { 0 };

    assert_int_equal(heap_advance(&heap), 0);
    grow(16 * MIB);

    size_t asked = heap_advance(&heap);

    if (asked == 0)
        skip(); /* a kernel without large pages */
    assert_in_range(asked, 8 * MIB, 16 * MIB);
}

static void asks_once_for_each_part(void **state)
{
    Heap heap = { 0 };

    heap_advance(&heap);
    grow(16 * MIB);
    heap_advance(&heap);
    assert_int_equal(heap_advance(&heap), 0);
}

static void leaves_a_heap_alone_that_shrinks(void **state)
{
    Heap heap = { 0 };

    heap_advance(&heap);
    grow(8 * MIB);
    heap_advance(&heap);
    grow(-4 * MIB);
    assert_int_equal(heap_advance(&heap), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(asks_for_what_has_grown),
        cmocka_unit_test(asks_once_for_each_part),
        cmocka_unit_test(leaves_a_heap_alone_that_shrinks),
    };

    if (sbrk(16 * MIB) == (void *)-1) { /* under valgrind, which has a heap of its own */
        puts("1..0 # SKIP the heap cannot grow here");
        return 0;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
