/*
 * One function for each thing that can happen to a device.
 *
 * Repeats become one row: attempts of a day that went alike, a finding that is
 * told again, a binding that was announced before. So the history of a phone
 * that has no trouble is a few rows a day.
 */

#include "apply.h"

#include "place.h"
#include "runs.h"

/* --- attempts and bindings ------------------------------------------------- */

/* The newest row of the device, if it tells the same: alike, of this run and of the same day. */
static int64_t find_alike(Database *database, int64_t run, int64_t device, const Row *row)
{
    static const char sql[] =
        "SELECT id, purpose = ?2 AND outcome = ?3 AND answers IS ?4 AND reason IS ?5"
        " AND run = ?6 AND first_opened >= ?7 AND opened <= ?8 FROM attempts"
        " WHERE device = ?1 ORDER BY id DESC LIMIT 1";
    const RowAttempt *attempt = &row->attempt;
    Nsec day = attempt->opened - attempt->opened % NSEC_DAY;
    sqlite3_stmt *statement = database_statement(database, sql);
    int64_t id = 0;

    database_bind_count(statement, 1, (uint64_t)device);
    database_bind_text(statement, 2, attempt->purpose);
    database_bind_text(statement, 3, attempt->outcome);
    database_bind_text(statement, 4, row_text(row, attempt->answers));
    database_bind_text(statement, 5, row_text(row, attempt->reason));
    database_bind_count(statement, 6, (uint64_t)run);
    database_bind_time(statement, 7, day);
    database_bind_time(statement, 8, attempt->opened);
    if (database_step(database, statement)) {
        id = database_number(statement, 1) != 0 ? database_number(statement, 0) : 0;
        sqlite3_reset(statement);
    }
    return id;
}

static void repeat_attempt(Database *database, int64_t id, const Row *row)
{
    static const char sql[] =
        "UPDATE attempts SET opened = ?2, closed = max(closed, ?3), repeated = repeated + ?4,"
        " remark = ?5, call_id = ?6, steps = ?7 WHERE id = ?1";
    sqlite3_stmt *statement = database_statement(database, sql);
    const RowAttempt *attempt = &row->attempt;

    database_bind_count(statement, 1, (uint64_t)id);
    database_bind_time(statement, 2, attempt->opened);
    database_bind_time(statement, 3, attempt->closed);
    database_bind_count(statement, 4, attempt->repeated);
    database_bind_text(statement, 5, row_text(row, attempt->remark));
    database_bind_text(statement, 6, row_text(row, attempt->call_id));
    database_bind_text(statement, 7, row_text(row, attempt->steps));
    database_run(database, statement);
}

static void add_attempt(Database *database, int64_t run, int64_t device, const Row *row)
{
    static const char sql[] =
        "INSERT INTO attempts (device, run, first_opened, opened, closed, repeated, purpose,"
        " outcome, answers, reason, remark, call_id, steps)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)";
    sqlite3_stmt *statement = database_statement(database, sql);
    const RowAttempt *attempt = &row->attempt;

    database_bind_count(statement, 1, (uint64_t)device);
    database_bind_count(statement, 2, (uint64_t)run);
    database_bind_time(statement, 3, attempt->first_opened);
    database_bind_time(statement, 4, attempt->opened);
    database_bind_time(statement, 5, attempt->closed);
    database_bind_count(statement, 6, attempt->repeated);
    database_bind_text(statement, 7, attempt->purpose);
    database_bind_text(statement, 8, attempt->outcome);
    database_bind_text(statement, 9, row_text(row, attempt->answers));
    database_bind_text(statement, 10, row_text(row, attempt->reason));
    database_bind_text(statement, 11, row_text(row, attempt->remark));
    database_bind_text(statement, 12, row_text(row, attempt->call_id));
    database_bind_text(statement, 13, row_text(row, attempt->steps));
    database_run(database, statement);
}

/* A refresh changes nothing but how long it lasts. */
static void prolong(Database *database, int64_t device, const Row *row)
{
    static const char sql[] = "UPDATE standing SET seen = ?2, until = coalesce(?3, until)"
                              " WHERE device = ?1";
    sqlite3_stmt *statement = database_statement(database, sql);

    database_bind_count(statement, 1, (uint64_t)device);
    database_bind_time(statement, 2, row->device.last_seen);
    database_bind_time(statement, 3, row->device.bound);
    database_run(database, statement);
}

