/*
 * IP headers: what the header says against what was captured.
 */

#include "net/ip.h"

#include "packets.h"
#include "support/check.h"

static bool read_ip(const Packet *wire, NetIp *ip)
{
    NetFlow flow = { 0 };

    return net_ip_read(packet_str(wire), ip, &flow);
}

static void reads_ipv4(void **state)
{
    g_autoptr(Packet) wire = packet_ipv4(packet("hello"), PHONE, SERVER, 17, 0x1234, 0x4000);
    NetFlow flow = { 0 };
    NetIp ip;
    char text[NET_ENDPOINT_TEXT];

    assert_true(net_ip_read(packet_str(wire), &ip, &flow));
    assert_str_equal(ip.payload, "hello");
    assert_int_equal(ip.payload_len, 5);
    assert_int_equal(ip.size, 25);
    assert_int_equal(ip.id, 0x1234);
    assert_int_equal(ip.ttl, 64);
    assert_int_equal(ip.protocol, 17);
    assert_false(ip.fragment);
    assert_false(net_ip_is_truncated(&ip));
    assert_string_equal(net_addr_to_text(&flow.src.addr, text), PHONE);
    assert_string_equal(net_addr_to_text(&flow.dst.addr, text), SERVER);
}

static void reads_ipv6(void **state)
{
    g_autoptr(Packet) wire = packet_ipv6(packet("hello"), PHONE6, SERVER6, 17);
    NetFlow flow = { 0 };
    NetIp ip;
    char text[NET_ENDPOINT_TEXT];

    assert_true(net_ip_read(packet_str(wire), &ip, &flow));
    assert_str_equal(ip.payload, "hello");
    assert_int_equal(ip.size, 45);
    assert_int_equal(ip.protocol, 17);
    assert_string_equal(net_addr_to_text(&flow.src.addr, text), PHONE6);
    assert_string_equal(net_addr_to_text(&flow.dst.addr, text), SERVER6);
}

static void ignores_padding_behind_the_packet(void **state)
{
    g_autoptr(Packet) four = packet_ipv4(packet("hello"), PHONE, SERVER, 17, 1, 0);
    g_autoptr(Packet) six = packet_ipv6(packet("hello"), PHONE6, SERVER6, 17);
    NetIp ip;

    g_byte_array_append(four, (const guint8 *)"padding", 7);
    g_byte_array_append(six, (const guint8 *)"padding", 7);
    assert_true(read_ip(four, &ip));
    assert_str_equal(ip.payload, "hello");
    assert_true(read_ip(six, &ip));
    assert_str_equal(ip.payload, "hello");
}

static void knows_what_the_snapshot_length_cut_off(void **state)
{
    g_autoptr(Packet) wire = packet_ipv4(packet("hello"), PHONE, SERVER, 17, 1, 0);
    NetIp ip;

    g_byte_array_set_size(wire, 22);
    assert_true(read_ip(wire, &ip));
    assert_str_equal(ip.payload, "he");
    assert_int_equal(ip.payload_len, 5);
    assert_true(net_ip_is_truncated(&ip));
}

static void takes_all_there_is_when_the_card_left_the_length_open(void **state)
{
    g_autoptr(Packet) four = packet_ipv4(packet("hello"), PHONE, SERVER, 6, 1, 0);
    g_autoptr(Packet) six = packet_ipv6(packet("hello"), PHONE6, SERVER6, 6);
    NetIp ip;

    packet_put16(four->data + 2, 0);
    packet_put16(six->data + 4, 0);
    assert_true(read_ip(four, &ip));
    assert_str_equal(ip.payload, "hello");
    assert_true(ip.unsized);
    assert_true(read_ip(six, &ip));
    assert_str_equal(ip.payload, "hello");
    assert_int_equal(ip.size, 45);
}

static void skips_options_of_any_content(void **state)
{
    g_autoptr(Packet) wire = packet_of(STR("\x00\x01\x07\x00hello"));
    NetIp ip;

    packet_ipv4(wire, PHONE, SERVER, 17, 1, 0);
    wire->data[0] = 0x46;
    assert_true(read_ip(wire, &ip));
    assert_str_equal(ip.payload, "hello");
}

static void refuses_lengths_that_contradict_each_other(void **state)
{
    g_autoptr(Packet) wire = packet_ipv4(packet("hello"), PHONE, SERVER, 17, 1, 0);
    NetIp ip;

    wire->data[0] = 0x44; /* a header of 16 bytes */
    assert_false(read_ip(wire, &ip));
    wire->data[0] = 0x4f; /* a header longer than the packet */
    assert_false(read_ip(wire, &ip));
    wire->data[0] = 0x45;
    packet_put16(wire->data + 2, 19);
    assert_false(read_ip(wire, &ip));
    wire->data[0] = 0x55;
    assert_false(read_ip(wire, &ip));
}

