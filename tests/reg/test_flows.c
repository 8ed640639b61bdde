/*
 * The paths between devices and servers, and their keep-alives.
 */

#include "reg/flows.h"

#include "words.h"

#define SERVER "198.51.100.10:5060"

static NetFlow flow_of(const char *from)
{
    return (NetFlow){ .src = endpoint_of(from), .dst = endpoint_of(SERVER) };
}

/* The path that the packet belongs to, or NULL. */
static Flow *pass(Flows *flows, NetFlow ends, double time)
{
    static uint64_t frame = 100;
    bool outgoing;

    return flows_packet(flows, &(NetMeta){ .flow = ends, .time = AT(time), .ref.frame = ++frame },
                        false, &outgoing);
}

static void keep_alive(Flows *flows, NetFlow ends, double time)
{
    Flow *flow = pass(flows, ends, time);

    if (flow != NULL)
        flow_keepalive(flow, AT(time), net_endpoint_equal(&ends.src, &flow->end.device));
}

static SipTxn txn_on(const NetFlow *ends, double time)
{
    return (SipTxn){ .hop = *ends, .opened = AT(time) };
}

static bool leaves(Flows *flows, Device *device, const NetFlow *ends, double time, Flow *left)
{
    SipTxn txn = txn_on(ends, time);

    return flows_bind(flows, device, NULL, &txn, left);
}

static void bind(Flows *flows, Device *device, const NetFlow *ends, double time)
{
    Flow left;

    leaves(flows, device, ends, time, &left);
}

static Device device_new(void)
{
    return (Device){ .public = { .first_keepalive = NSEC_NONE, .last_keepalive = NSEC_NONE } };
}

static void keep_alives_count_in_both_directions(void **state)
{
    g_autoptr(Flows) flows = flows_new();
    Device device = device_new();
    NetFlow flow = flow_of("192.168.1.10:5060");

    keep_alive(flows, flow, 0);
    bind(flows, &device, &flow, 1);
    keep_alive(flows, flow, 2);
    keep_alive(flows, net_flow_reverse(&flow), 3);
    keep_alive(flows, flow_of("192.168.1.10:5061"), 4);
    flows_settle(&device);
    assert_int_equal(device.public.keepalives, 2);
    assert_int_equal(device.public.first_keepalive, AT(2));
    assert_int_equal(device.public.last_keepalive, AT(3));
    flows_settle(&device);
    assert_int_equal(device.public.keepalives, 2);
}

static void the_newest_device_of_a_flow_is_known(void **state)
{
    g_autoptr(Flows) flows = flows_new();
    Device one = device_new(), two = device_new();
    NetFlow flow = flow_of("192.168.1.10:5060"), other = flow_of("192.168.1.10:5061");
    NetFlow back = net_flow_reverse(&flow);

    assert_null(flows_device(flows, &flow));
    bind(flows, &one, &flow, 0);
    bind(flows, &two, &flow, 1);
    assert_ptr_equal(flows_device(flows, &flow), &two);
    assert_ptr_equal(flows_device(flows, &back), &two);
    bind(flows, &one, &flow, 2);
    assert_ptr_equal(flows_device(flows, &flow), &one);
    bind(flows, &one, &other, 3);
    assert_null(flows_device(flows, &flow));
    assert_ptr_equal(flows_device(flows, &other), &one);
    flows_unbind(flows, &one);
    assert_null(flows_device(flows, &other));
}

static void a_new_flow_does_not_forget_the_keep_alives_of_the_old_one(void **state)
{
    g_autoptr(Flows) flows = flows_new();
    Device device = device_new();
    NetFlow before = flow_of("192.168.1.10:5060"), after = flow_of("192.168.1.10:5061");

    bind(flows, &device, &before, 0);
    keep_alive(flows, before, 1);
    bind(flows, &device, &after, 2);
    keep_alive(flows, after, 3);
    keep_alive(flows, before, 4);
    flows_settle(&device);
    assert_int_equal(device.public.keepalives, 2);
    assert_int_equal(device.public.first_keepalive, AT(1));
    assert_int_equal(device.public.last_keepalive, AT(3));
    assert_int_equal(flows_stats(flows).items, 1);
}

