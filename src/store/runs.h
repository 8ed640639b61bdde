#pragma once

/*
 * When whyreg was watching, and when it could not see.
 */

#include "database.h"
#include "row.h"

typedef struct RunsStart {
    Nsec wall;
    const char *version;
    const char *host;
    const char *options;
} RunsStart;

/* Begins a run; what an earlier one left open is closed, and the time between is marked as not
 * watched. 0: it could not be written, and the database tells why. */
int64_t runs_start(Database *database, const RunsStart *start);

void runs_pulse(Database *database, int64_t run, const Row *row);
void runs_end(Database *database, int64_t run, const Row *row);
void runs_capture(Database *database, int64_t run, const Row *row);

/* A loss that goes on where the newest one of its kind ended makes that one longer. */
void runs_loss(Database *database, int64_t run, const Row *row);
