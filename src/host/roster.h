#pragma once

/*
 * How each device stands, for those who ask over HTTP: the newest of each, in
 * rows that are never changed, so that a reader in another thread holds nobody
 * up.
 */

#include <glib.h>

#include "report/live.h"

typedef struct RosterRow {
    uint64_t device; /* RegDevice.id */
    RegCondition condition;
    const char *state;
    const char *because; /* NULL: nothing was said */
    Nsec since;
    Nsec until;
    char *aor;
    char *address; /* NULL: not known, as the next four */
    char *public_address;
    char *server;
    char *user_agent;
    char *contact;
    const char *finding; /* id of the worst, or NULL */
    char *summary;
} RosterRow;

typedef struct Roster Roster;

Roster *roster_new(size_t max_devices);
void roster_free(Roster *roster);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Roster, roster_free)

/* In the thread of the analysis. */
void roster_change(Roster *roster, const ReportChange *change);
void roster_forget(Roster *roster, uint64_t device);

/* In any thread: of RosterRow, the one that changed longest ago first; each has a reference. */
GPtrArray *roster_rows(Roster *roster);
