#pragma once

/*
 * TLS records for scenarios: as much of a handshake as can be seen from outside.
 */

#include <glib.h>

/* What a line may say about a record; NULL: the usual. */
typedef struct TlsWish {
    const char *name;    /* that the client asks for, or that the certificate is for */
    const char *version; /* that the server chooses: "1.2", "1.3" */
    const char *from;    /* of a certificate: "20260101000000Z" */
    const char *until;
    const char *alert; /* its number */
    const char *size;  /* of data, in bytes */
} TlsWish;

/* "client-hello", "server-hello", "certificate", "change-cipher", "data" or
 * "alert"; NULL for anything else. */
GByteArray *tls_record(const char *kind, const TlsWish *wish);
