/*
 * SQLite, as far as whyreg needs it.
 *
 * The log of what was written (WAL) lets others read meanwhile, and lets kill -9
 * at any moment leave a database that opens. It is not synced at each commit:
 * a machine that loses power may lose the newest commits, never the order of
 * what is there.
 */

#include "database.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* How long a statement waits for somebody else's lock. */
#define PATIENCE_MS 500

/* Of the log, when nobody reads it any more. */
#define LOG_LIMIT "16777216"

static void free_statement(void *statement)
{
    sqlite3_finalize(statement);
}

static Database *database_new(sqlite3 *db)
{
    Database *database = g_new0(Database, 1);

    database->db = db;
    database->statements =
        g_hash_table_new_full(g_direct_hash, g_direct_equal, NULL, free_statement);
    sqlite3_busy_timeout(db, PATIENCE_MS);
    sqlite3_extended_result_codes(db, 1);
    return database;
}

void database_free(Database *database)
{
    g_hash_table_unref(database->statements);
    sqlite3_close(database->db);
    g_free(database->message);
    g_free(database);
}

static Database *open_with(const char *name, const char *path, int flags, GError **error)
{
    sqlite3 *db = NULL;

    if (sqlite3_open_v2(name, &db, flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_URI, NULL)
        == SQLITE_OK)
        return database_new(db);
    g_set_error(error, STORE_ERROR, STORE_ERROR_OPEN, "cannot open the history %s: %s", path,
                sqlite3_errmsg(db));
    sqlite3_close(db);
    return NULL;
}

/* A path with its odd characters as a URI wants them; ours, so that SQLite reads no '?'. */
static char *uri_of(const char *path, const char *parameters)
{
    g_autofree char *absolute = g_canonicalize_filename(path, NULL);
    g_autofree char *escaped = g_uri_escape_string(absolute, "/", FALSE);

    return g_strconcat("file://", escaped, parameters, NULL);
}

/* SQLite gives the log and the index of the log the mode of the database. */
static bool make_file(const char *path, GError **error)
{
    int file = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);

    if (file >= 0) {
        close(file);
        return true;
    }
    if (errno == EEXIST)
        return true;
    g_set_error(error, STORE_ERROR, STORE_ERROR_OPEN, "cannot make the history %s: %s", path,
                g_strerror(errno));
    return false;
}

/* The log stays when the last writer goes: somebody who may only read the folder could not
 * open the database without it. */
static void keep_log(Database *database)
{
    int on = 1;

    sqlite3_file_control(database->db, NULL, SQLITE_FCNTL_PERSIST_WAL, &on);
}

Database *database_create(const char *path, GError **error)
{
    g_autofree char *uri = uri_of(path, "");

    if (!make_file(path, error))
        return NULL;

    g_autoptr(Database) database = open_with(uri, path, SQLITE_OPEN_READWRITE, error);

    if (database == NULL)
        return NULL;
    /* The first must come before there is any table. */
    database_execute(database, "PRAGMA auto_vacuum = INCREMENTAL");
    database_execute(database, "PRAGMA journal_mode = WAL");
    database_execute(database, "PRAGMA synchronous = NORMAL");
    database_execute(database, "PRAGMA temp_store = MEMORY");
    database_execute(database, "PRAGMA journal_size_limit = " LOG_LIMIT);
    keep_log(database);
    if (database->error != SQLITE_OK) {
        g_set_error(error, STORE_ERROR, STORE_ERROR_OPEN, "cannot use the history %s: %s", path,
                    database->message);
        return NULL;
    }
    if (!schema_migrate(database->db, path, schema_steps, schema_n_steps, error))
        return NULL;
    return g_steal_pointer(&database);
}

static Database *open_checked(const char *path, const char *parameters, GError **error)
{
    g_autofree char *uri = uri_of(path, parameters);
    g_autoptr(Database) database = open_with(uri, path, SQLITE_OPEN_READONLY, error);

    if (database == NULL || !schema_check(database->db, path, schema_n_steps, error))
        return NULL;
    return g_steal_pointer(&database);
}

/* There is nothing in the log, so that the database alone is all there is. */
static bool has_no_log(const char *path)
{
    g_autofree char *log = g_strconcat(path, "-wal", NULL);
    struct stat status;

    return stat(log, &status) != 0 ? errno == ENOENT : status.st_size == 0;
}

/* A copy on a medium that cannot be written has no index of the log, and SQLite could not make
 * one: it is told that nobody writes it. */
