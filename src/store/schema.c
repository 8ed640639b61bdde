/*
 * The tables of the history. docs/history.md explains each column to whoever
 * asks questions of his own.
 *
 * A step that was released is never changed again: what a later version needs
 * is a further step.
 */

#include "schema.h"

G_DEFINE_QUARK(whyreg - store - error, store_error)

/* All times are nanoseconds since the epoch. 'began' to 'ended', because FROM is a word of SQL. */
static const char first_tables[] =
    "CREATE TABLE runs (id INTEGER PRIMARY KEY, began INTEGER NOT NULL, seen INTEGER,"
    " heartbeat INTEGER, ended INTEGER, clean INTEGER NOT NULL DEFAULT 0,"
    " version TEXT, host TEXT, options TEXT);"

    "CREATE TABLE captures (id INTEGER PRIMARY KEY, run INTEGER NOT NULL, number INTEGER NOT NULL,"
    " name TEXT, first INTEGER, last INTEGER, packets INTEGER, bytes INTEGER,"
    " drops_known INTEGER, dropped_kernel INTEGER, dropped_interface INTEGER,"
    " vantage TEXT, stopped TEXT, UNIQUE (run, number));"

    "CREATE TABLE devices (id INTEGER PRIMARY KEY, aor TEXT NOT NULL, user TEXT, instance TEXT,"
    " contact TEXT, user_agent TEXT, address TEXT, public_address TEXT, server TEXT,"
    " transport TEXT, first_seen INTEGER, last_seen INTEGER, run INTEGER, number INTEGER);"
    "CREATE INDEX devices_aor ON devices (aor);"
    "CREATE INDEX devices_user ON devices (user);"
    "CREATE INDEX devices_address ON devices (address);"
    "CREATE INDEX devices_public_address ON devices (public_address);"
    "CREATE INDEX devices_number ON devices (run, number) WHERE number IS NOT NULL;"

    "CREATE TABLE standing (device INTEGER PRIMARY KEY, run INTEGER NOT NULL,"
    " condition TEXT NOT NULL, state TEXT NOT NULL, because TEXT, since INTEGER, until INTEGER,"
    " good INTEGER, noticed INTEGER, seen INTEGER, finding TEXT, summary TEXT);"

    "CREATE TABLE bindings (id INTEGER PRIMARY KEY, device INTEGER NOT NULL, run INTEGER,"
    " contact TEXT, source TEXT, began INTEGER NOT NULL, until INTEGER, ended INTEGER,"
    " granted INTEGER, asked INTEGER, refreshes INTEGER, end TEXT);"
    "CREATE INDEX bindings_device ON bindings (device, began);"
    "CREATE INDEX bindings_open ON bindings (device) WHERE ended IS NULL;"

    "CREATE TABLE attempts (id INTEGER PRIMARY KEY, device INTEGER NOT NULL, run INTEGER,"
    " first_opened INTEGER NOT NULL, opened INTEGER NOT NULL, closed INTEGER NOT NULL,"
    " repeated INTEGER NOT NULL, purpose TEXT NOT NULL, outcome TEXT NOT NULL, answers TEXT,"
    " reason TEXT, remark TEXT, call_id TEXT, steps TEXT);"
    "CREATE INDEX attempts_device ON attempts (device);"

    "CREATE TABLE findings (id INTEGER PRIMARY KEY, device INTEGER, run INTEGER, aor TEXT,"
    " rule TEXT NOT NULL, severity TEXT NOT NULL, grade TEXT NOT NULL, began INTEGER,"
    " until INTEGER, count INTEGER, mark INTEGER NOT NULL, summary TEXT, advice TEXT, settle TEXT,"
    " evidence TEXT, resolved INTEGER, because TEXT, lost INTEGER);"
    "CREATE UNIQUE INDEX findings_open ON findings (rule, ifnull(device, 0), mark)"
    " WHERE resolved IS NULL;"
    "CREATE INDEX findings_device ON findings (device);"

    "CREATE TABLE intervals (id INTEGER PRIMARY KEY, device INTEGER NOT NULL, run INTEGER,"
    " condition TEXT NOT NULL, state TEXT NOT NULL, because TEXT, began INTEGER NOT NULL,"
    " ended INTEGER);"
    "CREATE UNIQUE INDEX intervals_open ON intervals (device) WHERE ended IS NULL;"
    "CREATE INDEX intervals_device ON intervals (device, began);"

    "CREATE TABLE ledger (id INTEGER PRIMARY KEY, run INTEGER, kind TEXT NOT NULL, what TEXT,"
    " began INTEGER NOT NULL, ended INTEGER NOT NULL, count INTEGER);";

