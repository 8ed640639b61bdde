#pragma once

/*
 * How far TLS came, seen from the outside.
 *
 * Inside TLS nothing can be read, but whether it came up can, and if not, who
 * objected to what: hellos and alerts are in clear, up to TLS 1.2 the server's
 * certificate as well. One NetTlsStream reads one direction of a connection:
 * bytes in, as they come out of the decoder; what was seen out. It never fails,
 * and reads and holds at most NET_TLS_HANDSHAKE bytes of the handshake.
 *
 * The sender of an alert is the one who objects.
 */

#include "net/certificate.h"
#include "net/payload.h"

#define NET_TLS_HANDSHAKE 16384

#define NET_TLS_10 0x0301
#define NET_TLS_12 0x0303
#define NET_TLS_13 0x0304

typedef enum NetTlsSight {
    NET_TLS_CLIENT_HELLO = 1 << 0,
    NET_TLS_SERVER_HELLO = 1 << 1,
    NET_TLS_RETRY = 1 << 2,       /* HelloRetryRequest, RFC 8446 section 4.1.4 */
    NET_TLS_CERTIFICATE = 1 << 3, /* only up to TLS 1.2; a client may send an empty one */
    NET_TLS_CERTIFICATE_REQUEST = 1 << 4,
    NET_TLS_CHANGE_CIPHER = 1 << 5, /* encrypted from here on; in TLS 1.3 it means nothing */
    NET_TLS_ALERT = 1 << 6,         /* in clear */
    NET_TLS_SEALED_ALERT = 1 << 7,  /* encrypted, up to TLS 1.2; at the end it is close_notify */
    NET_TLS_DATA = 1 << 8,          /* in TLS 1.3 also the rest of the handshake, and alerts */
    NET_TLS_OLD_HELLO = 1 << 9,     /* a client hello in the form of SSL 2.0 */
    NET_TLS_PLAIN_TEXT = 1 << 10,   /* the stream begins with text: SIP on the port for TLS */
    NET_TLS_FOREIGN = 1 << 11,      /* it begins with something else */
    NET_TLS_GAP = 1 << 12,          /* bytes were missing: what is absent may have been there */
    NET_TLS_CUT = 1 << 13,          /* more handshake than is read */
    NET_TLS_MALFORMED = 1 << 14,    /* lengths that contradict each other */
} NetTlsSight;

typedef struct NetTlsClientHello {
    uint16_t version; /* the highest offered; RFC 8701 noise left out */
    uint16_t lowest;  /* the lowest, where a list says it; else the same */
    bool offers_13;
    unsigned n_ciphers;   /* how many are offered */
    Nsec clock;           /* gmt_unix_time, RFC 5246 section 7.4.1.2: the clock of old
                             stacks, noise from newer ones */
    Str server_name;      /* RFC 6066 section 3; STR_NONE without one */
    unsigned n_protocols; /* ALPN, RFC 7301: "sip/2"; the first of them */
    Str protocols[4];
} NetTlsClientHello;

typedef struct NetTlsServerHello {
    uint16_t version; /* chosen */
    uint16_t cipher;
    Nsec clock;
    Str protocol; /* ALPN; STR_NONE without one, and in TLS 1.3, which hides it */
} NetTlsServerHello;

typedef struct NetTlsAlert {
    uint8_t level; /* 1: warning, 2: fatal */
    uint8_t description;
} NetTlsAlert;

/* Every Str and the certificate belong to the stream. */
typedef struct NetTlsSeen {
    uint32_t sights;         /* of NetTlsSight: everything so far */
    uint16_t record_version; /* of the first record */
    NetTlsClientHello client;
    NetTlsServerHello server;
    NetCertificate *certificate; /* the sender's own; NULL: none, or cannot be read */
    size_t certificate_len;      /* as claimed; 0: the list is empty */
    unsigned n_certificates;     /* in the chain, as far as it was read */
    NetTlsAlert alert;           /* the first that is no close_notify, else the first */
    uint64_t n_records;
    uint64_t n_alerts;
    uint64_t n_sealed_alerts;
    uint64_t n_data; /* records of application data */
    uint16_t first_data_len;
    uint16_t last_data_len;
} NetTlsSeen;

/* A copy that lives without its stream; it shares the certificate. */
NetTlsSeen *net_tls_seen_copy(const NetTlsSeen *seen);
void net_tls_seen_free(NetTlsSeen *copy);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(NetTlsSeen, net_tls_seen_free)

typedef struct NetTlsStream NetTlsStream;

NetTlsStream *net_tls_stream_new(void);
void net_tls_stream_free(NetTlsStream *stream);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(NetTlsStream, net_tls_stream_free)

/* Each returns what it brought, of NetTlsSight. A stream that the capture shows
 * from its middle begins with a gap of 0. */
uint32_t net_tls_stream_push(NetTlsStream *stream, Str bytes);
uint32_t net_tls_stream_gap(NetTlsStream *stream, uint64_t missing);

const NetTlsSeen *net_tls_stream_seen(const NetTlsStream *stream);
size_t net_tls_stream_size(const NetTlsStream *stream); /* bytes, for a Cache */

/* TLS 1.3 hides the alert of a client that does not like the certificate, but
 * not its size: the client's first encrypted record holds an alert and nothing
 * else. Strong, not proven. */
bool net_tls_client_gave_up(const NetTlsSeen *client, const NetTlsSeen *server);

/* "unknown_ca", "TLS 1.2"; "alert 200", "0x7f1c" for others. */
#define NET_TLS_WORD 32
const char *net_tls_alert_name(uint8_t description, char text[NET_TLS_WORD]);
const char *net_tls_version_name(uint16_t version, char text[NET_TLS_WORD]);
