/*
 * Flows: who sent to whom, and the same pair seen from the other side.
 */

#include "base/hash.h"
#include "net/payload.h"

bool net_flow_equal(const NetFlow *a, const NetFlow *b)
{
    return a->transport == b->transport && net_endpoint_equal(&a->src, &b->src)
           && net_endpoint_equal(&a->dst, &b->dst);
}

NetFlow net_flow_reverse(const NetFlow *flow)
{
    return (NetFlow){ .src = flow->dst, .dst = flow->src, .transport = flow->transport };
}

/* Structs have padding, so the members are packed before they are hashed. */
static size_t pack(const NetEndpoint *endpoint, uint8_t *to)
{
    size_t len = endpoint->addr.version == 4 ? 4 : sizeof(endpoint->addr.bytes);

    memcpy(to, endpoint->addr.bytes, len);
    memcpy(to + len, &endpoint->port, sizeof(endpoint->port));
    return len + sizeof(endpoint->port);
}

/* The lower end first, whoever sends: one hash of the whole instead of one for each end. */
uint64_t net_flow_pair_hash(const NetFlow *flow)
{
    bool in_order = net_endpoint_compare(&flow->src, &flow->dst) <= 0;
    const NetEndpoint *low = in_order ? &flow->src : &flow->dst;
    const NetEndpoint *high = in_order ? &flow->dst : &flow->src;
    uint8_t packed[40] = { (uint8_t)flow->transport, low->addr.version, high->addr.version };
    size_t len = 4;

    len += pack(low, packed + len);
    len += pack(high, packed + len);
    return hash_bytes(packed, len);
}

bool net_flow_pair_equal(const NetFlow *a, const NetFlow *b)
{
    if (a->transport != b->transport)
        return false;
    return (net_endpoint_equal(&a->src, &b->src) && net_endpoint_equal(&a->dst, &b->dst))
           || (net_endpoint_equal(&a->src, &b->dst) && net_endpoint_equal(&a->dst, &b->src));
}
