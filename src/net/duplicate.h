#pragma once

/*
 * Whether the capture has shown this very packet a moment ago.
 *
 * The same packet has the same addresses, ports, IP ID and bytes. VLAN tags and
 * MAC addresses are the mirror's affair, the TTL tells of a router in between.
 * Behind a NAT the addresses differ: that is the message's other leg, and no
 * duplicate. Where there is no ID (IPv6, and IPv4 stacks that send 0) only
 * copies within 200 microseconds count, because no phone repeats a message
 * that fast. Captures at two places that saw the same packet are two
 * witnesses.
 */

#include "net/decoder.h"

typedef struct NetDuplicates NetDuplicates;

/* Borrows all three. */
NetDuplicates *net_duplicate_new(const NetConfig *config, const NetSink *sink, NetStats *stats);
void net_duplicate_free(NetDuplicates *duplicates);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(NetDuplicates, net_duplicate_free)

/* Remembers the packet; or says true, counts it and tells the sink. 'protocol'
 * is that of IP, 'bytes' what was behind the transport header, 'sequence' what
 * else tells this packet from others of its flow. */
bool net_duplicate_is_copy(NetDuplicates *duplicates, const NetMeta *meta, uint8_t protocol,
                           uint64_t sequence, Str bytes);
CacheStats net_duplicate_table(const NetDuplicates *duplicates);