static void apply_attempt(Database *database, int64_t run, const Row *row)
{
    int64_t device = place_device(database, run, row);
    int64_t alike = find_alike(database, run, device, row);

    if (alike != 0)
        repeat_attempt(database, alike, row);
    else
        add_attempt(database, run, device, row);
    prolong(database, device, row);
}

static void bind_binding(sqlite3_stmt *statement, const Row *row)
{
    const RowBinding *binding = &row->binding;

    database_bind_time(statement, 2, binding->since);
    database_bind_text(statement, 3, row_text(row, binding->contact));
    database_bind_text(statement, 4, row_text(row, binding->source));
    database_bind_time(statement, 5, binding->until);
    database_bind_time(statement, 6, binding->ended);
    database_bind_count(statement, 7, binding->refreshes);
    database_bind_text(statement, 8, binding->end);
}

/* A binding is told when it begins and when it is over. */
static void apply_binding(Database *database, int64_t run, const Row *row)
{
    static const char again[] =
        "UPDATE bindings SET source = ?4, until = ?5, ended = ?6, refreshes = ?7, end = ?8"
        " WHERE device = ?1 AND began = ?2 AND contact IS ?3";
    static const char first[] =
        "INSERT INTO bindings (device, began, contact, source, until, ended, refreshes, end,"
        " run, granted, asked) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)";
    int64_t device = place_device(database, run, row);
    sqlite3_stmt *statement = database_statement(database, again);

    database_bind_count(statement, 1, (uint64_t)device);
    bind_binding(statement, row);
    if (database_run(database, statement) > 0)
        return;
    statement = database_statement(database, first);
    database_bind_count(statement, 1, (uint64_t)device);
    bind_binding(statement, row);
    database_bind_count(statement, 9, (uint64_t)run);
    database_bind_count(statement, 10, row->binding.granted);
    if (row->binding.asked != REG_EXPIRES_NONE)
        database_bind_count(statement, 11, row->binding.asked);
    database_run(database, statement);
}

/* --- findings ---------------------------------------------------------------- */

/* One finding of a rule stands on a device at a time; of those about captures and sources one
 * for each time at which it began. */
static uint64_t mark_of(const RowFinding *finding, int64_t device)
{
    return device != 0 || finding->from == NSEC_NONE ? 0 : (uint64_t)finding->from;
}

static void bind_finding(sqlite3_stmt *statement, int64_t device, const Row *row)
{
    const RowFinding *finding = &row->finding;

    database_bind_text(statement, 1, finding->rule);
    if (device != 0)
        database_bind_count(statement, 2, (uint64_t)device);
    database_bind_count(statement, 3, mark_of(finding, device));
    database_bind_text(statement, 4, finding->severity);
    database_bind_text(statement, 5, finding->grade);
    database_bind_text(statement, 6, row_text(row, finding->aor));
    database_bind_time(statement, 7, finding->from);
    database_bind_time(statement, 8, finding->until);
    database_bind_count(statement, 9, finding->count);
    database_bind_text(statement, 10, row_text(row, finding->summary));
    database_bind_text(statement, 11, row_text(row, finding->advice));
    database_bind_text(statement, 12, row_text(row, finding->settle));
    database_bind_text(statement, 13, row_text(row, finding->evidence));
}

static int64_t apply_finding(Database *database, int64_t run, const Row *row)
{
    static const char sql[] =
        "INSERT INTO findings (rule, device, mark, severity, grade, aor, began, until, count,"
        " summary, advice, settle, evidence, run)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)"
        " ON CONFLICT (rule, ifnull(device, 0), mark) WHERE resolved IS NULL DO UPDATE SET"
        " grade = excluded.grade, began = min(began, excluded.began),"
        " until = max(until, excluded.until), count = excluded.count,"
        " summary = excluded.summary, advice = excluded.advice, settle = excluded.settle,"
        " evidence = excluded.evidence";
    int64_t device = place_device(database, run, row);
    sqlite3_stmt *statement = database_statement(database, sql);

    bind_finding(statement, device, row);
    database_bind_count(statement, 14, (uint64_t)run);
    database_run(database, statement);
    return device;
}

