#pragma once

/*
 * One SIP message.
 *
 * A SipMessage is one block of memory: the struct, its header table and a copy
 * of the bytes. Everything points into that copy, so a message can be kept,
 * passed to another stage or moved to another thread as it is. It is never
 * changed after sip_message_parse().
 *
 * Parsing does not fail. Whatever is wrong with the text is noted in
 * 'anomalies' and the rest is still there: the broken messages are the
 * interesting ones.
 */

#include <glib.h>
#include <stdbool.h>

#include "net/payload.h"

/* RFC 3261, 3262, 3265, 3311, 3428, 3515, 3903, 2976. */
typedef enum SipMethod {
    SIP_METHOD_OTHER,
    SIP_METHOD_REGISTER,
    SIP_METHOD_OPTIONS,
    SIP_METHOD_INVITE,
    SIP_METHOD_ACK,
    SIP_METHOD_BYE,
    SIP_METHOD_CANCEL,
    SIP_METHOD_SUBSCRIBE,
    SIP_METHOD_NOTIFY,
    SIP_METHOD_PUBLISH,
    SIP_METHOD_MESSAGE,
    SIP_METHOD_INFO,
    SIP_METHOD_PRACK,
    SIP_METHOD_UPDATE,
    SIP_METHOD_REFER,
} SipMethod;

/* Headers that some part of the program asks for by name. */
typedef enum SipHeaderId {
    SIP_HEADER_OTHER,
    SIP_HEADER_ALLOW,
    SIP_HEADER_AUTHENTICATION_INFO,
    SIP_HEADER_AUTHORIZATION,
    SIP_HEADER_CALL_ID,
    SIP_HEADER_CONTACT,
    SIP_HEADER_CONTENT_LENGTH,
    SIP_HEADER_CONTENT_TYPE,
    SIP_HEADER_CSEQ,
    SIP_HEADER_DATE,
    SIP_HEADER_EXPIRES,
    SIP_HEADER_FLOW_TIMER,
    SIP_HEADER_FROM,
    SIP_HEADER_MAX_FORWARDS,
    SIP_HEADER_MIN_EXPIRES,
    SIP_HEADER_PATH,
    SIP_HEADER_PROXY_AUTHENTICATE,
    SIP_HEADER_PROXY_AUTHORIZATION,
    SIP_HEADER_P_REGISTRAR_ERROR,
    SIP_HEADER_REASON,
    SIP_HEADER_RECORD_ROUTE,
    SIP_HEADER_REQUIRE,
    SIP_HEADER_RETRY_AFTER,
    SIP_HEADER_ROUTE,
    SIP_HEADER_SECURITY_CLIENT,
    SIP_HEADER_SECURITY_SERVER,
    SIP_HEADER_SECURITY_VERIFY,
    SIP_HEADER_SERVER,
    SIP_HEADER_SERVICE_ROUTE,
    SIP_HEADER_SUPPORTED,
    SIP_HEADER_TO,
    SIP_HEADER_UNSUPPORTED,
    SIP_HEADER_USER_AGENT,
    SIP_HEADER_VIA,
    SIP_HEADER_WARNING,
    SIP_HEADER_WWW_AUTHENTICATE,
    SIP_HEADER_COUNT,
} SipHeaderId;

typedef enum SipAnomaly {
    SIP_NO_VIA = 1 << 0,
    SIP_NO_CALL_ID = 1 << 1,
    SIP_NO_CSEQ = 1 << 2,
    SIP_NO_FROM = 1 << 3,
    SIP_NO_TO = 1 << 4,
    SIP_BAD_START_LINE = 1 << 5,
    SIP_BAD_HEADER_LINE = 1 << 6,
    SIP_DUPLICATE_HEADER = 1 << 7, /* a header that may come once came twice and differs */
    SIP_BARE_LF = 1 << 8,
    SIP_FOLDED = 1 << 9,            /* legal, and ALGs stumble over it */
    SIP_LENGTH_TOO_SMALL = 1 << 10, /* Content-Length leaves bytes of the datagram over */
    SIP_LENGTH_TOO_LARGE = 1 << 11, /* Content-Length asks for bytes that are not there */
    SIP_LENGTH_MALFORMED = 1 << 12,
    SIP_CUT_SHORT = 1 << 13, /* the capture lost the tail: the sender is not to blame */
    SIP_TOO_MANY_HEADERS = 1 << 14,
    SIP_CSEQ_MALFORMED = 1 << 15,
    SIP_CSEQ_METHOD_DIFFERS = 1 << 16,
    SIP_NUL_BYTE = 1 << 17,
    SIP_NO_END_OF_HEADERS = 1 << 18,
    SIP_JUNK_BEFORE = 1 << 19, /* bytes in front of the start line */
    SIP_NO_LENGTH = 1 << 20,   /* no Content-Length on a stream (RFC 3261 section 20.14) */
} SipAnomaly;

/* Offsets into the message's bytes; see sip_message_name() and _value(). */
typedef struct SipHeader {
    uint8_t id; /* SipHeaderId */
    uint8_t name_len;
    uint16_t name_at;
    uint16_t value_at;
    uint16_t value_len;
} SipHeader;

#define SIP_MAX_MESSAGE 65535
#define SIP_MAX_HEADERS 256

typedef struct SipMessage {
    NetMeta meta;
    Str raw;            /* all its bytes, also those that Content-Length leaves over */
    Str body;           /* STR_NONE when there is none */
    uint32_t anomalies; /* of SipAnomaly */

    bool is_request;
    bool over_websocket;
    SipMethod method; /* for a response: the method in CSeq */
    uint16_t status;  /* 0 for a request, and when the code is none */
    Str method_name;  /* as written; for a response from CSeq */
    Str request_uri;  /* STR_NONE for a response */
    Str reason;       /* the reason phrase; STR_NONE for a request */

    Str call_id;
    uint32_t cseq;       /* 0 also when it is no number below 2^32 */
    uint32_t references; /* not atomic: a message goes from thread to thread and is never shared */
    Str from_tag;
    Str to_tag;
    Str branch; /* of the topmost Via */

    uint16_t n_headers;
    uint16_t first[SIP_HEADER_COUNT]; /* index + 1 of the first header of each id; 0: none */
    SipHeader *headers;               /* in wire order */
} SipMessage;

/* 'bytes' is one message, from its start line to the end of its body. */
SipMessage *sip_message_parse(const NetMeta *meta, Str bytes, uint32_t anomalies);
SipMessage *sip_message_ref(SipMessage *message);
void sip_message_unref(SipMessage *message);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SipMessage, sip_message_unref)

/* Bytes of memory that the message occupies. */
size_t sip_message_size(const SipMessage *message);

/* The nth header with that id, from 0, or NULL. */
const SipHeader *sip_message_header(const SipMessage *message, SipHeaderId id, unsigned nth);

/* As on the wire; a folded value still has its line ends inside, trimmed at
 * both ends. */
Str sip_message_name(const SipMessage *message, const SipHeader *header);
Str sip_message_value(const SipMessage *message, const SipHeader *header);

/* The value of the first header with that id, or STR_NONE. */
Str sip_message_first(const SipMessage *message, SipHeaderId id);

SipMethod sip_method_of(Str name); /* case-sensitive, RFC 3261 section 7.1 */
const char *sip_method_name(SipMethod method);
SipHeaderId sip_header_id_of(Str name); /* long or compact form, any case */
const char *sip_header_long_name(SipHeaderId id);

/* Whether bytes begin like a SIP start line (RFC 3261 section 7). Looks at no
 * more than the first line and needs its "SIP/2.0". */
bool sip_looks_like_message(Str bytes);
