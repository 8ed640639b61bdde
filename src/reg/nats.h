#pragma once

/*
 * What the capture shows of each NAT, gathered from all devices behind it.
 *
 * Whoever watches a path measures its silences: these functions are told which
 * of them a mapping survived, and which it did not.
 */

#include "base/cache.h"
#include "reg/life.h"
#include "reg/site.h"

typedef struct Nats Nats;

Nats *nats_new(void);
void nats_limit(Nats *nats, size_t max_bytes); /* of those without a device; 0: only their number */
void nats_free(Nats *nats);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Nats, nats_free)

/* Made when not known. The caller holds a reference until it calls nats_release():
 * what somebody holds never goes, so there are not more of these than holders. What
 * nobody holds is kept as long as there is room and something is known of it. */
RegNat *nats_find(Nats *nats, const NetAddr *address, const NetAddr *server, NetTransport transport,
                  Nsec now);
RegNat *nats_keep(RegNat *nat); /* one more reference; NULL is allowed */
void nats_release(RegNat *nat); /* before nats_free(); NULL is allowed */

/* In which state a mapping was when it fell silent. Fresh: it was certainly made by the
 * newest exchange, and nothing passed later than two seconds after its first packet.
 * Stream: the very same mapping had certainly carried packets both ways for longer. */
typedef enum NatCertainty {
    NAT_STATE_OPEN, /* neither is certain */
    NAT_STATE_FRESH,
    NAT_STATE_STREAM,
} NatCertainty;

/* A packet from outside passed after such a silence: the time since the last packet
 * either way. That is a lower bound whether or not the NAT counts packets from outside.
 * An unchanged port shows nothing, many NATs give the same one again. */
void nats_alive(RegNat *nat, Nsec silence, NatCertainty certainty);

/* At 'time' it was gone after such a silence: the time since the last packet of the device. That
 * is an upper bound whether or not packets from outside count. Once for each loss, not for each
 * request that got no answer. Losses that may have been one event (a restart) count once. */
void nats_dead(RegNat *nat, Nsec silence, NatCertainty certainty, Nsec time);

/* A device came back over a new mapping. The old one died after 'last_alive', when a packet
 * had passed over it, and before the move: of silence, or of something that took the
 * mappings of several devices at once; what these have in common is kept. */
void nats_moved(RegNat *nat, uint64_t device, Nsec last_alive, NatCertainty certainty,
                const RegMove *move);

/* Each as a site: those first that nobody holds, in the order of their making. */
void nats_each(const Nats *nats, void (*visit)(const RegSite *site, void *user), void *user);
CacheStats nats_stats(const Nats *nats);
