#pragma once

/*
 * Lines on standard error that nobody has to wait for: whoever reads them may
 * have gone to lunch.
 */

#include <glib.h>
#include <stdbool.h>

/* "whyreg: " and a line. */
void say(const char *format, ...) G_GNUC_PRINTF(1, 2);

/* Some lines at once. False: not all of them could be written without waiting. */
bool say_text(const char *text);
