#pragma once

/*
 * Addresses that send REGISTER requests, and how many accounts each tries.
 */

#include "reg/site.h"

typedef struct Sources Sources;

Sources *sources_new(void);
/* Whether it has sent a REGISTER; true also when that cannot be told any more. */
bool sources_may_know(const Sources *sources, const NetAddr *addr);
void sources_limit(Sources *sources, size_t max_bytes); /* 0: only their number */
void sources_free(Sources *sources);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Sources, sources_free)

void sources_request(Sources *sources, const SipMessage *request, const char *aor);
void sources_answer(Sources *sources, const NetFlow *hop, uint16_t status);

bool sources_is_scanner(const Sources *sources, const NetAddr *addr);
bool sources_registers(const Sources *sources, const NetAddr *addr);

/* Only the sources that try several accounts or name a known tool. */
void sources_each(const Sources *sources, void (*visit)(const RegSite *site, void *user),
                  void *user);
CacheStats sources_stats(const Sources *sources);
