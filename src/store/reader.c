/*
 * Opens the history for reading, and tells what belongs to no device: when
 * somebody was watching, and what was lost meanwhile.
 */

#include "reading.h"

const char *reading_text(StoreReader *reader, sqlite3_stmt *statement, int column)
{
    const char *text = database_text(statement, column);

    return text != NULL ? g_string_chunk_insert(reader->texts, text) : NULL;
}

void reading_bind_period(sqlite3_stmt *statement, StorePeriod period)
{
    if (statement == NULL)
        return;
    /* Without an end: the smallest and the largest number there is. */
    sqlite3_bind_int64(statement, 1, period.since);
    sqlite3_bind_int64(statement, 2, period.until);
}

static StoreRun read_run(StoreReader *reader, sqlite3_stmt *statement)
{
    return (StoreRun){
        .id = database_number(statement, 0),
        .began = database_time(statement, 1),
        .seen = database_time(statement, 2),
        .heartbeat = database_time(statement, 3),
        .ended = database_time(statement, 4),
        .clean = database_number(statement, 5) != 0,
        .version = reading_text(reader, statement, 6),
        .host = reading_text(reader, statement, 7),
        .description = reading_text(reader, statement, 8),
    };
}

#define RUN "SELECT id, began, seen, heartbeat, ended, clean, version, host, options FROM runs "

bool store_reader_newest_run(StoreReader *reader, StoreRun *run)
{
    static const char sql[] = RUN "ORDER BY id DESC LIMIT 1";
    sqlite3_stmt *statement = database_statement(reader->database, sql);
    bool found = database_step(reader->database, statement);

    if (found) {
        *run = read_run(reader, statement);
        sqlite3_reset(statement);
    }
    return found;
}

GArray *store_reader_runs(StoreReader *reader, StorePeriod period)
{
    static const char sql[] =
        RUN "WHERE began <= ?2 AND coalesce(ended, seen, heartbeat) >= ?1 ORDER BY id";
    sqlite3_stmt *statement = database_statement(reader->database, sql);
    GArray *runs = g_array_new(FALSE, FALSE, sizeof(StoreRun));

    reading_bind_period(statement, period);
    while (database_step(reader->database, statement)) {
        StoreRun run = read_run(reader, statement);

        g_array_append_val(runs, run);
    }
    return runs;
}

/* All that follows is read as it is now, in one transaction. */
static void look(StoreReader *reader)
{
    StoreRun run;

    database_begin(reader->database);
    reader->now = NSEC_NONE;
    if (!store_reader_newest_run(reader, &run))
        return;
    reader->run = run.id;
    reader->now = run.ended != NSEC_NONE ? run.ended : run.seen;
    if (reader->now == NSEC_NONE)
        reader->now = run.heartbeat;
}

StoreReader *store_reader_open(const char *path, GError **error)
{
    Database *database = database_open(path, error);

    if (database == NULL)
        return NULL;

    StoreReader *reader = g_new0(StoreReader, 1);

    reader->database = database;
    reader->texts = g_string_chunk_new(16384);
    look(reader);
    if (store_reader_failed(reader, error))
        g_clear_pointer(&reader, store_reader_free);
    return reader;
}

void store_reader_free(StoreReader *reader)
{
    database_free(reader->database);
    g_string_chunk_free(reader->texts);
    g_free(reader);
}

bool store_reader_failed(const StoreReader *reader, GError **error)
{
    if (reader->database->error == SQLITE_OK)
        return false;
    g_set_error(error, STORE_ERROR, STORE_ERROR_OPEN, "cannot read the history: %s",
                reader->database->message);
    return true;
}

Nsec store_reader_now(StoreReader *reader)
{
    return reader->now;
}

/* A heartbeat from the future is of a clock that was set since: nobody knows how old it is. */
bool store_run_is_alive(const StoreRun *run, Nsec wall)
{
    return run->ended == NSEC_NONE && run->heartbeat != NSEC_NONE
           && ABS(wall - run->heartbeat) <= STORE_HEARTBEAT;
}

GArray *store_reader_captures(StoreReader *reader, int64_t run)
{
    static const char sql[] =
        "SELECT name, stopped, vantage, first, last, packets, bytes, dropped_kernel,"
        " dropped_interface, drops_known FROM captures WHERE run = ?1 ORDER BY number";
    sqlite3_stmt *statement = database_statement(reader->database, sql);
    GArray *captures = g_array_new(FALSE, FALSE, sizeof(StoreCapture));

    database_bind_count(statement, 1, (uint64_t)run);
    while (database_step(reader->database, statement)) {
        StoreCapture capture = {
            .name = reading_text(reader, statement, 0),
            .stopped = reading_text(reader, statement, 1),
            .vantage = reading_text(reader, statement, 2),
            .first = database_time(statement, 3),
            .last = database_time(statement, 4),
            .packets = (uint64_t)database_number(statement, 5),
            .bytes = (uint64_t)database_number(statement, 6),
            .dropped_kernel = (uint64_t)database_number(statement, 7),
            .dropped_interface = (uint64_t)database_number(statement, 8),
            .drops_known = database_number(statement, 9) != 0,
        };

        g_array_append_val(captures, capture);
    }
    return captures;
}

GArray *store_reader_losses(StoreReader *reader, StorePeriod period)
{
    static const char sql[] = "SELECT kind, what, began, ended, count FROM ledger"
                              " WHERE began <= ?2 AND ended >= ?1 ORDER BY began, id";
    sqlite3_stmt *statement = database_statement(reader->database, sql);
    GArray *losses = g_array_new(FALSE, FALSE, sizeof(StoreLoss));

    reading_bind_period(statement, period);
    while (database_step(reader->database, statement)) {
        StoreLoss loss = {
            .kind = reading_text(reader, statement, 0),
            .what = reading_text(reader, statement, 1),
            .from = database_time(statement, 2),
            .until = database_time(statement, 3),
            .count = (uint64_t)database_number(statement, 4),
        };

        g_array_append_val(losses, loss);
    }
    return losses;
}
