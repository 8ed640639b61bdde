/*
 * A pipe that says it can be written to takes this many bytes at once (POSIX);
 * more could make us wait for its reader.
 */

#include "say.h"

#include <limits.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

static bool takes_some(void)
{
    struct pollfd error = { .fd = STDERR_FILENO, .events = POLLOUT };

    return poll(&error, 1, 0) == 1 && (error.revents & POLLOUT) != 0;
}

/* Up to the end of a line, where that can be had. */
static size_t piece_of(const char *text)
{
    size_t len = strnlen(text, PIPE_BUF);
    const char *end = text[len] != '\0' ? memrchr(text, '\n', len) : NULL;

    return end != NULL ? (size_t)(end - text) + 1 : len;
}

bool say_text(const char *text)
{
    while (*text != '\0') {
        size_t len = piece_of(text);
        ssize_t written = takes_some() ? write(STDERR_FILENO, text, len) : -1;

        if (written <= 0)
            return false;
        text += written;
    }
    return true;
}

void say(const char *format, ...)
{
    va_list values;

    va_start(values, format);

    g_autofree char *text = g_strdup_vprintf(format, values);

    va_end(values);

    g_autofree char *line = g_strdup_printf("whyreg: %s\n", text);

    say_text(line);
}
