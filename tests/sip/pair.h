#pragma once

/* One message as it is seen on the two sides of a NAT. */

#include "sip/diff.h"
#include "support/check.h"

#define PHONE "192.168.1.10"
#define NAT "203.0.113.2"
#define SERVER "198.51.100.10"

/* clang-format off */
#define REGISTER(addr, port) \
    "REGISTER sip:example.com SIP/2.0\r\n" \
    "Via: SIP/2.0/UDP " addr ":" port ";rport;branch=z9hG4bKa\r\n" \
    "Max-Forwards: 70\r\n" \
    "From: <sip:alice@example.com>;tag=f1\r\n" \
    "To: <sip:alice@example.com>\r\n" \
    "Call-ID: c1@" PHONE "\r\n" \
    "CSeq: 1 REGISTER\r\n" \
    "Contact: <sip:alice@" addr ":" port ">;expires=60\r\n" \
    "User-Agent: phone 1.0\r\n" \
    "Content-Length: 0\r\n\r\n"
/* clang-format on */

static inline NetEndpoint pair_endpoint(const char *addr, uint16_t port)
{
    NetEndpoint endpoint = { .port = port };

    net_addr_parse(str_of(addr), &endpoint.addr);
    return endpoint;
}

static inline SipMessage *pair_message(const char *text, const char *src, const char *dst)
{
    NetMeta meta = { .time = NSEC_SEC,
                     .flow = { pair_endpoint(src, 5060), pair_endpoint(dst, 5060), NET_UDP } };

    return sip_message_parse(&meta, str_of(text), 0);
}

typedef struct Pair {
    SipMessage *inside;
    SipMessage *outside;
    SipDiff diff;
} Pair;

/* From the phone to the server. */
static inline Pair *pair_outward(const char *inside, const char *outside)
{
    Pair *pair = g_new0(Pair, 1);

    pair->inside = pair_message(inside, PHONE, SERVER);
    pair->outside = pair_message(outside, NAT, SERVER);
    sip_diff_compare(pair->inside, pair->outside, &pair->diff);
    return pair;
}

static inline Pair *pair_inward(const char *inside, const char *outside)
{
    Pair *pair = g_new0(Pair, 1);

    pair->inside = pair_message(inside, SERVER, PHONE);
    pair->outside = pair_message(outside, SERVER, NAT);
    sip_diff_compare(pair->inside, pair->outside, &pair->diff);
    return pair;
}

static inline void pair_free(Pair *pair)
{
    sip_message_unref(pair->inside);
    sip_message_unref(pair->outside);
    g_free(pair);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Pair, pair_free)

/* The text of a message with one part of it exchanged; g_free() it. */
static inline char *pair_edit(const char *text, const char *old, const char *new)
{
    g_auto(GStrv) parts = g_strsplit(text, old, -1);

    return g_strjoinv(new, parts);
}
