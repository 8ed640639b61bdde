#pragma once

/*
 * What a phone computes from its password (RFC 7616 section 3.4.1).
 */

#include <glib.h>
#include <stdbool.h>

/* What a digest is made of; all borrowed. */
typedef struct Credentials {
    const char *algorithm; /* "MD5", "SHA-256", with or without "-sess"; any case */
    const char *username;
    const char *realm;
    const char *password;
    const char *method;
    const char *uri;
    const char *nonce;
    const char *qop;    /* "auth", or NULL: the digest of RFC 2069 */
    const char *nc;     /* with qop only */
    const char *cnonce; /* with qop only */
} Credentials;

bool credentials_known(const char *algorithm);

/* The "response" in hexadecimal digits; g_free() it. The algorithm must be known. */
char *credentials_response(const Credentials *credentials);