static void accounts_of_a_gateway_share_a_flow(void **state)
{
    g_autoptr(Flows) flows = flows_new();
    Device first = device_new(), second = device_new();
    NetFlow flow = flow_of("192.168.1.10:5060");

    bind(flows, &first, &flow, 0);
    keep_alive(flows, flow, 1);
    bind(flows, &second, &flow, 2);
    assert_ptr_equal(first.hops[0], second.hops[0]);
    keep_alive(flows, flow, 3);
    flows_settle(&first);
    flows_settle(&second);
    assert_int_equal(first.public.keepalives, 2);
    assert_int_equal(second.public.keepalives, 1);
    flows_unbind(flows, &first);
    assert_int_equal(flows_stats(flows).items, 1);
    flows_unbind(flows, &second);
    assert_int_equal(flows_stats(flows).items, 0);
    assert_null(first.hops[0]);
}

static void a_flow_is_never_pushed_out(void **state)
{
    enum { MANY = 5000 };
    g_autoptr(Flows) flows = flows_new();
    g_autofree Device *devices = g_new0(Device, MANY);

    for (unsigned i = 0; i < MANY; i++) {
        NetFlow flow = flow_of("192.168.1.10:5060");

        flow.src.port = (uint16_t)i;
        bind(flows, &devices[i], &flow, i);
    }
    assert_int_equal(flows_stats(flows).items, MANY);
    for (unsigned i = 0; i < MANY; i++) {
        assert_int_equal(devices[i].hops[0]->end.device.port, i);
        flows_unbind(flows, &devices[i]);
    }
    assert_int_equal(flows_stats(flows).items, 0);
}

/* --- where a device leaves for -------------------------------------------- */

static void another_port_takes_the_place_of_the_one_before(void **state)
{
    g_autoptr(Flows) flows = flows_new();
    Device device = device_new();
    NetFlow before = flow_of("192.168.1.10:5060"), after = flow_of("192.168.1.10:5061");
    Flow left;

    assert_false(leaves(flows, &device, &before, 0, &left));
    assert_false(leaves(flows, &device, &before, 10, &left));
    assert_true(leaves(flows, &device, &after, 20, &left));
    assert_int_equal(left.end.device.port, 5060);
    assert_null(left.nat);
    assert_int_equal(flows_stats(flows).items, 1);
    flows_unbind(flows, &device);
}

static void paths_to_two_servers_stand_beside_each_other(void **state)
{
    g_autoptr(Flows) flows = flows_new();
    Device device = device_new();
    Flow left;

    for (unsigned i = 0; i < 5; i++) {
        NetFlow ends = flow_of("192.168.1.10:5060");

        ends.src.port = (uint16_t)(5060 + i);
        ends.dst.addr.bytes[3] = (uint8_t)i;
        assert_false(leaves(flows, &device, &ends, i, &left));
    }
    assert_int_equal(flows_stats(flows).items, DEVICE_HOPS);
    flows_unbind(flows, &device);
}

/* Behind two NATs all of its addresses are private. */
static void another_hop_of_one_request_is_not_left(void **state)
{
    g_autoptr(Flows) flows = flows_new();
    Device device = device_new();
    NetFlow inside = flow_of("192.168.1.10:5060"), outside = flow_of("10.0.0.2:1024");
    SipTxn first = txn_on(&inside, 0), second = txn_on(&outside, 0);
    RegStep step = { .sightings = { &first, &second }, .n_sightings = 2 };
    Flow left;

    assert_false(flows_bind(flows, &device, NULL, &first, &left));
    assert_false(flows_bind(flows, &device, &step, &second, &left));
    assert_int_equal(flows_stats(flows).items, 2);

    second.hop.src.port = 1025;
    assert_false(flows_bind(flows, &device, NULL, &first, &left));
    assert_true(flows_bind(flows, &device, &step, &second, &left));
    assert_int_equal(left.end.device.port, 1024);
    assert_int_equal(flows_stats(flows).items, 2);
    flows_unbind(flows, &device);
}

