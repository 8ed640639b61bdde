#pragma once

/*
 * Certificates made to order.
 */

#include <glib.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <string.h>

#include "base/str.h"
#include "support/check.h"

G_DEFINE_AUTOPTR_CLEANUP_FUNC(X509, X509_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(EVP_PKEY, EVP_PKEY_free)

typedef struct Order {
    const char *common_name; /* NULL: none */
    const char *issuer;      /* NULL: itself */
    const char *from;        /* "20260101000000Z"; with two digits for the year as well */
    const char *until;
    const char *names;      /* "DNS:sip.example.com,IP:192.0.2.1"; NULL: no extension */
    const char *name_value; /* the extension in hexadecimal instead: "3000" */
    const char *key;        /* "RSA", "ED25519"; NULL: EC */
} Order;

static inline EVP_PKEY *issue_key(const char *kind)
{
    if (kind == NULL)
        return EVP_EC_gen("P-256");
    return strcmp(kind, "RSA") == 0 ? EVP_RSA_gen(1024) : EVP_PKEY_Q_keygen(NULL, NULL, kind);
}

static inline void issue_add_name(X509_NAME *name, const char *common_name)
{
    X509_NAME_add_entry_by_txt(name, "O", MBSTRING_ASC, (const guint8 *)"Example", -1, -1, 0);
    if (common_name != NULL)
        X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, (const guint8 *)common_name, -1, -1,
                                   0);
}

static inline void issue_add_extension(X509 *x509, const Order *order)
{
    g_autofree char *raw = g_strdup_printf("DER:%s", order->name_value);
    const char *value = order->name_value != NULL ? raw : order->names;

    if (value == NULL)
        return;

    X509_EXTENSION *extension = X509V3_EXT_nconf_nid(NULL, NULL, NID_subject_alt_name, value);

    assert_non_null(extension);
    assert_int_equal(X509_add_ext(x509, extension, -1), 1);
    X509_EXTENSION_free(extension);
}

static inline X509 *issue_draft(const Order *order)
{
    X509 *x509 = X509_new();
    const char *issuer = order->issuer != NULL ? order->issuer : order->common_name;
    const char *from = order->from != NULL ? order->from : "20260101000000Z";
    const char *until = order->until != NULL ? order->until : "20270101000000Z";

    X509_set_version(x509, X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(x509), 1);
    issue_add_name(X509_get_subject_name(x509), order->common_name);
    issue_add_name(X509_get_issuer_name(x509), issuer);
    assert_int_equal(ASN1_TIME_set_string(X509_getm_notBefore(x509), from), 1);
    assert_int_equal(ASN1_TIME_set_string(X509_getm_notAfter(x509), until), 1);
    issue_add_extension(x509, order);
    return x509;
}

/* Signs with a new key and writes it down; takes the draft. */
static inline GBytes *issue_draft_signed(X509 *draft, const char *kind)
{
    g_autoptr(X509) x509 = draft;
    g_autoptr(EVP_PKEY) key = issue_key(kind);
    bool prehashed = kind == NULL || strcmp(kind, "RSA") == 0;
    unsigned char *der = NULL;

    assert_non_null(key);
    assert_int_equal(X509_set_pubkey(x509, key), 1);
    assert_true(X509_sign(x509, key, prehashed ? EVP_sha256() : NULL) > 0);

    int len = i2d_X509(x509, &der);

    assert_true(len > 0);

    GBytes *bytes = g_bytes_new(der, (size_t)len);

    OPENSSL_free(der);
    return bytes;
}

static inline GBytes *issue(const Order *order)
{
    return issue_draft_signed(issue_draft(order), order->key);
}

static inline Str issue_der(GBytes *bytes)
{
    size_t len;
    const char *der = g_bytes_get_data(bytes, &len);

    return (Str){ der, len };
}
