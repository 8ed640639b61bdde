/*
 * UDP headers and the lengths that they claim.
 */

#include "net/udp.h"

#include "packets.h"
#include "support/check.h"

static NetUdp read_udp(size_t claimed, size_t captured, size_t wire_len)
{
    g_autoptr(Packet) wire = packet_udp(packet("0123456789"), 5060, 5080);
    static char copy[18];
    NetUdp udp = { 0 };

    packet_put16(wire->data + 4, (unsigned)claimed);
    memcpy(copy, wire->data, sizeof(copy));
    assert_true(net_udp_read((Str){ copy, captured }, wire_len, &udp));
    return udp;
}

static void reads_ports_and_bytes(void **state)
{
    NetUdp udp = read_udp(18, 18, 18);

    assert_int_equal(udp.src_port, 5060);
    assert_int_equal(udp.dst_port, 5080);
    assert_str_equal(udp.bytes, "0123456789");
    assert_false(udp.length_lies);
}

static void takes_what_is_there_when_the_length_lies(void **state)
{
    static const size_t impossible[] = { 0, 1, 7, 19, 65535 };

    for (size_t i = 0; i < G_N_ELEMENTS(impossible); i++) {
        NetUdp udp = read_udp(impossible[i], 18, 18);

        assert_true(udp.length_lies);
        assert_str_equal(udp.bytes, "0123456789");
    }
}

static void leaves_out_what_is_behind_the_datagram(void **state)
{
    NetUdp udp = read_udp(12, 18, 18);

    assert_true(udp.length_lies);
    assert_str_equal(udp.bytes, "0123");
}

static void accepts_a_datagram_of_nothing(void **state)
{
    NetUdp udp = read_udp(8, 8, 8);

    assert_false(udp.length_lies);
    assert_int_equal(udp.bytes.len, 0);
}

static void does_not_blame_a_cut_frame_on_the_sender(void **state)
{
    NetUdp udp = read_udp(18, 13, 18);

    assert_false(udp.length_lies);
    assert_str_equal(udp.bytes, "01234");
}

static void survives_any_cut(void **state)
{
    g_autoptr(Packet) wire = packet_udp(packet("0123456789"), 5060, 5080);

    for (size_t len = 0; len < wire->len; len++) {
        g_autofree char *copy = packet_cut(wire, len);
        NetUdp udp;

        assert_int_equal(net_udp_read((Str){ copy, len }, wire->len, &udp), len >= 8);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_ports_and_bytes),
        cmocka_unit_test(takes_what_is_there_when_the_length_lies),
        cmocka_unit_test(leaves_out_what_is_behind_the_datagram),
        cmocka_unit_test(accepts_a_datagram_of_nothing),
        cmocka_unit_test(does_not_blame_a_cut_frame_on_the_sender),
        cmocka_unit_test(survives_any_cut),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
