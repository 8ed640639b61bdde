#pragma once

/*
 * How a server, or a phone that is called, answers a request.
 */

#include "talk.h"

/* "SIP/2.0 401 Unauthorized"; g_free() it. */
char *answer_start_line(ScriptLine *line, unsigned status);

/* The "Via: ..." header of a request from turn->to, with the note of where it
 * really came from (RFC 3261 section 18.2.1, RFC 3581 section 4); g_free() it. */
char *answer_noted_via(const TalkTurn *turn, const char *via);

/* The headers; a challenge that is not lost is remembered by the one who asked. */
void answer_write(Draft *draft, const TalkTurn *turn, const TalkMessage *request, unsigned status);
