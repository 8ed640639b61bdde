/*
 * The analysis hands over rows; a thread gathers them in a transaction and
 * commits it with each pulse, so that at most the last second is missing after
 * kill -9. When it is behind, several pulses share a transaction: what a reader
 * finds is old for as short as can be.
 *
 * A transaction that fails (the disk is full, somebody holds a lock) is kept and
 * tried again while new rows wait in the queue. Only when the queue is full are
 * rows lost. How devices stand now must not be wrong for longer than that:
 * changes that found no place are kept apart and handed over as soon as there
 * is room, and a program that asks sees by the age of the heartbeat that the
 * database does not follow.
 */

#include "store/history.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#include "apply.h"
#include "base/outbox.h"
#include "losses.h"
#include "retention.h"
#include "runs.h"

#define QUEUE_BYTES ((size_t)16 << 20)

/* A transaction is committed when it is this old, or has so many rows; with a pulse in it as soon
 * as nothing else waits. */
#define COMMIT_AGE (250 * NSEC_MSEC)
#define COMMIT_ROWS 8192

/* Between two tries of a transaction that failed. */
#define RETRY_PAUSE (G_USEC_PER_SEC / 4)

/* For what still waits at the end. */
#define PATIENCE (2 * NSEC_SEC)

/* Changes that are kept when the queue is full. */
#define MAX_KEPT 32768

typedef struct History {
    ReportWriter base;
    Outbox *outbox;
    int lock;

    /* Of the analysis: */
    Losses *losses;
    Nsec now;       /* of the newest pulse */
    GQueue kept;    /* of Row: what waits for room in the queue */
    bool returning; /* from 'kept' to the queue */
    bool unsure;    /* one of those had no room in 'kept' either */
    bool ended;
    uint64_t lost;

    /* Of the thread: */
    Database *database;
    Retention *retention;
    int64_t run;
    GPtrArray *batch; /* of Row: the open transaction */
    Nsec begun;       /* when it was opened; NSEC_NONE: there is none */
    Nsec pulse;       /* the wall clock of the newest pulse in it; NSEC_NONE: none */
    Nsec stuck_since; /* NSEC_NONE: it works */
    char *stuck_because;

    int closing; /* atomic: do not try again */
    int refused; /* atomic: rows that the database does not take */
} History;

/* --- in the thread ------------------------------------------------------------ */

static bool write_rows(History *history, unsigned from, unsigned until)
{
    database_begin(history->database);
    for (unsigned i = from; i < until; i++)
        apply_row(history->database, history->run, g_ptr_array_index(history->batch, i));
    return database_commit(history->database);
}

/* One row that the database does not take must not cost the others. */
static void write_singly(History *history)
{
    for (unsigned i = 0; i < history->batch->len; i++) {
        if (!write_rows(history, i, i + 1))
            g_atomic_int_inc(&history->refused);
    }
}

/* The first thing that is written when it works again. */
static void tell_stuck(History *history)
{
    g_autoptr(Row) row = row_of_loss("history_stuck", history->stuck_because, history->stuck_since,
                                     nsec_now(CLOCK_REALTIME), 1);

    history->stuck_since = NSEC_NONE;
    database_begin(history->database);
    runs_loss(history->database, history->run, row);
    database_commit(history->database);
}

static void note_stuck(History *history)
{
    if (history->stuck_since != NSEC_NONE)
        return;
    history->stuck_since = nsec_now(CLOCK_REALTIME);
    g_free(history->stuck_because);
    history->stuck_because = g_strdup(history->database->message);
}

/* Until it is written, or can never be. */
static void write_batch(History *history)
{
    while (history->batch->len > 0 && !write_rows(history, 0, history->batch->len)) {
        if (!database_may_recover(history->database)) {
            write_singly(history);
            break;
        }
        if (g_atomic_int_get(&history->closing)) {
            g_atomic_int_add(&history->refused, (int)history->batch->len);
            break;
        }
        note_stuck(history);
        if ((history->database->error & 0xff) == SQLITE_FULL)
            retention_step(history->retention, history->run, nsec_now(CLOCK_REALTIME));
        g_usleep(RETRY_PAUSE);
    }
    g_ptr_array_set_size(history->batch, 0);
    if (history->stuck_since != NSEC_NONE)
        tell_stuck(history);
}

