#pragma once

/*
 * Addresses, as values: copied, compared and hashed, never allocated.
 */

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

typedef struct NetAddr {
    uint8_t bytes[16]; /* an IPv4 address in the first four, the rest zero */
    uint8_t version;   /* 4, 6, or 0 for "not known" */
} NetAddr;

typedef struct NetEndpoint {
    NetAddr addr;
    uint16_t port;
} NetEndpoint;

/* Text of an IPv4 or IPv6 address, the latter with or without brackets; false
 * for names and for anything else. */
bool net_addr_parse(Str text, NetAddr *addr);

/* A number that tells sources apart roughly, for cache_admit(): an IPv6 network counts as one.
 * It has no key, so it is of no use for a table. */
uint32_t net_addr_group(const NetAddr *addr);
bool net_addr_equal(const NetAddr *a, const NetAddr *b);
bool net_endpoint_equal(const NetEndpoint *a, const NetEndpoint *b);
int net_endpoint_compare(const NetEndpoint *a, const NetEndpoint *b); /* a total order */
uint64_t net_addr_hash(const NetAddr *addr);
uint64_t net_endpoint_hash(const NetEndpoint *endpoint);

/* RFC 1918, RFC 6598, RFC 3927, RFC 4193, link-local: behind a NAT or on the
 * same site. Loopback and unspecified addresses count too. */
bool net_addr_is_private(const NetAddr *addr);
bool net_addr_is_multicast(const NetAddr *addr);

/* "[2001:db8::1]:5060" and its NUL, at the longest; without the port when that
 * is 0. */
#define NET_ENDPOINT_TEXT 56
const char *net_endpoint_to_text(const NetEndpoint *endpoint, char text[NET_ENDPOINT_TEXT]);
const char *net_addr_to_text(const NetAddr *addr, char text[NET_ENDPOINT_TEXT]);
