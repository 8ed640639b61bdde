#pragma once

/*
 * The header section of a message: where its lines are and where it ends,
 * before anything is copied. The framer needs the Content-Length to know which
 * bytes are the message, the message needs the table; both come from one scan.
 */

#include "base/pool.h"
#include "sip/message.h"
#include "sip/value.h"

typedef struct SipHead {
    uint32_t anomalies;
    uint32_t line_len; /* of the start line, without its line end */
    uint32_t len;      /* up to the end of the blank line; all bytes when it is missing */
    bool ended;        /* by a blank line */
    bool repeats;      /* a header came twice */
    uint16_t n_headers;
    uint16_t first[SIP_HEADER_COUNT]; /* index + 1, as in SipMessage */
    SipHeader headers[SIP_MAX_HEADERS];
} SipHead;

/* 'bytes' begin with a start line and are at most SIP_MAX_MESSAGE. */
void sip_head_scan(Str bytes, SipHead *head);

/* What Content-Length says; 'length' stays as it is unless SIP_NUMBER_OK. No
 * bytes are asked for by a length that does not fit into 32 bits: it is
 * UINT32_MAX. */
SipNumber sip_head_content_length(const SipHead *head, Str bytes, uint32_t *length);

/* Finds the end of the section in bytes that arrive bit by bit. Start with a
 * zeroed search; each byte is looked at once. */
typedef struct SipHeadSearch {
    size_t line; /* where the line begins that is not complete yet */
    size_t at;   /* no line end before this */
} SipHeadSearch;
bool sip_head_find_end(Str bytes, SipHeadSearch *search);

/* sip_message_parse() for whoever has scanned the bytes already; the block comes from 'pool',
 * which may be NULL. */
SipMessage *sip_message_build(Pool *pool, const NetMeta *meta, Str bytes, const SipHead *head,
                              uint32_t anomalies, bool over_websocket);

/* sip_message_parse() with a block from 'pool' and 'head' to work in. */
SipMessage *sip_message_parse_in(Pool *pool, SipHead *head, const NetMeta *meta, Str bytes,
                                 uint32_t anomalies);