static void reads_fragment_fields(void **state)
{
    g_autoptr(Packet) four = packet_ipv4(packet("12345678"), PHONE, SERVER, 17, 7, 0x2003);
    g_autoptr(Packet) six = packet_ipv6(
        packet_fragment6(packet("12345678"), 17, 0xdeadbeef, 24 | 1), PHONE6, SERVER6, 44);
    NetIp ip;

    assert_true(read_ip(four, &ip));
    assert_true(ip.fragment && ip.more);
    assert_int_equal(ip.offset, 24);
    assert_int_equal(ip.id, 7);
    assert_true(read_ip(six, &ip));
    assert_true(ip.fragment && ip.more);
    assert_int_equal(ip.offset, 24);
    assert_int_equal(ip.id, 0xdeadbeef);
    assert_int_equal(ip.protocol, 17);
    assert_str_equal(ip.payload, "12345678");
}

static void takes_an_atomic_fragment_for_a_whole_packet(void **state)
{
    g_autoptr(Packet) wire =
        packet_ipv6(packet_fragment6(packet("hello"), 17, 1, 0), PHONE6, SERVER6, 44);
    NetIp ip;

    assert_true(read_ip(wire, &ip));
    assert_false(ip.fragment);
    assert_int_equal(ip.protocol, 17);
    assert_str_equal(ip.payload, "hello");
}

static void skips_extension_headers(void **state)
{
    g_autoptr(Packet) wire = packet("hello");
    NetIp ip;

    packet_prepend_bytes(wire, 17, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0); /* authentication: 12 bytes */
    packet_prepend_bytes(wire, 51, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0); /* routing: 16 */
    packet_prepend_bytes(wire, 43, 0, 1, 4, 0, 0, 0, 0);                         /* destination */
    packet_prepend_bytes(wire, 60, 0, 1, 4, 0, 0, 0, 0);                         /* hop-by-hop */
    packet_ipv6(wire, PHONE6, SERVER6, 0);
    assert_true(read_ip(wire, &ip));
    assert_int_equal(ip.protocol, 17);
    assert_str_equal(ip.payload, "hello");
    assert_int_equal(ip.payload_len, 5);
}

static void skips_an_authentication_header_of_ipv4(void **state)
{
    g_autoptr(Packet) wire = packet("hello");
    NetIp ip;

    packet_prepend_bytes(wire, 17, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
    packet_ipv4(wire, PHONE, SERVER, 51, 1, 0);
    assert_true(read_ip(wire, &ip));
    assert_int_equal(ip.protocol, 17);
    assert_str_equal(ip.payload, "hello");
}

static void ends_on_extension_chains_that_do_not(void **state)
{
    g_autoptr(Packet) endless = packet("hello");
    g_autoptr(Packet) beyond = packet_of(STR("\x11\xff\0\0\0\0\0\0"));
    NetIp ip;

    for (int i = 0; i < 40; i++)
        packet_prepend_bytes(endless, 60, 0, 1, 4, 0, 0, 0, 0);
    packet_ipv6(endless, PHONE6, SERVER6, 60);
    assert_false(read_ip(endless, &ip));
    packet_ipv6(beyond, PHONE6, SERVER6, 60);
    assert_false(read_ip(beyond, &ip));
}

static void survives_any_cut(void **state)
{
    g_autoptr(Packet) four = packet_ipv4(packet("hello"), PHONE, SERVER, 17, 1, 0);
    g_autoptr(Packet) six = packet_fragment6(packet("hello"), 17, 1, 8);

    packet_prepend_bytes(six, 44, 0, 1, 4, 0, 0, 0, 0);
    packet_ipv6(six, PHONE6, SERVER6, 60);

    const Packet *whole[] = { four, six };

    for (size_t i = 0; i < G_N_ELEMENTS(whole); i++) {
        for (size_t len = 0; len < whole[i]->len; len++) {
            g_autofree char *copy = packet_cut(whole[i], len);
            NetFlow flow;
            NetIp ip;

            if (!net_ip_read((Str){ copy, len }, &ip, &flow))
                continue;
            assert_true(net_ip_is_truncated(&ip));
            assert_true(ip.payload.len + 20 <= len);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_ipv4),
        cmocka_unit_test(reads_ipv6),
        cmocka_unit_test(ignores_padding_behind_the_packet),
        cmocka_unit_test(knows_what_the_snapshot_length_cut_off),
        cmocka_unit_test(takes_all_there_is_when_the_card_left_the_length_open),
        cmocka_unit_test(skips_options_of_any_content),
        cmocka_unit_test(refuses_lengths_that_contradict_each_other),
        cmocka_unit_test(reads_fragment_fields),
        cmocka_unit_test(takes_an_atomic_fragment_for_a_whole_packet),
        cmocka_unit_test(skips_extension_headers),
        cmocka_unit_test(skips_an_authentication_header_of_ipv4),
        cmocka_unit_test(ends_on_extension_chains_that_do_not),
        cmocka_unit_test(survives_any_cut),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
