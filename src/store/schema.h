#pragma once

/*
 * The tables of the history, and how an older database gets them.
 */

#include <glib.h>
#include <sqlite3.h>
#include <stdbool.h>

#define STORE_ERROR (store_error_quark())
GQuark store_error_quark(void);

typedef enum StoreError {
    STORE_ERROR_OPEN,    /* no such file, no permission, no database, a full disk */
    STORE_ERROR_VERSION, /* another program's, or a newer whyreg's */
    STORE_ERROR_LOCKED,  /* another whyreg writes it */
} StoreError;

/* "WHYR": tells our databases from other programs'. */
#define SCHEMA_APPLICATION 0x57485952

/* Steps from nothing to today's tables: step i makes version i + 1 from version i. */
extern const char *const schema_steps[];
extern const unsigned schema_n_steps;

/* Runs the steps that 'db' has not seen, each in a transaction of its own. False with 'error'
 * set: it stays as it was before the step that failed. 'path' is for the message. */
bool schema_migrate(sqlite3 *db, const char *path, const char *const *steps, unsigned n_steps,
                    GError **error);

/* Whether the tables can be read as they are; nothing is changed. */
bool schema_check(sqlite3 *db, const char *path, unsigned n_steps, GError **error);
