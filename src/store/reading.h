#pragma once

/*
 * The reader's own state, for the files that it is written in.
 */

#include "database.h"
#include "store/reader.h"

struct StoreReader {
    Database *database;
    GStringChunk *texts;
    int64_t run; /* the newest; 0: there is none */
    Nsec now;
};

/* A column that lives as long as the reader; NULL is NULL. */
const char *reading_text(StoreReader *reader, sqlite3_stmt *statement, int column);

/* ?1 and ?2: from and until. */
void reading_bind_period(sqlite3_stmt *statement, StorePeriod period);