static void apply_resolved(Database *database, int64_t run, const Row *row)
{
    static const char sql[] =
        "UPDATE findings SET resolved = ?4, because = ?5, lost = ?6"
        " WHERE rule = ?1 AND ifnull(device, 0) = ?2 AND mark = ?3 AND resolved IS NULL";
    const RowFinding *finding = &row->finding;
    int64_t device = apply_finding(database, run, row); /* as it was told last */
    sqlite3_stmt *statement = database_statement(database, sql);

    database_bind_text(statement, 1, finding->rule);
    database_bind_count(statement, 2, (uint64_t)device);
    database_bind_count(statement, 3, mark_of(finding, device));
    database_bind_time(statement, 4, finding->resolved);
    database_bind_text(statement, 5, finding->because);
    database_bind_count(statement, 6, finding->lost);
    database_run(database, statement);
}

/* --- intervals and the present ----------------------------------------------- */

typedef struct Open {
    int64_t id; /* 0: there is none */
    Nsec began;
    bool same; /* as what begins now */
} Open;

static Open find_open(Database *database, int64_t device, const RowChange *change)
{
    static const char sql[] = "SELECT id, began, condition = ?2 AND state = ?3 FROM intervals"
                              " WHERE device = ?1 AND ended IS NULL";
    sqlite3_stmt *statement = database_statement(database, sql);
    Open open = { .began = NSEC_NONE };

    database_bind_count(statement, 1, (uint64_t)device);
    database_bind_text(statement, 2, change->condition);
    database_bind_text(statement, 3, change->state);
    if (database_step(database, statement)) {
        open = (Open){ database_number(statement, 0), database_time(statement, 1),
                       database_number(statement, 2) != 0 };
        sqlite3_reset(statement);
    }
    return open;
}

/* An interval without length is none. */
static void close_interval(Database *database, const Open *open, Nsec end)
{
    static const char shut[] = "UPDATE intervals SET ended = ?2 WHERE id = ?1";
    static const char drop[] = "DELETE FROM intervals WHERE id = ?1";
    sqlite3_stmt *statement = database_statement(database, end > open->began ? shut : drop);

    database_bind_count(statement, 1, (uint64_t)open->id);
    if (end > open->began)
        database_bind_time(statement, 2, end);
    database_run(database, statement);
}

static void open_interval(Database *database, int64_t run, int64_t device, const RowChange *change,
                          Nsec since)
{
    static const char sql[] =
        "INSERT INTO intervals (device, run, condition, state, because, began)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    sqlite3_stmt *statement = database_statement(database, sql);

    database_bind_count(statement, 1, (uint64_t)device);
    database_bind_count(statement, 2, (uint64_t)run);
    database_bind_text(statement, 3, change->condition);
    database_bind_text(statement, 4, change->state);
    database_bind_text(statement, 5, change->because);
    database_bind_time(statement, 6, since);
    database_run(database, statement);
}

/* 'good': since when nothing went wrong. What becomes stable after it had settled goes back to
 * when that began; whoever asks for another --stable counts from there. */
static void set_standing(Database *database, int64_t run, int64_t device, const Row *row)
{
    static const char sql[] =
        "INSERT INTO standing (device, run, condition, state, because, since, until, noticed,"
        " finding, summary, seen, good) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11,"
        " CASE WHEN ?3 IN ('stable', 'settling') THEN ?6 END)"
        " ON CONFLICT (device) DO UPDATE SET good ="
        "  CASE WHEN excluded.condition = 'stable' AND condition IN ('stable', 'settling')"
        "   AND run = excluded.run THEN coalesce(good, excluded.good) ELSE excluded.good END,"
        " run = excluded.run, condition = excluded.condition, state = excluded.state,"
        " because = excluded.because, since = excluded.since, until = excluded.until,"
        " noticed = excluded.noticed, seen = excluded.seen, finding = excluded.finding, summary = "
        "excluded.summary";
    const RowChange *change = &row->change;
    sqlite3_stmt *statement = database_statement(database, sql);

    database_bind_count(statement, 1, (uint64_t)device);
    database_bind_count(statement, 2, (uint64_t)run);
    database_bind_text(statement, 3, change->condition);
    database_bind_text(statement, 4, change->state);
    database_bind_text(statement, 5, change->because);
    database_bind_time(statement, 6, change->since);
    database_bind_time(statement, 7, change->until);
    database_bind_time(statement, 8, change->noticed);
    database_bind_text(statement, 9, change->finding);
    database_bind_text(statement, 10, row_text(row, change->summary));
    database_bind_time(statement, 11, row->device.last_seen);
    database_run(database, statement);
}