static void the_path_is_the_own_hop_that_is_farthest_out(void **state)
{
    g_autoptr(Flows) flows = flows_new();
    Device device = device_new();
    NetFlow inside = flow_of("192.168.1.10:5060"), outside = flow_of("203.0.113.2:1024");

    assert_null(device_path(&device));
    bind(flows, &device, &inside, 0);
    bind(flows, &device, &outside, 0);
    flows_find(flows, &outside.src, NET_UDP)->outside = true;
    assert_int_equal(device_path(&device)->end.device.port, 1024);
    assert_true(device_has_end(&device, &inside.src, NET_UDP));
    assert_false(device_has_end(&device, &inside.src, NET_TCP));
    assert_false(device_has_end(&device, &inside.dst, NET_UDP));
    flows_find(flows, &outside.src, NET_UDP)->proxied = true;
    assert_int_equal(device_path(&device)->end.device.port, 5060);
    flows_unbind(flows, &device);
}

/* --- silences ------------------------------------------------------------- */

static void every_packet_ends_a_silence(void **state)
{
    g_autoptr(Flows) flows = flows_new();
    Device device = device_new();
    NetFlow out = flow_of("192.168.1.10:5060"), in = net_flow_reverse(&out);
    Flow *flow;

    bind(flows, &device, &out, 0);
    flow = pass(flows, in, 10);
    assert_int_equal(flow->quiet, 10 * NSEC_SEC);
    assert_int_equal(flow->unheard, 10 * NSEC_SEC);
    pass(flows, in, 30);
    assert_int_equal(flow->quiet, 20 * NSEC_SEC);
    assert_int_equal(flow->unheard, 30 * NSEC_SEC);
    pass(flows, out, 70);
    assert_int_equal(flow->quiet, 40 * NSEC_SEC);
    assert_int_equal(flow->pause, 70 * NSEC_SEC);
    pass(flows, out, 70.5);
    assert_int_equal(flow->quiet, NSEC_SEC / 2);
    assert_int_equal(flow->pause, 70 * NSEC_SEC);
    pass(flows, out, 60); /* a clock that jumps back */
    assert_int_equal(flow->quiet, 0);
    assert_int_equal(flow->last_out, AT(70.5));
    flows_unbind(flows, &device);
}

static void stamps_that_are_ages_apart_do_no_harm(void **state)
{
    g_autoptr(Flows) flows = flows_new();
    Device device = device_new();
    NetFlow out = flow_of("192.168.1.10:5060");
    SipTxn txn = { .hop = out, .opened = NSEC_NONE + 1 };
    NetMeta meta = { .flow = out, .time = NSEC_MAX };
    bool outgoing;
    Flow left;

    flows_bind(flows, &device, NULL, &txn, &left);

    const Flow *flow = flows_packet(flows, &meta, false, &outgoing);

    assert_int_equal(flow->quiet, NSEC_MAX);
    flows_unbind(flows, &device);
}

static void what_passes_with_others_is_no_packet_of_the_path_but_life(void **state)
{
    g_autoptr(Flows) flows = flows_new();
    Device device = device_new();
    NetFlow out = flow_of("192.168.1.10:5060"), stun = out, other_port = out;
    Flow *flow;

    stun.dst = endpoint_of("192.0.2.1:3478");
    other_port.dst.port = 5080;
    bind(flows, &device, &out, 0);
    assert_null(pass(flows, stun, 10));
    assert_null(pass(flows, net_flow_reverse(&stun), 20));
    assert_null(pass(flows, other_port, 30));
    flow = pass(flows, net_flow_reverse(&out), 40);
    assert_int_equal(flow->quiet, 10 * NSEC_SEC);
    assert_int_equal(flow->unheard, 40 * NSEC_SEC);
    assert_false(flow_is_between(flow, &other_port));
    assert_true(flow_is_between(flow, &out));
    out.transport = NET_TCP;
    assert_false(flow_is_between(flow, &out));
    flows_unbind(flows, &device);
}

