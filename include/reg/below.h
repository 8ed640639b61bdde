#pragma once

/*
 * What failed below SIP: why a REGISTER did not get through, or was never sent.
 *
 * A phone that cannot find its registrar asks the name server and falls silent;
 * one that cannot reach it opens connections, or gets errors of the network
 * back. Texts belong to the tracker and hold words from the wire: escape them.
 */

#include "net/dns.h"
#include "net/tls.h"
#include "reg/fact.h"
#include "reg/vantage.h"

/* ICMP errors of one kind that quote packets on their way to the server. */
typedef struct RegIcmp {
    RegFact seen;
    NetAddr reporter; /* who sent them */
    uint8_t type;     /* RFC 792 or, by the version of 'reporter', RFC 4443 */
    uint8_t code;
    uint16_t mtu; /* of the next hop; 0: it does not say */
} RegIcmp;

typedef enum RegIcmpKind {
    REG_ICMP_OTHER,
    REG_ICMP_PORT,       /* nothing listens there */
    REG_ICMP_PROHIBITED, /* somebody's rule */
    REG_ICMP_NO_ROUTE,   /* network or host unreachable */
    REG_ICMP_EXPIRED,    /* too many hops: the packets go in a circle */
    REG_ICMP_TOO_BIG,
} RegIcmpKind;

RegIcmpKind reg_icmp_kind(const RegIcmp *icmp);
const char *reg_icmp_name(const RegIcmp *icmp); /* "port unreachable" ... */

/* Packets that say "connection reset" in the name of the server, but came
 * another way than its own. */
typedef struct RegReset {
    RegFact seen;
    uint8_t ttl;
    uint8_t usual_ttl; /* of the server's packets on the same connection */
} RegReset;

/* The questions that can stand in RegLookup.types. */
typedef enum RegQuestion {
    REG_QUESTION_NAPTR = 1 << 0,
    REG_QUESTION_SRV = 1 << 1,
    REG_QUESTION_A = 1 << 2,
    REG_QUESTION_AAAA = 1 << 3,
} RegQuestion;

/* A registrar's name of which nothing resolved, in the steps of RFC 3263. */
typedef struct RegLookup {
    const char *name;   /* without "_sip._udp." in front */
    NetAddr resolver;   /* who was asked last */
    uint32_t types;     /* of RegQuestion: what was asked for */
    RegFact asked;      /* questions, copies included */
    RegFact refused;    /* answers that bring no address; none: nobody answered */
    uint16_t rcode;     /* of the newest of these */
    uint16_t type;      /* that it was asked for */
    Nsec over;          /* a REGISTER came after all; NSEC_NONE: none did */
    Nsec watched;       /* until when the capture looked on */
    uint32_t losses;    /* of RegLoss, meanwhile */
    RegVantage vantage; /* CLIENT: seen beside who asked; else UNKNOWN */
} RegLookup;

typedef enum RegTlsEnd {
    REG_TLS_NO_END,  /* it works, or nothing shows that it does not */
    REG_TLS_ALERT,   /* a fatal alert in clear */
    REG_TLS_GAVE_UP, /* the client's hidden alert of TLS 1.3, by its size */
    REG_TLS_CLOSED,  /* the connection ended in the middle of the handshake */
} RegTlsEnd;

typedef struct RegCertificate {
    CaptureRef ref; /* frame 0: none was seen */
    Nsec time;
    Nsec not_before; /* NSEC_NONE: cannot be read */
    Nsec not_after;
    char *subject; /* common name or first alternative name; NULL: none */
    char *issuer;  /* NULL: none */
    bool self_signed;
    NetCertificateMatch match; /* with the name that the client asked for; EXACT without one */
} RegCertificate;

typedef struct RegTls {
    RegTlsEnd end;
    bool by_server;    /* who objected, or hung up */
    uint8_t alert;     /* description, RFC 8446 section 6 */
    RegFact failed;    /* the alerts or ends */
    RegFact hello;     /* of the client */
    bool answered;     /* a server hello came */
    bool gap;          /* bytes were missing: something may have been said */
    uint16_t version;  /* that the server chose, or the highest that the client offers */
    char *server_name; /* that the client asked for, or NULL */
    RegCertificate certificate;
} RegTls;

/* Attempts to reach one server over TCP that led to nothing. */
typedef struct RegLink {
    NetEndpoint server;
    RegFact tried;     /* SYN packets, copies included */
    uint32_t attempts; /* without copies */
    RegFact refused;   /* RST packets that answer them */
    uint8_t refused_ttl;
    RegIcmp icmp;     /* errors that quote them */
    RegFact accepted; /* SYN and ACK; then it is TLS that failed */
    uint8_t accepted_ttl;
    RegTls tls;
    Nsec over; /* a REGISTER came after all; NSEC_NONE: none did */
    Nsec watched;
    uint32_t losses;
} RegLink;