static void apply_change(Database *database, int64_t run, const Row *row)
{
    const RowChange *change = &row->change;
    int64_t device = place_device(database, run, row);
    Open open = find_open(database, device, change);
    Nsec since = change->since != NSEC_NONE ? change->since : change->noticed;

    set_standing(database, run, device, row);
    if (open.id != 0 && open.same)
        return;
    if (open.id != 0) {
        since = MAX(since, open.began);
        close_interval(database, &open, since);
    }
    open_interval(database, run, device, change, since);
}

static void apply_forgotten(Database *database, int64_t run, const Row *row)
{
    static const char sql[] =
        "UPDATE standing SET condition = 'unknown', state = 'unknown', good = NULL, until = NULL,"
        " because = 'its record was given up: a table was full', since = ?2, noticed = ?2"
        " WHERE device = ?1";
    int64_t device = place_find(database, run, row->device.number);

    if (device == 0)
        return;

    Open open = find_open(database, device, &(RowChange){ .condition = "", .state = "" });
    sqlite3_stmt *statement = database_statement(database, sql);

    database_bind_count(statement, 1, (uint64_t)device);
    database_bind_time(statement, 2, row->time.now);
    database_run(database, statement);
    if (open.id != 0)
        close_interval(database, &open, row->time.now);
    place_release(database, device);
}

static void apply_unsure(Database *database, int64_t run, const Row *row)
{
    static const char standing[] =
        "UPDATE standing SET condition = 'unknown', state = 'unknown', good = NULL, until = NULL,"
        " because = 'the history could not follow', since = ?2, noticed = ?2 WHERE run = ?1";
    static const char intervals[] =
        "UPDATE intervals SET ended = max(began, ?2) WHERE run = ?1 AND ended IS NULL";
    const char *const steps[] = { standing, intervals };

    for (unsigned i = 0; i < G_N_ELEMENTS(steps); i++) {
        sqlite3_stmt *statement = database_statement(database, steps[i]);

        database_bind_count(statement, 1, (uint64_t)run);
        database_bind_time(statement, 2, row->time.now);
        database_run(database, statement);
    }
}

void apply_close(Database *database, Nsec end, const char *because)
{
    static const char empty[] = "DELETE FROM intervals WHERE ended IS NULL AND began >= ?1";
    static const char intervals[] = "UPDATE intervals SET ended = ?1 WHERE ended IS NULL";
    static const char findings[] = "UPDATE findings SET resolved = max(coalesce(until, ?1), ?1),"
                                   " because = ?2, lost = 1 WHERE resolved IS NULL";
    static const char bindings[] =
        "UPDATE bindings SET ended = ?1, end = 'unknown', until = max(until,"
        " coalesce((SELECT s.until FROM standing s WHERE s.device = bindings.device), until))"
        " WHERE ended IS NULL";
    const char *const steps[] = { empty, intervals, findings, bindings };

    for (unsigned i = 0; i < G_N_ELEMENTS(steps); i++) {
        sqlite3_stmt *statement = database_statement(database, steps[i]);

        database_bind_time(statement, 1, end);
        if (steps[i] == findings)
            database_bind_text(statement, 2, because);
        database_run(database, statement);
    }
}

void apply_row(Database *database, int64_t run, const Row *row)
{
    switch (row->kind) {
    case ROW_ATTEMPT:
        apply_attempt(database, run, row);
        break;
    case ROW_BINDING:
        apply_binding(database, run, row);
        break;
    case ROW_FINDING:
        apply_finding(database, run, row);
        break;
    case ROW_RESOLVED:
        apply_resolved(database, run, row);
        break;
    case ROW_CHANGE:
        apply_change(database, run, row);
        break;
    case ROW_FORGOTTEN:
        apply_forgotten(database, run, row);
        break;
    case ROW_CAPTURE:
        runs_capture(database, run, row);
        break;
    case ROW_LOSS:
        runs_loss(database, run, row);
        break;
    case ROW_UNSURE:
        apply_unsure(database, run, row);
        break;
    case ROW_PULSE:
        runs_pulse(database, run, row);
        break;
    case ROW_END:
        runs_end(database, run, row);
        break;
    }
}
