#pragma once

/*
 * What one REGISTER asked for and what its answer granted (RFC 3261 sections
 * 10.2 and 10.3).
 */

#include "reg/chain.h"

/* A step of one transaction; 'use' is the caller's to fill in. Takes a
 * reference to the transaction. */
RegStep step_new(SipTxn *txn);
void step_clear(RegStep *step);

/* Reads the request that came behind its own answer. */
void step_take_request(RegStep *step, const SipMessage *request);

/* Whether the step has a transaction of the same place between the same hosts. */
bool step_has_hop(const RegStep *step, const SipTxn *txn);

/* Another hop on which the same message was seen. False: no room. */
bool step_add_sighting(RegStep *step, SipTxn *txn);
bool step_is_sighting(const RegStep *step, const SipTxn *txn);

/* Reads the final answer; called once, with the first one of any hop. */
void step_take_answer(RegStep *step, const SipMessage *answer);

/* Calls 'visit' for each challenge of an answer. */
void step_each_challenge(const SipMessage *answer, void (*visit)(const SipAuth *auth, void *user),
                         void *user);

/* The nth set of credentials of a step's request, from 0: the one that its
 * answer is about, then Authorization before Proxy-Authorization. False: there are not so many. One
 * without a response is none: an IMS phone names itself that way before it is challenged (3GPP TS
 * 24.229 section 5.1.1.2). */
bool step_credentials(const RegStep *step, unsigned nth, SipAuth *auth);

/* Whether a request means to answer a challenge, though its credentials may not be
 * readable. */
bool step_names_nonce(const SipMessage *request);

/* The nonce that the answer announces for the next request (RFC 7616 section
 * 3.5). */
bool step_next_nonce(const SipMessage *answer, Str *nonce);
