/*
 * The only place beside live capture that looks at the clock of the machine:
 * a display for somebody who waits.
 */

#include "progress.h"

#include <stdio.h>
#include <unistd.h>

#define FIRST_AFTER (G_USEC_PER_SEC / 2)
#define EVERY (G_USEC_PER_SEC / 5)

Progress progress_start(bool quiet)
{
    return (Progress){
        .terminal = !quiet && isatty(STDERR_FILENO),
        .next = g_get_monotonic_time() + FIRST_AFTER,
    };
}

void progress_show(Progress *progress, const CaptureSet *captures)
{
    uint64_t done, total;

    if (!progress->terminal || g_get_monotonic_time() < progress->next)
        return;
    progress->next = g_get_monotonic_time() + EVERY;
    progress->shown = true;
    capture_set_progress(captures, &done, &total);
    if (total > 0)
        fprintf(stderr, "\rreading: %3u %% of %" G_GUINT64_FORMAT " MiB ",
                (unsigned)(done * 100 / total), total >> 20);
    else
        fprintf(stderr, "\rreading: %" G_GUINT64_FORMAT " MiB ", done >> 20);
}

void progress_end(Progress *progress)
{
    if (progress->shown)
        fputs("\r\033[K", stderr);
    progress->shown = false;
}
