/*
 * The helper process from outside: it has nothing of ours but its socket,
 * makes nobody wait, and is gone when we are.
 */

#include "host/attendant.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <sys/wait.h>

#include "host/events.h"
#include "told.h"

typedef struct Place {
    char *folder;
    char *path;
} Place;

static Place place_new(void)
{
    Place place = { .folder = g_dir_make_tmp("whyreg-XXXXXX", NULL) };

    place.path = g_build_filename(place.folder, "out", NULL);
    g_setenv("OUT", place.path, TRUE);
    return place;
}

static char *place_take(Place *place)
{
    char *text = NULL;

    g_file_get_contents(place->path, &text, NULL, NULL);
    g_unlink(place->path);
    assert_int_equal(g_rmdir(place->folder), 0);
    g_free(place->folder);
    g_free(place->path);
    return text;
}

/* How many of these were not taken: 0 or 1. */
static uint64_t change(HostAttendant *attendant, const char *aor)
{
    ReportWriter *writer = host_on_change_new(attendant);
    RegDevice device = told_device(aor);
    ReportChange change = told_change(&device, REG_CONDITION_STABLE, REG_CONDITION_LOST);

    writer->ops->change(writer, &change);

    uint64_t dropped = report_writer_dropped(writer);

    assert_true(report_writer_close(writer, NULL));
    return dropped;
}

static void runs_the_command_with_the_facts(void **state)
{
    Place place = place_new();
    HostAttendantConfig config = { .on_change = "echo \"$WHYREG_AOR is $WHYREG_TO\" >> $OUT" };
    HostAttendant *attendant = host_attendant_new(&config, NULL);

    assert_non_null(attendant);
    assert_int_equal(change(attendant, "alice@example.com"), 0);
    host_attendant_free(attendant);

    g_autofree char *text = place_take(&place);

    assert_string_equal(text, "alice@example.com is lost\n");
}

static void has_no_descriptors_of_ours(void **state)
{
    HostAttendantConfig config = { 0 };
    int ends[2];
    char byte;

    assert_int_equal(pipe(ends), 0);

    HostAttendant *attendant = host_attendant_new(&config, NULL);

    close(ends[1]);
    assert_int_equal(read(ends[0], &byte, 1), 0); /* ours was the last */
    close(ends[0]);
    host_attendant_free(attendant);
}

static void the_command_has_none_of_the_attendants(void **state)
{
    Place place = place_new();
    HostAttendantConfig config = { .on_change = "readlink /proc/$$/fd/* > $OUT" };
    HostAttendant *attendant = host_attendant_new(&config, NULL);

    change(attendant, "a");
    host_attendant_free(attendant);

    g_autofree char *text = place_take(&place);

    assert_non_null(text);
    assert_null(strstr(text, "socket:"));
    assert_null(strstr(text, "signalfd"));
}

static void has_no_capability(void **state)
{
    Place place = place_new();
    HostAttendantConfig config = { .on_change = "grep -E 'Cap(Inh|Prm|Eff|Amb)' /proc/$PPID/status"
                                                " | cut -f2 | sort -u > $OUT" };
    HostAttendant *attendant = host_attendant_new(&config, NULL);

    change(attendant, "a");
    host_attendant_free(attendant);

    g_autofree char *text = place_take(&place);

    assert_string_equal(text, "0000000000000000\n");
}

static void the_signals_that_end_us_leave_it_to_tell_the_rest(void **state)
{
    Place place = place_new();
    HostAttendantConfig config = {
        .on_change = "if [ -e $OUT ]; then echo second >> $OUT;"
                     " else kill -TERM $PPID; kill -INT $PPID; echo first >> $OUT; fi",
    };
    HostAttendant *attendant = host_attendant_new(&config, NULL);

    change(attendant, "a");
    for (unsigned i = 0; i < 5000 && !g_file_test(place.path, G_FILE_TEST_EXISTS); i++)
        g_usleep(1000);
    change(attendant, "a");
    host_attendant_free(attendant);

    g_autofree char *text = place_take(&place);

    assert_string_equal(text, "first\nsecond\n");
}

static void one_that_stands_still_makes_nobody_wait(void **state)
{
    Place place = place_new();
    HostAttendantConfig config = { .on_change = "echo $PPID > $OUT; kill -STOP $PPID" };
    HostAttendant *attendant = host_attendant_new(&config, NULL);
    gint64 begun = g_get_monotonic_time();
    uint64_t pid = 0, dropped = 0;

    for (unsigned i = 0; i < 20000; i++)
        dropped += change(attendant, "a");
    assert_true(dropped > 1000);
    host_attendant_free(attendant);
    assert_true(g_get_monotonic_time() - begun < 20 * G_USEC_PER_SEC);

    g_autofree char *text = place_take(&place);

    assert_true(str_to_uint(str_trim(str_of(text)), INT32_MAX, &pid));
    kill((pid_t)pid, SIGKILL);
    waitpid((pid_t)pid, NULL, 0);
}

static void it_ends_when_we_are_killed(void **state)
{
    Place place = place_new();
    int ends[2];
    char byte;

    assert_int_equal(pipe(ends), 0);

    pid_t parent = fork();

    if (parent == 0) {
        /* The attendant writes its own number, and then its parent dies without a word. */
        HostAttendantConfig config = { .on_change = "echo $PPID > $OUT.new; mv $OUT.new $OUT" };
        HostAttendant *attendant = host_attendant_new(&config, NULL);

        change(attendant, "a");
        while (!g_file_test(place.path, G_FILE_TEST_EXISTS))
            g_usleep(1000);
        kill(getpid(), SIGKILL);
    }
    waitpid(parent, NULL, 0);
    close(ends[1]);
    /* The end of the pipe is nobody's when both are gone; the attendant closed its own. */
    assert_int_equal(read(ends[0], &byte, 1), 0);
    close(ends[0]);

    g_autofree char *text = place_take(&place);
    uint64_t pid = 0;

    assert_true(str_to_uint(str_trim(str_of(text)), INT32_MAX, &pid));
    for (unsigned i = 0; i < 5000 && kill((pid_t)pid, 0) == 0; i++) {
        g_autofree char *path = g_strdup_printf("/proc/%u/stat", (unsigned)pid);
        g_autofree char *stat = NULL;

        if (g_file_get_contents(path, &stat, NULL, NULL) && strstr(stat, ") Z ") != NULL)
            break;
        assert_true(i < 4999);
        g_usleep(1000);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(runs_the_command_with_the_facts),
        cmocka_unit_test(has_no_descriptors_of_ours),
        cmocka_unit_test(the_command_has_none_of_the_attendants),
        cmocka_unit_test(has_no_capability),
        cmocka_unit_test(the_signals_that_end_us_leave_it_to_tell_the_rest),
        cmocka_unit_test(one_that_stands_still_makes_nobody_wait),
        cmocka_unit_test(it_ends_when_we_are_killed),
    };

    signal(SIGPIPE, SIG_IGN);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
