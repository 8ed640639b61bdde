/*
 * X.509 certificates (RFC 5280), read with libcrypto and copied into a struct
 * of our own, so that nobody else has to know the library.
 *
 * A certificate is hostile input like everything else: a name may hold a NUL
 * byte to end early ("sip.example.com\0.evil.example"), a date may lie in the
 * year 9999, the list of names may not end. Names are therefore compared whole,
 * with their length, and only the first are kept.
 */

#include "net/certificate.h"

#include <openssl/err.h>
#include <openssl/objects.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <time.h>

G_DEFINE_AUTOPTR_CLEANUP_FUNC(X509, X509_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(GENERAL_NAMES, GENERAL_NAMES_free)

static Str keep(NetCertificate *certificate, const void *bytes, int len)
{
    if (bytes == NULL || len < 0)
        return STR_NONE;
    return (Str){
        .data = g_string_chunk_insert_len(certificate->text, bytes, len),
        .len = (size_t)len,
    };
}

static Str bytes_of(const ASN1_STRING *string)
{
    return (Str){ (const char *)ASN1_STRING_get0_data(string), (size_t)ASN1_STRING_length(string) };
}

/* Two digits of the year mean 1950 to 2049, RFC 5280 section 4.1.2.5.1. */
static Nsec time_of(const ASN1_TIME *time)
{
    struct tm parts;

    if (time == NULL || ASN1_TIME_to_tm(time, &parts) != 1)
        return NSEC_NONE;

    int64_t seconds = timegm(&parts);

    if (seconds > NSEC_MAX / NSEC_SEC)
        return NSEC_MAX; /* RFC 5280 section 4.1.2.5: the year 9999 means "does not end" */
    if (seconds < -(NSEC_MAX / NSEC_SEC))
        return -NSEC_MAX;
    return seconds * NSEC_SEC;
}

/* The most specific common name is the last one, RFC 6125 section 1.8. */
static Str common_name(NetCertificate *certificate, const X509_NAME *name)
{
    int last = -1;

    for (int at = -1; (at = X509_NAME_get_index_by_NID(name, NID_commonName, at)) >= 0;)
        last = at;
    if (last < 0)
        return STR_NONE;

    const ASN1_STRING *value = X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, last));
    unsigned char *utf8 = NULL;
    int len = ASN1_STRING_to_UTF8(&utf8, value);
    Str kept = len >= 0
                   ? keep(certificate, utf8, len)
                   : keep(certificate, ASN1_STRING_get0_data(value), ASN1_STRING_length(value));

    OPENSSL_free(utf8);
    return kept;
}

/* As far as a client compares it: more can be said of it only by checking its
 * signature, and a key from the wire can make that arbitrarily slow. */
static bool is_self_signed(const X509 *x509)
{
    return X509_NAME_cmp(X509_get_subject_name(x509), X509_get_issuer_name(x509)) == 0;
}

static const char *key_name(int kind)
{
    switch (kind) {
    case EVP_PKEY_RSA:
        return "RSA";
    case EVP_PKEY_RSA_PSS:
        return "RSA-PSS";
    case EVP_PKEY_EC:
        return "EC";
    case EVP_PKEY_DSA:
        return "DSA";
    case EVP_PKEY_ED25519:
        return "Ed25519";
    case EVP_PKEY_ED448:
        return "Ed448";
    default:
        return NULL;
    }
}

static void read_key(NetCertificate *certificate, const X509 *x509)
{
    const EVP_PKEY *key = X509_get0_pubkey(x509);

    if (key == NULL)
        return;
    certificate->key = key_name(EVP_PKEY_get_base_id(key));
    certificate->key_bits = (unsigned)MAX(EVP_PKEY_get_bits(key), 0);
}

static void add_name(NetCertificate *certificate, NetCertificateName name)
{
    if (certificate->n_names == NET_CERTIFICATE_NAMES)
        certificate->names_cut = true;
    else
        certificate->names[certificate->n_names++] = name;
}

static void add_text(NetCertificate *certificate, NetCertificateNameKind kind,
                     const ASN1_STRING *value)
{
    Str text = bytes_of(value);

    if (certificate->n_names < NET_CERTIFICATE_NAMES)
        text = keep(certificate, text.data, (int)text.len);
    add_name(certificate, (NetCertificateName){ .kind = kind, .text = text });
}

/* RFC 5280 section 4.2.1.6: four bytes or sixteen. */
static void add_addr(NetCertificate *certificate, const ASN1_STRING *value)
{
    Str bytes = bytes_of(value);
    NetAddr addr = { .version = bytes.len == 4 ? 4 : 6 };

    if (bytes.len != 4 && bytes.len != 16) {
        certificate->malformed = true;
        return;
    }
    memcpy(addr.bytes, bytes.data, bytes.len);
    add_name(certificate, (NetCertificateName){ .kind = NET_CERTIFICATE_ADDR, .addr = addr });
}

static void read_name(NetCertificate *certificate, const GENERAL_NAME *name)
{
    int kind;
    const ASN1_STRING *value = GENERAL_NAME_get0_value(name, &kind);

    if (kind == GEN_DNS)
        add_text(certificate, NET_CERTIFICATE_DNS, value);
    else if (kind == GEN_IPADD)
        add_addr(certificate, value);
    else if (kind == GEN_URI && str_starts_nocase(bytes_of(value), STR("sip:")))
        add_text(certificate, NET_CERTIFICATE_SIP, value);
}

