#pragma once

/*
 * The same message at two places: on both sides of a NAT that one capture
 * shows, or in captures from several places.
 *
 * Does not rely on what boxes rewrite. A message is recognised by several marks
 * together, the best of which are credentials and nonces: nobody on the way can
 * make those.
 */

#include "base/cache.h"
#include "capture/set.h"
#include "reg/tracker.h"
#include "rewrite_table.h"
#include "sip/txn.h"

typedef struct Pairs Pairs;

Pairs *pairs_new(void);
void pairs_limit(Pairs *pairs, const RegRoom *room); /* before the first place is added */
void pairs_free(Pairs *pairs);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Pairs, pairs_free)

/* A capture was taken at this CapturePlace; several of them are compared. */
void pairs_add_place(Pairs *pairs, uint32_t place);

/* Every message, in time order; keeps references to the newest. */
void pairs_message(Pairs *pairs, SipMessage *message);

/* The newest message belongs to 'txn'; the transaction of the same message at
 * another place, as far as it is known, or NULL. Keeps a reference. */
SipTxn *pairs_join(Pairs *pairs, const SipMessage *message, SipTxn *txn);

/* What is known of a phone's messages between two places; NULL: none was seen at
 * both. */
RegRewrites *pairs_rewrites(const Pairs *pairs, const NetEndpoint *phone, uint32_t inside_place,
                            uint32_t outside_place);

unsigned pairs_tables(const Pairs *pairs, CacheStats *tables, unsigned max);
