/* Files of evidence, and which of them stay. */

#include "app/watch_files.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <sys/resource.h>

#include "support/check.h"

#define MEGABYTE 1000000

typedef struct Place {
    char *folder;
    GByteArray *head;
} Place;

static int make_place(void **state)
{
    Place *place = g_new0(Place, 1);

    place->folder = g_dir_make_tmp("whyreg-files-XXXXXX", NULL);
    place->head = g_byte_array_new();
    g_byte_array_append(place->head, (const guint8 *)"HEAD", 4);
    *state = place;
    return place->folder == NULL;
}

static GPtrArray *names_in(const Place *place)
{
    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GDir) folder = g_dir_open(place->folder, 0, NULL);
    const char *name;

    while ((name = g_dir_read_name(folder)) != NULL)
        g_ptr_array_add(names, g_build_filename(place->folder, name, NULL));
    return names;
}

static int remove_place(void **state)
{
    Place *place = *state;
    g_autoptr(GPtrArray) names = names_in(place);

    for (unsigned i = 0; i < names->len; i++)
        g_unlink(g_ptr_array_index(names, i));
    g_rmdir(place->folder);
    g_byte_array_unref(place->head);
    g_free(place->folder);
    g_free(place);
    return 0;
}

static void add(WatchFiles *files, char letter, size_t len)
{
    GByteArray *blocks = g_byte_array_new();

    g_byte_array_set_size(blocks, (guint)len);
    memset(blocks->data, letter, len);
    watch_files_add(files, blocks);
}

static void assert_holds(const char *path, const char *wanted)
{
    g_autofree char *text = NULL;

    assert_true(g_file_get_contents(path, &text, NULL, NULL));
    assert_string_equal(text, wanted);
}

static void one_file_is_begun_anew_and_grows(void **state)
{
    const Place *place = *state;
    g_autofree char *path = g_build_filename(place->folder, "kept.pcapng", NULL);

    assert_true(g_file_set_contents(path, "of another run", -1, NULL));

    WatchFiles *files =
        watch_files_new(&(WatchFilesConfig){ .path = path, .head = place->head }, NULL);

    assert_non_null(files);
    assert_holds(path, "HEAD");
    add(files, 'a', 2);
    watch_files_reopen(files);
    add(files, 'b', 2);
    assert_true(watch_files_close(files, NULL));
    assert_holds(path, "HEADaabb");
}

static void a_file_that_was_moved_away_is_left_alone(void **state)
{
    const Place *place = *state;
    g_autofree char *path = g_build_filename(place->folder, "kept.pcapng", NULL);
    g_autofree char *moved = g_build_filename(place->folder, "moved.pcapng", NULL);
    WatchFiles *files =
        watch_files_new(&(WatchFilesConfig){ .path = path, .head = place->head }, NULL);

    assert_int_equal(g_rename(path, moved), 0);
    watch_files_reopen(files);
    add(files, 'b', 1);
    assert_true(watch_files_close(files, NULL));
    assert_holds(path, "HEADb");
    assert_holds(moved, "HEAD");
}

static void files_end_when_they_are_full_and_the_newest_stay(void **state)
{
    const Place *place = *state;
    g_autofree char *path = g_build_filename(place->folder, "kept.pcapng", NULL);
    g_autofree char *other = g_build_filename(place->folder, "kept-of-mine.pcapng", NULL);
    g_autofree char *older =
        g_build_filename(place->folder, "kept-20010101T000000Z-000.pcapng", NULL);

    assert_true(g_file_set_contents(other, "mine", -1, NULL));
    assert_true(g_file_set_contents(older, "old", -1, NULL));

    WatchFiles *files = watch_files_new(
        &(WatchFilesConfig){
            .path = path, .rotate_bytes = MEGABYTE, .keep = 2, .head = place->head },
        NULL);

    for (unsigned i = 0; i < 4; i++)
        add(files, 'a', MEGABYTE / 2 + 1);
    assert_true(watch_files_close(files, NULL));

    g_autoptr(GPtrArray) names = names_in(place);

    assert_int_equal(names->len, 3);
    assert_true(g_file_test(other, G_FILE_TEST_EXISTS));
    assert_false(g_file_test(older, G_FILE_TEST_EXISTS));
}

static void a_folder_that_is_not_there_is_said(void **state)
{
    const Place *place = *state;
    g_autoptr(GError) error = NULL;

    assert_null(watch_files_new(
        &(WatchFilesConfig){ .path = "/nowhere/at/all", .head = place->head }, &error));
    assert_true(g_str_has_prefix(error->message, "cannot write /nowhere/at/all: "));
}

static void a_full_disk_is_said(void **state)
{
    const Place *place = *state;
    WatchFiles *files =
        watch_files_new(&(WatchFilesConfig){ .path = "/dev/full", .head = place->head }, NULL);

    assert_null(files);
}

/* As full as a disk can be: the beginning of a file does not fit. */
static void no_empty_file_takes_the_place_of_evidence(void **state)
{
    const Place *place = *state;
    g_autofree char *path = g_build_filename(place->folder, "kept.pcapng", NULL);
    g_autofree char *older =
        g_build_filename(place->folder, "kept-20010101T000000Z-000.pcapng", NULL);
    struct rlimit before, full = { .rlim_cur = 2 };
    WatchFiles *files =
        watch_files_new(&(WatchFilesConfig){ .path = path, .keep = 1, .head = place->head }, NULL);

    assert_true(g_file_set_contents(older, "old", -1, NULL));
    signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &before);
    full.rlim_max = before.rlim_max;
    setrlimit(RLIMIT_FSIZE, &full);
    add(files, 'a', 1);

    bool good = watch_files_close(files, NULL);

    setrlimit(RLIMIT_FSIZE, &before);
    assert_false(good);

    g_autoptr(GPtrArray) names = names_in(place);

    assert_int_equal(names->len, 1);
    assert_string_equal(g_ptr_array_index(names, 0), older);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(one_file_is_begun_anew_and_grows, make_place, remove_place),
        cmocka_unit_test_setup_teardown(a_file_that_was_moved_away_is_left_alone, make_place,
                                        remove_place),
        cmocka_unit_test_setup_teardown(files_end_when_they_are_full_and_the_newest_stay,
                                        make_place, remove_place),
        cmocka_unit_test_setup_teardown(a_folder_that_is_not_there_is_said, make_place,
                                        remove_place),
        cmocka_unit_test_setup_teardown(a_full_disk_is_said, make_place, remove_place),
        cmocka_unit_test_setup_teardown(no_empty_file_takes_the_place_of_evidence, make_place,
                                        remove_place),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
