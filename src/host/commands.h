#pragma once

/*
 * The runs of one command: not too many in a minute, not too many at once, and
 * none that hangs for ever.
 */

#include <glib.h>
#include <stdbool.h>

#include "base/nsec.h"

typedef struct CommandsConfig {
    const char *command; /* for /bin/sh -c */
    unsigned rate;       /* runs begun within any minute */
    unsigned at_once;
    unsigned waiting; /* for one of those to end */
    Nsec patience;    /* then a run is killed, with all that it started */
} CommandsConfig;

typedef struct Commands Commands;

Commands *commands_new(const CommandsConfig *config);
void commands_free(Commands *commands); /* kills what still runs */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Commands, commands_free)

/* 'fields' are "KEY=value", NULL-terminated, and are added to the environment. What cannot be
 * run is counted; the next run finds the number in WHYREG_SKIPPED. */
void commands_offer(Commands *commands, char *const *fields, Nsec now);

/* Looks who has ended and whose time is over, and begins what waits. */
void commands_advance(Commands *commands, Nsec now);

/* When to look again, though no child has ended; NSEC_MAX: then it is enough. */
Nsec commands_deadline(const Commands *commands);

bool commands_busy(const Commands *commands);
