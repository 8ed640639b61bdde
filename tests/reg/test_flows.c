/*
 * The paths between devices and servers, and their keep-alives.
 */

#include "reg/flows.h"

#include "words.h"

static NetFlow flow_of(const char *from)
{
    return (NetFlow){ .src = endpoint_of(from), .dst = endpoint_of("198.51.100.10:5060") };
}

static void keep_alive(Flows *flows, NetFlow flow, double time)
{
    flows_keepalive(flows, &(NetMeta){ .flow = flow, .time = AT(time) });
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
    flows_bind(flows, &device, &flow, AT(1));
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
    flows_bind(flows, &one, &flow, AT(0));
    flows_bind(flows, &two, &flow, AT(1));
    assert_ptr_equal(flows_device(flows, &flow), &two);
    assert_ptr_equal(flows_device(flows, &back), &two);
    flows_bind(flows, &one, &flow, AT(2));
    assert_ptr_equal(flows_device(flows, &flow), &one);
    flows_bind(flows, &one, &other, AT(3));
    assert_null(flows_device(flows, &flow));
    assert_ptr_equal(flows_device(flows, &other), &one);
    flows_bind(flows, &one, NULL, AT(4));
    assert_null(flows_device(flows, &other));
}

static void a_new_flow_does_not_forget_the_keep_alives_of_the_old_one(void **state)
{
    g_autoptr(Flows) flows = flows_new();
    Device device = device_new();
    NetFlow before = flow_of("192.168.1.10:5060"), after = flow_of("192.168.1.10:5061");

    flows_bind(flows, &device, &before, AT(0));
    keep_alive(flows, before, 1);
    flows_bind(flows, &device, &after, AT(2));
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

    flows_bind(flows, &first, &flow, AT(0));
    keep_alive(flows, flow, 1);
    flows_bind(flows, &second, &flow, AT(2));
    assert_ptr_equal(first.flow, second.flow);
    keep_alive(flows, flow, 3);
    flows_settle(&first);
    flows_settle(&second);
    assert_int_equal(first.public.keepalives, 2);
    assert_int_equal(second.public.keepalives, 1);
    flows_bind(flows, &first, NULL, AT(4));
    assert_int_equal(flows_stats(flows).items, 1);
    flows_bind(flows, &second, NULL, AT(5));
    assert_int_equal(flows_stats(flows).items, 0);
    assert_null(first.flow);
}

static void a_flow_is_never_pushed_out(void **state)
{
    enum { MANY = 5000 };
    g_autoptr(Flows) flows = flows_new();
    g_autofree Device *devices = g_new0(Device, MANY);

    for (unsigned i = 0; i < MANY; i++) {
        NetFlow flow = flow_of("192.168.1.10:5060");

        flow.src.port = (uint16_t)i;
        flows_bind(flows, &devices[i], &flow, AT(i));
    }
    assert_int_equal(flows_stats(flows).items, MANY);
    for (unsigned i = 0; i < MANY; i++) {
        assert_int_equal(devices[i].flow->ends.src.port, i);
        flows_bind(flows, &devices[i], NULL, AT(MANY));
    }
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
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
