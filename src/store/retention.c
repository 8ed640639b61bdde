/*
 * What is too old goes, and when the file gets too large the oldest goes before
 * its time: first the details, then what sums them up. An interval says "lapsed
 * from 12:00 to 12:07" in fewer bytes than the forty attempts in between.
 *
 * All of it is done in small steps between other work. Each table is walked
 * through by row number, a few hundred rows at a time, so that no step looks at
 * all of a table and no index is needed for it.
 */

#include "retention.h"

#include <time.h>

/* Of a table, in one step. */
#define BATCH "512"

/* Pages given back to the file system in one step. */
#define VACUUM_STEP "PRAGMA incremental_vacuum(128)"
#define VACUUM_FROM 1024

/* Of what is allowed, in percent: where making room begins, and where it ends. */
enum { FULL_FROM = 90, FULL_UNTIL = 85 };

/* For which a single step may go on while room is needed. */
#define STEP_TIME (50 * NSEC_MSEC)

#define NEXT(table) "(SELECT id FROM " table " WHERE id > ?1 ORDER BY id LIMIT " BATCH ")"
#define LAST(table) "SELECT max(id) FROM " NEXT(table)
#define LONELY                                                                              \
    " AND coalesce(last_seen, 0) < ?2 AND NOT (ifnull(run, 0) = ?3 AND number IS NOT NULL)" \
    " AND NOT EXISTS (SELECT 1 FROM attempts WHERE device = devices.id)"                    \
    " AND NOT EXISTS (SELECT 1 FROM bindings WHERE device = devices.id)"                    \
    " AND NOT EXISTS (SELECT 1 FROM intervals WHERE device = devices.id)"                   \
    " AND NOT EXISTS (SELECT 1 FROM findings WHERE device = devices.id)"

/* In the order in which they are given up. ?1: behind which row, ?2: what ended before this
 * time, ?3: the run that goes on. */
static const struct {
    const char *last;
    const char *remove[2];
} tables[] = {
    { LAST("attempts"),
      { "DELETE FROM attempts WHERE id IN " NEXT("attempts") " AND closed < ?2" } },
    { LAST("bindings"),
      { "DELETE FROM bindings WHERE id IN " NEXT("bindings") " AND coalesce(ended, until) < ?2" } },
    { LAST("intervals"),
      { "DELETE FROM intervals WHERE id IN " NEXT("intervals") " AND ended < ?2" } },
    { LAST("findings"),
      { "DELETE FROM findings WHERE id IN " NEXT("findings") " AND resolved < ?2" } },
    { LAST("ledger"), { "DELETE FROM ledger WHERE id IN " NEXT("ledger") " AND ended < ?2" } },
    { LAST("captures"),
      { "DELETE FROM captures WHERE id IN " NEXT("captures") " AND run <> ?3"
                                                             " AND coalesce(last, 0) < ?2" } },
    { LAST("runs"),
      { "DELETE FROM runs WHERE id IN " NEXT("runs") " AND id <> ?3 AND ended < ?2" } },
    { LAST("devices"),
      { "DELETE FROM standing WHERE device IN (SELECT id FROM devices WHERE id IN " NEXT("devices")
            LONELY ")",
        "DELETE FROM devices WHERE id IN " NEXT("devices") LONELY } },
};

#define TABLES G_N_ELEMENTS(tables)

/* What is younger is kept as long as there is anything older. */
static const Nsec floors[] = { NSEC_DAY, NSEC_HOUR, 0 };

struct Retention {
    Database *database;
    RetentionConfig config;
    int64_t page_size;
    int64_t aged[TABLES]; /* how far each table was looked through for old rows */

    /* While room is made: */
    bool pressed;
    unsigned floor;
    unsigned table;
    int64_t cursor;
};

static int64_t pragma(Retention *retention, const char *sql)
{
    return database_value(retention->database, database_statement(retention->database, sql));
}

