#pragma once

/*
 * Frames as an Ethernet interface sees them: right lengths, right checksums.
 *
 * A WireTape is the capture in the making. Everything here is written byte by
 * byte and shares no code with the decoder that the tests try.
 */

#include <glib.h>

#include "base/nsec.h"
#include "base/str.h"
#include "net/addr.h"

typedef struct WireFrame {
    Nsec time;
    uint32_t wire_len;
    GByteArray *bytes;    /* what the snapshot length left */
    const void *sender;   /* whoever WireHop named */
    const void *receiver; /* may be NULL */
} WireFrame;

typedef struct WireTape {
    GPtrArray *frames; /* of WireFrame */
    uint32_t snaplen;  /* 0: whole frames */
    Nsec again;        /* every frame comes twice, this much apart; 0: once */
} WireTape;

/* One packet's way: what stands in the headers. */
typedef struct WireHop {
    Nsec time;
    NetEndpoint src;
    NetEndpoint dst;
    uint8_t src_mac[6];
    uint8_t dst_mac[6];
    uint8_t ttl;
    uint16_t ip_id; /* not used in IPv6 but for fragments */
    uint32_t mtu;   /* of the IP packet; 0: no limit */
    uint32_t lose;  /* the fragment that does not arrive, from 1; 0: none */
    const void *sender;
    const void *receiver;
} WireHop;

typedef enum WireTcpFlag {
    WIRE_FIN = 0x01,
    WIRE_SYN = 0x02,
    WIRE_RST = 0x04,
    WIRE_PSH = 0x08,
    WIRE_ACK = 0x10,
} WireTcpFlag;

typedef struct WireSegment {
    uint32_t seq;
    uint32_t ack;
    uint8_t flags; /* of WireTcpFlag */
} WireSegment;

void wire_tape_init(WireTape *tape);
void wire_tape_clear(WireTape *tape);
void wire_tape_sort(WireTape *tape); /* by time; frames of one time keep their order */

void wire_udp(WireTape *tape, const WireHop *hop, Str payload);
void wire_tcp(WireTape *tape, const WireHop *hop, const WireSegment *segment, Str payload);

/* An ICMP or ICMPv6 error that quotes the IP packet in 'frame'; 'mtu' is for
 * "fragmentation needed" and 0 elsewhere. */
void wire_icmp(WireTape *tape, const WireHop *hop, uint8_t type, uint8_t code, uint16_t mtu,
               const WireFrame *frame);

/* A question for an address that nobody has: harmless, and no IP. */
void wire_arp(WireTape *tape, Nsec time);

/* The same frame once more; 'routed': as it looks one hop further on. */
void wire_again(WireTape *tape, const WireFrame *frame, Nsec time, bool routed);

/* The newest frame from one to the other, or NULL; receiver NULL: to anybody. */
const WireFrame *wire_last(const WireTape *tape, const void *sender, const void *receiver);
