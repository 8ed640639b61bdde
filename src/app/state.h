#pragma once

/*
 * "whyreg state": how accounts stand at this moment.
 */

#include "past_options.h"

/* The exit status, as its help has it. */
int state_print(const PastOptions *options);
