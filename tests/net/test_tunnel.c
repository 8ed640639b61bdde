/*
 * Tunnels: what they carry, and what only looks like one.
 */

#include "net/tunnel.h"

#include "packets.h"
#include "support/check.h"

#define INNER "E..................." /* 20 bytes that may be an IP header */

static const struct Example {
    uint16_t port; /* 0: GRE */
    NetLayerKind kind;
    uint16_t type;
    Str bytes;
} examples[] = {
    { 0, NET_LAYER_ETHER, 0x0800, PACKET_BYTES("\x00\x00\x08\x00" INNER) },
    { 0, NET_LAYER_ETHER, 0x86dd, PACKET_BYTES("\x80\x00\x86\xdd____" INNER) },
    { 0, NET_LAYER_ETHER, 0x6558, PACKET_BYTES("\xb0\x00\x65\x58____KKKKSSSS" INNER) },
    { 0, NET_LAYER_LINK, 1, PACKET_BYTES("\x00\x00\x88\xbe" INNER) },
    { 0, NET_LAYER_LINK, 1, PACKET_BYTES("\x10\x00\x88\xbeSSSSeeeeeeee" INNER) },
    { 0, NET_LAYER_LINK, 1, PACKET_BYTES("\x10\x00\x22\xebSSSSeeeeeeeeeee\x00" INNER) },
    { 0, NET_LAYER_LINK, 1, PACKET_BYTES("\x10\x00\x22\xebSSSSeeeeeeeeeee\x01pppppppp" INNER) },
    { 0, NET_LAYER_IP, 0,
      PACKET_BYTES("\x30\x81\x88\x0b\x00\x18IDSSSSAAAA\xff\x03\x00\x21" INNER) },
    { 0, NET_LAYER_IP, 0, PACKET_BYTES("\x30\x01\x88\x0b\x00\x16IDSSSS\x00\x21" INNER) },
    { 4789, NET_LAYER_LINK, 1, PACKET_BYTES("\x08\0\0\0\0\0\x07\0" INNER) },
    { 8472, NET_LAYER_LINK, 1, PACKET_BYTES("\x88\0\0\x05\0\0\x07\0" INNER) },
    { 4789, NET_LAYER_LINK, 1, PACKET_BYTES("\x0c\0\0\x03\0\0\x07\0" INNER) },
    { 4789, NET_LAYER_IP, 0, PACKET_BYTES("\x0c\0\0\x01\0\0\x07\0" INNER) },
    { 6081, NET_LAYER_ETHER, 0x6558, PACKET_BYTES("\x01\x00\x65\x58\0\0\x07\0OOOO" INNER) },
    { 6081, NET_LAYER_ETHER, 0x0800, PACKET_BYTES("\x00\x40\x08\x00\0\0\x07\0" INNER) },
    { 37008, NET_LAYER_LINK, 1, PACKET_BYTES("\x01\x00\x00\x01\x00\x0a\x01x\x01" INNER) },
    { 2152, NET_LAYER_IP, 0, PACKET_BYTES("\x30\xff\x00\x14TEID" INNER) },
    { 2152, NET_LAYER_IP, 0, PACKET_BYTES("\x32\xff\x00\x18TEIDss\x00\x00" INNER) },
    { 2152, NET_LAYER_IP, 0,
      PACKET_BYTES("\x34\xff\x00\x20TEIDss\x00\x85\x01pp\xc0\x01pp\x00" INNER) },
};

static NetLayerKind read_example(const struct Example *example, Str bytes, NetLayer *next)
{
    return example->port == 0 ? net_tunnel_read_gre(bytes, next)
                              : net_tunnel_read_udp(example->port, bytes, next);
}

static void finds_the_inner_packet(void **state)
{
    for (size_t i = 0; i < G_N_ELEMENTS(examples); i++) {
        NetLayer next;

        assert_int_equal(read_example(&examples[i], examples[i].bytes, &next), examples[i].kind);
        assert_int_equal(next.type, examples[i].type);
        assert_str_equal(next.bytes, INNER);
    }
}

