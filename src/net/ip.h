#pragma once

/*
 * IPv4 and IPv6 headers.
 */

#include "net/payload.h"

#define NET_PROTOCOL_ICMP 1
#define NET_PROTOCOL_IPV4 4
#define NET_PROTOCOL_TCP 6
#define NET_PROTOCOL_UDP 17
#define NET_PROTOCOL_IPV6 41
#define NET_PROTOCOL_GRE 47
#define NET_PROTOCOL_ICMPV6 58
#define NET_PROTOCOL_MPLS 137

typedef struct NetIp {
    Str payload;          /* behind the headers, as much as was captured; borrowed */
    uint32_t payload_len; /* the same on the wire */
    uint32_t size;        /* of the whole packet on the wire */
    uint32_t offset;      /* of a fragment's payload in the datagram's, bytes */
    uint32_t id;
    uint8_t version;
    uint8_t protocol; /* of the payload */
    uint8_t ttl;
    bool more;     /* not the last fragment */
    bool fragment; /* the payload is a part only */
    bool unsized;  /* the header leaves the length open, as offloading cards let it */
} NetIp;

/* Reads all headers up to the transport protocol or a fragment's payload, and
 * puts the addresses into 'flow'; false when they are cut off or contradict
 * themselves. */
bool net_ip_read(Str packet, NetIp *ip, NetFlow *flow);

/* The same for what was a fragment and is whole now: IPv6 has headers that are
 * fragmented with the payload. */
bool net_ip_read_extensions(NetIp *ip);

/* Whether bytes of the payload were not captured. */
static inline bool net_ip_is_truncated(const NetIp *ip)
{
    return ip->payload.len < ip->payload_len;
}
