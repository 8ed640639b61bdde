/*
 * Databases of other versions and of other programs.
 */

#include "diary.h"

static void execute(sqlite3 *db, const char *sql)
{
    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
}

static sqlite3 *memory(void)
{
    sqlite3 *db = NULL;

    assert_int_equal(sqlite3_open(":memory:", &db), SQLITE_OK);
    return db;
}

static int64_t number(sqlite3 *db, const char *sql)
{
    sqlite3_stmt *statement = NULL;

    assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &statement, NULL), SQLITE_OK);

    int64_t value = sqlite3_step(statement) == SQLITE_ROW ? sqlite3_column_int64(statement, 0) : -1;

    sqlite3_finalize(statement);
    return value;
}

static void an_empty_database_gets_all_tables(void **state)
{
    sqlite3 *db = memory();

    assert_true(schema_migrate(db, "x", schema_steps, schema_n_steps, NULL));
    assert_int_equal(number(db, "PRAGMA user_version"), schema_n_steps);
    assert_int_equal(number(db, "SELECT count(*) FROM runs"), 0);
    assert_true(schema_check(db, "x", schema_n_steps, NULL));
    sqlite3_close(db);
}

static void a_second_start_changes_nothing(void **state)
{
    sqlite3 *db = memory();

    assert_true(schema_migrate(db, "x", schema_steps, schema_n_steps, NULL));
    execute(db, "INSERT INTO runs (began) VALUES (1)");
    assert_true(schema_migrate(db, "x", schema_steps, schema_n_steps, NULL));
    assert_int_equal(number(db, "SELECT count(*) FROM runs"), 1);
    sqlite3_close(db);
}

/* As a later whyreg finds it. */
static void an_older_database_is_brought_up_to_date_with_its_rows(void **state)
{
    const char *const steps[] = { schema_steps[0], "ALTER TABLE runs ADD COLUMN mood TEXT",
                                  "UPDATE runs SET mood = 'good'" };
    g_autoptr(GError) error = NULL;
    sqlite3 *db = memory();

    assert_true(schema_migrate(db, "x", steps, 1, NULL));
    execute(db, "INSERT INTO runs (began) VALUES (1)");
    assert_false(schema_check(db, "old.db", 3, &error));
    assert_non_null(strstr(error->message, "old.db was written by an older whyreg"));
    assert_true(schema_migrate(db, "x", steps, 3, NULL));
    assert_int_equal(number(db, "PRAGMA user_version"), 3);
    assert_int_equal(number(db, "SELECT count(*) FROM runs WHERE mood = 'good'"), 1);
    sqlite3_close(db);
}

static void a_step_that_fails_leaves_the_database_as_it_was(void **state)
{
    const char *const steps[] = { schema_steps[0],
                                  "DROP TABLE ledger; ALTER TABLE nonsense ADD COLUMN x" };
    g_autoptr(GError) error = NULL;
    sqlite3 *db = memory();

    assert_false(schema_migrate(db, "broken.db", steps, 2, &error));
    assert_non_null(strstr(error->message, "broken.db"));
    assert_int_equal(number(db, "PRAGMA user_version"), 1);
    assert_int_equal(number(db, "SELECT count(*) FROM ledger"), 0);
    sqlite3_close(db);
}

static void a_database_from_the_future_is_refused(void **state)
{
    g_autoptr(GError) error = NULL;
    sqlite3 *db = memory();

    assert_true(schema_migrate(db, "x", schema_steps, schema_n_steps, NULL));
    execute(db, "PRAGMA user_version = 99");
    assert_false(schema_migrate(db, "new.db", schema_steps, schema_n_steps, &error));
    assert_int_equal(error->code, STORE_ERROR_VERSION);
    assert_string_equal(error->message, "new.db was written by a newer whyreg: its tables have "
                                        "version 99, and this one knows them up to version 1");
    assert_false(schema_check(db, "new.db", schema_n_steps, NULL));
    sqlite3_close(db);
}

static void the_database_of_another_program_is_not_touched(void **state)
{
    g_autoptr(GError) error = NULL;
    sqlite3 *db = memory();

    execute(db, "CREATE TABLE bookmarks (url TEXT)");
    assert_false(schema_migrate(db, "places.db", schema_steps, schema_n_steps, &error));
    assert_non_null(strstr(error->message, "places.db is the database of another program"));
    assert_int_equal(number(db, "SELECT count(*) FROM sqlite_master"), 1);
    sqlite3_close(db);
}

static void an_empty_file_holds_no_history(void **state)
{
    g_autoptr(GError) error = NULL;
    sqlite3 *db = memory();

    assert_false(schema_check(db, "empty.db", schema_n_steps, &error));
    assert_string_equal(error->message, "empty.db holds no history");
    sqlite3_close(db);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_empty_database_gets_all_tables),
        cmocka_unit_test(a_second_start_changes_nothing),
        cmocka_unit_test(an_older_database_is_brought_up_to_date_with_its_rows),
        cmocka_unit_test(a_step_that_fails_leaves_the_database_as_it_was),
        cmocka_unit_test(a_database_from_the_future_is_refused),
        cmocka_unit_test(the_database_of_another_program_is_not_touched),
        cmocka_unit_test(an_empty_file_holds_no_history),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
