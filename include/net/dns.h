#pragma once

/*
 * What the phone asked the name server, and what it was told.
 *
 * A phone that cannot find its registrar never sends a REGISTER: the answer to
 * "registering..." is then one packet to port 53. One message in, its question
 * and its answers out. Parsing does not fail: what cannot be read is left out
 * and 'malformed' is set, the rest is there.
 */

#include "net/payload.h"

/* RFC 3263 section 4: what a phone asks for, and what may come with the answer. */
#define NET_DNS_A 1
#define NET_DNS_CNAME 5
#define NET_DNS_AAAA 28
#define NET_DNS_SRV 33
#define NET_DNS_NAPTR 35

#define NET_DNS_NOERROR 0
#define NET_DNS_FORMERR 1
#define NET_DNS_SERVFAIL 2
#define NET_DNS_NXDOMAIN 3
#define NET_DNS_NOTIMP 4
#define NET_DNS_REFUSED 5

#define NET_DNS_RECORDS 16

/* The longest name as text, and more: 250 bytes in four labels, all of them
 * escaped, and three dots. */
#define NET_DNS_NAME 1024

/* The question and two names of each record at their full length of 255 bytes,
 * and one of the longest: only names full of escapes can run out of it. */
#define NET_DNS_TEXT (256 * (1 + 2 * NET_DNS_RECORDS) + NET_DNS_NAME)

typedef struct NetDnsRecord {
    Str owner;
    uint16_t type;
    uint32_t ttl;        /* seconds; RFC 2181 section 8: the top bit makes it 0 */
    NetAddr addr;        /* A, AAAA; version 0 for all others */
    Str target;          /* CNAME, SRV, NAPTR: the name to go on with; "." is "no such service" */
    uint16_t priority;   /* SRV, RFC 2782 */
    uint16_t weight;     /* SRV */
    uint16_t port;       /* SRV */
    uint16_t order;      /* NAPTR, RFC 3403 section 4.1 */
    uint16_t preference; /* NAPTR */
    Str flags;           /* NAPTR: "s" goes on with SRV */
    Str service;         /* NAPTR: "SIP+D2U" */
} NetDnsRecord;

/*
 * Names are text in lower case without the dot at the end, bytes that would
 * confuse a reader as \DDD (RFC 4343 section 2.1); the root is ".". Every Str
 * lies in 'text', so the struct is not to be copied.
 */
typedef struct NetDns {
    uint16_t id;
    bool is_response;
    bool truncated;     /* the TC bit: the phone should ask again over TCP */
    bool malformed;     /* something could not be read */
    uint8_t opcode;     /* 0: query */
    uint16_t rcode;     /* with the upper bits of EDNS, RFC 6891 section 6.1.3 */
    Str name;           /* of the first question; STR_NONE without one */
    uint16_t type;      /* of the first question */
    uint16_t counts[4]; /* as claimed: questions, answers, authority, additional */

    /* The first answers, and behind them the addresses of the additional
     * section, which spare the phone a second question. */
    unsigned n_answers;
    unsigned n_records;
    NetDnsRecord records[NET_DNS_RECORDS];

    size_t text_len;
    char text[NET_DNS_TEXT];
} NetDns;

/* One message: a datagram, or what follows the length in a TCP stream. False,
 * with everything zero, when there is no header (RFC 1035 section 4.1.1). */
bool net_dns_parse(Str message, NetDns *out);

/* Cheap: the port of a name server, or of multicast DNS, and a header that
 * makes sense. Says yes to every message that a phone would use. */
bool net_dns_looks_like(Str datagram, const NetFlow *flow);

/* "NXDOMAIN", "SRV"; "RCODE12" and "TYPE65" (RFC 3597 section 5) for others. */
#define NET_DNS_WORD 16
const char *net_dns_rcode_name(uint16_t rcode, char text[NET_DNS_WORD]);
const char *net_dns_type_name(uint16_t type, char text[NET_DNS_WORD]);
