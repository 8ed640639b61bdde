#pragma once

/*
 * Devices that fail together: at one registrar, or behind one public address.
 *
 * Every closed attempt is one call; what a call costs does not depend on how
 * many came before.
 */

#include "base/cache.h"
#include "reg/chain.h"
#include "sites.h"

typedef struct Crowds Crowds;

Crowds *crowds_new(void);
void crowds_limit(Crowds *crowds, const RegRoom *room);
void crowds_free(Crowds *crowds);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Crowds, crowds_free)

/* An attempt is over. */
void crowds_note(Crowds *crowds, const RegChain *chain);

/* The capture is over; 'sites' knows the scanners, 'devices' are those that are
 * remembered (Device). */
void crowds_finish(Crowds *crowds, const Sites *sites, const GPtrArray *devices);

/* After that: each crowd, in order of time. */
void crowds_each(const Crowds *crowds, void (*visit)(const RegSite *site, void *user), void *user);

/* The same while the capture goes on: each crowd as it is now, without the names of who is in it.
 * One that has recovered stays for a while. */
void crowds_look(const Crowds *crowds, const Sites *sites,
                 void (*visit)(const RegSite *site, void *user), void *user);
unsigned crowds_tables(const Crowds *crowds, CacheStats *tables, unsigned max);