static void stops_at_source_routes_and_unknown_versions(void **state)
{
    NetLayer next;

    assert_int_equal(net_tunnel_read_gre(STR("\x40\x00\x08\x00____" INNER), &next), NET_LAYER_NONE);
    assert_int_equal(net_tunnel_read_gre(STR("\x00\x02\x08\x00" INNER), &next), NET_LAYER_NONE);
    assert_int_equal(net_tunnel_read_gre(STR("\x00\x00\x00\x00"), &next), NET_LAYER_NONE);
    assert_int_equal(net_tunnel_read_gre(STR("\x20\x81\x88\x0b\x00\x00IDAAAA"), &next),
                     NET_LAYER_NONE);
}

static void leaves_plain_datagrams_on_tunnel_ports_alone(void **state)
{
    static const uint16_t ports[] = { 2152, 4789, 6081, 8472, 37008 };
    static const Str plain[] = {
        PACKET_BYTES(""),
        PACKET_BYTES("\r\n\r\n"),
        PACKET_BYTES("REGISTER sip:example.com SIP/2.0\r\nVia: SIP/2.0/UDP h\r\n\r\n"),
        PACKET_BYTES("INVITE sip:alice@example.com SIP/2.0\r\nVia: SIP/2.0/UDP h\r\n\r\n"),
        PACKET_BYTES("SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP h\r\n\r\n"),
        PACKET_BYTES("\x80\x00\x12\x34\x00\x00\x00\x00\x11\x22\x33\x44 an RTP packet, sixteen"),
        PACKET_BYTES("\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"),
        PACKET_BYTES("\x08\0\0\0\0\0\x07\x01" INNER), /* reserved bits are set */
        PACKET_BYTES("\x00\x01\x08\x00\0\0\x07\0" INNER),
        PACKET_BYTES("\x30\xff\x00\x14TEID(no inner IP packet follows)"),
    };
    NetLayer next;

    for (size_t i = 0; i < G_N_ELEMENTS(ports); i++) {
        for (size_t j = 0; j < G_N_ELEMENTS(plain); j++)
            assert_int_equal(net_tunnel_read_udp(ports[i], plain[j], &next), NET_LAYER_NONE);
    }
    assert_int_equal(net_tunnel_read_udp(5060, examples[9].bytes, &next), NET_LAYER_NONE);
}

static void ends_on_chains_that_do_not(void **state)
{
    NetLayer next;

    assert_int_equal(
        net_tunnel_read_udp(2152, STR("\x34\xff\x00\x20TEIDss\x00\x85\x00pp\xc0\x00pp\x00" INNER),
                            &next),
        NET_LAYER_NONE);
    assert_int_equal(net_tunnel_read_udp(37008, STR("\x01\x00\x00\x01\x00\x00\x00\x00"), &next),
                     NET_LAYER_NONE);
    assert_int_equal(net_tunnel_read_udp(37008, STR("\x01\x00\x00\x01\x0a\xff..."), &next),
                     NET_LAYER_NONE);
}

static void survives_any_cut(void **state)
{
    for (size_t i = 0; i < G_N_ELEMENTS(examples); i++) {
        for (size_t len = 0; len < examples[i].bytes.len; len++) {
            g_autofree char *copy = g_memdup2(examples[i].bytes.data, len);
            NetLayer next = { .bytes = STR("") };

            read_example(&examples[i], (Str){ copy, len }, &next);
            assert_true(next.bytes.len < sizeof(INNER));
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_the_inner_packet),
        cmocka_unit_test(stops_at_source_routes_and_unknown_versions),
        cmocka_unit_test(leaves_plain_datagrams_on_tunnel_ports_alone),
        cmocka_unit_test(ends_on_chains_that_do_not),
        cmocka_unit_test(survives_any_cut),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
