#pragma once

/*
 * TLS, written down byte by byte: vectors, hellos, records.
 */

#include <glib.h>

#include "issue.h"
#include "net/tls.h"

#define TLS_CHANGE_CIPHER 20
#define TLS_ALERT 21
#define TLS_HANDSHAKE 22
#define TLS_DATA 23

/* The clock in both hellos: 2026-01-31T12:00:00Z. */
#define TLS_CLOCK 1769860800

typedef GByteArray Bytes;

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Bytes, g_byte_array_unref)

static inline Str tls_str(const Bytes *bytes)
{
    return (Str){ (const char *)bytes->data, bytes->len };
}

static inline void tls_put(Bytes *bytes, Str s)
{
    g_byte_array_append(bytes, (const guint8 *)s.data, (guint)s.len);
}

static inline void tls_put_number(Bytes *bytes, unsigned long value, unsigned width)
{
    for (unsigned i = width; i > 0; i--)
        g_byte_array_append(bytes, &(guint8){ (guint8)(value >> 8 * (i - 1)) }, 1);
}

/* RFC 8446 section 3.4: 'width' bytes of length, then the content. */
static inline void tls_put_vector(Bytes *bytes, unsigned width, Str content)
{
    tls_put_number(bytes, content.len, width);
    tls_put(bytes, content);
}

/* The same; takes the content. */
static inline void tls_put_part(Bytes *bytes, unsigned width, Bytes *content)
{
    tls_put_vector(bytes, width, tls_str(content));
    g_byte_array_unref(content);
}

static inline void tls_put_extension(Bytes *bytes, unsigned type, Bytes *content)
{
    tls_put_number(bytes, type, 2);
    tls_put_part(bytes, 2, content);
}

static inline void tls_put_record(Bytes *bytes, unsigned type, Str content)
{
    tls_put_number(bytes, type, 1);
    tls_put_number(bytes, NET_TLS_12, 2);
    tls_put_vector(bytes, 2, content);
}

/* Of 'len' bytes that look encrypted. */
static inline void tls_put_sealed(Bytes *bytes, unsigned type, size_t len)
{
    g_autofree char *noise = g_malloc(len);

    for (size_t i = 0; i < len; i++)
        noise[i] = (char)(0xa7 + 37 * i);
    tls_put_record(bytes, type, (Str){ noise, len });
}

static inline Bytes *tls_message(unsigned type, Bytes *body)
{
    Bytes *message = g_byte_array_new();

    tls_put_number(message, type, 1);
    tls_put_part(message, 3, body);
    return message;
}

static inline void tls_put_random(Bytes *bytes)
{
    tls_put_number(bytes, TLS_CLOCK, 4);
    for (unsigned i = 4; i < 32; i++)
        tls_put_number(bytes, 0x40 + i, 1);
}

/* Up to the extensions; those are 'extensions', which may be NULL and are taken. */
static inline Bytes *tls_client_hello(Bytes *extensions)
{
    Bytes *body = g_byte_array_new();

    tls_put_number(body, NET_TLS_12, 2);
    tls_put_random(body);
    tls_put_vector(body, 1, STR("0123456789abcdef"));
    tls_put_vector(body, 2, STR("\x13\x01\xc0\x2f\x00\x35"));
    tls_put_vector(body, 1, STR("\0"));
    if (extensions != NULL)
        tls_put_part(body, 2, extensions);
    return tls_message(1, body);
}

static inline Bytes *tls_server_hello(Str random, Bytes *extensions)
{
    Bytes *body = g_byte_array_new();

    tls_put_number(body, NET_TLS_12, 2);
    if (str_present(random))
        tls_put(body, random);
    else
        tls_put_random(body);
    tls_put_vector(body, 1, STR("0123456789abcdef"));
    tls_put_number(body, 0xc02f, 2);
    tls_put_number(body, 0, 1);
    if (extensions != NULL)
        tls_put_part(body, 2, extensions);
    return tls_message(2, body);
}

/* "supported_versions" as a server sends it. */
static inline Bytes *tls_chooses(unsigned version)
{
    Bytes *extensions = g_byte_array_new(), *content = g_byte_array_new();

    tls_put_number(content, version, 2);
    tls_put_extension(extensions, 43, content);
    return extensions;
}

static inline Bytes *tls_server_name(Str name)
{
    Bytes *extensions = g_byte_array_new();
    Bytes *list = g_byte_array_new(), *names = g_byte_array_new();

    tls_put_number(names, 0, 1);
    tls_put_vector(names, 2, name);
    tls_put_part(list, 2, names);
    tls_put_extension(extensions, 0, list);
    return extensions;
}

/* A chain of the same certificate. */
static inline Bytes *tls_certificates(Str der, unsigned times)
{
    Bytes *body = g_byte_array_new(), *list = g_byte_array_new();

    for (unsigned i = 0; i < times; i++)
        tls_put_vector(list, 3, der);
    tls_put_part(body, 3, list);
    return tls_message(11, body);
}
