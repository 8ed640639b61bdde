#pragma once

/*
 * Frames in, payloads out: link layer, tunnels, IP, defragmentation, UDP, TCP.
 *
 * Decoding does not fail. What cannot be read is counted, the rest is used.
 * A packet that the capture holds twice (a mirror port that sees both ways, an
 * "any" interface that sees every hop of a bridge) goes out once; its copies
 * are NET_EVENT_DUPLICATE. Captures of two places are two witnesses and keep
 * their own fragments and connections.
 *
 * Deadlines pass as the frames' own times do; net_decoder_advance() is for
 * when no frame comes.
 */

#include "base/cache.h"
#include "net/payload.h"

typedef struct NetDecoder NetDecoder;

typedef struct NetConfig {
    size_t max_fragments; /* datagrams in assembly */
    size_t max_fragment_bytes;
    size_t max_streams;          /* connections */
    size_t max_connection_bytes; /* of what is known of connections; 0: no limit but their number */
    size_t max_stream_bytes;     /* bytes waiting for a hole to be filled, all streams together */
    Nsec fragment_idle;
    Nsec stream_idle;
    Nsec duplicate_window;
} NetConfig;

/* The defaults of reliability: 4096 datagrams, 8 MiB, 65536 connections, 32
 * MiB, 30 s, 2 h 15 min, 10 ms. */
extern const NetConfig net_config_default;

typedef struct NetSink {
    /* Whether a datagram that begins like this can be of any use: asked before
     * any table is touched, because most of a capture may be RTP. NULL: all. */
    bool (*wanted)(Str bytes, const NetFlow *flow, void *user);
    NetInterest (*payload)(const NetPayload *payload, void *user);
    void (*event)(const NetEvent *event, void *user); /* may be NULL */
    void *user;
} NetSink;

/*
 * Every frame ends under one name:
 *
 *   frames = undecoded + other + datagrams + tcp_segments + icmp_errors
 *            + duplicates + (fragments - reassembled)
 */
typedef struct NetStats {
    uint64_t frames;
    uint64_t undecoded; /* nothing to read: ARP, STP, unknown link types, headers cut or broken */
    uint64_t malformed; /* of those: headers that contradict themselves */
    uint64_t other;     /* IP packets not of UDP, TCP or ICMP errors, or that nobody wants */
    uint64_t datagrams; /* UDP datagrams that went to the sink */
    uint64_t truncated; /* IP packets shorter in the capture than on the wire */
    uint64_t fragments; /* IP fragments */
    uint64_t fragment_copies;      /* of those: brought nothing new, not in 'duplicates' */
    uint64_t reassembled;          /* datagrams put together from them */
    uint64_t fragments_incomplete; /* datagrams that never became whole */
    uint64_t fragments_first_only; /* of those: the first fragment came and no other */
    uint64_t later_fragments;      /* fragments with an offset, used or not */
    uint64_t overlaps;             /* fragments or segments that disagree with earlier ones */
    uint64_t duplicates;           /* packets that the capture held already */
    uint64_t duplicates_routed;    /* of those: on another hop (the TTL differs) */
    uint64_t icmp_errors;
    uint64_t tcp_segments;
    uint64_t tcp_copies;  /* segments that brought no new byte */
    uint64_t tcp_outside; /* segments that fit no known state of their connection: not used */
    uint64_t gaps;        /* holes in streams that were given up */
    uint64_t gap_bytes;
    uint64_t gaps_by_capture; /* of those: the receiver acknowledged the bytes */
    uint64_t deepest_tunnel;
} NetStats;

NetDecoder *net_decoder_new(const NetConfig *config, const NetSink *sink);
void net_decoder_push(NetDecoder *decoder, const CapturePacket *packet);
void net_decoder_advance(NetDecoder *decoder, Nsec now);
void net_decoder_finish(NetDecoder *decoder);
void net_decoder_free(NetDecoder *decoder);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(NetDecoder, net_decoder_free)

const NetStats *net_decoder_stats(const NetDecoder *decoder);

/* The tables of this folder: fills at most 'max' entries, returns how many. */
unsigned net_decoder_tables(const NetDecoder *decoder, CacheStats *tables, unsigned max);

/* Whether frames of this link type can be read, and its name as tcpdump -L
 * prints it ("EN10MB"); "LINKTYPE_147" style for unnamed ones, in 'text'. */
bool net_link_is_known(uint16_t link);
#define NET_LINK_TEXT 24
const char *net_link_name(uint16_t link, char text[NET_LINK_TEXT]);
