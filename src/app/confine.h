#pragma once

/*
 * The safety of a run, from its command line: which files it will need, and
 * therefore which it will not.
 */

#include "options.h"

/* First of all, while there is one thread: nothing is inherited but what is named. */
bool confine_begin(const Options *options, GError **error);

/* Before the first capture is opened: without rights, in a sandbox with the files of the command
 * line. */
bool confine_reading(const Options *options, GError **error);

/* When interfaces are open, accounts are read and the attendant runs, and before outputs are
 * opened and threads started: as the user of --user, with packet sockets and no other right, in a
 * sandbox with the outputs and with what SIGHUP reads again. */
bool confine_watching(const Options *options, GError **error);
