/*
 * Slow work behind a queue: what fits is done in order, what does not is
 * counted, and nobody waits for a thread that hangs.
 */

#include "base/outbox.h"

#include <pthread.h>
#include <string.h>

#include "support/check.h"

typedef struct Desk {
    pthread_mutex_t lock;
    pthread_cond_t moved;
    bool blocked;     /* handle() waits while it is */
    unsigned entered; /* calls of handle() */
    unsigned idle;
    unsigned dropped;
    GString *handled;
} Desk;

static void desk_init(Desk *desk, bool blocked)
{
    *desk = (Desk){ .blocked = blocked, .handled = g_string_new(NULL) };
    pthread_mutex_init(&desk->lock, NULL);
    pthread_cond_init(&desk->moved, NULL);
}

static void desk_clear(Desk *desk)
{
    g_string_free(desk->handled, TRUE);
    pthread_cond_destroy(&desk->moved);
    pthread_mutex_destroy(&desk->lock);
}

static void on_handle(void *job, void *user)
{
    Desk *desk = user;

    pthread_mutex_lock(&desk->lock);
    desk->entered++;
    pthread_cond_broadcast(&desk->moved);
    while (desk->blocked)
        pthread_cond_wait(&desk->moved, &desk->lock);
    g_string_append(desk->handled, job);
    pthread_mutex_unlock(&desk->lock);
    g_free(job);
}

static void on_idle(void *user)
{
    Desk *desk = user;

    pthread_mutex_lock(&desk->lock);
    desk->idle++;
    pthread_cond_broadcast(&desk->moved);
    pthread_mutex_unlock(&desk->lock);
}

static void on_drop(void *job, void *user)
{
    ((Desk *)user)->dropped++;
    g_free(job);
}

static Outbox *desk_outbox(Desk *desk, size_t max_bytes)
{
    const OutboxConfig config = {
        .name = "desk",
        .max_bytes = max_bytes,
        .handle = on_handle,
        .idle = on_idle,
        .drop = on_drop,
        .user = desk,
    };

    return outbox_new(&config);
}

static void wait_until(Desk *desk, const unsigned *counter, unsigned least)
{
    pthread_mutex_lock(&desk->lock);
    while (*counter < least)
        pthread_cond_wait(&desk->moved, &desk->lock);
    pthread_mutex_unlock(&desk->lock);
}

static void let_go(Desk *desk)
{
    pthread_mutex_lock(&desk->lock);
    desk->blocked = false;
    pthread_cond_broadcast(&desk->moved);
    pthread_mutex_unlock(&desk->lock);
}

static void does_the_jobs_in_order(void **state)
{
    Desk desk;

    desk_init(&desk, false);

    Outbox *outbox = desk_outbox(&desk, 1 << 20);

    for (unsigned i = 0; i < 10; i++)
        assert_true(outbox_post(outbox, g_strdup_printf("%u", i), 2));
    assert_true(outbox_close(outbox, NSEC_MAX));
    assert_string_equal(desk.handled->str, "0123456789");
    assert_int_equal(desk.dropped, 0);
    desk_clear(&desk);
}

static void a_stalled_handler_makes_nobody_wait_and_the_rest_is_counted(void **state)
{
    Desk desk;
    unsigned taken = 0;

    desk_init(&desk, true);

    Outbox *outbox = desk_outbox(&desk, 10000);

    for (unsigned i = 0; i < 1000; i++)
        taken += outbox_post(outbox, g_strdup("x"), 100);

    OutboxStats stats = outbox_stats(outbox);

    assert_in_range(taken, 50, 99);
    assert_int_equal(stats.posted, 1000);
    assert_int_equal(stats.dropped, 1000 - taken);
    assert_int_equal(desk.dropped, 1000 - taken);
    assert_in_range(stats.bytes, taken * 100, 10000);
    let_go(&desk);
    assert_true(outbox_close(outbox, NSEC_MAX));
    assert_int_equal(desk.handled->len, taken);
    desk_clear(&desk);
}

