#pragma once

/*
 * The first line of a message, and finding it among other bytes.
 */

#include "base/str.h"

/* No start line is longer: what goes on without a line end is something else.
 * 8 KiB is what SIP servers allow. */
#define SIP_MAX_LINE 8192

/* Views into the line. 'ok' is false when the grammar was broken. */
typedef struct SipStartLine {
    bool ok;
    bool is_request;
    uint16_t status;
    Str method;
    Str uri;
    Str reason;
} SipStartLine;

SipStartLine sip_start_line_parse(Str line);

/* The first line without its line end; all of the bytes when there is none, and
 * 'whole' tells which. */
Str sip_start_line_of(Str bytes, bool *whole);

/* Whether more bytes could still make this a start line: for what a stream has
 * brought so far. True for nothing at all. */
bool sip_start_line_possible(Str bytes);

/* Whether a message begins here whose start line the snapshot length has cut. */
bool sip_start_line_is_cut(Str bytes);

/* Where a start line begins behind blank lines or a few bytes of something else
 * (at most 64); 0 when it does not. */
size_t sip_start_line_behind_junk(Str bytes);

/* Where in the first line of the bytes a start line begins, for a reader who has
 * lost his place: the message before may have ended in the same line. False: it
 * does not. */
bool sip_start_line_find(Str bytes, size_t *at);

/* The next place at or behind 'at' where a start line begins; bytes.len when
 * there is none. 'at' itself must be the start of a line. */
size_t sip_start_line_next(Str bytes, size_t at);
