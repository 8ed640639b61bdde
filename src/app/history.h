#pragma once

/*
 * "whyreg history": all devices, or what happened to some of them.
 */

#include "past_options.h"

/* The exit status, as its help has it. */
int history_print(const PastOptions *options);
