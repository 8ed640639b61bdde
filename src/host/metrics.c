/*
 * The writer behind --metrics-file and --listen. It counts as it is told,
 * makes the text once a second, and leaves it where others find it.
 */

#include "host/metrics.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/outbox.h"
#include "http.h"
#include "tally.h"
#include "tally_capture.h"

/* Collectors look four times a minute at most. */
#define FILE_EVERY (10 * NSEC_SEC)

#define FILE_QUEUE_BYTES (4u << 20)
#define FILE_PATIENCE (NSEC_SEC / 2)

typedef struct MetricsFile {
    Outbox *outbox;
    char *path; /* of the file itself, when it was named by a link */
    Nsec next;  /* CLOCK_MONOTONIC */
    atomic_uint_fast64_t failed;
} MetricsFile;

typedef struct Metrics {
    ReportWriter base;
    Tally *tally;
    Roster *roster; /* NULL: nobody can ask for devices */
    Board *board;
    MetricsFile *file; /* NULL: none */
    Http *http;        /* NULL: not begun, or none */
    int socket;        /* -1: none */
    bool local;
    char *version;
    uint64_t devices; /* as the newest pulse said, like the next one */
    uint64_t dropped;
} Metrics;

/* --- the file ------------------------------------------------------------- */

/* A collector must never find half of it, and reads it as another user. */
static int replace_file(const char *path, GBytes *text)
{
    g_autofree char *temporary = g_strconcat(path, ".XXXXXX", NULL);
    int fd = g_mkstemp_full(temporary, O_WRONLY | O_CLOEXEC, 0644);
    size_t len = 0;
    const char *bytes = g_bytes_get_data(text, &len);
    int error = 0;

    if (fd < 0)
        return errno;
    errno = 0;
    if (write(fd, bytes, len) != (ssize_t)len)
        error = errno != 0 ? errno : ENOSPC;
    if (error == 0 && fchmod(fd, 0644) != 0)
        error = errno;
    if (close(fd) != 0 && error == 0)
        error = errno;
    if (error == 0 && rename(temporary, path) != 0)
        error = errno;
    if (error != 0)
        unlink(temporary);
    return error;
}

static void on_text(void *job, void *user)
{
    MetricsFile *file = user;
    g_autoptr(GBytes) text = job;

    file->failed += replace_file(file->path, text) != 0;
}

static void on_drop(void *job, void *user)
{
    g_bytes_unref(job);
}

static void file_free(MetricsFile *file)
{
    g_free(file->path);
    g_free(file);
}

/* The first text shows whether it can be written at all. */
static MetricsFile *file_new(const char *path, GBytes *text, GError **error)
{
    MetricsFile *file = g_new0(MetricsFile, 1);
    char *real = realpath(path, NULL);
    const OutboxConfig config = {
        .name = "metrics",
        .max_bytes = FILE_QUEUE_BYTES,
        .handle = on_text,
        .drop = on_drop,
        .user = file,
    };

    file->path = g_strdup(real != NULL ? real : path);
    free(real);

    int failure = replace_file(file->path, text);

    if (failure != 0) {
        g_set_error(error, REPORT_ERROR, REPORT_ERROR_OPEN, "cannot write %s: %s", path,
                    g_strerror(failure));
        file_free(file);
        return NULL;
    }
    file->outbox = outbox_new(&config);
    return file;
}

static void file_post(MetricsFile *file, GBytes *text)
{
    outbox_post(file->outbox, g_bytes_ref(text), g_bytes_get_size(text));
}

/* --- the text ------------------------------------------------------------- */

static GBytes *make_text(const Metrics *metrics, const ReportResult *result)
{
    GString *text = g_string_sized_new(16384);

    tally_print(metrics->tally, result, text);
    return g_string_free_to_bytes(text);
}

static void publish(Metrics *metrics, const ReportResult *result, bool to_file)
{
    g_autoptr(GBytes) text = make_text(metrics, result);

    if (metrics->file != NULL && to_file)
        file_post(metrics->file, text);
    board_set_text(metrics->board, g_bytes_ref(text));
}

/* --- what the writer hears ------------------------------------------------ */

static void metrics_attempt(ReportWriter *writer, const RegDevice *device,
                            const RegAttempt *attempt)
{
    tally_attempt(((Metrics *)writer)->tally, attempt);
}

static void metrics_finding(ReportWriter *writer, const Finding *finding)
{
    tally_finding(((Metrics *)writer)->tally, finding);
}

static void metrics_resolved(ReportWriter *writer, const ReportResolved *resolved)
{
    tally_resolved(((Metrics *)writer)->tally, resolved);
}

static void metrics_change(ReportWriter *writer, const ReportChange *change)
{
    Metrics *metrics = (Metrics *)writer;

    tally_change(metrics->tally, change);
    if (metrics->roster != NULL)
        roster_change(metrics->roster, change);
}

