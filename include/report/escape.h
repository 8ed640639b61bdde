#pragma once

/*
 * Text from the wire, made harmless for where it is shown. Everything that a
 * report prints goes through one of these exactly once.
 */

#include <glib.h>

#include "base/str.h"

/* Appends 'text' so that a terminal shows it and does nothing else. Letters,
 * marks, digits, punctuation, symbols and blanks stand as they are; the rest
 * is written \xNN (a byte) or \u{NNNN} (a character). */
void report_escape_terminal(GString *out, Str text);

/* Appends 'text' with every byte that is not part of valid UTF-8 replaced by
 * U+FFFD, one for each byte. */
void report_escape_utf8(GString *out, Str text);

/* One character of escaped text: its columns on a terminal, and where the next
 * one begins. 'text' is not at its end. */
const char *report_escape_next(const char *text, unsigned *columns);

/* Columns that escaped text takes. */
unsigned report_escape_columns(const char *text);
