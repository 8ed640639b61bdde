/*
 * Runs of a command: with the facts in the environment, not too many, and
 * ended when they hang.
 */

#include "host/commands.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <unistd.h>

#include "support/check.h"

typedef struct Place {
    char *folder;
    char *path; /* exported as OUT */
} Place;

static Place place_new(void)
{
    Place place = { .folder = g_dir_make_tmp("whyreg-XXXXXX", NULL) };

    place.path = g_build_filename(place.folder, "out", NULL);
    g_setenv("OUT", place.path, TRUE);
    return place;
}

static void place_clear(Place *place)
{
    g_unlink(place->path);
    g_rmdir(place->folder);
    g_free(place->folder);
    g_free(place->path);
}

static Commands *make(const char *command)
{
    return commands_new(&(CommandsConfig){
        .command = command,
        .rate = 3,
        .at_once = 2,
        .waiting = 2,
        .patience = 30 * NSEC_SEC,
    });
}

/* Time for the commands only; 'now' is the test's. */
static void await_end(Commands *commands, Nsec now)
{
    for (unsigned i = 0; i < 10000 && commands_busy(commands); i++) {
        g_usleep(1000);
        commands_advance(commands, now);
    }
    assert_false(commands_busy(commands));
}

static void offer(Commands *commands, const char *value, Nsec now)
{
    g_autofree char *field = g_strconcat("WHYREG_AOR=", value, NULL);
    char *fields[] = { field, NULL };

    commands_offer(commands, fields, now);
}

static void check_content(const Place *place, const char *expected)
{
    g_autofree char *text = NULL;

    assert_true(g_file_get_contents(place->path, &text, NULL, NULL));
    assert_string_equal(text, expected);
}

static void facts_are_in_the_environment_and_never_in_the_program(void **state)
{
    Place place = place_new();
    g_autoptr(Commands) commands =
        make("printf '%s %s\\n' \"$WHYREG_AOR\" $WHYREG_SKIPPED >> $OUT");

    offer(commands, "$(touch x); `id` \"'\\", 0);
    await_end(commands, 0);
    check_content(&place, "$(touch x); `id` \"'\\ 0\n");
    place_clear(&place);
}

static void names_of_ours_in_the_environment_are_not_passed_on(void **state)
{
    Place place = place_new();
    g_autoptr(Commands) commands = make("echo \"${WHYREG_TO-none}\" >> $OUT");

    g_setenv("WHYREG_TO", "stable", TRUE);
    offer(commands, "a", 0);
    await_end(commands, 0);
    g_unsetenv("WHYREG_TO");
    check_content(&place, "none\n");
    place_clear(&place);
}

static void no_more_than_so_many_in_a_minute_and_the_next_is_told(void **state)
{
    Place place = place_new();
    g_autoptr(Commands) commands = make("echo $WHYREG_AOR $WHYREG_SKIPPED >> $OUT");
    Nsec now = 1000 * NSEC_SEC;

    for (unsigned i = 0; i < 3; i++) {
        offer(commands, "early", now);
        await_end(commands, now);
    }
    for (unsigned i = 0; i < 5; i++)
        offer(commands, "held", now + 59 * NSEC_SEC);
    assert_false(commands_busy(commands));
    offer(commands, "late", now + 60 * NSEC_SEC);
    await_end(commands, now + 60 * NSEC_SEC);
    check_content(&place, "early 0\nearly 0\nearly 0\nlate 5\n");
    place_clear(&place);
}

static void some_wait_for_others_and_more_are_skipped(void **state)
{
    Place place = place_new();
    g_autoptr(Commands) commands = commands_new(&(CommandsConfig){
        .command = "while [ ! -e $OUT ]; do sleep 0.01; done; echo $WHYREG_AOR >> $OUT.log",
        .rate = 100,
        .at_once = 2,
        .waiting = 2,
        .patience = 30 * NSEC_SEC,
    });
    g_autofree char *log = g_strconcat(place.path, ".log", NULL);
    g_autofree char *text = NULL;

    for (unsigned i = 0; i < 10; i++)
        offer(commands, "a", 0);
    g_usleep(30000);
    commands_advance(commands, 0);
    assert_true(commands_busy(commands));
    assert_true(g_file_set_contents(place.path, "", 0, NULL));
    await_end(commands, 0);
    assert_true(g_file_get_contents(log, &text, NULL, NULL));
    assert_string_equal(text, "a\na\na\na\n");
    g_unlink(log);
    place_clear(&place);
}

static void what_hangs_is_killed_with_its_children(void **state)
{
    Place place = place_new();
    g_autoptr(Commands) commands = make("trap '' TERM; sleep 1000 & echo $! > $OUT; wait; sleep 9");
    g_autofree char *text = NULL;

    offer(commands, "a", 0);
    assert_int_equal(commands_deadline(commands), 30 * NSEC_SEC);
    while (text == NULL || *text == '\0') {
        g_clear_pointer(&text, g_free);
        g_usleep(1000);
        g_file_get_contents(place.path, &text, NULL, NULL);
    }
    commands_advance(commands, 29 * NSEC_SEC);
    assert_true(commands_busy(commands));
    commands_advance(commands, 30 * NSEC_SEC);
    await_end(commands, 30 * NSEC_SEC);

    uint64_t pid = 0;

    assert_true(str_to_uint(str_trim(str_of(text)), INT32_MAX, &pid));
    /* Gone, or waiting for whoever inherited it. */
    for (unsigned i = 0; i < 2000 && kill((pid_t)pid, 0) == 0; i++) {
        g_autofree char *path = g_strdup_printf("/proc/%u/stat", (unsigned)pid);
        g_autofree char *stat = NULL;

        if (g_file_get_contents(path, &stat, NULL, NULL) && strstr(stat, ") Z ") != NULL)
            break;
        assert_true(i < 1999);
        g_usleep(1000);
    }
    place_clear(&place);
}

static void signals_are_as_a_command_expects_them(void **state)
{
    Place place = place_new();
    g_autoptr(Commands) commands = make("trap > $OUT; kill -TERM $$; echo alive >> $OUT");

    signal(SIGTERM, SIG_IGN);
    offer(commands, "a", 0);
    await_end(commands, 0);
    signal(SIGTERM, SIG_DFL);
    check_content(&place, "");
    place_clear(&place);
}

static void what_still_runs_is_ended_with_it(void **state)
{
    Place place = place_new();
    Commands *commands = make("sleep 1000");
    gint64 begun = g_get_monotonic_time();

    offer(commands, "a", 0);
    offer(commands, "b", 0);
    offer(commands, "c", 0);
    commands_free(commands);
    assert_true(g_get_monotonic_time() - begun < 10 * G_USEC_PER_SEC);
    place_clear(&place);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(facts_are_in_the_environment_and_never_in_the_program),
        cmocka_unit_test(names_of_ours_in_the_environment_are_not_passed_on),
        cmocka_unit_test(no_more_than_so_many_in_a_minute_and_the_next_is_told),
        cmocka_unit_test(some_wait_for_others_and_more_are_skipped),
        cmocka_unit_test(what_hangs_is_killed_with_its_children),
        cmocka_unit_test(signals_are_as_a_command_expects_them),
        cmocka_unit_test(what_still_runs_is_ended_with_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
