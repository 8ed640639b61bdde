/*
 * What happened to devices, and how their time was spent.
 */

#include "reading.h"

static sqlite3_stmt *ask(StoreReader *reader, const char *sql, int64_t device, StorePeriod period)
{
    sqlite3_stmt *statement = database_statement(reader->database, sql);

    reading_bind_period(statement, period);
    database_bind_count(statement, 3, (uint64_t)device);
    return statement;
}

GArray *store_reader_intervals(StoreReader *reader, int64_t device, StorePeriod period)
{
    static const char sql[] =
        "SELECT condition, state, because, began, ended FROM intervals WHERE device = ?3"
        " AND began <= ?2 AND (ended IS NULL OR ended >= ?1) ORDER BY began, id";
    sqlite3_stmt *statement = ask(reader, sql, device, period);
    GArray *intervals = g_array_new(FALSE, FALSE, sizeof(StoreInterval));

    while (database_step(reader->database, statement)) {
        StoreInterval interval = {
            .condition = reading_text(reader, statement, 0),
            .state = reading_text(reader, statement, 1),
            .because = reading_text(reader, statement, 2),
            .from = database_time(statement, 3),
            .until = database_time(statement, 4),
        };

        interval.open = interval.until == NSEC_NONE;
        if (interval.open)
            interval.until = MAX(interval.from, reader->now);
        g_array_append_val(intervals, interval);
    }
    return intervals;
}

GArray *store_reader_attempts(StoreReader *reader, int64_t device, StorePeriod period)
{
    static const char sql[] =
        "SELECT first_opened, opened, closed, repeated, purpose, outcome, answers, reason, remark,"
        " call_id, steps FROM attempts WHERE device = ?3 AND first_opened <= ?2 AND closed >= ?1"
        " ORDER BY first_opened, id";
    sqlite3_stmt *statement = ask(reader, sql, device, period);
    GArray *attempts = g_array_new(FALSE, FALSE, sizeof(StoreAttempt));

    while (database_step(reader->database, statement)) {
        StoreAttempt attempt = {
            .first_opened = database_time(statement, 0),
            .opened = database_time(statement, 1),
            .closed = database_time(statement, 2),
            .repeated = (uint64_t)database_number(statement, 3),
            .purpose = reading_text(reader, statement, 4),
            .outcome = reading_text(reader, statement, 5),
            .answers = reading_text(reader, statement, 6),
            .reason = reading_text(reader, statement, 7),
            .remark = reading_text(reader, statement, 8),
            .call_id = reading_text(reader, statement, 9),
            .steps = reading_text(reader, statement, 10),
        };

        g_array_append_val(attempts, attempt);
    }
    return attempts;
}

GArray *store_reader_bindings(StoreReader *reader, int64_t device, StorePeriod period)
{
    static const char sql[] =
        "SELECT contact, source, end, began, CASE WHEN ended IS NULL THEN"
        "  max(until, coalesce((SELECT until FROM standing s WHERE s.device = ?3), until))"
        " ELSE until END AS stood, ended, granted, refreshes FROM bindings"
        " WHERE device = ?3 AND began <= ?2 AND coalesce(ended, stood) >= ?1 ORDER BY began, id";
    sqlite3_stmt *statement = ask(reader, sql, device, period);
    GArray *bindings = g_array_new(FALSE, FALSE, sizeof(StoreBinding));

    while (database_step(reader->database, statement)) {
        StoreBinding binding = {
            .contact = reading_text(reader, statement, 0),
            .source = reading_text(reader, statement, 1),
            .end = reading_text(reader, statement, 2),
            .since = database_time(statement, 3),
            .until = database_time(statement, 4),
            .ended = database_time(statement, 5),
            .granted = (uint64_t)database_number(statement, 6),
            .refreshes = (uint64_t)database_number(statement, 7),
        };

        g_array_append_val(bindings, binding);
    }
    return bindings;
}

/* A finding that has no time of its own belongs to all of it. */
#define FINDINGS                                                                            \
    "SELECT coalesce(device, 0), aor, rule, severity, grade, began, until, count, summary," \
    " advice, settle, evidence, resolved, because, lost FROM findings"                      \
    " WHERE coalesce(began, ?2) <= ?2 AND coalesce(resolved, ?1) >= ?1"
#define WORST_FIRST                                                                   \
    " ORDER BY CASE severity WHEN 'failure' THEN 0 WHEN 'warning' THEN 1 ELSE 2 END," \
    " CASE grade WHEN 'proven' THEN 0 WHEN 'strong' THEN 1 ELSE 2 END, began, id"

static StoreFinding read_finding(StoreReader *reader, sqlite3_stmt *statement)
{
    return (StoreFinding){
        .device = database_number(statement, 0),
        .aor = reading_text(reader, statement, 1),
        .rule = reading_text(reader, statement, 2),
        .severity = reading_text(reader, statement, 3),
        .grade = reading_text(reader, statement, 4),
        .from = database_time(statement, 5),
        .until = database_time(statement, 6),
        .count = (uint64_t)database_number(statement, 7),
        .summary = reading_text(reader, statement, 8),
        .advice = reading_text(reader, statement, 9),
        .settle = reading_text(reader, statement, 10),
        .evidence = reading_text(reader, statement, 11),
        .resolved = database_time(statement, 12),
        .because = reading_text(reader, statement, 13),
        .lost = database_number(statement, 14) != 0,
    };
}

