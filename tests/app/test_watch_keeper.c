/* Statistics for people, and what the service manager hears. */

#include "app/watch_keeper.h"

#include <unistd.h>

#include "support/check.h"

typedef struct Scene {
    CaptureInfo info;
    RegCaptureSite site;
    GPtrArray *captures;
    ReportResult result;
    ReportPulse pulse;
} Scene;

static void set_scene(Scene *scene)
{
    *scene = (Scene){
        .info = { .name = "eth0", .packets = 1000, .bytes = 500000, .dropped_kernel = 7 },
    };
    scene->site.info = &scene->info;
    scene->captures = g_ptr_array_new();
    g_ptr_array_add(scene->captures, &scene->site);
    scene->result.captures = scene->captures;
    scene->result.counts.sip_messages = 900;
    scene->result.tables[0] =
        (CacheStats){ .name = "reg.devices", .items = 42, .bytes = 84 * 1024, .dropped_full = 3 };
    scene->result.n_tables = 1;
    scene->pulse = (ReportPulse){
        .wall = INT64_C(1769860800) * NSEC_SEC,
        .result = &scene->result,
        .conditions = { [REG_CONDITION_STABLE] = 40, [REG_CONDITION_LOST] = 2 },
        .outputs_dropped = 5,
    };
}

static void everything_that_was_lost_is_among_the_statistics(void **state)
{
    Scene scene;

    set_scene(&scene);

    g_autofree char *text = watch_keeper_statistics(&scene.pulse);

    assert_true(g_str_has_prefix(text, "whyreg: statistics at 2026-01-31T12:00:00"));
    assert_non_null(strstr(text, "  eth0: 1000 packets, 500000 bytes, 7 dropped by the kernel, "));
    assert_non_null(strstr(text, "  SIP: 900 messages, "));
    assert_non_null(strstr(text, "40 stable"));
    assert_non_null(strstr(text, "2 lost"));
    assert_non_null(strstr(text, "  table reg.devices: 42, 84 KiB, 3 pushed out, "));
    assert_non_null(strstr(text, "  outputs: 5 records dropped\n"));
    g_ptr_array_unref(scene.captures);
}

static void statistics_are_printed_once_for_each_who_asks(void **state)
{
    g_autoptr(HostService) service = host_service_new();
    ReportWriter *keeper = watch_keeper_new(service);
    char text[4096] = "";
    int ends[2];
    Scene scene;

    set_scene(&scene);
    assert_int_equal(pipe(ends), 0);

    int kept = dup(STDERR_FILENO);

    dup2(ends[1], STDERR_FILENO);
    keeper->ops->pulse(keeper, &scene.pulse);
    watch_keeper_ask(keeper);
    keeper->ops->pulse(keeper, &scene.pulse);
    keeper->ops->pulse(keeper, &scene.pulse);
    dup2(kept, STDERR_FILENO);
    close(kept);
    close(ends[1]);

    ssize_t len = read(ends[0], text, sizeof(text) - 1);

    close(ends[0]);
    keeper->ops->free(keeper);
    g_ptr_array_unref(scene.captures);
    assert_true(len > 0);

    const char *first = strstr(text, "whyreg: statistics");

    assert_non_null(first);
    assert_null(strstr(first + 1, "whyreg: statistics"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(everything_that_was_lost_is_among_the_statistics),
        cmocka_unit_test(statistics_are_printed_once_for_each_who_asks),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
