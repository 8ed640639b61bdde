/*
 * A report must not be half there. A file is written under a temporary name
 * beside its own and renamed when it is on the disk; whoever finds a report
 * under its name finds all of it.
 */

#include "output.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "report/writer.h"

#define BUFFER_BYTES 65536

/* A record of a stream that is longer is cut. */
#define RECORD_BYTES (1u << 20)

struct ReportOutput {
    int fd;
    char *target;    /* as the user named it, for messages */
    char *final;     /* what the temporary file becomes; NULL: written in place */
    char *temporary; /* NULL: written in place */
    bool is_file;
    int error; /* errno of the first failure, or 0 */
    GString *buffer;
    ReportStream *stream; /* NULL: all is written here and now */
};

/* Devices, pipes and sockets cannot be replaced by a file. */
static bool replaces_a_file(const char *target)
{
    struct stat found;

    return stat(target, &found) != 0 || S_ISREG(found.st_mode);
}

/* Beside the file that a symbolic link means, not beside the link. */
static bool open_temporary(ReportOutput *output)
{
    char *real = realpath(output->target, NULL);
    struct stat found;

    output->final = g_strdup(real != NULL ? real : output->target);
    free(real);
    output->temporary = g_strconcat(output->final, ".XXXXXX", NULL);
    output->fd = g_mkstemp_full(output->temporary, O_WRONLY | O_CLOEXEC, 0666);
    if (output->fd < 0)
        return false;
    /* Best effort: a report that others could read stays readable. */
    if (stat(output->final, &found) == 0 && fchmod(output->fd, found.st_mode & 0777) != 0)
        errno = 0;
    return true;
}

static bool open_target(ReportOutput *output, bool in_place)
{
    if (strcmp(output->target, "-") == 0) {
        output->fd = STDOUT_FILENO;
        return true;
    }
    output->is_file = replaces_a_file(output->target);
    if (output->is_file && !in_place)
        return open_temporary(output);
    output->fd = g_open(output->target, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    return output->fd >= 0;
}

static void output_free(ReportOutput *output)
{
    g_string_free(output->buffer, TRUE);
    g_free(output->target);
    g_free(output->final);
    g_free(output->temporary);
    g_free(output);
}

ReportOutput *report_output_open(const char *target, bool in_place, GError **error)
{
    ReportOutput *output = g_new0(ReportOutput, 1);

    output->target = g_strdup(target);
    output->buffer = g_string_sized_new(BUFFER_BYTES);
    if (open_target(output, in_place))
        return output;

    g_set_error(error, REPORT_ERROR, REPORT_ERROR_OPEN, "cannot write %s: %s", target,
                g_strerror(errno));
    output_free(output);
    return NULL;
}

ReportOutput *report_output_open_stream(const char *target, GError **error)
{
    ReportStream *stream = report_stream_open(target, error);

    if (stream == NULL)
        return NULL;

    ReportOutput *output = g_new0(ReportOutput, 1);

    output->stream = stream;
    output->buffer = g_string_sized_new(BUFFER_BYTES);
    return output;
}

void report_output_tell_gaps(ReportOutput *output, ReportGapLine line)
{
    if (output->stream != NULL)
        report_stream_tell_gaps(output->stream, line);
}

void report_output_start(ReportOutput *output)
{
    if (output->stream != NULL)
        report_stream_start(output->stream);
}

void report_output_reopen(ReportOutput *output)
{
    if (output->stream != NULL)
        report_stream_reopen(output->stream);
}

void report_output_linger(ReportOutput *output)
{
    if (output->stream != NULL)
        report_stream_linger(output->stream);
}

uint64_t report_output_dropped(const ReportOutput *output)
{
    return output->stream != NULL ? report_stream_dropped(output->stream) : 0;
}

/* Standard output may be a terminal that somebody made non-blocking. */
static ssize_t write_some(int fd, const char *bytes, size_t len)
{
    ssize_t written = write(fd, bytes, len);

    if (written < 0 && errno == EAGAIN) {
        struct pollfd ready = { .fd = fd, .events = POLLOUT };

        poll(&ready, 1, -1);
        return 0;
    }
    return written < 0 && errno == EINTR ? 0 : written;
}

static void write_buffer(ReportOutput *output)
{
    const char *next = output->buffer->str;
    size_t left = output->buffer->len;

    while (left > 0 && output->error == 0) {
        ssize_t written = write_some(output->fd, next, left);

        if (written < 0) {
            output->error = errno;
        } else {
            next += written;
            left -= (size_t)written;
        }
    }
}

void report_output_flush(ReportOutput *output)
{
    if (output->stream == NULL)
        write_buffer(output);
    else if (output->buffer->len > 0)
        report_stream_write(output->stream, output->buffer->str, output->buffer->len);
    g_string_truncate(output->buffer, 0);
}

void report_output_write(ReportOutput *output, const char *bytes, size_t len)
{
    if (output->error != 0)
        return;
    g_string_append_len(output->buffer, bytes, (gssize)len);
    if (output->buffer->len >= (output->stream != NULL ? RECORD_BYTES : BUFFER_BYTES))
        report_output_flush(output);
}

bool report_output_failed(const ReportOutput *output)
{
    return output->error != 0;
}

static void keep_error(ReportOutput *output, int result)
{
    if (result != 0 && output->error == 0)
        output->error = errno;
}

static void finish(ReportOutput *output)
{
    report_output_flush(output);
    if (output->is_file && output->error == 0)
        keep_error(output, fsync(output->fd));
    if (output->fd != STDOUT_FILENO)
        keep_error(output, close(output->fd));
    if (output->temporary == NULL)
        return;
    if (output->error == 0)
        keep_error(output, rename(output->temporary, output->final));
    if (output->error != 0)
        unlink(output->temporary);
}

static bool close_stream(ReportOutput *output, GError **error)
{
    report_output_flush(output);

    bool good = report_stream_close(output->stream, error);

    output_free(output);
    return good;
}

void report_output_abandon(ReportOutput *output)
{
    if (output->stream != NULL) {
        close_stream(output, NULL);
        return;
    }
    output->error = ECANCELED;
    finish(output);
    output_free(output);
}

bool report_output_close(ReportOutput *output, GError **error)
{
    if (output->stream != NULL)
        return close_stream(output, error);
    finish(output);

    bool good = output->error == 0;

    if (!good)
        g_set_error(error, REPORT_ERROR, REPORT_ERROR_WRITE, "cannot write %s: %s",
                    strcmp(output->target, "-") == 0 ? "to standard output" : output->target,
                    g_strerror(output->error));
    output_free(output);
    return good;
}
