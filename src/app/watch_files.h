#pragma once

/*
 * Files of evidence that take turns: each is a capture of its own, the oldest
 * ones make room.
 *
 * Works in a thread of its own, so that nobody waits for the disk.
 */

#include <glib.h>
#include <stdbool.h>

#include "base/nsec.h"

typedef struct WatchFilesConfig {
    const char *path;       /* a file, or a folder that is there */
    uint64_t rotate_bytes;  /* 0: no limit */
    Nsec rotate_time;       /* 0: likewise */
    unsigned keep;          /* 0: all */
    const GByteArray *head; /* what every file begins with */
} WatchFilesConfig;

typedef struct WatchFiles WatchFiles;

/* Fails when nothing could be written there. */
WatchFiles *watch_files_new(const WatchFilesConfig *config, GError **error);

/* Threads may begin. */
void watch_files_start(WatchFiles *files);

/* Adds whole blocks, which it takes, to the newest file. Never waits. */
void watch_files_add(WatchFiles *files, GByteArray *blocks);

/* The newest file is closed, and the next blocks begin another one. */
void watch_files_reopen(WatchFiles *files);

/* Blocks that could not be written, so far. */
uint64_t watch_files_dropped(WatchFiles *files);

/* False: something could not be written, which is said in 'error'. Frees it in any case. */
bool watch_files_close(WatchFiles *files, GError **error);