static void a_packet_between_two_devices_is_life_of_both(void **state)
{
    g_autoptr(Flows) flows = flows_new();
    Device one = device_new(), two = device_new();
    NetFlow first = flow_of("192.168.1.10:5060"), second = flow_of("192.168.1.11:5060");
    NetFlow across = { .src = first.src, .dst = second.src };

    bind(flows, &one, &first, 0);
    bind(flows, &two, &second, 0);
    assert_null(pass(flows, across, 10));
    assert_int_equal(pass(flows, first, 15)->quiet, 5 * NSEC_SEC);
    assert_int_equal(pass(flows, second, 15)->quiet, 5 * NSEC_SEC);
    flows_unbind(flows, &one);
    flows_unbind(flows, &two);
}

static void an_empty_segment_is_life_and_says_nothing(void **state)
{
    g_autoptr(Flows) flows = flows_new();
    Device device = device_new();
    NetFlow out = flow_of("192.168.1.10:5060");
    bool outgoing;
    Flow *flow;

    bind(flows, &device, &out, 0);
    flow = flows_packet(flows, &(NetMeta){ .flow = out, .time = AT(10) }, true, &outgoing);
    assert_true(outgoing);
    assert_int_equal(flow->last_out, AT(10));
    assert_int_equal(flow->last_said, AT(0));
    flows_unbind(flows, &device);
}

static void another_server_is_another_way(void **state)
{
    g_autoptr(Flows) flows = flows_new();
    Device device = device_new();
    NetFlow out = flow_of("192.168.1.10:5060"), other = out;
    const Flow *flow;

    other.dst = endpoint_of("198.51.100.11:5060");
    bind(flows, &device, &out, 0);
    pass(flows, net_flow_reverse(&out), 1);
    bind(flows, &device, &other, 50);
    assert_null(pass(flows, out, 51));
    flow = pass(flows, other, 60);
    assert_int_equal(flow->unheard, 10 * NSEC_SEC);
    assert_int_equal(flow->last_in, NSEC_NONE);
    flows_unbind(flows, &device);
}

/* --- in which state a mapping is ------------------------------------------ */

static NatCertainty certainty_after(bool is_new, double answer, double again)
{
    g_autoptr(Flows) flows = flows_new();
    Device device = device_new();
    NetFlow out = flow_of("192.168.1.10:5060");
    Flow *flow;

    bind(flows, &device, &out, 0);
    flow = flows_find(flows, &out.src, NET_UDP);
    flow->burst_is_new = is_new;
    pass(flows, net_flow_reverse(&out), answer);
    pass(flows, out, again);

    NatCertainty certainty = flow_certainty(flow);

    flows_unbind(flows, &device);
    return certainty;
}

static void an_exchange_within_two_seconds_leaves_a_new_mapping_fresh(void **state)
{
    assert_int_equal(certainty_after(true, 0.02, 0.03), NAT_STATE_FRESH);
    assert_int_equal(certainty_after(false, 0.02, 0.03), NAT_STATE_OPEN);
    assert_int_equal(certainty_after(true, 0.02, 1.9), NAT_STATE_OPEN);
    assert_int_equal(certainty_after(true, 0.02, 2.4), NAT_STATE_OPEN);
}

static void a_late_answer_leaves_the_state_open(void **state)
{
    g_autoptr(Flows) flows = flows_new();
    Device device = device_new();
    NetFlow out = flow_of("192.168.1.10:5060");
    Flow *flow;

    bind(flows, &device, &out, 0);
    flow = flows_find(flows, &out.src, NET_UDP);
    flow->burst_is_new = true;
    pass(flows, net_flow_reverse(&out), 3);
    assert_int_equal(flow->found, NAT_STATE_FRESH);
    assert_int_equal(flow_certainty(flow), NAT_STATE_OPEN);
    flows_unbind(flows, &device);
}