static void commit_batch(History *history)
{
    Nsec wall = history->pulse;

    write_batch(history);
    history->begun = history->pulse = NSEC_NONE;
    if (wall != NSEC_NONE)
        retention_step(history->retention, history->run, wall);
}

static void handle(void *job, void *user)
{
    History *history = user;
    Row *row = job;

    if (history->begun == NSEC_NONE)
        history->begun = nsec_now(CLOCK_MONOTONIC);
    if (row->kind == ROW_PULSE)
        history->pulse = row->time.wall;
    g_ptr_array_add(history->batch, row);
    if (row->kind == ROW_END || history->batch->len >= COMMIT_ROWS
        || nsec_now(CLOCK_MONOTONIC) - history->begun >= COMMIT_AGE)
        commit_batch(history);
}

static void run_dry(void *user)
{
    History *history = user;

    if (history->pulse != NSEC_NONE)
        commit_batch(history);
}

/* --- in the analysis ---------------------------------------------------------- */

/* What would leave something wrong behind when it is missing. */
static bool is_kept(RowKind kind)
{
    switch (kind) {
    case ROW_CHANGE:
    case ROW_RESOLVED:
    case ROW_FORGOTTEN:
    case ROW_LOSS:
    case ROW_UNSURE:
    case ROW_END:
        return true;
    case ROW_ATTEMPT:
    case ROW_BINDING:
    case ROW_FINDING:
    case ROW_CAPTURE:
    case ROW_PULSE:
        return false;
    }
    return false;
}

/* There was no room for it. */
static void drop(void *job, void *user)
{
    History *history = user;
    Row *row = job;

    if (is_kept(row->kind) && !history->ended && history->kept.length < MAX_KEPT) {
        if (history->returning)
            g_queue_push_head(&history->kept, row);
        else
            g_queue_push_tail(&history->kept, row);
        return;
    }
    history->unsure |= is_kept(row->kind);
    history->lost++;
    row_free(row);
}

/* What is kept goes in order: a later one does not overtake it. */
static void post(History *history, Row *row)
{
    if (is_kept(row->kind) && history->kept.length > 0)
        drop(row, history);
    else
        outbox_post(history->outbox, row, row_size(row));
}

static void return_kept(History *history)
{
    bool fits = true;

    history->returning = true;
    while (fits && history->kept.length > 0) {
        Row *row = g_queue_pop_head(&history->kept);

        fits = outbox_post(history->outbox, row, row_size(row));
    }
    history->returning = false;
    if (fits && history->unsure) {
        history->unsure = false;
        post(history, row_of_unsure(history->now));
    }
}

static void history_attempt(ReportWriter *writer, const RegDevice *device,
                            const RegAttempt *attempt)
{
    if (!device->scanner)
        post((History *)writer, row_of_attempt(device, attempt));
}

static void history_binding(ReportWriter *writer, const RegDevice *device,
                            const RegBinding *binding)
{
    if (!device->scanner)
        post((History *)writer, row_of_binding(device, binding));
}

static void history_finding(ReportWriter *writer, const Finding *finding)
{
    post((History *)writer, row_of_finding(finding));
}

static void history_change(ReportWriter *writer, const ReportChange *change)
{
    if (!change->device->scanner)
        post((History *)writer, row_of_change(change));
}

static void history_resolved(ReportWriter *writer, const ReportResolved *resolved)
{
    post((History *)writer, row_of_resolved(resolved));
}

static void history_forgotten(ReportWriter *writer, uint64_t device)
{
    History *history = (History *)writer;

    post(history, row_of_forgotten(device, history->now));
}

static void tell_loss(Row *row, void *user)
{
    post(user, row);
}

static uint64_t history_dropped(const ReportWriter *writer)
{
    const History *history = (const History *)writer;

    return history->lost + (uint64_t)g_atomic_int_get(&history->refused);
}

static void post_captures(History *history, const ReportResult *result)
{
    for (unsigned i = 0; i < result->captures->len; i++)
        post(history, row_of_capture(g_ptr_array_index(result->captures, i)));
}

static void history_pulse(ReportWriter *writer, const ReportPulse *pulse)
{
    History *history = (History *)writer;

    history->now = pulse->now != NSEC_NONE ? pulse->now : pulse->wall;
    return_kept(history);
    losses_look(history->losses, pulse, history_dropped(writer), tell_loss, history);
    post_captures(history, pulse->result);
    post(history, row_of_pulse(pulse->now, pulse->wall));
}

