#pragma once

/*
 * What can be wrong with the machine around whyreg.
 */

#include <glib.h>

#define HOST_ERROR (host_error_quark())
GQuark host_error_quark(void);

typedef enum HostError {
    HOST_ERROR_PRIVILEGES, /* a right could not be given up */
    HOST_ERROR_SANDBOX,
    HOST_ERROR_START,  /* a process, a thread or a service could not be begun */
    HOST_ERROR_LISTEN, /* no such address, or it is taken */
    HOST_ERROR_FORMAT, /* no such facility, address or output */
} HostError;
