/*
 * Opening, and what becomes of errors.
 */

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "diary.h"

static void what_follows_an_error_does_nothing(void **state)
{
    g_auto(Diary) diary = diary_open();
    Database *database = diary.database;

    database_begin(database);
    database_execute(database, "DELETE FROM runs");
    database_execute(database, "DELETE FROM nonsense");
    assert_int_not_equal(database->error, SQLITE_OK);
    database_execute(database, "DELETE FROM devices");
    assert_non_null(strstr(database->message, "nonsense"));
    assert_false(database_commit(database));
    assert_false(database_may_recover(database));
    assert_string_equal(diary_ask(&diary, "SELECT count(*) FROM runs"), "1");
    database_begin(database);
    assert_true(database_commit(database));
}

static void a_lock_is_an_error_that_passes(void **state)
{
    g_auto(Diary) diary = diary_open();
    sqlite3 *other = NULL;

    assert_int_equal(sqlite3_open(diary.path, &other), SQLITE_OK);
    assert_int_equal(sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
    database_begin(diary.database);
    assert_false(database_commit(diary.database));
    assert_true(database_may_recover(diary.database));
    sqlite3_close(other);
}

static void a_reader_does_not_write(void **state)
{
    g_auto(Diary) diary = diary_open();
    g_autoptr(Database) reader = database_open(diary.path, NULL);

    assert_non_null(reader);
    database_execute(reader, "DELETE FROM runs");
    assert_int_equal(reader->error & 0xff, SQLITE_READONLY);
}

static void a_reader_does_not_make_a_file(void **state)
{
    g_auto(Diary) diary = diary_new();
    g_autoptr(GError) error = NULL;

    assert_null(database_open(diary.path, &error));
    assert_non_null(strstr(error->message, "No such file"));
    assert_int_not_equal(access(diary.path, F_OK), 0);
}

static void a_name_with_odd_characters_is_a_name(void **state)
{
    g_auto(Diary) diary = diary_new();

    g_free(diary.path);
    diary.path = g_build_filename(diary.folder, "a?mode=memory&b#c%20d.db", NULL);
    diary.database = database_create(diary.path, NULL);
    assert_non_null(diary.database);
    assert_int_equal(access(diary.path, F_OK), 0);
}

static void a_mode_that_somebody_chose_stays(void **state)
{
    g_auto(Diary) diary = diary_open();
    struct stat status;

    g_clear_pointer(&diary.database, database_free);
    assert_int_equal(chmod(diary.path, 0640), 0);
    diary.database = database_create(diary.path, NULL);
    assert_int_equal(stat(diary.path, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0640);
}

/* A group that may read the folder, but not write it, could not make it. */
static void the_log_stays_when_the_writer_goes(void **state)
{
    g_auto(Diary) diary = diary_open();
    g_autofree char *log = g_strconcat(diary.path, "-wal", NULL);

    g_clear_pointer(&diary.database, database_free);
    assert_int_equal(access(log, F_OK), 0);
}

static void a_copy_without_a_log_can_be_read(void **state)
{
    g_auto(Diary) diary = diary_open();
    g_autofree char *log = g_strconcat(diary.path, "-wal", NULL);
    g_autofree char *index = g_strconcat(diary.path, "-shm", NULL);

    g_clear_pointer(&diary.database, database_free);
    g_unlink(log);
    g_unlink(index);
    chmod(diary.folder, 0500);

    g_autoptr(Database) reader = database_open(diary.path, NULL);

    assert_non_null(reader);
    chmod(diary.folder, 0700);
}

static void what_is_no_database_is_refused(void **state)
{
    g_auto(Diary) diary = diary_new();
    g_autoptr(GError) error = NULL;

    assert_true(g_file_set_contents(diary.path, "whyreg\nwas here\n", -1, NULL));
    assert_null(database_create(diary.path, &error));
    assert_non_null(strstr(error->message, diary.path));
    g_clear_error(&error);
    assert_null(database_open(diary.path, &error));
    assert_non_null(strstr(error->message, "not a database"));
}

static void a_link_in_the_place_of_the_file_is_not_followed_to_a_new_one(void **state)
{
    g_auto(Diary) diary = diary_new();
    g_autofree char *target = g_build_filename(diary.folder, "elsewhere", NULL);

    assert_int_equal(symlink(target, diary.path), 0);

    g_autoptr(Database) database = database_create(diary.path, NULL);

    assert_null(database);
    assert_int_not_equal(access(target, F_OK), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_follows_an_error_does_nothing),
        cmocka_unit_test(a_lock_is_an_error_that_passes),
        cmocka_unit_test(a_reader_does_not_write),
        cmocka_unit_test(a_reader_does_not_make_a_file),
        cmocka_unit_test(a_name_with_odd_characters_is_a_name),
        cmocka_unit_test(a_mode_that_somebody_chose_stays),
        cmocka_unit_test(the_log_stays_when_the_writer_goes),
        cmocka_unit_test(a_copy_without_a_log_can_be_read),
        cmocka_unit_test(what_is_no_database_is_refused),
        cmocka_unit_test(a_link_in_the_place_of_the_file_is_not_followed_to_a_new_one),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
