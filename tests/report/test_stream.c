/*
 * Lines of a capture that is watched: nobody waits for a slow reader, a full
 * disk is survived, and what is lost is told.
 */

#include "report/stream.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/nsec.h"
#include "report/writer.h"
#include "support/check.h"

typedef struct Place {
    char *folder;
    char *path;
} Place;

static Place place_new(void)
{
    Place place = { .folder = g_dir_make_tmp("whyreg-XXXXXX", NULL) };

    place.path = g_build_filename(place.folder, "out", NULL);
    return place;
}

static void place_clear(Place *place)
{
    g_unlink(place->path);
    assert_int_equal(g_rmdir(place->folder), 0); /* nothing else was left there */
    g_free(place->folder);
    g_free(place->path);
}

static void gap_line(GString *line, uint64_t records, const char *because)
{
    g_string_append_printf(line, "lost %u: %s\n", (unsigned)records, because);
}

static ReportStream *open_stream(const char *path)
{
    g_autoptr(GError) error = NULL;
    ReportStream *stream = report_stream_open(path, &error);

    assert_null(error);
    report_stream_tell_gaps(stream, gap_line);
    return stream;
}

static void write_line(ReportStream *stream, const char *line)
{
    report_stream_write(stream, line, strlen(line));
}

static void check_content(const char *path, const char *expected)
{
    g_autofree char *text = NULL;

    assert_true(g_file_get_contents(path, &text, NULL, NULL));
    assert_string_equal(text, expected);
}

static void await_content(const char *path, const char *expected)
{
    for (unsigned i = 0; i < 5000; i++) {
        g_autofree char *text = NULL;

        if (g_file_get_contents(path, &text, NULL, NULL) && g_str_equal(text, expected))
            return;
        g_usleep(1000);
    }
    check_content(path, expected);
}

static void a_restart_goes_on_behind_what_is_there(void **state)
{
    Place place = place_new();

    for (unsigned i = 0; i < 2; i++) {
        ReportStream *stream = open_stream(place.path);

        write_line(stream, "one\n");
        write_line(stream, "two\n");
        assert_true(report_stream_close(stream, NULL));
    }
    check_content(place.path, "one\ntwo\none\ntwo\n");
    place_clear(&place);
}

static void a_line_that_was_torn_by_death_is_taken_away(void **state)
{
    static const struct {
        const char *before;
        const char *after;
    } files[] = {
        { "one\ntw", "one\nnew\n" },
        { "on", "new\n" },
        { "one\n", "one\nnew\n" },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(files); i++) {
        Place place = place_new();

        assert_true(g_file_set_contents(place.path, files[i].before, -1, NULL));

        ReportStream *stream = open_stream(place.path);

        write_line(stream, "new\n");
        assert_true(report_stream_close(stream, NULL));
        check_content(place.path, files[i].after);
        place_clear(&place);
    }
}

static void a_file_that_has_no_lines_at_its_end_is_not_cut(void **state)
{
    Place place = place_new();
    g_autofree char *strange = g_strnfill(100000, 'x');
    g_autofree char *expected = g_strconcat(strange, "\nnew\n", NULL);

    assert_true(g_file_set_contents(place.path, strange, -1, NULL));

    ReportStream *stream = open_stream(place.path);

    write_line(stream, "new\n");
    assert_true(report_stream_close(stream, NULL));
    check_content(place.path, expected);
    place_clear(&place);
}

static void a_file_that_was_moved_away_is_begun_anew(void **state)
{
    Place place = place_new();
    g_autofree char *old = g_strconcat(place.path, ".1", NULL);
    ReportStream *stream = open_stream(place.path);

    write_line(stream, "one\n");
    await_content(place.path, "one\n");
    assert_int_equal(g_rename(place.path, old), 0);
    write_line(stream, "two\n");
    report_stream_reopen(stream);
    write_line(stream, "three\n");
    assert_true(report_stream_close(stream, NULL));
    check_content(old, "one\ntwo\n");
    check_content(place.path, "three\n");
    g_unlink(old);
    place_clear(&place);
}

