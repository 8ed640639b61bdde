#pragma once

/*
 * TCP headers (RFC 9293 section 3.1).
 */

#include "base/str.h"

#define NET_TCP_FIN 0x01
#define NET_TCP_SYN 0x02
#define NET_TCP_RST 0x04
#define NET_TCP_ACK 0x10

typedef struct NetSegment {
    uint16_t src_port;
    uint16_t dst_port;
    uint32_t seq;
    uint32_t ack;
    uint32_t len;  /* of the payload on the wire */
    uint8_t flags; /* of NET_TCP_FIN ... */
    Str bytes;     /* the payload, as much as was captured; borrowed */
} NetSegment;

/* 'wire_len' is the length of the IP payload, of which 'payload' is what was
 * captured. False when the header is not there or contradicts itself. */
bool net_segment_read(Str payload, size_t wire_len, NetSegment *segment);