const char *const schema_steps[] = { first_tables };
const unsigned schema_n_steps = G_N_ELEMENTS(schema_steps);

static int64_t read_number(sqlite3 *db, const char *query)
{
    sqlite3_stmt *statement = NULL;
    int64_t number = -1;

    if (sqlite3_prepare_v2(db, query, -1, &statement, NULL) == SQLITE_OK
        && sqlite3_step(statement) == SQLITE_ROW)
        number = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    return number;
}

static bool refuse(sqlite3 *db, const char *path, GError **error)
{
    g_set_error(error, STORE_ERROR, STORE_ERROR_OPEN, "cannot use the history %s: %s", path,
                sqlite3_errmsg(db));
    return false;
}

/* 'version' 0: there are no tables yet. */
static bool find_version(sqlite3 *db, const char *path, unsigned n_steps, unsigned *version,
                         GError **error)
{
    int64_t found = read_number(db, "PRAGMA user_version");
    int64_t application = read_number(db, "PRAGMA application_id");
    int64_t tables = read_number(db, "SELECT count(*) FROM sqlite_master");

    if (found < 0 || application < 0 || tables < 0)
        return refuse(db, path, error);
    if (application != SCHEMA_APPLICATION && (application != 0 || found != 0 || tables != 0)) {
        g_set_error(error, STORE_ERROR, STORE_ERROR_VERSION,
                    "%s is the database of another program, not a history of whyreg", path);
        return false;
    }
    if (found > n_steps) {
        g_set_error(error, STORE_ERROR, STORE_ERROR_VERSION,
                    "%s was written by a newer whyreg: its tables have version %" G_GINT64_FORMAT
                    ", and this one knows them up to version %u",
                    path, found, n_steps);
        return false;
    }
    *version = (unsigned)found;
    return true;
}

static bool run_step(sqlite3 *db, const char *step, unsigned version)
{
    g_autofree char *marks = g_strdup_printf("PRAGMA user_version = %u; PRAGMA application_id = %d",
                                             version, SCHEMA_APPLICATION);

    if (sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL) != SQLITE_OK)
        return false;
    return sqlite3_exec(db, step, NULL, NULL, NULL) == SQLITE_OK
           && sqlite3_exec(db, marks, NULL, NULL, NULL) == SQLITE_OK
           && sqlite3_exec(db, "COMMIT", NULL, NULL, NULL) == SQLITE_OK;
}

bool schema_migrate(sqlite3 *db, const char *path, const char *const *steps, unsigned n_steps,
                    GError **error)
{
    unsigned version;

    if (!find_version(db, path, n_steps, &version, error))
        return false;
    for (; version < n_steps; version++) {
        if (run_step(db, steps[version], version + 1))
            continue;
        refuse(db, path, error);
        if (!sqlite3_get_autocommit(db))
            sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
        return false;
    }
    return true;
}

bool schema_check(sqlite3 *db, const char *path, unsigned n_steps, GError **error)
{
    unsigned version;

    if (!find_version(db, path, n_steps, &version, error))
        return false;
    if (version == n_steps)
        return true;
    if (version == 0)
        g_set_error(error, STORE_ERROR, STORE_ERROR_VERSION, "%s holds no history", path);
    else
        g_set_error(error, STORE_ERROR, STORE_ERROR_VERSION,
                    "%s was written by an older whyreg; 'whyreg watch --history' brings it up to "
                    "date",
                    path);
    return false;
}
