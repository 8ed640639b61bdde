#pragma once

/*
 * "whyreg report": what a day, or any other time, was like.
 */

#include "past_options.h"

/* The exit status, as its help has it. */
int report_print(const PastOptions *options);
