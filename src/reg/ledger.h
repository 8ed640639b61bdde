#pragma once

/*
 * The loss ledger: when packets may have been hidden from us, and why.
 *
 * A conclusion drawn from an absence must look here first: silence in a
 * capture that lost packets is no silence.
 */

#include "reg/chain.h"

#define LEDGER_INTERVALS 64

typedef struct LedgerInterval {
    RegLoss kind;
    Nsec from;
    Nsec until;
} LedgerInterval;

/* Zero it to begin with. */
typedef struct Ledger {
    LedgerInterval intervals[LEDGER_INTERVALS]; /* a ring */
    unsigned n;
    unsigned next;
    uint32_t forgotten;   /* kinds that were pushed out of the ring ... */
    Nsec forgotten_until; /* ... and until when they may have been at work */
} Ledger;

void ledger_add(Ledger *ledger, RegLoss kind, Nsec time);
void ledger_add_span(Ledger *ledger, RegLoss kind, Nsec from, Nsec until);

/* The kinds of loss between two instants, both included. */
uint32_t ledger_between(const Ledger *ledger, Nsec from, Nsec until);
