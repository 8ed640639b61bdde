/*
 * Flows and the pairs that they belong to.
 */

#include "net/payload.h"

#include "support/check.h"

static NetFlow flow(const char *src, uint16_t src_port, const char *dst, uint16_t dst_port)
{
    NetFlow made = { .src.port = src_port, .dst.port = dst_port, .transport = NET_TCP };

    assert_true(net_addr_parse(str_of(src), &made.src.addr));
    assert_true(net_addr_parse(str_of(dst), &made.dst.addr));
    return made;
}

static void reverses_both_ends(void **state)
{
    NetFlow there = flow("192.0.2.1", 5060, "198.51.100.1", 5061);
    NetFlow expected = flow("198.51.100.1", 5061, "192.0.2.1", 5060);
    NetFlow back = net_flow_reverse(&there);

    assert_true(net_flow_equal(&back, &expected));
    assert_false(net_flow_equal(&back, &there));
}

static void takes_both_directions_for_one_pair(void **state)
{
    NetFlow there = flow("192.0.2.1", 5060, "198.51.100.1", 5061);
    NetFlow back = net_flow_reverse(&there);

    assert_true(net_flow_pair_equal(&there, &back));
    assert_true(net_flow_pair_hash(&there) == net_flow_pair_hash(&back));
}

static void tells_pairs_apart(void **state)
{
    NetFlow one = flow("192.0.2.1", 5060, "198.51.100.1", 5061);
    NetFlow crossed = flow("192.0.2.1", 5061, "198.51.100.1", 5060);
    NetFlow udp = one;

    udp.transport = NET_UDP;
    assert_false(net_flow_pair_equal(&one, &crossed));
    assert_false(net_flow_pair_equal(&one, &udp));
    assert_true(net_flow_pair_hash(&one) != net_flow_pair_hash(&crossed));
    assert_true(net_flow_pair_hash(&one) != net_flow_pair_hash(&udp));
}

static void spreads_flows_between_the_same_endpoint(void **state)
{
    NetFlow a = flow("192.0.2.1", 5060, "192.0.2.1", 5060);
    NetFlow b = flow("192.0.2.2", 5060, "192.0.2.2", 5060);

    assert_true(net_flow_pair_hash(&a) != net_flow_pair_hash(&b));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reverses_both_ends),
        cmocka_unit_test(takes_both_directions_for_one_pair),
        cmocka_unit_test(tells_pairs_apart),
        cmocka_unit_test(spreads_flows_between_the_same_endpoint),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