GArray *store_reader_findings(StoreReader *reader, int64_t device, StorePeriod period)
{
    static const char all[] = FINDINGS WORST_FIRST;
    static const char one[] = FINDINGS " AND device = ?3" WORST_FIRST;
    GArray *findings = g_array_new(FALSE, FALSE, sizeof(StoreFinding));
    sqlite3_stmt *statement = database_statement(reader->database, device != 0 ? one : all);

    reading_bind_period(statement, period);
    if (device != 0)
        database_bind_count(statement, 3, (uint64_t)device);
    while (database_step(reader->database, statement)) {
        StoreFinding finding = read_finding(reader, statement);

        g_array_append_val(findings, finding);
    }
    return findings;
}

/* --- all devices -------------------------------------------------------------- */

static StoreLife *life_of(GArray *lives, int64_t device)
{
    unsigned n = lives->len;

    if (n == 0 || g_array_index(lives, StoreLife, n - 1).device != device) {
        StoreLife life = { .device = device };

        g_array_append_val(lives, life);
        n++;
    }
    return &g_array_index(lives, StoreLife, n - 1);
}

/* A device that is in danger is registered yet; one that is lost may be registered and out of
 * reach. */
static void spend(StoreLife *life, const char *condition, const char *state, Nsec time)
{
    bool lost = g_str_equal(condition, "lost");

    if (g_str_equal(condition, "unknown") || g_str_equal(state, "deregistered"))
        return;
    life->watched += time;
    if (!lost || g_str_equal(state, "unreachable"))
        life->registered += time;
    if (!lost)
        life->reachable += time;
}

#define SPENT                                                                             \
    "SELECT device, condition, state, sum(min(coalesce(ended, ?3), ?2) - max(began, ?1))" \
    " FROM intervals WHERE began <= ?2 AND coalesce(ended, ?3) >= ?1"
#define BY_DEVICE " GROUP BY device, condition, state ORDER BY device"

static void add_intervals(StoreReader *reader, GArray *lives, int64_t device, StorePeriod period)
{
    static const char all[] = SPENT BY_DEVICE;
    static const char one[] = SPENT " AND device = ?4" BY_DEVICE;
    sqlite3_stmt *statement = database_statement(reader->database, device != 0 ? one : all);

    reading_bind_period(statement, period);
    database_bind_time(statement, 3, reader->now);
    if (device != 0)
        database_bind_count(statement, 4, (uint64_t)device);
    while (database_step(reader->database, statement))
        spend(life_of(lives, database_number(statement, 0)), database_text(statement, 1),
              database_text(statement, 2), MAX(database_number(statement, 3), 0));
}

static int compare_lives(const void *a, const void *b)
{
    const StoreLife *x = a, *y = b;

    return (x->device > y->device) - (x->device < y->device);
}

static StoreLife *find_life(const GArray *lives, int64_t device)
{
    StoreLife wanted = { .device = device };
    unsigned at;

    return g_array_binary_search((GArray *)lives, &wanted, compare_lives, &at)
               ? &g_array_index(lives, StoreLife, at)
               : NULL;
}

const StoreLife *store_life_find(const GArray *lives, int64_t device)
{
    return find_life(lives, device);
}

/* 'lives' is sorted; devices that have findings only come behind it and are sorted in later. */
#define FOUND                                                          \
    "SELECT device, count(*), sum(severity = 'failure') FROM findings" \
    " WHERE coalesce(began, ?2) <= ?2 AND coalesce(resolved, ?2) >= ?1 AND device "

static void add_findings(StoreReader *reader, GArray *lives, int64_t device, StorePeriod period)
{
    static const char all[] = FOUND "IS NOT NULL GROUP BY device";
    static const char one[] = FOUND "= ?3 GROUP BY device";
    g_autoptr(GArray) others = g_array_new(FALSE, FALSE, sizeof(StoreLife));
    sqlite3_stmt *statement = database_statement(reader->database, device != 0 ? one : all);

    reading_bind_period(statement, period);
    if (device != 0)
        database_bind_count(statement, 3, (uint64_t)device);
    while (database_step(reader->database, statement)) {
        int64_t found = database_number(statement, 0);
        StoreLife *life = find_life(lives, found);

        if (life == NULL)
            life = life_of(others, found);
        life->findings = (uint64_t)database_number(statement, 1);
        life->failures = (uint64_t)database_number(statement, 2);
    }
    if (others->len > 0)
        g_array_append_vals(lives, others->data, others->len);
    g_array_sort(lives, compare_lives);
}

GArray *store_reader_lives(StoreReader *reader, int64_t device, StorePeriod period)
{
    GArray *lives = g_array_new(FALSE, FALSE, sizeof(StoreLife));

    add_intervals(reader, lives, device, period);
    add_findings(reader, lives, device, period);
    return lives;
}

GArray *store_reader_refusals(StoreReader *reader, StorePeriod period)
{
    static const char sql[] =
        "SELECT CASE outcome WHEN 'unanswered' THEN 'no answer'"
        "  WHEN 'abandoned' THEN 'challenge not answered'"
        "  ELSE ltrim(substr(answers, -3) || ' ' || coalesce(reason, '')) END AS answer,"
        " sum(repeated), count(DISTINCT device) FROM attempts"
        " WHERE outcome IN ('refused', 'unanswered', 'abandoned') AND first_opened <= ?2"
        " AND closed >= ?1 GROUP BY answer ORDER BY 2 DESC, 1";
    sqlite3_stmt *statement = database_statement(reader->database, sql);
    GArray *refusals = g_array_new(FALSE, FALSE, sizeof(StoreRefusal));

    reading_bind_period(statement, period);
    while (database_step(reader->database, statement)) {
        StoreRefusal refusal = {
            .answer = reading_text(reader, statement, 0),
            .attempts = (uint64_t)database_number(statement, 1),
            .devices = (uint64_t)database_number(statement, 2),
        };

        g_array_append_val(refusals, refusal);
    }
    return refusals;
}
