#pragma once

/*
 * What a packet carried, once the headers are off.
 *
 * UDP gives datagrams. TCP gives runs of stream bytes in order, each byte
 * once, with the holes marked. What happens below that (connections, ICMP
 * errors, lost fragments) is evidence too and comes as NetEvent.
 */

#include "capture/packet.h"
#include "net/addr.h"

typedef enum NetTransport {
    NET_UDP,
    NET_TCP,
} NetTransport;

typedef struct NetFlow {
    NetEndpoint src; /* the sender of this packet */
    NetEndpoint dst;
    NetTransport transport;
} NetFlow;

bool net_flow_equal(const NetFlow *a, const NetFlow *b);
NetFlow net_flow_reverse(const NetFlow *flow);

/* The same for both directions, for keys that mean a pair of endpoints. */
uint64_t net_flow_pair_hash(const NetFlow *flow);
bool net_flow_pair_equal(const NetFlow *a, const NetFlow *b);

/* What was wrong or remarkable about the packet. Never an error. */
typedef enum NetAnomaly {
    NET_TRUNCATED = 1 << 0,   /* the frame was cut by the snapshot length */
    NET_REASSEMBLED = 1 << 1, /* came in IP fragments */
    NET_OVERLAP = 1 << 2,     /* fragments or segments that disagree */
    NET_TUNNELLED = 1 << 3,   /* inside GRE, VXLAN, GTP-U, IP in IP ... */
    NET_MIDSTREAM = 1 << 4,   /* the stream began before the capture did */
    NET_LENGTH_LIES = 1 << 5, /* UDP length and IP length disagree */
    NET_AFTER_GAP = 1 << 6,   /* first bytes behind a hole in the stream */
} NetAnomaly;

typedef struct NetMeta {
    CaptureRef ref;       /* for reassembled data: the frame that completed it */
    CaptureRef first_ref; /* the frame with the first byte; the same but for fragments */
    Nsec time;
    NetFlow flow;
    uint32_t anomalies; /* of NetAnomaly */
    uint32_t ip_size;   /* bytes of the whole IP datagram, before fragmentation; 0 for TCP */
    uint16_t ip_id;     /* IPv4 only */
    uint16_t fragments; /* how many IP fragments it came in; 0 when it came whole */
    uint8_t ttl;        /* or hop limit */
} NetMeta;

typedef enum NetPayloadKind {
    NET_DATAGRAM,
    NET_STREAM_DATA,
    NET_STREAM_GAP, /* bytes.len is 0, 'missing' says how many were lost */
    NET_STREAM_END, /* this direction is over: FIN, RST, idle, forgotten, or the capture's end */
} NetPayloadKind;

typedef struct NetPayload {
    NetPayloadKind kind;
    NetMeta meta;
    uint64_t stream;  /* one number per direction of a connection, never reused; 0 for UDP */
    uint64_t reverse; /* the number of the other direction; 0 for UDP */
    uint64_t missing;
    Str bytes;               /* borrowed: gone when the callback returns */
    const CaptureRef *parts; /* the frames of a datagram that came in fragments; borrowed too */
    unsigned n_parts;        /* 0: it came whole, or in a stream */
} NetPayload;

/* What the taker of a stream thinks of it; ignored for datagrams. */
typedef enum NetInterest {
    NET_INTERESTED,
    NET_NOT_INTERESTED, /* do not reassemble this direction any further */
} NetInterest;

typedef enum NetEventKind {
    NET_EVENT_CONNECT,   /* SYN; repeated ones come again, with 'copy' set */
    NET_EVENT_ACCEPT,    /* SYN and ACK */
    NET_EVENT_RESET,     /* RST */
    NET_EVENT_CLOSE,     /* FIN */
    NET_EVENT_ALIVE,     /* a segment without data on a known connection: keep-alive, pure ACK;
                            not told once the sink has refused both directions */
    NET_EVENT_ICMP,      /* an ICMP error; 'flow' is that of the packet it quotes */
    NET_EVENT_FRAGMENTS, /* fragments of a datagram came, others never did */
    NET_EVENT_DUPLICATE, /* the capture held this packet already; it did not go out again */
    NET_EVENT_GAP,       /* bytes of a stream were lost; 'by_capture' when the receiver had them */
} NetEventKind;

typedef struct NetEvent {
    NetEventKind kind;
    NetMeta meta; /* of the packet that tells; for ICMP meta.flow is the quoted packet's flow */
    bool copy;
    bool by_capture;
    bool first_only; /* NET_EVENT_FRAGMENTS: the first fragment is there, so meta.flow is known */
    uint8_t icmp_type;
    uint8_t icmp_code;
    uint16_t icmp_mtu; /* of "fragmentation needed" and "packet too big"; 0 elsewhere */
    NetAddr reporter;  /* who sent the ICMP error */
    uint64_t missing;  /* bytes, for NET_EVENT_GAP */
    Str bytes;         /* what the ICMP error quotes behind the quoted headers; what is there of
                          an incomplete datagram's first fragment; borrowed */
} NetEvent;
