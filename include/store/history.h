#pragma once

/*
 * The history: everything that a watching whyreg learns, in an SQLite database
 * that other programs read while it is written.
 *
 * A ReportWriter like any other. Its calls copy what they are given and return;
 * a thread writes. When that thread cannot keep up, or the disk is full, rows
 * are lost, and the ledger of the history says how many and when.
 */

#include "report/writer.h"

typedef struct StoreOptions {
    Nsec max_age;            /* older rows are removed; 0: none */
    uint64_t max_bytes;      /* of the file; the oldest rows make room; 0: no limit */
    size_t queue_bytes;      /* rows that wait for the disk; 0: 16 MiB */
    Nsec wall;               /* when it begins; 0: now */
    const char *version;     /* of this program */
    const char *description; /* what is watched: the interfaces and the filter */
} StoreOptions;

/* Opens or makes the database, mode 0600, and begins a run. NULL with 'error' set: it cannot
 * be used, is of a newer whyreg, or another one is writing it. */
ReportWriter *store_history_new(const char *path, const StoreOptions *options, GError **error);
