#pragma once

/*
 * The handshake messages that are read: hellos, certificates.
 */

#include "net/tls.h"

#define NET_TLS_MESSAGE_HEADER 4 /* RFC 8446 section 4: type and length */

typedef struct NetTlsMessage {
    uint8_t type;
    Str body;
    bool whole; /* false: its end is missing, so that shortness is no fault */
} NetTlsMessage;

/* Whether these first bytes of a message, at least NET_TLS_MESSAGE_HEADER, are
 * of one: encrypted ones are noise. */
bool net_tls_handshake_is_plausible(Str header);

/* Adds what the message says to 'seen', text to 'text', and returns what was
 * new, of NetTlsSight. Of each kind the first counts. A certificate found is
 * the caller's to free. */
uint32_t net_tls_handshake_read(const NetTlsMessage *message, NetTlsSeen *seen, GStringChunk *text);
