#pragma once

/*
 * An open database: settings, statements that are prepared once, and the first
 * error.
 *
 * Like the outputs of the reports: a statement that fails is remembered, and
 * what follows it in the same transaction does nothing. So nobody who writes
 * rows has to look; whoever ends the transaction does.
 */

#include "base/nsec.h"
#include "schema.h"

typedef struct Database {
    sqlite3 *db;
    GHashTable *statements; /* text of ours to sqlite3_stmt */
    int error;              /* SQLITE_OK, or of the first statement that failed since the begin */
    char *message;          /* what SQLite said of it; NULL */
} Database;

/* Makes the file with mode 0600 when there is none, and its tables when it lacks any. */
Database *database_create(const char *path, GError **error);

/* Never writes to it. Works while somebody else does. */
Database *database_open(const char *path, GError **error);

void database_free(Database *database);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Database, database_free)

/* Ready to be bound; 'sql' is constant text. NULL when it cannot be prepared, which all of
 * the functions below take. */
sqlite3_stmt *database_statement(Database *database, const char *sql);

/* NULL and NSEC_NONE become NULL. Text is not copied: it has to live until the step. */
void database_bind_text(sqlite3_stmt *statement, int index, const char *text);
void database_bind_time(sqlite3_stmt *statement, int index, Nsec time);
void database_bind_count(sqlite3_stmt *statement, int index, uint64_t count);

/* True: there is a row. At the end, and after an error, false. */
bool database_step(Database *database, sqlite3_stmt *statement);

/* All of it, and it is done with. How many rows were changed. */
unsigned database_run(Database *database, sqlite3_stmt *statement);

/* A row's column; NULL is NULL, 0, or NSEC_NONE. Text lives until the next step. */
const char *database_text(sqlite3_stmt *statement, int column);
int64_t database_number(sqlite3_stmt *statement, int column);
Nsec database_time(sqlite3_stmt *statement, int column);

/* The number in the only column of the only row; 0 when there is none. */
int64_t database_value(Database *database, sqlite3_stmt *statement);

/* For what has no parameters. */
void database_execute(Database *database, const char *sql);

void database_begin(Database *database);

/* False: nothing since the begin is in it; 'error' and 'message' stay until the next one. */
bool database_commit(Database *database);

/* Whether trying again later can help. */
bool database_may_recover(const Database *database);