/* Rules that look at a whole device or capture speak now. */
static void history_end(ReportWriter *writer, const ReportResult *result)
{
    History *history = (History *)writer;

    return_kept(history);
    for (unsigned i = 0; i < result->findings->len; i++)
        post(history, row_of_finding(g_ptr_array_index(result->findings, i)));
    post_captures(history, result);
    post(history, row_of_end(result->end, nsec_now(CLOCK_REALTIME)));
    return_kept(history);
}

static void history_start(ReportWriter *writer)
{
    outbox_start(((History *)writer)->outbox);
}

/* --- beginning and end -------------------------------------------------------- */

static void free_row(void *row)
{
    row_free(row);
}

static void history_release(History *history)
{
    g_queue_clear_full(&history->kept, free_row);
    g_clear_pointer(&history->losses, losses_free);
    g_clear_pointer(&history->retention, retention_free);
    g_clear_pointer(&history->database, database_free);
    g_clear_pointer(&history->batch, g_ptr_array_unref);
    g_free(history->stuck_because);
    if (history->lock >= 0)
        close(history->lock);
    g_free(history);
}

/* A thread that hangs in a dead file system keeps what it uses. */
static void history_free(ReportWriter *writer)
{
    History *history = (History *)writer;

    history->ended = true;
    g_atomic_int_set(&history->closing, 1);
    if (!outbox_close(history->outbox, PATIENCE))
        return;
    commit_batch(history);
    history_release(history);
}

static const ReportWriterOps history_ops = {
    .name = "history",
    .attempt = history_attempt,
    .binding = history_binding,
    .finding = history_finding,
    .end = history_end,
    .change = history_change,
    .resolved = history_resolved,
    .forgotten = history_forgotten,
    .pulse = history_pulse,
    .start = history_start,
    .dropped = history_dropped,
    .free = history_free,
};

/* A file of its own: SQLite loses its locks when somebody else closes the database's. The
 * kernel lets go of this one when the process ends, however it does. */
static int take_lock(const char *path, GError **error)
{
    g_autofree char *name = g_strconcat(path, "-lock", NULL);
    int file = open(name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

    if (file >= 0 && flock(file, LOCK_EX | LOCK_NB) == 0)
        return file;
    if (file >= 0 && errno == EWOULDBLOCK)
        g_set_error(error, STORE_ERROR, STORE_ERROR_LOCKED,
                    "another whyreg is writing the history %s", path);
    else
        g_set_error(error, STORE_ERROR, STORE_ERROR_OPEN, "cannot lock the history with %s: %s",
                    name, g_strerror(errno));
    if (file >= 0)
        close(file);
    return -1;
}

static bool begin_run(History *history, const StoreOptions *options, Nsec now)
{
    char host[256] = "";

    gethostname(host, sizeof(host) - 1);
    history->run = runs_start(history->database, &(RunsStart){ .wall = now,
                                                               .version = options->version,
                                                               .host = host,
                                                               .options = options->description });
    return history->run != 0;
}

static void begin_thread(History *history, const StoreOptions *options)
{
    history->outbox = outbox_new(&(OutboxConfig){
        .name = "history",
        .max_bytes = options->queue_bytes > 0 ? options->queue_bytes : QUEUE_BYTES,
        .handle = handle,
        .idle = run_dry,
        .drop = drop,
        .user = history,
    });
}

ReportWriter *store_history_new(const char *path, const StoreOptions *options, GError **error)
{
    History *history = g_new0(History, 1);
    Nsec now = options->wall != 0 ? options->wall : nsec_now(CLOCK_REALTIME);

    history->base.ops = &history_ops;
    history->begun = history->pulse = history->stuck_since = NSEC_NONE;
    history->now = now;
    history->batch = g_ptr_array_new_with_free_func(free_row);
    history->losses = losses_new(now);
    g_queue_init(&history->kept);
    history->lock = take_lock(path, error);
    if (history->lock >= 0)
        history->database = database_create(path, error);
    if (history->database != NULL) {
        RetentionConfig limits = { options->max_age, options->max_bytes };

        history->retention = retention_new(history->database, &limits);
        if (begin_run(history, options, now)) {
            begin_thread(history, options);
            return &history->base;
        }
        g_set_error(error, STORE_ERROR, STORE_ERROR_OPEN, "cannot write the history %s: %s", path,
                    history->database->message);
    }
    history_release(history);
    return NULL;
}
