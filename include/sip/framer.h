#pragma once

/*
 * Payloads in, messages out.
 *
 * Finds SIP by what it looks like, on any port: one message in a datagram,
 * many in a TCP stream cut by Content-Length (RFC 3261 section 18.3), and the
 * ones inside WebSocket frames (RFC 7118). Finds the next message again after
 * a hole. Counts TLS, which it cannot read, and watches its handshakes.
 */

#include "base/cache.h"
#include "base/pool.h"
#include "net/tls.h"
#include "sip/message.h"

typedef enum SipKeepalive {
    SIP_KEEPALIVE_CRLF,     /* RFC 5626 pong; as a ping, the habit of many phones */
    SIP_KEEPALIVE_CRLFCRLF, /* RFC 5626 ping */
    SIP_KEEPALIVE_ZEROS,    /* "\0\0\0\0", seen on UDP */
    SIP_KEEPALIVE_STUN,
    SIP_KEEPALIVE_OTHER,     /* a few other bytes on UDP, "jaK" and the like */
    SIP_KEEPALIVE_WEBSOCKET, /* ping or pong frame, RFC 6455 section 5.5.2 */
} SipKeepalive;

/* News from one direction of a TLS connection; all of it borrowed. */
typedef struct SipTlsSight {
    const NetMeta *meta;
    uint32_t fresh;          /* of NetTlsSight: what this packet brought */
    const NetTlsSeen *seen;  /* all that this direction has shown so far */
    const NetTlsSeen *other; /* the other direction; NULL: nothing is known of it */
} SipTlsSight;

typedef struct SipSink {
    /* Hands the message over: the taker lets go of it, in whichever thread he likes. */
    void (*message)(SipMessage *message, void *user);
    void (*keepalive)(const NetMeta *meta, SipKeepalive kind, void *user);
    /* The first TLS record of a stream in this direction; 'client_hello' tells
     * that it begins a handshake. True: 'handshake' is to be told of it. */
    bool (*tls)(const NetMeta *meta, bool client_hello, void *user);
    void (*handshake)(const SipTlsSight *sight, void *user);
    void *user;
} SipSink;

typedef struct SipFramerConfig {
    Pool *pool; /* borrowed: where messages come from; outlives them. NULL: the C library */
    size_t max_streams;
    size_t max_handshakes;  /* directions of TLS connections that are watched */
    size_t buffered_bytes;  /* of all unfinished messages together */
    size_t stream_bytes;    /* of what is known of streams; 0: no limit but their number */
    size_t handshake_bytes; /* of the handshakes that are watched */
    Nsec idle;              /* an unfinished message is given up after this */
} SipFramerConfig;

extern const SipFramerConfig sip_framer_config_default;

typedef struct SipFramerStats {
    uint64_t messages;
    uint64_t keepalives;
    uint64_t tls_streams; /* connections, not directions */
    uint64_t tls_records;
    uint64_t websockets;            /* connections */
    uint64_t websockets_compressed; /* directions given up: permessage-deflate (RFC 7692) */
    uint64_t resyncs;               /* messages given up because bytes of the stream were missing */
    uint64_t cut_short;             /* messages whose tail the capture does not hold */
    uint64_t too_large;
    uint64_t not_sip; /* datagrams that looked promising and were not */
} SipFramerStats;

typedef struct SipFramer SipFramer;

SipFramer *sip_framer_new(const SipFramerConfig *config, const SipSink *sink);
NetInterest sip_framer_push(SipFramer *framer, const NetPayload *payload);
void sip_framer_advance(SipFramer *framer, Nsec now);
void sip_framer_finish(SipFramer *framer);
void sip_framer_free(SipFramer *framer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SipFramer, sip_framer_free)

const SipFramerStats *sip_framer_stats(const SipFramer *framer);
unsigned sip_framer_tables(const SipFramer *framer, CacheStats *tables, unsigned max);

/* Cheap: whether a datagram that begins like this may be SIP or a keep-alive.
 * RTP is not. */
bool sip_framer_wants(Str bytes, const NetFlow *flow);
