#pragma once

/*
 * What this process takes of the machine.
 */

#include <glib.h>
#include <stdint.h>

#include "base/nsec.h"

typedef struct Process Process;

/* Opens what it reads later: the sandbox has no /proc. */
Process *process_new(void);
void process_free(Process *process);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Process, process_free)

uint64_t process_memory(const Process *process); /* bytes that are in use now; 0: not known */
Nsec process_time(void);                         /* of all processors, of all threads */

void process_print(const Process *process, GString *out); /* as metrics */