/* Linux wants the answer first, and then a packet later than two seconds. */
static void packets_both_ways_for_longer_make_a_stream(void **state)
{
    assert_int_equal(certainty_after(true, 0.02, 2.6), NAT_STATE_STREAM);
    assert_int_equal(certainty_after(false, 0.02, 2.6), NAT_STATE_STREAM);
    assert_int_equal(certainty_after(false, 0.02, 6), NAT_STATE_OPEN); /* may be another one */
}

static void without_an_answer_before_it_is_no_stream(void **state)
{
    g_autoptr(Flows) flows = flows_new();
    Device device = device_new();
    NetFlow out = flow_of("192.168.1.10:5060");
    Flow *flow;

    bind(flows, &device, &out, 0);
    flow = flows_find(flows, &out.src, NET_UDP);
    pass(flows, out, 3);
    pass(flows, net_flow_reverse(&out), 4);
    assert_int_equal(flow_certainty(flow), NAT_STATE_OPEN);
    pass(flows, out, 5);
    assert_int_equal(flow_certainty(flow), NAT_STATE_STREAM);
    pass(flows, out, 15);
    assert_int_equal(flow->found, NAT_STATE_STREAM);
    assert_int_equal(flow_certainty(flow), NAT_STATE_OPEN);
    flows_unbind(flows, &device);
}

/* --- who waits ------------------------------------------------------------ */

static void those_who_wait_are_told_once(void **state)
{
    g_autoptr(Flows) flows = flows_new();
    Device devices[3] = { device_new(), device_new(), device_new() };
    NetFlow out = flow_of("192.168.1.10:5060"), other = flow_of("192.168.1.10:5070");
    Flow *flow;

    for (unsigned i = 0; i < 3; i++)
        bind(flows, &devices[i], &out, i);
    flow = flows_find(flows, &out.src, NET_UDP);
    for (unsigned i = 0; i < 3; i++) {
        flow_wait(flow, &devices[i]);
        flow_wait(flow, &devices[i]);
    }
    bind(flows, &devices[1], &other, 5);
    assert_ptr_equal(flow_next_waiting(flow), &devices[2]);
    assert_ptr_equal(flow_next_waiting(flow), &devices[0]);
    assert_null(flow_next_waiting(flow));
    flow_wait(flow, &devices[0]);
    for (unsigned i = 0; i < 3; i++)
        flows_unbind(flows, &devices[i]);
    assert_null(devices[0].waits_on);
    assert_int_equal(flows_stats(flows).items, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keep_alives_count_in_both_directions),
        cmocka_unit_test(the_newest_device_of_a_flow_is_known),
        cmocka_unit_test(a_new_flow_does_not_forget_the_keep_alives_of_the_old_one),
        cmocka_unit_test(accounts_of_a_gateway_share_a_flow),
        cmocka_unit_test(a_flow_is_never_pushed_out),
        cmocka_unit_test(another_port_takes_the_place_of_the_one_before),
        cmocka_unit_test(paths_to_two_servers_stand_beside_each_other),
        cmocka_unit_test(another_hop_of_one_request_is_not_left),
        cmocka_unit_test(the_path_is_the_own_hop_that_is_farthest_out),
        cmocka_unit_test(every_packet_ends_a_silence),
        cmocka_unit_test(stamps_that_are_ages_apart_do_no_harm),
        cmocka_unit_test(what_passes_with_others_is_no_packet_of_the_path_but_life),
        cmocka_unit_test(a_packet_between_two_devices_is_life_of_both),
        cmocka_unit_test(an_empty_segment_is_life_and_says_nothing),
        cmocka_unit_test(another_server_is_another_way),
        cmocka_unit_test(an_exchange_within_two_seconds_leaves_a_new_mapping_fresh),
        cmocka_unit_test(a_late_answer_leaves_the_state_open),
        cmocka_unit_test(packets_both_ways_for_longer_make_a_stream),
        cmocka_unit_test(without_an_answer_before_it_is_no_stream),
        cmocka_unit_test(those_who_wait_are_told_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
