/*
 * TLS records (RFC 5246, RFC 8446), with a fixed "random" and certificates that
 * are signed with a fixed key, so that the same text gives the same bytes.
 */

#include "tls.h"

#include <openssl/evp.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <stdint.h>
#include <string.h>

enum { RECORD_CHANGE_CIPHER = 20, RECORD_ALERT, RECORD_HANDSHAKE, RECORD_DATA };
enum { CLIENT_HELLO = 1, SERVER_HELLO = 2, CERTIFICATE = 11 };

static void put(GByteArray *bytes, const void *data, size_t len)
{
    g_byte_array_append(bytes, data, (guint)len);
}

/* A number of 'width' bytes. */
static void put_number(GByteArray *bytes, unsigned width, size_t value)
{
    while (width-- > 0)
        put(bytes, &(uint8_t){ (uint8_t)(value >> 8 * width) }, 1);
}

/* Its length in front, in 'width' bytes. */
static void put_vector(GByteArray *bytes, unsigned width, const GByteArray *content)
{
    put_number(bytes, width, content->len);
    put(bytes, content->data, content->len);
}

static GByteArray *record(uint8_t type, const GByteArray *content)
{
    GByteArray *bytes = g_byte_array_new();

    put_number(bytes, 1, type);
    put_number(bytes, 2, 0x0303);
    put_vector(bytes, 2, content);
    return bytes;
}

static GByteArray *handshake(uint8_t type, const GByteArray *body)
{
    g_autoptr(GByteArray) message = g_byte_array_new();

    put_number(message, 1, type);
    put_vector(message, 3, body);
    return record(RECORD_HANDSHAKE, message);
}

static void put_hello(GByteArray *body)
{
    put_number(body, 2, 0x0303);
    for (uint8_t i = 0; i < 32; i++)
        put_number(body, 1, 0x40 + 3u * i);
    put_number(body, 1, 0); /* no session */
}

/* RFC 6066 section 3 */
static void put_server_name(GByteArray *extensions, const char *name)
{
    size_t len = strlen(name);

    put_number(extensions, 2, 0);
    put_number(extensions, 2, len + 5);
    put_number(extensions, 2, len + 3);
    put_number(extensions, 1, 0);
    put_number(extensions, 2, len);
    put(extensions, name, len);
}

static GByteArray *client_hello(const TlsWish *wish)
{
    /* TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256 and no compression. */
    static const uint8_t offered[] = { 0, 2, 0xc0, 0x2f, 1, 0 };
    g_autoptr(GByteArray) body = g_byte_array_new();
    g_autoptr(GByteArray) extensions = g_byte_array_new();

    put_hello(body);
    put(body, offered, sizeof(offered));
    if (wish->name != NULL) {
        put_server_name(extensions, wish->name);
        put_vector(body, 2, extensions);
    }
    return handshake(CLIENT_HELLO, body);
}

/* RFC 8446 section 4.2.1: TLS 1.3 stands in an extension. */
static GByteArray *server_hello(const TlsWish *wish)
{
    static const uint8_t chosen[] = { 0xc0, 0x2f, 0 };
    static const uint8_t supported_versions[] = { 0, 6, 0, 43, 0, 2, 3, 4 };
    g_autoptr(GByteArray) body = g_byte_array_new();

    put_hello(body);
    put(body, chosen, sizeof(chosen));
    if (g_strcmp0(wish->version, "1.3") == 0)
        put(body, supported_versions, sizeof(supported_versions));
    return handshake(SERVER_HELLO, body);
}

static void name_it(X509 *x509, const char *name)
{
    X509_NAME *subject = X509_get_subject_name(x509);
    g_autofree char *names = g_strdup_printf("DNS:%s", name);
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, NULL, NID_subject_alt_name, names);

    X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, (const guint8 *)name, -1, -1, 0);
    X509_set_issuer_name(x509, subject);
    X509_add_ext(x509, extension, -1);
    X509_EXTENSION_free(extension);
}

/* Ed25519 signs the same text the same way every time (RFC 8032). */
static void sign(X509 *x509)
{
    static const uint8_t secret[32] = { 1, 2, 3 };
    EVP_PKEY *key = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, secret, sizeof(secret));

    X509_set_pubkey(x509, key);
    X509_sign(x509, key, NULL);
    EVP_PKEY_free(key);
}

static void put_certificate(GByteArray *list, const TlsWish *wish)
{
    X509 *x509 = X509_new();
    unsigned char *der = NULL;

    X509_set_version(x509, X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(x509), 1);
    name_it(x509, wish->name != NULL ? wish->name : "example.com");
    ASN1_TIME_set_string(X509_getm_notBefore(x509),
                         wish->from != NULL ? wish->from : "20250101000000Z");
    ASN1_TIME_set_string(X509_getm_notAfter(x509),
                         wish->until != NULL ? wish->until : "20270101000000Z");
    sign(x509);

    int len = i2d_X509(x509, &der);

    put_number(list, 3, (size_t)len);
    put(list, der, (size_t)len);
    OPENSSL_free(der);
    X509_free(x509);
}

static GByteArray *certificate(const TlsWish *wish)
{
    g_autoptr(GByteArray) list = g_byte_array_new();
    g_autoptr(GByteArray) body = g_byte_array_new();

    put_certificate(list, wish);
    put_vector(body, 3, list);
    return handshake(CERTIFICATE, body);
}

static unsigned number_or(const char *text, unsigned otherwise)
{
    return text != NULL ? (unsigned)g_ascii_strtoull(text, NULL, 10) : otherwise;
}

static GByteArray *change_cipher(const TlsWish *wish)
{
    g_autoptr(GByteArray) content = g_byte_array_new();

    put_number(content, 1, 1);
    return record(RECORD_CHANGE_CIPHER, content);
}

static GByteArray *data(const TlsWish *wish)
{
    g_autoptr(GByteArray) content = g_byte_array_new();

    g_byte_array_set_size(content, number_or(wish->size, 96));
    memset(content->data, 0xa5, content->len);
    return record(RECORD_DATA, content);
}

static GByteArray *alert(const TlsWish *wish)
{
    g_autoptr(GByteArray) content = g_byte_array_new();

    put_number(content, 1, 2); /* fatal */
    put_number(content, 1, number_or(wish->alert, 40));
    return record(RECORD_ALERT, content);
}

GByteArray *tls_record(const char *kind, const TlsWish *wish)
{
    static const struct {
        const char *name;
        GByteArray *(*make)(const TlsWish *wish);
    } kinds[] = {
        { "alert", alert },
        { "certificate", certificate },
        { "change-cipher", change_cipher },
        { "client-hello", client_hello },
        { "data", data },
        { "server-hello", server_hello },
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(kinds); i++) {
        if (g_str_equal(kind, kinds[i].name))
            return kinds[i].make(wish);
    }
    return NULL;
}
