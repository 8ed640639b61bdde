#pragma once

/*
 * "whyreg watch": registrations on a mirror port, for as long as it runs.
 */

#include "options.h"

/* Returns the exit status. */
int watch(const Options *options);
