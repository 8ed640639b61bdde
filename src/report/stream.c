/*
 * A disk that is full today has room tomorrow, and a reader that went away is
 * started again: an error here is never for ever. Each record is tried; what
 * was lost in between is told in its place, by a line of the format's own.
 */

#include "stream.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <poll.h>
#include <stdatomic.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/outbox.h"
#include "report/writer.h"

#define QUEUE_BYTES (8u << 20)

/* What the jobs weigh that may have to come before a record, with it. */
#define JOBS_BEFORE 512

/* Of the end of a file, where a torn line is looked for. */
#define TAIL_BYTES 65536

#define TOO_SLOW "the reader is too slow"

typedef enum JobKind {
    JOB_RECORD,
    JOB_GAP, /* records that found the queue full */
    JOB_REOPEN,
    JOB_SYNC,
} JobKind;

typedef struct Job {
    JobKind kind;
    uint64_t lost;
    size_t len;
    char bytes[];
} Job;

struct ReportStream {
    char *target;
    Outbox *outbox;
    ReportGapLine gap_line;
    Nsec linger_until; /* CLOCK_MONOTONIC; NSEC_NONE: nobody waits */
    uint64_t refused;  /* that found the queue full, or were left in it */
    uint64_t refused_untold;
    bool reopen_owed; /* found it full as well */
    bool closing;

    /* Of the thread. */
    int fd;
    bool is_file;
    bool torn;          /* a line that could not be ended stands before the next one */
    bool reopen_wanted; /* could not be done yet */
    uint64_t failed_untold;
    int failed_because;

    atomic_uint_fast64_t failed; /* that could not be written ... */
    atomic_int error;            /* ... and why, the first time */
};

/* A process that was killed while it wrote has left a line without an end. */
static void cut_torn_line(int fd, off_t size)
{
    off_t from = MAX(size - TAIL_BYTES, 0);
    g_autofree char *tail = g_malloc(TAIL_BYTES);
    ssize_t n = pread(fd, tail, TAIL_BYTES, from);

    if (n <= 0 || tail[n - 1] == '\n')
        return;

    const char *newline = memrchr(tail, '\n', (size_t)n);
    off_t whole = newline != NULL ? from + (newline + 1 - tail) : 0;

    /* A line longer than the tail stays, and gets its end: nothing is ours in that file. */
    if ((whole == 0 && from > 0) || ftruncate(fd, whole) != 0)
        n = write(fd, "\n", 1);
}

/* Of a pipe the other end is held as well: without a reader the thread waits for one, and it
 * is neither death nor an error. */
static int open_flags(const char *target)
{
    struct stat found;

    if (stat(target, &found) != 0 || S_ISREG(found.st_mode))
        return O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC;
    return (S_ISFIFO(found.st_mode) ? O_RDWR : O_WRONLY) | O_CLOEXEC;
}