static void there_is_room_again_when_jobs_are_done(void **state)
{
    Desk desk;

    desk_init(&desk, true);

    Outbox *outbox = desk_outbox(&desk, 200);

    assert_true(outbox_post(outbox, g_strdup("a"), 150));
    assert_false(outbox_post(outbox, g_strdup("b"), 150));
    let_go(&desk);
    wait_until(&desk, &desk.idle, 1);
    assert_int_equal(outbox_stats(outbox).bytes, 0);
    assert_true(outbox_post(outbox, g_strdup("c"), 150));
    assert_true(outbox_close(outbox, NSEC_MAX));
    assert_string_equal(desk.handled->str, "ac");
    desk_clear(&desk);
}

static void a_job_that_weighs_too_much_or_nothing_has_its_limit_too(void **state)
{
    Desk desk;
    unsigned taken = 0;

    desk_init(&desk, true);

    Outbox *outbox = desk_outbox(&desk, 1000);

    assert_false(outbox_post(outbox, g_strdup("x"), SIZE_MAX - 64));
    for (unsigned i = 0; i < 10000; i++)
        taken += outbox_post(outbox, g_strdup("y"), 0);
    assert_in_range(taken, 1, 1000);
    let_go(&desk);
    assert_true(outbox_close(outbox, NSEC_MAX));
    desk_clear(&desk);
}

static void tells_when_the_queue_has_run_dry(void **state)
{
    Desk desk;

    desk_init(&desk, false);

    Outbox *outbox = desk_outbox(&desk, 1000);

    outbox_post(outbox, g_strdup("a"), 1);
    wait_until(&desk, &desk.idle, 1);
    outbox_post(outbox, g_strdup("b"), 1);
    wait_until(&desk, &desk.idle, 2);
    assert_true(outbox_close(outbox, NSEC_MAX));
    assert_int_equal(desk.idle, 2);
    desk_clear(&desk);
}

static void closing_waits_for_what_was_posted_and_for_the_last_idle(void **state)
{
    Desk desk;

    desk_init(&desk, true);

    Outbox *outbox = desk_outbox(&desk, 1000);

    outbox_post(outbox, g_strdup("a"), 1);
    wait_until(&desk, &desk.entered, 1);
    outbox_post(outbox, g_strdup("b"), 1);
    let_go(&desk);
    assert_true(outbox_close(outbox, NSEC_MAX));
    assert_string_equal(desk.handled->str, "ab");
    assert_in_range(desk.idle, 1, 2);
    desk_clear(&desk);
}

static void closing_leaves_a_thread_that_hangs_behind(void **state)
{
    /* The thread may come back after the test has ended. */
    static Desk desk;

    desk_init(&desk, true);

    Outbox *outbox = desk_outbox(&desk, 1000);

    outbox_post(outbox, g_strdup("a"), 1);
    wait_until(&desk, &desk.entered, 1);
    outbox_post(outbox, g_strdup("b"), 1);
    outbox_post(outbox, g_strdup("c"), 1);
    assert_false(outbox_close(outbox, 20 * NSEC_MSEC));
    assert_int_equal(desk.dropped, 2);

    /* It goes on by itself, ends, and asks for nothing more. */
    let_go(&desk);
    while (true) {
        pthread_mutex_lock(&desk.lock);

        size_t done = desk.handled->len;

        pthread_mutex_unlock(&desk.lock);
        if (done == 1)
            break;
        g_usleep(1000);
    }
    assert_int_equal(desk.idle, 0);
}

static void without_a_job_there_is_nothing_to_wait_for(void **state)
{
    Desk desk;

    desk_init(&desk, false);
    assert_true(outbox_close(desk_outbox(&desk, 1000), 0));

    Outbox *started = desk_outbox(&desk, 1000);

    outbox_start(started);
    outbox_start(started);
    assert_true(outbox_close(started, NSEC_MAX));
    desk_clear(&desk);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(does_the_jobs_in_order),
        cmocka_unit_test(a_stalled_handler_makes_nobody_wait_and_the_rest_is_counted),
        cmocka_unit_test(there_is_room_again_when_jobs_are_done),
        cmocka_unit_test(a_job_that_weighs_too_much_or_nothing_has_its_limit_too),
        cmocka_unit_test(tells_when_the_queue_has_run_dry),
        cmocka_unit_test(closing_waits_for_what_was_posted_and_for_the_last_idle),
        cmocka_unit_test(closing_leaves_a_thread_that_hangs_behind),
        cmocka_unit_test(without_a_job_there_is_nothing_to_wait_for),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
