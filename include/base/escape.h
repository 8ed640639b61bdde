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
void escape_terminal(GString *out, Str text);

/* Appends 'text' with every byte that is not part of valid UTF-8 replaced by
 * U+FFFD, one for each byte. */
void escape_utf8(GString *out, Str text);

/* Appends 'text', which is valid UTF-8, as it stands between the quotes of a
 * JSON string. What a terminal would not show is a \u escape there: people look
 * at such files with cat. */
void escape_json(GString *out, const char *text);

/* Appends 'text', which is escaped for a terminal, as one cell of a table in CSV (RFC 4180).
 * What a spreadsheet would take for a formula gets an apostrophe in front. */
void escape_csv(GString *out, const char *text);

/* One character of escaped text: its columns on a terminal, and where the next
 * one begins. 'text' is not at its end. */
const char *escape_next(const char *text, unsigned *columns);

/* Columns that escaped text takes. */
unsigned escape_columns(const char *text);