static void without_a_new_file_the_old_one_goes_on(void **state)
{
    Place place = place_new();
    g_autofree char *old = g_strconcat(place.path, ".1", NULL);
    ReportStream *stream = open_stream(place.path);

    write_line(stream, "one\n");
    await_content(place.path, "one\n");
    assert_int_equal(g_rename(place.path, old), 0);
    assert_int_equal(g_mkdir(place.path, 0700), 0);
    report_stream_reopen(stream);
    write_line(stream, "two\n");
    await_content(old, "one\ntwo\n");

    /* It is tried again. */
    assert_int_equal(g_rmdir(place.path), 0);
    write_line(stream, "three\n");
    assert_true(report_stream_close(stream, NULL));
    check_content(old, "one\ntwo\n");
    check_content(place.path, "three\n");
    g_unlink(old);
    place_clear(&place);
}

static void reopening_a_file_that_is_where_it_was_changes_nothing(void **state)
{
    Place place = place_new();
    ReportStream *stream = open_stream(place.path);

    write_line(stream, "one\n");
    report_stream_reopen(stream);
    write_line(stream, "two\n");
    assert_true(report_stream_close(stream, NULL));
    check_content(place.path, "one\ntwo\n");
    place_clear(&place);
}

static void a_second_process_is_refused(void **state)
{
    g_autoptr(GError) error = NULL;
    Place place = place_new();
    ReportStream *stream = open_stream(place.path);

    assert_null(report_stream_open(place.path, &error));
    assert_true(g_error_matches(error, REPORT_ERROR, REPORT_ERROR_OPEN));
    assert_non_null(strstr(error->message, "another process writes to it"));
    assert_true(report_stream_close(stream, NULL));
    place_clear(&place);
}

