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

/* A sum, because it does not care for the order and, unlike an exclusive or,
 * does not vanish when both ends are the same. */
uint64_t net_flow_pair_hash(const NetFlow *flow)
{
    uint64_t both = net_endpoint_hash(&flow->src) + net_endpoint_hash(&flow->dst);

    return hash_mix(both, flow->transport);
}

bool net_flow_pair_equal(const NetFlow *a, const NetFlow *b)
{
    NetFlow back = net_flow_reverse(b);

    return net_flow_equal(a, b) || net_flow_equal(a, &back);
}
