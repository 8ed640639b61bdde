/*
 * Addresses: text in, text out, and what they mean.
 */

#include "net/addr.h"

#include <string.h>

#include "support/check.h"

static NetAddr addr(const char *text)
{
    NetAddr parsed = { 0 };

    assert_true(net_addr_parse(str_of(text), &parsed));
    return parsed;
}

static void reads_ipv4(void **state)
{
    NetAddr parsed = addr("192.0.2.1");

    assert_int_equal(parsed.version, 4);
    assert_memory_equal(parsed.bytes, "\xc0\x00\x02\x01\0\0\0\0\0\0\0\0\0\0\0\0", 16);
}

static void reads_ipv6_with_and_without_brackets(void **state)
{
    NetAddr bare = addr("2001:db8::1");
    NetAddr bracketed = addr("[2001:DB8:0::1]");

    assert_int_equal(bare.version, 6);
    assert_true(net_addr_equal(&bare, &bracketed));
}

static void keeps_mapped_addresses_apart_from_ipv4(void **state)
{
    NetAddr mapped = addr("::ffff:192.0.2.1");
    NetAddr plain = addr("192.0.2.1");

    assert_int_equal(mapped.version, 6);
    assert_false(net_addr_equal(&mapped, &plain));
}

static void refuses_everything_else(void **state)
{
    const Str wrong[] = {
        STR(""),
        STR("example.com"),
        STR("192.0.2"),
        STR("192.0.2.256"),
        STR("[192.0.2.1]"),
        STR("192.0.2.1 "),
        STR("[2001:db8::1"),
        STR("2001:db8::1]"),
        STR("[]"),
        STR("["),
        STR("fe80::1%eth0"),
        STR("1.2.3.4\0005"),
        STR("::1\0"),
        STR("11111111111111111111111111111111111111111111111111111111"),
    };
    NetAddr untouched = { .version = 9 };

    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
        assert_false(net_addr_parse(wrong[i], &untouched));
    assert_false(net_addr_parse(STR_NONE, &untouched));
    assert_int_equal(untouched.version, 9);
}

static void prints_what_it_read(void **state)
{
    char text[NET_ENDPOINT_TEXT];
    NetEndpoint four = { .addr = addr("192.0.2.1"), .port = 5060 };
    NetEndpoint six = { .addr = addr("2001:db8::1"), .port = 65535 };
    NetEndpoint none = { .port = 1 };

    assert_string_equal(net_addr_to_text(&six.addr, text), "2001:db8::1");
    assert_string_equal(net_endpoint_to_text(&four, text), "192.0.2.1:5060");
    assert_string_equal(net_endpoint_to_text(&six, text), "[2001:db8::1]:65535");
    assert_string_equal(net_endpoint_to_text(&none, text), "?:1");
    /* The port is not known. */
    four.port = six.port = 0;
    assert_string_equal(net_endpoint_to_text(&four, text), "192.0.2.1");
    assert_string_equal(net_endpoint_to_text(&six, text), "2001:db8::1");
}

static void prints_the_longest_endpoint_whole(void **state)
{
    char text[NET_ENDPOINT_TEXT];
    NetEndpoint longest = { .addr = addr("2001:1111:2222:3333:4444:5555:6666:7777"),
                            .port = 65535 };

    assert_string_equal(net_endpoint_to_text(&longest, text),
                        "[2001:1111:2222:3333:4444:5555:6666:7777]:65535");
}

static void knows_private_addresses_and_their_borders(void **state)
{
    static const char *const inside[] = {
        "10.0.0.0",   "10.255.255.255",  "172.16.0.1",  "172.31.255.255", "192.168.0.1",
        "100.64.0.0", "100.127.255.255", "169.254.1.1", "127.0.0.1",      "0.0.0.0",
        "fc00::1",    "fdff::1",         "fe80::1",     "febf::1",        "::1",
        "::",
    };
    static const char *const outside[] = {
        "9.255.255.255", "11.0.0.0",       "172.15.255.255", "172.32.0.0",  "192.167.1.1",
        "192.169.0.0",   "100.63.255.255", "100.128.0.0",    "169.253.1.1", "128.0.0.1",
        "fb00::1",       "fe00::1",        "fec0::1",        "::2",         "2001:db8::1",
    };
    NetAddr unknown = { 0 };

    for (size_t i = 0; i < sizeof(inside) / sizeof(inside[0]); i++)
        assert_true(net_addr_is_private(&(NetAddr[]){ addr(inside[i]) }[0]));
    for (size_t i = 0; i < sizeof(outside) / sizeof(outside[0]); i++)
        assert_false(net_addr_is_private(&(NetAddr[]){ addr(outside[i]) }[0]));
    assert_false(net_addr_is_private(&unknown));
}

static void knows_multicast(void **state)
{
    NetAddr all_sip_servers = addr("224.0.1.75");
    NetAddr six = addr("ff02::1");
    NetAddr one = addr("223.255.255.255");

    assert_true(net_addr_is_multicast(&all_sip_servers));
    assert_true(net_addr_is_multicast(&six));
    assert_false(net_addr_is_multicast(&one));
}

static void orders_endpoints_totally(void **state)
{
    NetEndpoint sorted[] = {
        { .addr = addr("10.0.0.1"), .port = 9 },    { .addr = addr("10.0.0.2"), .port = 1 },
        { .addr = addr("10.0.0.2"), .port = 2 },    { .addr = addr("::1"), .port = 0 },
        { .addr = addr("2001:db8::1"), .port = 0 },
    };

    for (int i = 0; i < 5; i++) {
        for (int j = 0; j < 5; j++) {
            int order = net_endpoint_compare(&sorted[i], &sorted[j]);

            assert_int_equal((order > 0) - (order < 0), (i > j) - (i < j));
            assert_int_equal(net_endpoint_equal(&sorted[i], &sorted[j]), i == j);
        }
    }
}

static void hashes_the_value_and_not_the_padding(void **state)
{
    NetEndpoint a;
    NetEndpoint b;
    NetAddr value = addr("192.0.2.1");

    memset(&a, 0x00, sizeof(a));
    memset(&b, 0xff, sizeof(b));
    memcpy(a.addr.bytes, value.bytes, sizeof(value.bytes));
    memcpy(b.addr.bytes, value.bytes, sizeof(value.bytes));
    a.addr.version = b.addr.version = 4;
    a.port = b.port = 5060;
    assert_true(net_endpoint_hash(&a) == net_endpoint_hash(&b));
    assert_true(net_addr_hash(&a.addr) == net_addr_hash(&b.addr));
    b.port = 5061;
    assert_true(net_endpoint_hash(&a) != net_endpoint_hash(&b));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_ipv4),
        cmocka_unit_test(reads_ipv6_with_and_without_brackets),
        cmocka_unit_test(keeps_mapped_addresses_apart_from_ipv4),
        cmocka_unit_test(refuses_everything_else),
        cmocka_unit_test(prints_what_it_read),
        cmocka_unit_test(prints_the_longest_endpoint_whole),
        cmocka_unit_test(knows_private_addresses_and_their_borders),
        cmocka_unit_test(knows_multicast),
        cmocka_unit_test(orders_endpoints_totally),
        cmocka_unit_test(hashes_the_value_and_not_the_padding),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
