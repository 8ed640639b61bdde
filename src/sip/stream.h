#pragma once

/*
 * What the framer remembers of one direction of a TCP connection, and the parts
 * of the framer that read such a stream.
 *
 * Each kind of stream has a step: it is shown what has not been used yet and
 * says how much of it it has used. 0 means that it needs more; the bytes are
 * then kept until more of them come.
 */

#include "head.h"
#include "sip/framer.h"

typedef enum SipStreamKind {
    SIP_STREAM_UNKNOWN, /* nothing has shown what it is yet */
    SIP_STREAM_SIP,
    SIP_STREAM_TLS,
    SIP_STREAM_WEBSOCKET,
    SIP_STREAM_REFUSED, /* of no use: nothing more is asked for */
} SipStreamKind;

typedef struct SipStream SipStream;

/* Bytes that wait for the rest of their message. */
typedef struct SipUnfinished {
    CacheItem item;
    uint64_t id;
    SipStream *stream;
    GByteArray *bytes;
    bool start_payload;    /* they are the start of a payload */
    NetMeta meta;          /* of the newest payload, with the first_ref of the first byte */
    GByteArray *fragments; /* of a WebSocket message, unmasked */
    CaptureRef fragments_ref;
} SipUnfinished;

struct SipStream {
    CacheItem item;
    uint64_t id;
    uint64_t reverse;
    SipStreamKind kind;
    SipUnfinished *unfinished; /* NULL: nothing waits */

    bool lost;       /* not at the start of a message: looking for the next one */
    bool mid_line;   /* of those: the next line end has to be found first */
    bool doubtful;   /* found again by its start line alone */
    bool junk;       /* there were bytes that belong to no message */
    uint32_t probed; /* bytes in which nothing was found, of an unknown stream */

    SipHeadSearch search;
    size_t need; /* length of the message, known once its header section is there; 0: not yet */

    /* TLS: the bytes left of the record, and the header of the next one. */
    uint8_t tls_header[5];
    uint8_t tls_have;
    uint16_t tls_left;

    /* WebSocket: the bytes left of a frame that is too large, and what is known
     * of the message in several frames. */
    uint64_t skip;
    bool in_message; /* the last frame was not the end of it */
    bool discard;    /* it is too large */
    bool found_sip;
};

struct SipFramer {
    SipFramerConfig config;
    SipSink sink;
    SipFramerStats stats;
    Cache *streams;    /* of SipStream */
    Cache *unfinished; /* of SipUnfinished */
    Cache *handshakes; /* of TLS that somebody wants to hear of */
    GByteArray *frame; /* the WebSocket frame being read, unmasked */
    SipHead head;      /* of the message in hand: large enough that making it anew costs time */
};

/* What a step is shown: bytes not used yet, and where they came from. */
typedef struct SipPiece {
    NetMeta meta;
    Str bytes;
    bool start_payload; /* they are the start of one */
} SipPiece;

/* To the sink. */
void sip_framer_deliver(SipFramer *framer, SipMessage *message); /* takes it */
void sip_framer_keepalive(SipFramer *framer, const NetMeta *meta, SipKeepalive kind);

/* Whether the other direction of the connection is known to be of that kind. */
bool sip_framer_reverse_is(const SipFramer *framer, const SipStream *stream, SipStreamKind kind);

/* What waits of this stream, made when there is nothing yet. */
SipUnfinished *sip_framer_unfinished(SipFramer *framer, SipStream *stream, const NetMeta *meta);

void sip_stream_push(SipFramer *framer, SipStream *stream, const NetPayload *payload);
void sip_stream_gap(SipFramer *framer, SipStream *stream);

/* No more bytes will come for what waits: delivers the messages whose header
 * section is there, with 'anomalies' when their body is not. */
void sip_stream_give_up(SipFramer *framer, SipUnfinished *unfinished, uint32_t anomalies);

/* The steps. */

size_t sip_stream_probe(SipFramer *framer, SipStream *stream, const SipPiece *piece);
size_t sip_stream_message(SipFramer *framer, SipStream *stream, const SipPiece *piece);
size_t sip_stream_blank(SipFramer *framer, const SipPiece *piece);
size_t sip_stream_skip_line(SipStream *stream, Str bytes);

/* Whether bytes are the start of something. */
typedef enum SipGuess {
    SIP_GUESS_NO,
    SIP_GUESS_MORE, /* so far it could be */
    SIP_GUESS_YES,
} SipGuess;

SipGuess sip_tls_guess(Str bytes);
void sip_tls_begin(SipFramer *framer, SipStream *stream, const SipPiece *piece);
size_t sip_tls_step(SipFramer *framer, SipStream *stream, const SipPiece *piece);

/* Handshakes that somebody wants to hear of. */
Cache *sip_handshakes_new(const SipFramerConfig *config);
void sip_handshake_begin(SipFramer *framer, const SipStream *stream, Nsec now);
void sip_handshake_push(SipFramer *framer, const SipStream *stream, const SipPiece *piece);
void sip_handshake_gap(SipFramer *framer, const NetPayload *payload);

SipGuess sip_websocket_guess(Str bytes);
void sip_websocket_begin(SipFramer *framer, SipStream *stream);
size_t sip_websocket_step(SipFramer *framer, SipStream *stream, const SipPiece *piece);
