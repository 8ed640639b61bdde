/*
 * A report is there completely or not at all, and a full disk is told once.
 */

#include "report/output.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

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

static unsigned files_in(const char *folder)
{
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    unsigned n = 0;

    while (g_dir_read_name(dir) != NULL)
        n++;
    return n;
}

static void place_clear(Place *place)
{
    g_unlink(place->path);
    assert_int_equal(g_rmdir(place->folder), 0); /* nothing else was left there */
    g_free(place->folder);
    g_free(place->path);
}

static void check_content(const char *path, const char *expected)
{
    g_autofree char *text = NULL;

    assert_true(g_file_get_contents(path, &text, NULL, NULL));
    assert_string_equal(text, expected);
}

static void a_file_has_its_name_only_when_it_is_complete(void **state)
{
    Place place = place_new();
    ReportOutput *output = report_output_open(place.path, false, NULL);

    report_output_write(output, "whole", 5);
    report_output_flush(output);
    assert_false(g_file_test(place.path, G_FILE_TEST_EXISTS));
    assert_int_equal(files_in(place.folder), 1);
    assert_true(report_output_close(output, NULL));
    check_content(place.path, "whole");
    assert_int_equal(files_in(place.folder), 1);
    place_clear(&place);
}

static void a_stream_can_be_read_while_it_is_written(void **state)
{
    Place place = place_new();
    ReportOutput *output = report_output_open(place.path, true, NULL);

    report_output_write(output, "line\n", 5);
    report_output_flush(output);
    check_content(place.path, "line\n");
    assert_true(report_output_close(output, NULL));
    place_clear(&place);
}

static void an_old_file_keeps_its_mode_and_its_link(void **state)
{
    Place place = place_new();
    g_autofree char *link = g_build_filename(place.folder, "link", NULL);
    struct stat found;

    assert_true(g_file_set_contents(place.path, "old", -1, NULL));
    assert_int_equal(g_chmod(place.path, 0640), 0);
    assert_int_equal(symlink("out", link), 0);

    ReportOutput *output = report_output_open(link, false, NULL);

    report_output_write(output, "new", 3);
    check_content(place.path, "old");
    assert_true(report_output_close(output, NULL));
    check_content(place.path, "new");
    assert_true(g_file_test(link, G_FILE_TEST_IS_SYMLINK));
    assert_int_equal(g_stat(place.path, &found), 0);
    assert_int_equal(found.st_mode & 0777, 0640);
    g_unlink(link);
    place_clear(&place);
}

static void much_arrives_in_order(void **state)
{
    Place place = place_new();
    ReportOutput *output = report_output_open(place.path, false, NULL);
    g_autoptr(GString) expected = g_string_new(NULL);

    for (unsigned i = 0; i < 40000; i++) {
        g_autofree char *line = g_strdup_printf("line %u\n", i);

        g_string_append(expected, line);
        report_output_write(output, line, strlen(line));
    }
    assert_true(report_output_close(output, NULL));
    check_content(place.path, expected->str);
    place_clear(&place);
}

static void a_full_disk_is_told_once_and_at_the_end(void **state)
{
    g_autoptr(GError) error = NULL;
    ReportOutput *output = report_output_open("/dev/full", false, &error);
    g_autofree char *much = g_strnfill(200000, 'x');

    assert_non_null(output);
    assert_false(report_output_failed(output));
    report_output_write(output, much, 200000);
    assert_true(report_output_failed(output));
    report_output_write(output, much, 200000);
    report_output_flush(output);
    assert_false(report_output_close(output, &error));
    assert_true(g_error_matches(error, REPORT_ERROR, REPORT_ERROR_WRITE));
    assert_string_equal(error->message, "cannot write /dev/full: No space left on device");
}

static void little_on_a_full_disk_is_told_too(void **state)
{
    g_autoptr(GError) error = NULL;
    ReportOutput *output = report_output_open("/dev/full", false, NULL);

    report_output_write(output, "x", 1);
    assert_false(report_output_close(output, &error));
    assert_true(g_error_matches(error, REPORT_ERROR, REPORT_ERROR_WRITE));
}

static void a_reader_that_left_is_an_error_and_no_death(void **state)
{
    g_autoptr(GError) error = NULL;
    int ends[2];

    signal(SIGPIPE, SIG_IGN); /* as main() does */
    assert_int_equal(pipe(ends), 0);

    g_autofree char *name = g_strdup_printf("/dev/fd/%d", ends[1]);
    ReportOutput *output = report_output_open(name, false, NULL);

    assert_non_null(output);
    close(ends[0]);
    report_output_write(output, "x", 1);
    assert_false(report_output_close(output, &error));
    assert_true(g_error_matches(error, REPORT_ERROR, REPORT_ERROR_WRITE));
    close(ends[1]);
}

static void devices_are_not_replaced(void **state)
{
    struct stat found;
    ReportOutput *output = report_output_open("/dev/null", false, NULL);

    report_output_write(output, "x", 1);
    assert_true(report_output_close(output, NULL));
    assert_int_equal(g_stat("/dev/null", &found), 0);
    assert_true(S_ISCHR(found.st_mode));
}

static void a_file_that_cannot_be_is_refused_at_once(void **state)
{
    g_autoptr(GError) error = NULL;

    assert_null(report_output_open("/no/such/folder/out", false, &error));
    assert_true(g_error_matches(error, REPORT_ERROR, REPORT_ERROR_OPEN));
    assert_string_equal(error->message,
                        "cannot write /no/such/folder/out: No such file or directory");
}

static void a_file_that_cannot_get_its_name_is_removed(void **state)
{
    g_autoptr(GError) error = NULL;
    Place place = place_new();
    ReportOutput *output = report_output_open(place.path, false, NULL);

    report_output_write(output, "x", 1);
    assert_int_equal(g_mkdir(place.path, 0700), 0);
    assert_false(report_output_close(output, &error));
    assert_true(g_error_matches(error, REPORT_ERROR, REPORT_ERROR_WRITE));
    assert_int_equal(g_rmdir(place.path), 0);
    place_clear(&place);
}

static void what_is_abandoned_leaves_nothing(void **state)
{
    Place place = place_new();
    ReportOutput *output = report_output_open(place.path, false, NULL);

    report_output_write(output, "half", 4);
    report_output_abandon(output);
    assert_int_equal(files_in(place.folder), 0);
    place_clear(&place);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_has_its_name_only_when_it_is_complete),
        cmocka_unit_test(a_stream_can_be_read_while_it_is_written),
        cmocka_unit_test(an_old_file_keeps_its_mode_and_its_link),
        cmocka_unit_test(much_arrives_in_order),
        cmocka_unit_test(a_full_disk_is_told_once_and_at_the_end),
        cmocka_unit_test(little_on_a_full_disk_is_told_too),
        cmocka_unit_test(a_reader_that_left_is_an_error_and_no_death),
        cmocka_unit_test(devices_are_not_replaced),
        cmocka_unit_test(a_file_that_cannot_be_is_refused_at_once),
        cmocka_unit_test(a_file_that_cannot_get_its_name_is_removed),
        cmocka_unit_test(what_is_abandoned_leaves_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
