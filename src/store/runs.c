/*
 * A run is the time from the start of whyreg to its end. Its row says once a
 * second that it is alive; when the row falls silent without an end, the run
 * was killed, and everything that it left open is closed at its last sign of life.
 * Nothing may be concluded from what was not seen between two runs.
 */

#include "runs.h"

#include "apply.h"

/* Two losses that are so close are one: pulses come once a second. */
#define SAME_LOSS (5 * NSEC_SEC / 2)

typedef struct Before {
    int64_t id; /* 0: there was none */
    Nsec end;
    bool told; /* it ended as it should */
} Before;

static Before find_before(Database *database)
{
    static const char sql[] = "SELECT id, coalesce(ended, seen, heartbeat, began),"
                              " ended IS NOT NULL FROM runs ORDER BY id DESC LIMIT 1";
    sqlite3_stmt *statement = database_statement(database, sql);
    Before before = { 0 };

    if (database_step(database, statement)) {
        before = (Before){ database_number(statement, 0), database_time(statement, 1),
                           database_number(statement, 2) != 0 };
        sqlite3_reset(statement);
    }
    return before;
}

static void add_loss(Database *database, int64_t run, const char *kind, const char *what, Nsec from,
                     Nsec until, uint64_t count)
{
    static const char sql[] = "INSERT INTO ledger (run, kind, what, began, ended, count)"
                              " VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    sqlite3_stmt *statement = database_statement(database, sql);

    database_bind_count(statement, 1, (uint64_t)run);
    database_bind_text(statement, 2, kind);
    database_bind_text(statement, 3, what);
    database_bind_time(statement, 4, from);
    database_bind_time(statement, 5, MAX(from, until));
    database_bind_count(statement, 6, count);
    database_run(database, statement);
}

static void close_before(Database *database, const Before *before)
{
    static const char sql[] = "UPDATE runs SET ended = ?2 WHERE id = ?1 AND ended IS NULL";
    sqlite3_stmt *statement = database_statement(database, sql);

    apply_close(database, before->end, "whyreg was not watching any more");
    database_bind_count(statement, 1, (uint64_t)before->id);
    database_bind_time(statement, 2, before->end);
    database_run(database, statement);
}

static int64_t add_run(Database *database, const RunsStart *start)
{
    static const char sql[] = "INSERT INTO runs (began, heartbeat, version, host, options)"
                              " VALUES (?1, ?1, ?2, ?3, ?4)";
    sqlite3_stmt *statement = database_statement(database, sql);

    database_bind_time(statement, 1, start->wall);
    database_bind_text(statement, 2, start->version);
    database_bind_text(statement, 3, start->host);
    database_bind_text(statement, 4, start->options);
    return database_run(database, statement) > 0 ? sqlite3_last_insert_rowid(database->db) : 0;
}

int64_t runs_start(Database *database, const RunsStart *start)
{
    database_begin(database);

    Before before = find_before(database);

    if (before.id != 0)
        close_before(database, &before);

    int64_t run = add_run(database, start);

    if (before.id != 0)
        add_loss(database, run, "blind",
                 before.told ? "whyreg was not running" : "whyreg was ended by force", before.end,
                 start->wall, 0);
    return database_commit(database) ? run : 0;
}

void runs_pulse(Database *database, int64_t run, const Row *row)
{
    static const char sql[] = "UPDATE runs SET seen = max(coalesce(?2, seen), coalesce(seen, ?2)),"
                              " heartbeat = ?3 WHERE id = ?1";
    sqlite3_stmt *statement = database_statement(database, sql);

    database_bind_count(statement, 1, (uint64_t)run);
    database_bind_time(statement, 2, row->time.now);
    database_bind_time(statement, 3, row->time.wall);
    database_run(database, statement);
}

void runs_end(Database *database, int64_t run, const Row *row)
{
    static const char sql[] = "UPDATE runs SET ended = ?2, heartbeat = ?3, clean = 1 WHERE id = ?1";
    Nsec end = row->time.now != NSEC_NONE ? row->time.now : row->time.wall;
    sqlite3_stmt *statement = database_statement(database, sql);

    apply_close(database, end, "the watch ended");
    database_bind_count(statement, 1, (uint64_t)run);
    database_bind_time(statement, 2, end);
    database_bind_time(statement, 3, row->time.wall);
    database_run(database, statement);
}

void runs_capture(Database *database, int64_t run, const Row *row)
{
    static const char sql[] =
        "INSERT INTO captures (run, number, name, first, last, packets, bytes, drops_known,"
        " dropped_kernel, dropped_interface, vantage, stopped)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)"
        " ON CONFLICT (run, number) DO UPDATE SET first = excluded.first, last = excluded.last,"
        " packets = excluded.packets, bytes = excluded.bytes, drops_known = excluded.drops_known,"
        " dropped_kernel = excluded.dropped_kernel,"
        " dropped_interface = excluded.dropped_interface, vantage = excluded.vantage,"
        " stopped = excluded.stopped";
    const RowCapture *capture = &row->capture;
    sqlite3_stmt *statement = database_statement(database, sql);

    database_bind_count(statement, 1, (uint64_t)run);
    database_bind_count(statement, 2, capture->number);
    database_bind_text(statement, 3, row_text(row, capture->name));
    database_bind_time(statement, 4, capture->first);
    database_bind_time(statement, 5, capture->last);
    database_bind_count(statement, 6, capture->packets);
    database_bind_count(statement, 7, capture->bytes);
    database_bind_count(statement, 8, capture->drops_known);
    database_bind_count(statement, 9, capture->dropped_kernel);
    database_bind_count(statement, 10, capture->dropped_interface);
    database_bind_text(statement, 11, capture->vantage);
    database_bind_text(statement, 12, row_text(row, capture->stopped));
    database_run(database, statement);
}

void runs_loss(Database *database, int64_t run, const Row *row)
{
    static const char sql[] =
        "UPDATE ledger SET ended = max(ended, ?5), count = count + ?6 WHERE id ="
        " (SELECT id FROM ledger WHERE run = ?1 AND kind = ?2 AND what IS ?3"
        "  ORDER BY id DESC LIMIT 1) AND ended >= ?4";
    const RowLoss *loss = &row->loss;
    sqlite3_stmt *statement = database_statement(database, sql);

    database_bind_count(statement, 1, (uint64_t)run);
    database_bind_text(statement, 2, loss->kind);
    database_bind_text(statement, 3, row_text(row, loss->what));
    database_bind_time(statement, 4, loss->from - SAME_LOSS);
    database_bind_time(statement, 5, loss->until);
    database_bind_count(statement, 6, loss->count);
    if (database_run(database, statement) == 0)
        add_loss(database, run, loss->kind, row_text(row, loss->what), loss->from, loss->until,
                 loss->count);
}
