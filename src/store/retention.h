#pragma once

/*
 * How much of the past is kept.
 */

#include "database.h"

typedef struct Retention Retention;

typedef struct RetentionConfig {
    Nsec max_age;       /* 0: for ever */
    uint64_t max_bytes; /* of the file, without its log; 0: no limit */
} RetentionConfig;

/* From now on SQLite itself refuses to make the file larger. */
Retention *retention_new(Database *database, const RetentionConfig *config);
void retention_free(Retention *retention);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Retention, retention_free)

/* A small step, in transactions of its own; to be called once a second, and when the database
 * is full. 'run' is going on. */
void retention_step(Retention *retention, int64_t run, Nsec now);