static void read_names(NetCertificate *certificate, const X509 *x509)
{
    int found;
    g_autoptr(GENERAL_NAMES) names = X509_get_ext_d2i(x509, NID_subject_alt_name, &found, NULL);

    certificate->has_names = found != -1;
    if (names == NULL && certificate->has_names) /* cannot be read, or is there twice */
        certificate->malformed = certificate->names_cut = true;
    for (int i = 0; names != NULL && i < sk_GENERAL_NAME_num(names); i++) {
        if (certificate->names_cut)
            break;
        read_name(certificate, sk_GENERAL_NAME_value(names, i));
    }
}

static const char *signature_name(const X509 *x509)
{
    int kind = X509_get_signature_nid(x509);

    return kind != NID_undef ? OBJ_nid2ln(kind) : NULL;
}

static NetCertificate *certificate_of(const X509 *x509)
{
    NetCertificate *certificate = g_new(NetCertificate, 1);

    *certificate = (NetCertificate){
        .not_before = time_of(X509_get0_notBefore(x509)),
        .not_after = time_of(X509_get0_notAfter(x509)),
        .self_signed = is_self_signed(x509),
        .signed_by = signature_name(x509),
        .text = g_string_chunk_new(256),
        .references = 1,
    };
    certificate->subject = common_name(certificate, X509_get_subject_name(x509));
    certificate->issuer = common_name(certificate, X509_get_issuer_name(x509));
    read_key(certificate, x509);
    read_names(certificate, x509);
    return certificate;
}

NetCertificate *net_certificate_parse(Str der)
{
    const unsigned char *next = (const unsigned char *)der.data;
    NetCertificate *certificate = NULL;

    if (der.len == 0 || der.len > NET_CERTIFICATE_MAX)
        return NULL;
    ERR_set_mark();

    g_autoptr(X509) x509 = d2i_X509(NULL, &next, (long)der.len);

    if (x509 != NULL) {
        certificate = certificate_of(x509);
        certificate->malformed |= (const char *)next != der.data + der.len;
    }
    ERR_pop_to_mark();
    return certificate;
}

NetCertificate *net_certificate_ref(NetCertificate *certificate)
{
    g_atomic_int_inc(&certificate->references);
    return certificate;
}

void net_certificate_unref(NetCertificate *certificate)
{
    if (certificate == NULL || !g_atomic_int_dec_and_test(&certificate->references))
        return;
    g_string_chunk_free(certificate->text);
    g_free(certificate);
}

/* RFC 6125 section 6.4.3: a wildcard is the whole leftmost label and stands for
 * one label. One for everything below a top level is for nobody. */
static NetCertificateMatch match_name(Str name, Str host)
{
    Str label, domain, parent, rest;

    if (str_equal_nocase(name, host))
        return NET_CERTIFICATE_EXACT;
    if (!str_starts(name, STR("*.")) || !str_split(host, '.', &label, &domain) || label.len == 0)
        return NET_CERTIFICATE_OTHER;
    if (!str_split(domain, '.', &parent, &rest))
        return NET_CERTIFICATE_OTHER;
    return str_equal_nocase(str_from(name, 2), domain) ? NET_CERTIFICATE_WILDCARD
                                                       : NET_CERTIFICATE_OTHER;
}

/* RFC 5922 section 7.1: the host of the URI; one with a user is for that user
 * and for nobody's domain. */
static Str host_of(Str uri)
{
    Str host, rest;

    if (str_split(uri, '@', &host, &rest))
        return STR_NONE;
    str_split(str_from(uri, STR("sip:").len), ';', &host, &rest);
    str_split(host, '?', &host, &rest);
    if (str_starts(host, STR("["))) {
        str_split(host, ']', &host, &rest);
        return str_from(host, 1);
    }
    str_split(host, ':', &host, &rest);
    return host;
}

static NetCertificateMatch match_one(const NetCertificateName *name, Str host, const NetAddr *addr)
{
    NetAddr named = name->addr;
    Str text = name->kind == NET_CERTIFICATE_SIP ? host_of(name->text) : name->text;

    if (!str_present(text) && name->kind != NET_CERTIFICATE_ADDR)
        return NET_CERTIFICATE_OTHER;
    if (addr->version == 0)
        return match_name(text, host);

    /* RFC 5280 section 4.2.1.6: an address is not a dNSName, whatever it looks like. */
    if (name->kind == NET_CERTIFICATE_SIP)
        net_addr_parse(text, &named);
    return net_addr_equal(&named, addr) ? NET_CERTIFICATE_EXACT : NET_CERTIFICATE_OTHER;
}

NetCertificateMatch net_certificate_match(const NetCertificate *certificate, Str host)
{
    NetCertificateMatch best =
        certificate->names_cut ? NET_CERTIFICATE_UNKNOWN : NET_CERTIFICATE_OTHER;
    NetAddr addr = { 0 };

    if (host.len > 1 && host.data[host.len - 1] == '.') /* the root; a name without it is meant */
        host.len--;
    if (host.len == 0)
        return NET_CERTIFICATE_OTHER;
    net_addr_parse(host, &addr);
    for (unsigned i = 0; i < certificate->n_names; i++)
        best = MAX(best, match_one(&certificate->names[i], host, &addr));

    /* RFC 5922 section 7.1: only in a certificate without alternative names. */
    if (!certificate->has_names && match_name(certificate->subject, host) != NET_CERTIFICATE_OTHER)
        return NET_CERTIFICATE_COMMON_NAME;
    return best;
}
