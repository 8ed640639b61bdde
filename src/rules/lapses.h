#pragma once

/*
 * When a device was not registered because a granted time had run out: what the
 * rules about lapses have in common.
 */

#include "rules/rule.h"

typedef struct Lapse {
    const RegBinding *binding; /* whose time ran out */
    const RegBinding *next;    /* that ended the lapse; NULL: none did */
    Nsec from;
    Nsec until;
    const RegAttempt *tried; /* the attempt that ended it, although it was not accepted; NULL */
    bool to_end;             /* nothing ended it before the capture did */
    bool counted;            /* the CSeq goes on by one: no REGISTER was sent meanwhile */
} Lapse;

#define LAPSES 16

/* The lapses among the bindings that are kept, oldest first; at most LAPSES. Not those that
 * failed attempts explain, nor those that somebody wanted. 'unsure' counts the times of which the
 * capture does not tell whether they were lapses. */
unsigned lapses_of(const RegDevice *device, Nsec now, Lapse lapses[LAPSES], unsigned *unsure);

Nsec lapse_length(const Lapse *lapse);

/* From one instant to another, which may be any two: stamps come from the wire. */
Nsec lapse_span(Nsec from, Nsec until);

/* When the newest grant of a binding runs out, whatever ended it before, and when it was made. */
Nsec lapse_granted_until(const RegBinding *binding);
Nsec lapse_granted_at(const RegBinding *binding);

/* Whether a packet of the device itself was seen while the lapse lasted. */
bool lapse_was_alive(const RegDevice *device, const Lapse *lapse);

/* The newest binding that stood at that time, or NULL. */
const RegBinding *lapse_bound_at(const RegDevice *device, Nsec time);

/* Why a silence of this device proves nothing; NULL: it may be believed. */
const char *lapse_loss(const RegDevice *device);

/* Cites the 2xx that granted the time which ran out. */
void lapse_cite_grant(Finding *finding, const Lapse *lapse);

/* Cites what ended it, if anything did. */
void lapse_cite_end(Finding *finding, const Lapse *lapse);
