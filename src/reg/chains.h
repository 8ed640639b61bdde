#pragma once

/*
 * Open chains: which REGISTER belongs to which attempt, and when an attempt is
 * over.
 */

#include "devices.h"
#include "ledger.h"
#include "sites.h"

struct Chain {
    CacheItem item;
    RegChain public;
    Cache *table; /* that it is in */
    Device *device;
    Chain *next; /* of the same device */
    uint64_t call_id;
    uint32_t losses;     /* beyond what the ledger says */
    size_t steps_before; /* bytes of all steps but the newest */
};

/* How long nothing must come before a silence means something: a phone that
 * is going to answer a challenge or repeat a request has done so by then (T2,
 * RFC 3261 section 17.1.2.2). */
#define CHAIN_SILENCE (4 * NSEC_SEC)

/* The open chain of the device that this request continues, or NULL; closes
 * (through 'close') those that it shows to be over. */
Chain *chains_continued_by(Device *device, const RegStep *step,
                           void (*close)(Chain *chain, void *user), void *user);

/* The open chain with this Call-ID, or NULL. */
Chain *chains_find(const Device *device, uint64_t call_id);

/* The step that a transaction belongs to; NULL: not of this chain. */
RegStep *chain_step_of(Chain *chain, const SipTxn *txn);

/* Whether its request is one of the chain's steps seen on another hop. */
RegStep *chain_sighting_of(Chain *chain, const SipTxn *txn);

/* The ordinal of a step, from 0, with those that are no longer kept; of the
 * next one when 'step' is NULL. */
uint32_t chain_ordinal_of(const Chain *chain, const RegStep *step);

/* Takes the step over. A chain that has too many lets go of one from the
 * middle; how often that happened is in 'steps_omitted'. */
RegStep *chain_append(Chain *chain, RegStep step);

/* Its newest step has grown: the table is told what it weighs. */
void chain_weigh(Chain *chain);

/* Lets go of the transactions of a step and of their messages. */
void chain_let_go(RegStep *step);

/* Whose challenge a nonce is when the request of that ordinal uses it. */
RegChallengeUse chain_use_of_nonce(const Chain *chain, uint32_t ordinal, Str nonce);

/* Whose challenge the request of that ordinal answers, with any of its sets of
 * credentials. */
RegChallengeUse chain_challenge_use(const Chain *chain, uint32_t ordinal, const RegStep *step);

/* Notes in the step when its CSeq is not higher than that of another request
 * with the same Call-ID before it (RFC 3261 section 10.2), and counts on. */
void chain_count_cseq(Device *device, RegStep *step, const SipMessage *request);

RegPurpose chain_purpose_of(const RegStep *first, const Device *device);
RegOutcome chain_outcome_of(const RegChain *chain);
