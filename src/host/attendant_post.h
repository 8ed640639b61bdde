#pragma once

/*
 * How the writers of this folder reach the attendant.
 */

#include <sys/types.h>

#include "host/attendant.h"
#include "note.h"

/* One whose other end is 'socket', which it takes; 'pid' 0: there is no process. */
HostAttendant *attendant_of_socket(int socket, pid_t pid);

/* Sends it and clears it. False: it cannot be taken now, and is dropped. */
bool attendant_post(HostAttendant *attendant, Note *note);
