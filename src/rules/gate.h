#pragma once

/*
 * May a rule look at this chain at all?
 */

#include "rules/rule.h"

/* What the needs of rules ask of a chain: found once, and not by each of them. */
typedef struct Shown {
    bool answer;  /* at least one final answer */
    bool failure; /* anything but a 2xx at the end */
    bool cut;     /* a message that the snapshot length cut */
    bool twofold; /* a message that the receiver may have read in another way */
} Shown;

Shown shown_by(const RegChain *chain);

typedef enum Gate {
    GATE_OPEN,
    GATE_CLEAN, /* there is nothing that it could find */
    GATE_SHUT,  /* it has to abstain */
} Gate;

/* 'because': constant text, with GATE_SHUT. */
Gate gate_of(const Rule *rule, const RegChain *chain, const Shown *shown, const char **because);