static void metrics_forgotten(ReportWriter *writer, uint64_t device)
{
    Metrics *metrics = (Metrics *)writer;

    tally_forgotten(metrics->tally);
    if (metrics->roster != NULL)
        roster_forget(metrics->roster, device);
}

static void metrics_pulse(ReportWriter *writer, const ReportPulse *pulse)
{
    Metrics *metrics = (Metrics *)writer;
    Nsec now = nsec_now(CLOCK_MONOTONIC);
    bool to_file = metrics->file != NULL && now >= metrics->file->next;

    metrics->devices = 0;
    for (unsigned i = 0; i < REG_CONDITIONS; i++)
        metrics->devices += pulse->conditions[i];
    metrics->dropped = pulse->outputs_dropped;
    tally_pulse(metrics->tally, pulse);
    publish(metrics, pulse->result, to_file);
    if (to_file)
        metrics->file->next = nsec_after(now, FILE_EVERY);
    board_pulse(metrics->board, tally_capture_is_on(pulse->result), metrics->devices,
                metrics->dropped, now);
}

static void metrics_end(ReportWriter *writer, const ReportResult *result)
{
    Metrics *metrics = (Metrics *)writer;

    board_stop(metrics->board);
    publish(metrics, result, true);
}

/* A server that does not begin costs its pages and nothing else. */
static void metrics_start(ReportWriter *writer)
{
    Metrics *metrics = (Metrics *)writer;
    g_autoptr(GError) error = NULL;

    if (metrics->file != NULL)
        outbox_start(metrics->file->outbox);
    if (metrics->socket < 0)
        return;
    metrics->http = http_start(&(HttpConfig){ .socket = metrics->socket,
                                              .local = metrics->local,
                                              .version = metrics->version,
                                              .board = metrics->board,
                                              .roster = metrics->roster },
                               &error);
    if (metrics->http == NULL)
        g_warning("%s", error->message);
    metrics->socket = metrics->http != NULL ? metrics->socket : -1;
}

static uint64_t metrics_dropped(const ReportWriter *writer)
{
    const MetricsFile *file = ((const Metrics *)writer)->file;

    return file != NULL ? file->failed + outbox_stats(file->outbox).dropped : 0;
}

/* A disk that hangs keeps the thread, and with it the file. */
static void metrics_free(ReportWriter *writer)
{
    Metrics *metrics = (Metrics *)writer;

    if (metrics->http != NULL)
        http_stop(metrics->http);
    else if (metrics->socket >= 0)
        close(metrics->socket);
    if (metrics->file != NULL && outbox_close(metrics->file->outbox, FILE_PATIENCE))
        file_free(metrics->file);
    tally_free(metrics->tally);
    g_clear_pointer(&metrics->roster, roster_free);
    board_free(metrics->board);
    g_free(metrics->version);
    g_free(metrics);
}

static const ReportWriterOps metrics_ops = {
    .name = "metrics",
    .attempt = metrics_attempt,
    .finding = metrics_finding,
    .end = metrics_end,
    .change = metrics_change,
    .resolved = metrics_resolved,
    .forgotten = metrics_forgotten,
    .pulse = metrics_pulse,
    .start = metrics_start,
    .dropped = metrics_dropped,
    .free = metrics_free,
};

/* --- making it ------------------------------------------------------------ */

static bool open_file(Metrics *metrics, const char *path, GError **error)
{
    g_autoptr(GBytes) text = make_text(metrics, NULL);

    metrics->file = file_new(path, text, error);
    return metrics->file != NULL;
}

static bool open_socket(Metrics *metrics, const HostMetricsConfig *config, GError **error)
{
    size_t max_devices = config->max_devices != 0 ? config->max_devices : HOST_METRICS_DEVICES;
    ListenAddress parsed;

    metrics->socket = listen_open(config->listen, &parsed, error);
    metrics->local = parsed.local;
    metrics->roster = roster_new(max_devices);
    return metrics->socket >= 0;
}

ReportWriter *host_metrics_new(const HostMetricsConfig *config, GError **error)
{
    Metrics *metrics = g_new0(Metrics, 1);

    metrics->base.ops = &metrics_ops;
    metrics->socket = -1;
    metrics->version = g_strdup(config->version);
    metrics->tally = tally_new(config->version, nsec_now(CLOCK_REALTIME));
    metrics->board = board_new(nsec_now(CLOCK_MONOTONIC));
    if ((config->file == NULL || open_file(metrics, config->file, error))
        && (config->listen == NULL || open_socket(metrics, config, error)))
        return &metrics->base;
    metrics_free(&metrics->base);
    return NULL;
}

int host_metrics_socket(const ReportWriter *writer)
{
    return ((const Metrics *)writer)->socket;
}