/* A limit on the size of files is a full disk that has room again later. */
static void set_room(rlim_t bytes)
{
    struct rlimit limit;

    assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
    limit.rlim_cur = bytes;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

static void await_dropped(const ReportStream *stream, uint64_t expected)
{
    for (unsigned i = 0; i < 5000 && report_stream_dropped(stream) < expected; i++)
        g_usleep(1000);
    assert_int_equal(report_stream_dropped(stream), expected);
}

static void after_a_full_disk_it_goes_on_and_tells_what_is_missing(void **state)
{
    g_autoptr(GError) error = NULL;
    Place place = place_new();
    ReportStream *stream = open_stream(place.path);

    signal(SIGXFSZ, SIG_IGN);
    write_line(stream, "one\n");
    await_content(place.path, "one\n");
    set_room(6);
    write_line(stream, "two\n");
    write_line(stream, "three\n");
    await_dropped(stream, 2);
    check_content(place.path, "one\n"); /* and not half of "two" */
    set_room(RLIM_INFINITY);
    write_line(stream, "four\n");
    assert_false(report_stream_close(stream, &error));
    check_content(place.path, "one\nlost 2: File too large\nfour\n");
    assert_non_null(strstr(error->message, "File too large: 2 records are lost"));
    place_clear(&place);
}

static void a_disk_that_stays_full_is_told_at_the_end(void **state)
{
    g_autoptr(GError) error = NULL;
    ReportStream *stream = open_stream("/dev/full");

    write_line(stream, "one\n");
    write_line(stream, "two\n");
    assert_false(report_stream_close(stream, &error));
    assert_true(g_error_matches(error, REPORT_ERROR, REPORT_ERROR_WRITE));
    assert_string_equal(error->message,
                        "cannot write /dev/full: No space left on device: 2 records are lost");
}

/* Two megabytes more than the queue and a pipe can hold. */
static uint64_t write_too_much(ReportStream *stream)
{
    g_autofree char *line = g_strnfill(10000, 'x');

    line[9999] = '\n';
    for (unsigned i = 0; i < 1100; i++)
        report_stream_write(stream, line, 10000);
    return report_stream_dropped(stream);
}

static unsigned read_lines(int fd, GString *last)
{
    char buffer[65536];
    unsigned lines = 0;

    for (ssize_t n = read(fd, buffer, sizeof buffer); n > 0; n = read(fd, buffer, sizeof buffer)) {
        for (ssize_t i = 0; i < n; i++) {
            if (buffer[i] != '\n')
                continue;
            lines++;
        }
        g_string_append_len(last, buffer, n);
        if (last->len > 200)
            g_string_erase(last, 0, (gssize)last->len - 200);
    }
    return lines;
}

static void a_reader_that_stands_still_costs_lines_and_no_time(void **state)
{
    Place place = place_new();

    assert_int_equal(mkfifo(place.path, 0600), 0);

    ReportStream *stream = open_stream(place.path);
    gint64 begun = g_get_monotonic_time();
    uint64_t dropped = write_too_much(stream);

    assert_true(g_get_monotonic_time() - begun < 5 * G_USEC_PER_SEC);
    assert_in_range(dropped, 200, 400);

    /* It wakes up: it gets what was kept, and then is told what was not. */
    int reader = g_open(place.path, O_RDONLY | O_NONBLOCK, 0);
    g_autoptr(GString) last = g_string_new(NULL);
    unsigned lines = 0;

    while (lines < 1100 - dropped)
        lines += read_lines(reader, last);
    assert_int_equal(lines, 1100 - dropped);
    write_line(stream, "again\n");
    while (lines < 1100 - dropped + 2)
        lines += read_lines(reader, last);

    g_autofree char *expected =
        g_strdup_printf("x\nlost %u: the reader is too slow\nagain\n", (unsigned)dropped);

    assert_true(g_str_has_suffix(last->str, expected));
    assert_false(report_stream_close(stream, NULL));
    close(reader);
    place_clear(&place);
}

static void closing_does_not_wait_for_a_reader_that_stands_still(void **state)
{
    g_autoptr(GError) error = NULL;
    Place place = place_new();

    assert_int_equal(mkfifo(place.path, 0600), 0);

    ReportStream *stream = open_stream(place.path);

    write_too_much(stream);

    gint64 begun = g_get_monotonic_time();

    assert_false(report_stream_close(stream, &error));
    assert_true(g_get_monotonic_time() - begun < 3 * G_USEC_PER_SEC);
    assert_non_null(strstr(error->message, "records are lost"));
    place_clear(&place);
}

static void at_the_end_much_may_wait_for_the_reader(void **state)
{
    Place place = place_new();
    ReportStream *stream = open_stream(place.path);
    struct stat found;

    report_stream_linger(stream);
    assert_int_equal(write_too_much(stream), 0);
    assert_true(report_stream_close(stream, NULL));
    assert_int_equal(g_stat(place.path, &found), 0);
    assert_int_equal(found.st_size, 11000000);
    place_clear(&place);
}

static void a_reader_that_left_is_no_death(void **state)
{
    g_autoptr(GError) error = NULL;
    int ends[2];

    signal(SIGPIPE, SIG_IGN); /* as main() does */
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(fcntl(ends[1], F_SETFD, FD_CLOEXEC), 0);

    int standard_output = dup(STDOUT_FILENO);

    fflush(stdout);
    dup2(ends[1], STDOUT_FILENO);
    close(ends[0]);
    close(ends[1]);

    ReportStream *stream = open_stream("-");

    write_line(stream, "one\n");

    bool closed = report_stream_close(stream, &error);

    dup2(standard_output, STDOUT_FILENO);
    close(standard_output);
    assert_false(closed);
    assert_string_equal(error->message,
                        "cannot write to standard output: Broken pipe: 1 records are lost");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_restart_goes_on_behind_what_is_there),
        cmocka_unit_test(a_line_that_was_torn_by_death_is_taken_away),
        cmocka_unit_test(a_file_that_has_no_lines_at_its_end_is_not_cut),
        cmocka_unit_test(a_file_that_was_moved_away_is_begun_anew),
        cmocka_unit_test(without_a_new_file_the_old_one_goes_on),
        cmocka_unit_test(reopening_a_file_that_is_where_it_was_changes_nothing),
        cmocka_unit_test(a_second_process_is_refused),
        cmocka_unit_test(after_a_full_disk_it_goes_on_and_tells_what_is_missing),
        cmocka_unit_test(a_disk_that_stays_full_is_told_at_the_end),
        cmocka_unit_test(a_reader_that_stands_still_costs_lines_and_no_time),
        cmocka_unit_test(closing_does_not_wait_for_a_reader_that_stands_still),
        cmocka_unit_test(at_the_end_much_may_wait_for_the_reader),
        cmocka_unit_test(a_reader_that_left_is_no_death),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