Retention *retention_new(Database *database, const RetentionConfig *config)
{
    Retention *retention = g_new0(Retention, 1);

    retention->database = database;
    retention->config = *config;
    retention->page_size = MAX(pragma(retention, "PRAGMA page_size"), 512);
    if (config->max_bytes > 0) {
        g_autofree char *limit =
            g_strdup_printf("PRAGMA max_page_count = %" G_GINT64_FORMAT,
                            (int64_t)(config->max_bytes / (uint64_t)retention->page_size));

        database_execute(database, limit);
    }
    return retention;
}

void retention_free(Retention *retention)
{
    g_free(retention);
}

/* Removes what ended before 'limit' from the rows behind 'cursor'. The new place, and 0 at the
 * end of the table. */
static int64_t sweep(Retention *retention, unsigned table, int64_t cursor, Nsec limit, int64_t run)
{
    Database *database = retention->database;
    sqlite3_stmt *statement = database_statement(database, tables[table].last);

    database_bind_count(statement, 1, (uint64_t)cursor);

    int64_t last = database_value(database, statement);

    for (unsigned i = 0; i < G_N_ELEMENTS(tables[table].remove); i++) {
        const char *sql = tables[table].remove[i];

        if (sql == NULL || last == 0)
            continue;
        statement = database_statement(database, sql);
        database_bind_count(statement, 1, (uint64_t)cursor);
        database_bind_time(statement, 2, limit);
        if (sqlite3_bind_parameter_count(statement) >= 3)
            database_bind_count(statement, 3, (uint64_t)run);
        database_run(database, statement);
    }
    return last;
}

/* Of what is allowed, how much is in use. */
static int64_t percent_used(Retention *retention)
{
    int64_t pages =
        pragma(retention, "PRAGMA page_count") - pragma(retention, "PRAGMA freelist_count");
    int64_t allowed = (int64_t)(retention->config.max_bytes / (uint64_t)retention->page_size);

    return allowed > 0 ? pages * 100 / allowed : 0;
}

/* False: all that may go is gone. */
static bool go_on(Retention *retention)
{
    retention->cursor = 0;
    retention->table = (retention->table + 1) % TABLES;
    if (retention->table > 0)
        return true;
    retention->floor = (retention->floor + 1) % G_N_ELEMENTS(floors);
    return retention->floor > 0;
}

static void start_over(Retention *retention)
{
    retention->floor = retention->table = 0;
    retention->cursor = 0;
}

/* One transaction of it. False: enough for now. */
static bool make_room(Retention *retention, int64_t run, Nsec now)
{
    Database *database = retention->database;
    unsigned table = retention->table;

    database_begin(database);
    retention->cursor =
        sweep(retention, table, retention->cursor, now - floors[retention->floor], run);
    if (!database_commit(database))
        return false;
    if (retention->cursor == 0 && !go_on(retention))
        return false;
    if (percent_used(retention) >= FULL_UNTIL)
        return true;
    retention->pressed = false;
    start_over(retention);
    return false;
}

static void forget_aged(Retention *retention, int64_t run, Nsec now)
{
    Database *database = retention->database;

    database_begin(database);
    for (unsigned i = 0; i < TABLES; i++)
        retention->aged[i] =
            sweep(retention, i, retention->aged[i], now - retention->config.max_age, run);
    if (pragma(retention, "PRAGMA freelist_count") >= VACUUM_FROM)
        database_execute(database, VACUUM_STEP);
    database_commit(database);
}

void retention_step(Retention *retention, int64_t run, Nsec now)
{
    Nsec deadline = nsec_now(CLOCK_MONOTONIC) + STEP_TIME;

    retention->database->error = SQLITE_OK;
    if (retention->config.max_bytes > 0 && percent_used(retention) >= FULL_FROM)
        retention->pressed = true;
    while (retention->pressed && make_room(retention, run, now)
           && nsec_now(CLOCK_MONOTONIC) < deadline)
        ;
    if (retention->config.max_age > 0)
        forget_aged(retention, run, now);
}
