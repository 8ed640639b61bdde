#pragma once

/*
 * What the digest rules ask about an attempt to log in.
 */

#include "facts.h"

/* The step that ended the chain, if it was one whose credentials were refused:
 * challenged afresh without stale=true although it answered the challenge just
 * before it, or answered with 403. NULL otherwise. */
const RegStep *chain_refused_login(const RegChain *chain);

/* The same for any refusal after credentials: also 400 and its like, and 401 to
 * a nonce that is not the newest. */
const RegStep *chain_refused_credentials(const RegChain *chain);

/* The step whose challenge the credentials of a step answer: the one with their
 * nonce, else the newest challenge before them of the same kind, 401 or 407. NULL:
 * none. */
const RegStep *chain_challenged_step(const RegChain *chain, const RegStep *step);

/* Its answer. */
const SipMessage *chain_challenge_before(const RegChain *chain, const RegStep *step);

/* Whether the digest verifies with the supplied password. */
bool step_verifies(const RegStep *step);

/* Cites that challenge, the request with its credentials and the answer. */
void finding_cite_login(Finding *finding, const RegChain *chain, const RegStep *step);

/* What deviates in the digest of a step, if it is that ingredient; else NULL. */
const RegHypothesis *step_deviates_in(const RegStep *step, RegDigestIngredient ingredient);

/* What it deviates in, and what was hashed instead, in quotes: "hashed an empty
 * realm". Never a secret. "" when it does not; g_free() it. */
char *step_deviation_text(const RegStep *step, RegDigestIngredient ingredient);

/* Of a fault in the credentials: how sure one may be that the server refused
 * because of it. When the digest does not fit either, that alone is enough. */
void finding_grade_fault(Finding *finding, const RegStep *step, const char *settle);

/* Whether the device was accepted before, with credentials for the same user and
 * realm. */
bool chain_was_accepted_before(const RegChain *chain, const RegStep *step);

/* Of every challenge in an answer: calls 'look' until it returns true, which is
 * then returned. */
bool message_any_challenge(const SipMessage *answer,
                           bool (*look)(const SipAuth *challenge, const void *what),
                           const void *what);

/* Whether a request means to answer a challenge, readable or not. An IMS phone
 * names itself in the same header before it is challenged, without a nonce. */
bool message_names_nonce(const SipMessage *request);

/* Whether the attempt ended with a challenge that nobody answered: then 'fires',
 * with the challenge; abstains, with its reason, where that cannot be told. */
RuleVerdict chain_ignored_challenge(const RegChain *chain, Finding *finding,
                                    const SipMessage **challenge);

/* How sure one may be of that silence, and what would decide it. */
void finding_grade_ignored(Finding *finding, const RegChain *chain);
