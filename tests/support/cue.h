#pragma once

/*
 * When which line of a scenario is due.
 *
 * The text is turned into cues first and played in the order of time, so that
 * a scenario may tell one thing after the other that happens side by side.
 */

#include "script.h"

typedef struct Cue {
    Nsec time; /* after the start */
    unsigned order;
    ScriptLine *line;
    unsigned head; /* words in front of what happens: "at 0.020" are two */
    unsigned step; /* of an event that takes several */
    Nsec began;    /* its first step */
} Cue;

typedef struct CueList {
    GSequence *cues; /* of Cue, by time, then in the order of the text */
    unsigned added;
    Nsec last; /* of the event before in the text, for "at +1" */
} CueList;

void cue_list_init(CueList *list);
void cue_list_clear(CueList *list);
void cue_list_add(CueList *list, Cue cue);

/* The earliest one leaves the list; false: there is none. */
bool cue_list_take(CueList *list, Cue *cue);

/* Understands "at", "every", "repeat" and "end"; every other line is due right
 * after the event in front of it. */
bool cue_list_read(CueList *list, const GPtrArray *lines, GError **error);
