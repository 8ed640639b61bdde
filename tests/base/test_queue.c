/*
 * Tests of the queue between two threads: order, bounds, its end.
 */

#include "base/queue.h"

#include <pthread.h>
#include <stdint.h>
#include <string.h>

#include "support/check.h"

typedef struct Number {
    uint64_t value;
    size_t len;
    char text[];
} Number;

typedef struct Taken {
    uint64_t n;
    uint64_t wrong;   /* out of order, or with other bytes behind it */
    pthread_t thread; /* that took the newest */
    uint64_t slow;    /* each takes so many microseconds */
} Taken;

static void take(void *record, void *user)
{
    const Number *number = record;
    Taken *taken = user;

    taken->wrong += number->value != taken->n;
    for (size_t i = 0; i < number->len; i++)
        taken->wrong += number->text[i] != (char)number->value;
    taken->n++;
    taken->thread = pthread_self();
    if (taken->slow > 0)
        g_usleep(taken->slow);
}

static void add(Queue *queue, uint64_t value, size_t len, size_t held)
{
    Number *number = queue_add(queue, sizeof(*number) + len, held);

    assert_int_equal((uintptr_t)number % _Alignof(max_align_t), 0);
    number->value = value;
    number->len = len;
    memset(number->text, (char)value, len);
}

static Queue *new_queue(size_t max_bytes, bool threaded, Taken *taken)
{
    return queue_new(&(QueueConfig){ .name = "test",
                                     .max_bytes = max_bytes,
                                     .threaded = threaded,
                                     .take = take,
                                     .user = taken });
}

/* Records from nothing to several batches' size. */
static size_t len_of(uint64_t i)
{
    return i % 997 == 0 ? 200000 : i * 7 % 300;
}

static void everything_is_taken_in_order(void **state)
{
    for (unsigned threaded = 0; threaded < 2; threaded++) {
        Taken taken = { 0 };
        g_autoptr(Queue) queue = new_queue(1 << 20, threaded, &taken);

        for (uint64_t i = 0; i < 20000; i++)
            add(queue, i, len_of(i), i % 3 * 1000);
        queue_finish(queue);
        assert_int_equal(taken.n, 20000);
        assert_int_equal(taken.wrong, 0);
        assert_int_equal(pthread_equal(taken.thread, pthread_self()) != 0, !threaded);
    }
}

static void what_fits_into_one_batch_starts_no_thread(void **state)
{
    Taken taken = { 0 };
    g_autoptr(Queue) queue = new_queue(1 << 20, true, &taken);

    for (uint64_t i = 0; i < 100; i++)
        add(queue, i, 10, 10);
    assert_int_equal(taken.n, 0);
    queue_finish(queue);
    assert_int_equal(taken.n, 100);
    assert_true(pthread_equal(taken.thread, pthread_self()));
}

static void a_flush_hands_over_what_there_is(void **state)
{
    Taken taken = { 0 };
    g_autoptr(Queue) queue = new_queue(1 << 20, false, &taken);

    queue_flush(queue);
    add(queue, 0, 10, 0);
    add(queue, 1, 10, 0);
    queue_flush(queue);
    assert_int_equal(taken.n, 2);
    queue_flush(queue);
    add(queue, 2, 0, 0);
    queue_flush(queue);
    assert_int_equal(taken.n, 3);
    assert_int_equal(taken.wrong, 0);
}

static void whoever_is_too_fast_waits(void **state)
{
    Taken taken = { .slow = 20 };
    g_autoptr(Queue) queue = new_queue(300 * 1024, true, &taken);

    /* Each record says that it holds a whole batch, so that the bound is three of them. */
    for (uint64_t i = 0; i < 500; i++)
        add(queue, i, 0, 128 * 1024);
    queue_finish(queue);
    assert_int_equal(taken.n, 500);
    assert_int_equal(taken.wrong, 0);
}

/* A record that is larger than the bound must not wait for room that never comes. */
static void one_that_is_too_large_passes_when_nothing_waits(void **state)
{
    Taken taken = { 0 };
    g_autoptr(Queue) queue = new_queue(1024, true, &taken);

    for (uint64_t i = 0; i < 10; i++)
        add(queue, i, 100000, 0);
    queue_finish(queue);
    assert_int_equal(taken.n, 10);
    assert_int_equal(taken.wrong, 0);
}

static void freeing_takes_the_rest(void **state)
{
    Taken taken = { 0 };
    Queue *queue = new_queue(1 << 20, true, &taken);

    for (uint64_t i = 0; i < 5000; i++)
        add(queue, i, 100, 0);
    queue_free(queue);
    assert_int_equal(taken.n, 5000);
    assert_int_equal(taken.wrong, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(everything_is_taken_in_order),
        cmocka_unit_test(what_fits_into_one_batch_starts_no_thread),
        cmocka_unit_test(a_flush_hands_over_what_there_is),
        cmocka_unit_test(whoever_is_too_fast_waits),
        cmocka_unit_test(one_that_is_too_large_passes_when_nothing_waits),
        cmocka_unit_test(freeing_takes_the_rest),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
