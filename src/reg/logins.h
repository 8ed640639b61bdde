#pragma once

/*
 * The credentials of a REGISTER: which challenges they answer, and which of
 * several the server's answer is about (RFC 3261 section 22.3).
 */

#include "chains.h"

/* Fills in what the step of that number says of its credentials, and notes that
 * their nonces were used. */
void logins_read(const Chain *chain, uint32_t ordinal, RegStep *step);

/* Picks the set that this answer is about. */
void logins_judge(RegStep *step, const SipMessage *answer);
