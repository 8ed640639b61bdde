#pragma once

/*
 * What happened, written into the tables; each inside an open transaction.
 */

#include "database.h"
#include "row.h"

/* 'run': of the table of runs. */
void apply_row(Database *database, int64_t run, const Row *row);

/* Nobody knows what becomes of it from 'end' on: closes what an ended run left open. */
void apply_close(Database *database, Nsec end, const char *because);
