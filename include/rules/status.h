#pragma once

/*
 * What each final answer means to a REGISTER, as a table.
 *
 * RFC 3261 section 21 says what a status code means in general; most codes are
 * made for calls, and the few that a registrar sends mean something narrower.
 */

#include <stdint.h>

typedef struct RuleStatus {
    uint16_t code;       /* n00 also stands for every n.. that has no row of its own */
    const char *name;    /* the usual reason phrase */
    const char *means;   /* to a REGISTER; part of a sentence, without its full stop */
    const char *next;    /* what should follow; the same */
    const char *missing; /* what it tells when that does not follow, or where to look: sentences */
    const char *reference;
} RuleStatus;

/* The row of that code, else of its class (RFC 3261 section 8.1.3.2); NULL
 * outside 100 to 699. */
const RuleStatus *rule_status_find(unsigned code);
