#pragma once

/*
 * What the service manager is told: ready, still alive, about to stop.
 *
 * The socket is opened once, at the start, and written to from then on: the
 * service manager sees this very process as the sender, so the unit needs no
 * NotifyAccess=all, and a sandbox may forbid everything but write(). Nothing
 * here waits, and nothing fails: without a service manager it does nothing.
 * May be called in any thread.
 */

#include <glib.h>

#include "base/nsec.h"

typedef struct HostService HostService;

/* Looks at NOTIFY_SOCKET, and takes it and what else is meant for this process alone out of the
 * environment. Never NULL. */
HostService *host_service_new(void);
void host_service_free(HostService *service);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HostService, host_service_free)

void host_service_ready(HostService *service);
void host_service_reloading(HostService *service); /* and then ready again */
void host_service_stopping(HostService *service);
void host_service_status(HostService *service, const char *status); /* one line for people */

/* Still making progress. */
void host_service_alive(HostService *service);
