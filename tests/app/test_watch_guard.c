/* A frame that never ends ends the program. */

#include "app/watch_guard.h"

#include <glib.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/check.h"

static void the_hash_is_the_same_everywhere(void **state)
{
    assert_true(watch_guard_hash(STR("")) == UINT64_C(0xcbf29ce484222325));
    assert_true(watch_guard_hash(STR("a")) == UINT64_C(0xaf63dc4c8601ec8c));
    assert_true(watch_guard_hash(STR("foobar")) == UINT64_C(0x85944171f73967e8));
}

static void compute_for_ever(int errors)
{
    CapturePacket packet = { .ref = { .frame = 4711 }, .bytes = STR("SECRET") };
    WatchGuard *guard = watch_guard_new();

    dup2(errors, STDERR_FILENO);
    alarm(60); /* should the guard sleep */
    if (guard == NULL)
        _exit(1);
    watch_guard_begin(guard, &packet);
    for (volatile unsigned i = 0;; i++)
        ;
}

static void a_frame_that_hangs_is_named_and_not_shown(void **state)
{
    char text[256] = "";
    int pipe_ends[2];
    int status;

    assert_int_equal(pipe(pipe_ends), 0);

    pid_t child = fork();

    if (child == 0)
        compute_for_ever(pipe_ends[1]);
    close(pipe_ends[1]);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(read(pipe_ends[0], text, sizeof(text) - 1) > 0);
    close(pipe_ends[0]);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
    assert_true(g_str_has_prefix(text, "whyreg: stuck on frame 4711 of capture 1: 6 bytes, hash "));
    assert_null(strstr(text, "SECRET"));
}

static void frames_that_end_are_no_reason(void **state)
{
    CapturePacket packet = { .bytes = STR("x") };
    WatchGuard *guard = watch_guard_new();
    gint64 end = g_get_monotonic_time() + 3 * G_USEC_PER_SEC + G_USEC_PER_SEC / 2;

    assert_non_null(guard);
    while (g_get_monotonic_time() < end) {
        watch_guard_begin(guard, &packet);
        watch_guard_end(guard);
    }
    watch_guard_free(guard);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_hash_is_the_same_everywhere),
        cmocka_unit_test(a_frame_that_hangs_is_named_and_not_shown),
        cmocka_unit_test(frames_that_end_are_no_reason),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
