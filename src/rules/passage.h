#pragma once

/*
 * Where between two places a message was lost.
 *
 * For rules that miss something: one capture cannot tell whether a request or its
 * answer was lost, and where. Two that looked on at the same time can.
 */

#include "rules/rule.h"

typedef enum PassageEnd {
    PASSAGE_OPEN,          /* one place only, or they do not tell */
    PASSAGE_REQUESTS_LOST, /* seen at the inner place and at none beyond it */
    PASSAGE_ANSWER_LOST,   /* answered at the outer place, and the inner one never saw that */
    PASSAGE_NOT_ANSWERED,  /* the requests came to the outer place, and no answer back there */
} PassageEnd;

/* The last exchange of a chain. */
typedef struct Passage {
    PassageEnd end;
    const SipTxn *inside;   /* the hop where it is missing, or the last that shows the request */
    const SipTxn *outside;  /* NULL when the requests are lost */
    uint32_t outside_place; /* CapturePlace */
    bool certain; /* both places looked on, saw other messages of the phone go that way, lost
                     nothing, and their clocks agree */
} Passage;

Passage passage_of(const RegChain *chain);

/* "the 200 passed the outer capture at 12:00:01.300 and never reached the one beside
 * the phone": a clause; NULL when it is open. g_free() it. */
char *passage_text(const Passage *passage);

/* The frames on the side where it was seen last. */
void passage_cite(Finding *finding, const Passage *passage);

/* How often the phone repeated the request, as seen inside, behind the answer that
 * was seen outside. */
unsigned passage_copies_after(const Passage *passage);