/* -1 with errno; EWOULDBLOCK: another process has it. */
static int open_target(const char *target, bool *is_file)
{
    int fd = g_open(target, open_flags(target), 0666);
    struct stat found;

    if (fd < 0 || fstat(fd, &found) != 0)
        return fd;
    *is_file = S_ISREG(found.st_mode);
    if (!*is_file)
        return fd;
    if (flock(fd, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
        close(fd);
        errno = EWOULDBLOCK;
        return -1;
    }
    cut_torn_line(fd, found.st_size);
    return fd;
}

static int write_whole(int fd, const char *bytes, size_t len, size_t *done)
{
    *done = 0;
    while (*done < len) {
        ssize_t written = write(fd, bytes + *done, len - *done);

        if (written >= 0) {
            *done += (size_t)written;
        } else if (errno == EAGAIN) {
            poll(&(struct pollfd){ .fd = fd, .events = POLLOUT }, 1, -1);
        } else if (errno != EINTR) {
            return errno;
        }
    }
    return 0;
}

/* The part of a record that did fit is taken back, where that can be done. */
static void take_back(ReportStream *stream, size_t part)
{
    struct stat found;

    if (part == 0)
        return;
    stream->torn = !stream->is_file || fstat(stream->fd, &found) != 0
                   || ftruncate(stream->fd, found.st_size - (off_t)part) != 0;
}

static bool write_record(ReportStream *stream, const char *bytes, size_t len)
{
    size_t done = 0;
    int error = stream->torn ? write_whole(stream->fd, "\n", 1, &done) : 0;

    if (error == 0) {
        stream->torn = false;
        error = write_whole(stream->fd, bytes, len, &done);
    }
    if (error == 0)
        return true;
    take_back(stream, done);
    stream->failed_because = error;
    atomic_compare_exchange_strong(&stream->error, &(int){ 0 }, error);
    return false;
}

static bool write_gap(ReportStream *stream, uint64_t records, const char *because)
{
    if (stream->gap_line == NULL)
        return true;

    g_autoptr(GString) line = g_string_new(NULL);

    stream->gap_line(line, records, because);
    return write_record(stream, line->str, line->len);
}

static void record_comes(ReportStream *stream, const char *bytes, size_t len)
{
    bool told = stream->failed_untold == 0
                || write_gap(stream, stream->failed_untold, g_strerror(stream->failed_because));

    if (told)
        stream->failed_untold = 0;
    if (told && write_record(stream, bytes, len))
        return;
    stream->failed_untold++;
    stream->failed++;
}

/* When there can be no new file, the old one goes on. */
static void reopen(ReportStream *stream)
{
    bool is_file = false;
    int fd = open_target(stream->target, &is_file);

    stream->reopen_wanted = fd < 0 && errno != EWOULDBLOCK;
    if (fd < 0)
        return;
    close(stream->fd);
    stream->fd = fd;
    stream->is_file = is_file;
    stream->torn = false;
}

static void on_job(void *job, void *user)
{
    ReportStream *stream = user;
    g_autofree Job *todo = job;

    switch (todo->kind) {
    case JOB_RECORD:
        if (stream->reopen_wanted)
            reopen(stream);
        record_comes(stream, todo->bytes, todo->len);
        break;
    case JOB_GAP:
        if (!write_gap(stream, todo->lost, TOO_SLOW))
            stream->failed_untold += todo->lost;
        break;
    case JOB_REOPEN:
        reopen(stream);
        break;
    case JOB_SYNC:
        if (stream->is_file)
            fsync(stream->fd);
        break;
    }
}

static void on_drop(void *job, void *user)
{
    ReportStream *stream = user;

    stream->refused += stream->closing && ((Job *)job)->kind == JOB_RECORD;
    g_free(job);
}

static void stream_free(ReportStream *stream)
{
    if (stream->fd >= 0 && stream->fd != STDOUT_FILENO)
        close(stream->fd);
    g_free(stream->target);
    g_free(stream);
}

ReportStream *report_stream_open(const char *target, GError **error)
{
    ReportStream *stream = g_new0(ReportStream, 1);

    stream->target = g_strdup(target);
    stream->linger_until = NSEC_NONE;
    stream->fd = strcmp(target, "-") == 0 ? STDOUT_FILENO : open_target(target, &stream->is_file);
    if (stream->fd < 0) {
        g_set_error(error, REPORT_ERROR, REPORT_ERROR_OPEN, "cannot write %s: %s", target,
                    errno == EWOULDBLOCK ? "another process writes to it" : g_strerror(errno));
        stream_free(stream);
        return NULL;
    }

    const OutboxConfig config = {
        .name = "output",
        .max_bytes = QUEUE_BYTES,
        .handle = on_job,
        .drop = on_drop,
        .user = stream,
    };

    stream->outbox = outbox_new(&config);
    return stream;
}

void report_stream_tell_gaps(ReportStream *stream, ReportGapLine line)
{
    stream->gap_line = line;
}

void report_stream_start(ReportStream *stream)
{
    outbox_start(stream->outbox);
}

static bool post(ReportStream *stream, const Job *job, const char *bytes)
{
    Job *copy = g_malloc(sizeof(Job) + job->len);

    *copy = *job;
    if (bytes != NULL)
        memcpy(copy->bytes, bytes, job->len);
    return outbox_post(stream->outbox, copy, sizeof(Job) + job->len);
}

/* For a record and what may have to stand before it. It does not get less: nobody else posts. */
static bool has_room(const ReportStream *stream, size_t len)
{
    return outbox_stats(stream->outbox).bytes + len + JOBS_BEFORE <= QUEUE_BYTES;
}

static void wait_for_room(const ReportStream *stream, size_t len)
{
    while (!has_room(stream, len) && nsec_now(CLOCK_MONOTONIC) < stream->linger_until)
        g_usleep(2000);
}

void report_stream_write(ReportStream *stream, const char *bytes, size_t len)
{
    wait_for_room(stream, len);
    if (!has_room(stream, len)) {
        stream->refused++;
        stream->refused_untold++;
        return;
    }
    if (stream->reopen_owed)
        report_stream_reopen(stream);
    if (stream->refused_untold > 0)
        post(stream, &(Job){ .kind = JOB_GAP, .lost = stream->refused_untold }, NULL);
    stream->refused_untold = 0;
    post(stream, &(Job){ .kind = JOB_RECORD, .len = len }, bytes);
}

void report_stream_reopen(ReportStream *stream)
{
    stream->reopen_owed =
        strcmp(stream->target, "-") != 0 && !post(stream, &(Job){ .kind = JOB_REOPEN }, NULL);
}

void report_stream_linger(ReportStream *stream)
{
    if (stream->linger_until == NSEC_NONE)
        stream->linger_until = nsec_after(nsec_now(CLOCK_MONOTONIC), REPORT_STREAM_PATIENCE);
}

uint64_t report_stream_dropped(const ReportStream *stream)
{
    return stream->refused + stream->failed;
}

static void say_lost(const ReportStream *stream, GError **error)
{
    const char *name = strcmp(stream->target, "-") == 0 ? "to standard output" : stream->target;

    g_set_error(error, REPORT_ERROR, REPORT_ERROR_WRITE,
                "cannot write %s: %s: %" G_GUINT64_FORMAT " records are lost", name,
                stream->error != 0 ? g_strerror(stream->error) : TOO_SLOW,
                report_stream_dropped(stream));
}

bool report_stream_close(ReportStream *stream, GError **error)
{
    report_stream_linger(stream);
    post(stream, &(Job){ .kind = JOB_SYNC }, NULL);
    stream->closing = true;

    Nsec patience = MAX(nsec_since(nsec_now(CLOCK_MONOTONIC), stream->linger_until), NSEC_SEC / 5);

    if (!outbox_close(g_steal_pointer(&stream->outbox), patience)) {
        /* The thread hangs in a record, and still has the stream. */
        stream->refused++;
        say_lost(stream, error);
        return false;
    }

    bool good = report_stream_dropped(stream) == 0;

    if (!good)
        say_lost(stream, error);
    stream_free(stream);
    return good;
}
