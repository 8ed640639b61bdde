#pragma once

/*
 * One direction of a TCP connection: segments in, bytes in order out.
 *
 * Passive reassembly cannot ask for what it missed. A hole is waited for until
 * the other side acknowledges it (then the capture lost it, not the network),
 * too much has gathered behind it, or too much time has passed.
 */

#include "net/decoder.h"
#include "pieces.h"

typedef struct NetHole NetHole;

/* One direction. */
typedef struct NetStream {
    NetHole *hole;      /* and what waits behind it; NULL: nothing does */
    uint32_t first;     /* initial sequence number: one before the first byte */
    uint32_t next;      /* the byte that goes out next */
    uint32_t acked;     /* what the other side had received, with 'has_ack' */
    uint32_t fin;       /* where the stream ends, with 'has_fin' */
    uint32_t last_hash; /* of the newest bytes that went out, to know a forged copy */
    uint16_t last_len;  /* 0: no such bytes */
    bool started : 1;
    bool syn : 1; /* the start was seen */
    bool has_ack : 1;
    bool has_fin : 1;
    bool refused : 1;  /* the sink wants no more of it */
    bool had_data : 1; /* the sink knows it and will be told its end */
    bool ended : 1;
    bool after_gap : 1;
    bool overlaps : 1; /* copies disagreed; to be said with the next bytes */
} NetStream;

/* Two captures of the same connection see two, because each misses other parts. */
typedef struct NetConnectionKey {
    NetFlow flow; /* as side 0 sends; equal to its reverse */
    uint32_t place;
} NetConnectionKey;

typedef struct NetConnection {
    CacheItem item;
    NetConnectionKey key;
    uint32_t stray; /* where a segment far outside the window ended; 0: none */
    uint64_t number;
    CaptureRef last;
    NetStream side[2]; /* what side 0 sends, what side 1 sends */
    bool brief;        /* which table it is in */
    bool reset;        /* a RST was told already */
} NetConnection;

/* What all streams have in common. Borrows 'config', 'sink' and 'stats'. */
typedef struct NetStreams {
    const NetConfig *config;
    const NetSink *sink;
    NetStats *stats;
    GQueue holes;   /* of NetHole, the longest waiting first */
    size_t waiting; /* bytes behind all holes */
    Nsec now;
} NetStreams;

/* 'first' is one before the first byte's sequence number. */
void net_stream_start(NetStream *stream, uint32_t first, bool syn);

void net_stream_push(NetStreams *streams, NetConnection *connection, unsigned side,
                     const NetMeta *meta, uint32_t seq, uint32_t len, Str bytes);
/* The other side has everything before 'ack'. */
void net_stream_acked(NetStreams *streams, NetConnection *connection, unsigned side, uint32_t ack);
/* The stream ends at 'seq', as soon as it gets there. */
void net_stream_fin(NetStreams *streams, NetConnection *connection, unsigned side, uint32_t seq);
/* It ends here: what waits goes out first. */
void net_stream_end(NetStreams *streams, NetConnection *connection, unsigned side);
void net_stream_advance(NetStreams *streams, Nsec now);

/* The flow in which 'side' sends. */
NetFlow net_stream_flow(const NetConnection *connection, unsigned side);
