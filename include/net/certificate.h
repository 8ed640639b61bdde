#pragma once

/*
 * What a server's certificate says of itself: for whom, by whom, from when
 * until when.
 *
 * Nothing here trusts a certificate: no chain is built and no signature
 * checked, because what a phone trusts is not in the capture. What can be
 * shown from the outside is that it was out of date, or for another name.
 */

#include <glib.h>

#include "base/nsec.h"
#include "net/addr.h"

#define NET_CERTIFICATE_NAMES 64

/* A longer one is not read; TLS allows 16 MiB. */
#define NET_CERTIFICATE_MAX (256 * 1024)

typedef enum NetCertificateNameKind {
    NET_CERTIFICATE_DNS,
    NET_CERTIFICATE_ADDR,
    NET_CERTIFICATE_SIP, /* "sip:example.com", RFC 5922 section 7.1 */
} NetCertificateNameKind;

/* One subject alternative name, RFC 5280 section 4.2.1.6. */
typedef struct NetCertificateName {
    NetCertificateNameKind kind;
    Str text; /* the name or the URI, as it is in the certificate; STR_NONE for an address */
    NetAddr addr;
} NetCertificateName;

/* Every Str belongs to the certificate and may hold any byte. */
typedef struct NetCertificate {
    Nsec not_before; /* NSEC_NONE: cannot be read; clamped to what Nsec can hold */
    Nsec not_after;
    Str subject;           /* its common name; STR_NONE without one */
    Str issuer;            /* the same of who signed it */
    bool self_signed;      /* says that its subject signed it */
    bool malformed;        /* bytes behind its end, or a part that cannot be read */
    unsigned key_bits;     /* 0: no key that we know */
    const char *key;       /* "RSA", "EC"; NULL: no key that we know */
    const char *signed_by; /* "sha256WithRSAEncryption"; NULL: not known */

    bool has_names;   /* whether there are alternative names, of any kind */
    unsigned n_names; /* those of the three kinds, at most NET_CERTIFICATE_NAMES of them */
    bool names_cut;   /* there are more, or they cannot be read */
    NetCertificateName names[NET_CERTIFICATE_NAMES];
    GStringChunk *text;
    int references; /* atomic: two threads may hold it, and none changes it */
} NetCertificate;

/* One certificate in DER, and nothing else. NULL: it cannot be read at all.
 * Leaves no error behind in the crypto library. */
NetCertificate *net_certificate_parse(Str der);
NetCertificate *net_certificate_ref(NetCertificate *certificate);
void net_certificate_unref(NetCertificate *certificate);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(NetCertificate, net_certificate_unref)

typedef enum NetCertificateMatch {
    NET_CERTIFICATE_OTHER,       /* for others */
    NET_CERTIFICATE_UNKNOWN,     /* not among the names that were kept, but there are more */
    NET_CERTIFICATE_COMMON_NAME, /* only in the subject; many programs no longer look there */
    NET_CERTIFICATE_WILDCARD, /* RFC 6125 section 6.4.3; RFC 5922 section 7.2 forbids it for SIP */
    NET_CERTIFICATE_EXACT,
} NetCertificateMatch;

/* Whether it is for 'host': a name, or an address as text. */
NetCertificateMatch net_certificate_match(const NetCertificate *certificate, Str host);
