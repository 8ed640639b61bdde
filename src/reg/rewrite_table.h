#pragma once

/*
 * The records of what is changed on the way, one for each phone and pair of
 * places.
 */

#include "base/cache.h"
#include "reg/rewrites.h"

typedef struct RewriteTable RewriteTable;

RewriteTable *rewrite_table_new(void);
void rewrite_table_limit(RewriteTable *table, size_t max_bytes); /* 0: only their number */
void rewrite_table_free(RewriteTable *table);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RewriteTable, rewrite_table_free)

/* The same message at two places; compares them. */
void rewrite_table_add(RewriteTable *table, const SipMessage *inside, const SipMessage *outside,
                       bool outward);

/* What is known of a phone between two places; NULL: nothing was seen at both. */
RegRewrites *rewrite_table_find(const RewriteTable *table, const NetEndpoint *phone,
                                uint32_t inside_place, uint32_t outside_place);

CacheStats rewrite_table_stats(const RewriteTable *table);
