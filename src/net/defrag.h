#pragma once

/*
 * Fragments in, whole datagrams out (RFC 791 section 3.2, RFC 8200 section 4.5).
 *
 * A fragment belongs to a datagram by its addresses, protocol and ID, and by the
 * place where it was captured. VLAN and tunnel do not count: a mirror port shows the same fragment
 * with a tag and without. No source (a /24, a /64) can hold more than its share of the table.
 */

#include "ip.h"
#include "net/decoder.h"

typedef struct NetDefrag NetDefrag;

typedef enum NetDefragResult {
    NET_DEFRAG_HELD,   /* others are missing, or it was of no use */
    NET_DEFRAG_WHOLE,  /* 'ip' and 'meta' tell about the datagram now */
    NET_DEFRAG_BROKEN, /* no fragment can look like this */
} NetDefragResult;

/* Borrows all three. Datagrams that never become whole are told to the sink's
 * 'event' when they are forgotten. */
NetDefrag *net_defrag_new(const NetConfig *config, const NetSink *sink, NetStats *stats);
void net_defrag_free(NetDefrag *defrag);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(NetDefrag, net_defrag_free)

/* The payload of a whole datagram is borrowed until the next call. */
NetDefragResult net_defrag_push(NetDefrag *defrag, NetIp *ip, NetMeta *meta);
/* Of that datagram: the frames that it was put together from, in the order of their bytes. */
const CaptureRef *net_defrag_parts(const NetDefrag *defrag, unsigned *n_parts);
void net_defrag_advance(NetDefrag *defrag, Nsec now);
void net_defrag_finish(NetDefrag *defrag);
CacheStats net_defrag_table(const NetDefrag *defrag);
