#pragma once

/*
 * The helper process: it runs the commands of --on-change and writes to the
 * journal and to syslog, so that the process that reads packets may neither
 * start programs nor send anything.
 *
 * It is fed through a socket that nobody waits for: when it stands still, what
 * does not fit is dropped and counted. It ends when this process does.
 */

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "host/error.h"

typedef struct HostAttendant HostAttendant;

typedef struct HostAttendantConfig {
    const char *on_change;   /* what /bin/sh -c is to run; NULL: nothing */
    unsigned on_change_rate; /* at most so many a minute; 0: HOST_ON_CHANGE_RATE */
    const char *user;        /* who it is to be; NULL: it stays who it is */
} HostAttendantConfig;

#define HOST_ON_CHANGE_RATE 60

/* Forks; the new process keeps no capability, whoever it is. Call it as early as can be: before
 * there are threads, secrets in memory and the buffers of interfaces, of all of which the new
 * process would have a copy. */
HostAttendant *host_attendant_new(const HostAttendantConfig *config, GError **error);

/* Nothing more comes. It does what it was told and ends; for half a second that is waited for. */
void host_attendant_free(HostAttendant *attendant);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HostAttendant, host_attendant_free)
