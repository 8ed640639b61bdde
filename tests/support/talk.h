#pragma once

/*
 * What the hosts of a scenario say to each other: SIP requests and answers
 * with everything in them that a phone and a registrar would put there, unless
 * the line of the scenario says otherwise.
 */

#include "cast.h"
#include "draft.h"

typedef struct TalkMessage {
    Host *from;
    Host *to;
    char *label;   /* "as=" of the scenario, or NULL */
    char *method;  /* NULL: an answer */
    char *binding; /* Contact of a REGISTER, without its "expires" */
    char *asked;   /* the lifetime it asks for, as text */
    Draft *draft;
    GString *bytes;
} TalkMessage;

typedef struct Talk {
    GPtrArray *messages; /* of TalkMessage, in the order of the text */
} Talk;

/* One line that makes somebody speak. */
typedef struct TalkTurn {
    Host *from;
    Host *to;
    ScriptLine *line;
} TalkTurn;

void talk_init(Talk *talk);
void talk_clear(Talk *talk);

/* Borrowed; NULL with 'error' set when the line cannot be followed. */
const TalkMessage *talk_request(Talk *talk, const TalkTurn *turn, const char *method, bool auth,
                                GError **error);
const TalkMessage *talk_answer(Talk *talk, const TalkTurn *turn, unsigned status, GError **error);

/* What turn->from got last from anybody, or the one that the line names, passed
 * on as a proxy does (RFC 3261 sections 16.6 and 16.7). */
const TalkMessage *talk_forward(Talk *talk, const TalkTurn *turn, GError **error);

/* The newest message of that direction, or the one that the line names. */
const TalkMessage *talk_copy(const Talk *talk, const TalkTurn *turn, GError **error);
