#pragma once

/*
 * The files that are written, checked against each other and against those that are read.
 * What is wrong ends the program as every wrong option does.
 */

#include <argp.h>

#include "options.h"

/* One more -o. */
void targets_add(struct argp_state *state, Options *options, const char *output);

/* All of the command line is known. */
void targets_check(struct argp_state *state, const Options *options);

/* The same for what is written while interfaces are watched. */
void targets_check_watch(struct argp_state *state, const Options *options);