Database *database_open(const char *path, GError **error)
{
    g_autoptr(GError) reason = NULL;

    if (access(path, R_OK) != 0) {
        g_set_error(error, STORE_ERROR, STORE_ERROR_OPEN, "cannot open the history %s: %s", path,
                    g_strerror(errno));
        return NULL;
    }

    Database *database = open_checked(path, "?mode=ro", &reason);

    if (database == NULL && reason->code == STORE_ERROR_OPEN && has_no_log(path))
        database = open_checked(path, "?mode=ro&immutable=1", NULL);
    if (database == NULL)
        g_propagate_error(error, g_steal_pointer(&reason));
    return database;
}

static void note_error(Database *database, int code)
{
    if (database->error != SQLITE_OK)
        return;
    database->error = code;
    g_free(database->message);
    database->message = g_strdup(sqlite3_errmsg(database->db));
}

sqlite3_stmt *database_statement(Database *database, const char *sql)
{
    sqlite3_stmt *statement = g_hash_table_lookup(database->statements, sql);

    if (statement != NULL) {
        sqlite3_reset(statement);
        sqlite3_clear_bindings(statement);
        return statement;
    }

    int code =
        sqlite3_prepare_v3(database->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL);

    if (code != SQLITE_OK) {
        note_error(database, code);
        return NULL;
    }
    g_hash_table_insert(database->statements, (gpointer)sql, statement);
    return statement;
}

void database_bind_text(sqlite3_stmt *statement, int index, const char *text)
{
    if (statement != NULL)
        sqlite3_bind_text(statement, index, text, -1, SQLITE_STATIC);
}

void database_bind_time(sqlite3_stmt *statement, int index, Nsec time)
{
    if (statement != NULL && time != NSEC_NONE)
        sqlite3_bind_int64(statement, index, time);
}

void database_bind_count(sqlite3_stmt *statement, int index, uint64_t count)
{
    if (statement != NULL)
        sqlite3_bind_int64(statement, index, (int64_t)MIN(count, (uint64_t)INT64_MAX));
}

bool database_step(Database *database, sqlite3_stmt *statement)
{
    int code =
        statement != NULL && database->error == SQLITE_OK ? sqlite3_step(statement) : SQLITE_DONE;

    if (code == SQLITE_ROW)
        return true;
    if (code != SQLITE_DONE)
        note_error(database, code);
    if (statement != NULL)
        sqlite3_reset(statement);
    return false;
}

unsigned database_run(Database *database, sqlite3_stmt *statement)
{
    if (statement == NULL || database->error != SQLITE_OK)
        return 0;
    while (database_step(database, statement))
        ;
    return database->error == SQLITE_OK ? (unsigned)sqlite3_changes(database->db) : 0;
}

const char *database_text(sqlite3_stmt *statement, int column)
{
    return (const char *)sqlite3_column_text(statement, column);
}

int64_t database_number(sqlite3_stmt *statement, int column)
{
    return sqlite3_column_int64(statement, column);
}

Nsec database_time(sqlite3_stmt *statement, int column)
{
    return sqlite3_column_type(statement, column) == SQLITE_NULL
               ? NSEC_NONE
               : sqlite3_column_int64(statement, column);
}

int64_t database_value(Database *database, sqlite3_stmt *statement)
{
    int64_t value = database_step(database, statement) ? database_number(statement, 0) : 0;

    if (statement != NULL)
        sqlite3_reset(statement);
    return value;
}

void database_execute(Database *database, const char *sql)
{
    if (database->error != SQLITE_OK)
        return;

    int code = sqlite3_exec(database->db, sql, NULL, NULL, NULL);

    if (code != SQLITE_OK)
        note_error(database, code);
}

void database_begin(Database *database)
{
    database->error = SQLITE_OK;
    g_clear_pointer(&database->message, g_free);
    database_execute(database, "BEGIN IMMEDIATE");
}

bool database_commit(Database *database)
{
    database_execute(database, "COMMIT");
    if (database->error == SQLITE_OK)
        return true;
    if (!sqlite3_get_autocommit(database->db))
        sqlite3_exec(database->db, "ROLLBACK", NULL, NULL, NULL);
    return false;
}

bool database_may_recover(const Database *database)
{
    switch (database->error & 0xff) { /* the primary code of an extended one */
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_FULL:
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
    case SQLITE_READONLY:
    case SQLITE_PROTOCOL:
    case SQLITE_NOMEM:
        return true;
    default:
        return false;
    }
}
