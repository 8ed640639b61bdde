/*
 * Addresses as values. An IPv4 address inside an IPv6 one (::ffff:192.0.2.1)
 * stays IPv6: on the wire that is another peer.
 */

#include "net/addr.h"

#include <arpa/inet.h>
#include <glib.h>
#include <stdio.h>
#include <string.h>

#include "base/hash.h"

static bool parse_as(int family, uint8_t version, Str text, NetAddr *addr)
{
    char copy[INET6_ADDRSTRLEN];
    NetAddr parsed = { .version = version };

    /* A NUL would end the text early for inet_pton(). */
    if (text.len == 0 || text.len >= sizeof(copy) || memchr(text.data, 0, text.len) != NULL)
        return false;
    memcpy(copy, text.data, text.len);
    copy[text.len] = '\0';
    if (inet_pton(family, copy, parsed.bytes) != 1)
        return false;
    *addr = parsed;
    return true;
}

bool net_addr_parse(Str text, NetAddr *addr)
{
    if (text.len >= 2 && text.data[0] == '[' && text.data[text.len - 1] == ']')
        return parse_as(AF_INET6, 6, (Str){ text.data + 1, text.len - 2 }, addr);
    return parse_as(AF_INET, 4, text, addr) || parse_as(AF_INET6, 6, text, addr);
}

/* As two words, because a call of memcmp() would cost more than this. */
bool net_addr_equal(const NetAddr *a, const NetAddr *b)
{
    uint64_t x[2];
    uint64_t y[2];

    memcpy(x, a->bytes, sizeof(x));
    memcpy(y, b->bytes, sizeof(y));
    return x[0] == y[0] && x[1] == y[1] && a->version == b->version;
}

bool net_endpoint_equal(const NetEndpoint *a, const NetEndpoint *b)
{
    return a->port == b->port && net_addr_equal(&a->addr, &b->addr);
}

int net_endpoint_compare(const NetEndpoint *a, const NetEndpoint *b)
{
    if (a->addr.version != b->addr.version)
        return a->addr.version < b->addr.version ? -1 : 1;

    int order = memcmp(a->addr.bytes, b->addr.bytes, sizeof(a->addr.bytes));

    if (order != 0)
        return order;
    return (a->port > b->port) - (a->port < b->port);
}

uint32_t net_addr_group(const NetAddr *addr)
{
    uint32_t sum = 0;

    for (unsigned i = 0; i < 8; i++)
        sum = (sum ^ addr->bytes[i]) * 16777619u;
    return sum >> 16;
}

uint64_t net_addr_hash(const NetAddr *addr)
{
    return net_endpoint_hash(&(NetEndpoint){ .addr = *addr });
}

/* Two words of an address: nine tenths of the time one is enough. */
uint64_t net_endpoint_hash(const NetEndpoint *endpoint)
{
    const NetAddr *addr = &endpoint->addr;
    uint64_t rest = (uint64_t)addr->version << 16 | endpoint->port;
    uint64_t words[2] = { 0 };

    if (addr->version == 4) {
        memcpy(words, addr->bytes, 4);
        return hash_mix(words[0], rest);
    }
    memcpy(words, addr->bytes, sizeof(words));
    return hash_mix(hash_mix(words[0], words[1]), rest);
}

static bool is_private_v4(const uint8_t *b)
{
    return b[0] == 10 || (b[0] == 172 && (b[1] & 0xf0) == 16) || (b[0] == 192 && b[1] == 168)
           || (b[0] == 100 && (b[1] & 0xc0) == 64) /* RFC 6598 */
           || (b[0] == 169 && b[1] == 254) || b[0] == 127 || b[0] == 0;
}

static bool is_private_v6(const uint8_t *b)
{
    static const uint8_t zeros[15];

    return (b[0] & 0xfe) == 0xfc || (b[0] == 0xfe && (b[1] & 0xc0) == 0x80)
           || (memcmp(b, zeros, sizeof(zeros)) == 0 && b[15] <= 1);
}

bool net_addr_is_private(const NetAddr *addr)
{
    if (addr->version == 4)
        return is_private_v4(addr->bytes);
    return addr->version == 6 && is_private_v6(addr->bytes);
}

bool net_addr_is_multicast(const NetAddr *addr)
{
    if (addr->version == 4)
        return (addr->bytes[0] & 0xf0) == 224;
    return addr->version == 6 && addr->bytes[0] == 0xff;
}

const char *net_addr_to_text(const NetAddr *addr, char text[NET_ENDPOINT_TEXT])
{
    int family = addr->version == 4 ? AF_INET : AF_INET6;

    if (addr->version == 0 || inet_ntop(family, addr->bytes, text, NET_ENDPOINT_TEXT) == NULL)
        g_strlcpy(text, "?", NET_ENDPOINT_TEXT);
    return text;
}

const char *net_endpoint_to_text(const NetEndpoint *endpoint, char text[NET_ENDPOINT_TEXT])
{
    char addr[INET6_ADDRSTRLEN + 1];
    bool bracketed = endpoint->addr.version == 6;

    net_addr_to_text(&endpoint->addr, text);
    if (endpoint->port == 0) /* not known: no packet has it */
        return text;
    g_strlcpy(addr, text, sizeof(addr));
    snprintf(text, NET_ENDPOINT_TEXT, "%s%s%s:%u", bracketed ? "[" : "", addr, bracketed ? "]" : "",
             endpoint->port);
    return text;
}
