/*
 * Tags, labels and PPP in front of IP.
 */

#include "net/ether.h"

#include "packets.h"
#include "support/check.h"

/* Reads until something else than an Ethernet type comes. */
static NetLayerKind read_all(uint16_t type, Str bytes, NetLayer *layer)
{
    NetLayerKind kind = net_ether_read(type, bytes, layer);

    while (kind == NET_LAYER_ETHER)
        kind = net_ether_read(layer->type, layer->bytes, layer);
    return kind;
}

static void finds_ip(void **state)
{
    NetLayer layer;

    assert_int_equal(net_ether_read(NET_ETHER_IPV4, STR("E..."), &layer), NET_LAYER_IP);
    assert_str_equal(layer.bytes, "E...");
    assert_int_equal(net_ether_read(NET_ETHER_IPV6, STR("`..."), &layer), NET_LAYER_IP);
    assert_int_equal(net_ether_read(0x0806, STR("arp"), &layer), NET_LAYER_NONE);
}

static void takes_up_to_four_tags_off(void **state)
{
    Str four = STR("\x00\x01\x88\xa8\x00\x02\x91\x00\x00\x03\x81\x00\x00\x04\x08\x00"
                   "E...");
    Str five =
        STR("\x00\x01\x81\x00\x00\x02\x81\x00\x00\x03\x81\x00\x00\x04\x81\x00\x00\x05\x08\x00"
            "E...");
    NetLayer layer;

    assert_int_equal(read_all(0x8100, four, &layer), NET_LAYER_IP);
    assert_str_equal(layer.bytes, "E...");
    assert_int_equal(read_all(0x8100, five, &layer), NET_LAYER_NONE);
}

static void reads_snap_and_plain_llc(void **state)
{
    NetLayer layer;

    assert_int_equal(read_all(12,
                              STR("\xaa\xaa\x03\x00\x00\x00\x08\x00"
                                  "E...padding"),
                              &layer),
                     NET_LAYER_IP);
    assert_str_equal(layer.bytes, "E...");
    assert_int_equal(read_all(7,
                              STR("\x06\x06\x03"
                                  "E...padding"),
                              &layer),
                     NET_LAYER_IP);
    assert_str_equal(layer.bytes, "E...");
    assert_int_equal(read_all(38, STR("\x42\x42\x03spanning tree"), &layer), NET_LAYER_NONE);
    assert_int_equal(read_all(38, STR("\xaa\xaa\x03\x00\x00\x0c\x20\x00cdp"), &layer),
                     NET_LAYER_NONE);
    assert_int_equal(read_all(38, STR("\xaa\xaa\x03\x00"), &layer), NET_LAYER_BROKEN);
}

static void reads_pppoe_up_to_its_length(void **state)
{
    NetLayer layer;

    assert_int_equal(read_all(0x8864,
                              STR("\x11\x00\x00\x01\x00\x06\x00\x21"
                                  "E...padding"),
                              &layer),
                     NET_LAYER_IP);
    assert_str_equal(layer.bytes, "E...");
    assert_int_equal(read_all(0x8864, STR("\x11\x00\x00\x01\x00\x06\x00\x57`..."), &layer),
                     NET_LAYER_IP);
    assert_int_equal(read_all(0x8864, STR("\x11\x00\x00\x01\x00\x06\xc0\x21lcp."), &layer),
                     NET_LAYER_NONE);
    assert_int_equal(read_all(0x8864,
                              STR("\x11\x09\x00\x01\x00\x06\x00\x21"
                                  "E..."),
                              &layer),
                     NET_LAYER_NONE);
    assert_int_equal(read_all(0x8864, STR("\x11\x00\x00\x01\x00\x00"), &layer), NET_LAYER_BROKEN);
}

static void guesses_what_is_below_the_labels(void **state)
{
    g_autoptr(Packet) wire = packet_ethernet(packet("E..."), NET_ETHER_IPV4);
    NetLayer layer;

    packet_prepend_bytes(wire, 0x00, 0x01, 0x01, 0xff);
    assert_int_equal(read_all(0x8847, packet_str(wire), &layer), NET_LAYER_LINK);
    assert_int_equal(layer.bytes.len, 18);

    g_byte_array_remove_range(wire, 0, 4);
    packet_prepend_bytes(wire, 0x00, 0x01, 0x01, 0xff, 0x00, 0x00, 0x00, 0x00);
    assert_int_equal(read_all(0x8848, packet_str(wire), &layer), NET_LAYER_LINK);
    assert_int_equal(layer.bytes.len, 18);

    assert_int_equal(read_all(0x8847,
                              STR("\x00\x01\x00\xff\x00\x02\x01\xff"
                                  "E..."),
                              &layer),
                     NET_LAYER_IP);
    assert_str_equal(layer.bytes, "E...");
    assert_int_equal(read_all(0x8847,
                              STR("\x00\x01\x01\xff\x10"
                                  "oam"),
                              &layer),
                     NET_LAYER_NONE);
}

static void gives_up_a_label_stack_without_bottom(void **state)
{
    char labels[4 * 64] = { 0 };
    NetLayer layer;

    assert_int_equal(read_all(0x8847, (Str){ labels, sizeof(labels) }, &layer), NET_LAYER_BROKEN);
    assert_int_equal(read_all(0x8847, (Str){ labels, 7 }, &layer), NET_LAYER_BROKEN);
}

static void reads_ppp_with_its_optional_parts(void **state)
{
    NetLayer layer;

    assert_int_equal(net_ether_read_ppp(STR("\xff\x03\x00\x21"
                                            "E..."),
                                        &layer),
                     NET_LAYER_IP);
    assert_str_equal(layer.bytes, "E...");
    assert_int_equal(net_ether_read_ppp(STR("\x21"
                                            "E..."),
                                        &layer),
                     NET_LAYER_IP);
    assert_str_equal(layer.bytes, "E...");
    assert_int_equal(net_ether_read_ppp(STR("\x02\x81\x00\x01\x01\xff"
                                            "E..."),
                                        &layer),
                     NET_LAYER_ETHER);
    assert_int_equal(layer.type, NET_ETHER_MPLS);
    assert_int_equal(net_ether_read_ppp(STR("\xff\x03"), &layer), NET_LAYER_BROKEN);
}

static void survives_any_cut(void **state)
{
    static const struct {
        uint16_t type;
        Str bytes;
    } whole[] = {
        { 0x8100, PACKET_BYTES("\x00\x01\x88\xa8\x00\x02\x91\x00\x00\x03\x81\x00\x00\x04\x08\x00"
                               "E...") },
        { 500, PACKET_BYTES("\xaa\xaa\x03\x00\x00\x00\x08\x00"
                            "E...") },
        { 0x8864, PACKET_BYTES("\x11\x00\x00\x01\x00\x06\x00\x21"
                               "E...") },
        { 0x8847,
          PACKET_BYTES("\x00\x01\x00\xff\x00\x02\x01\xff\x00\x00\x00\x00______......\x08\x00") },
    };

    for (size_t i = 0; i < sizeof(whole) / sizeof(whole[0]); i++) {
        for (size_t len = 0; len < whole[i].bytes.len; len++) {
            g_autofree char *copy = g_memdup2(whole[i].bytes.data, len);
            NetLayer layer = { .bytes = STR("") };

            read_all(whole[i].type, (Str){ copy, len }, &layer);
            assert_true(layer.bytes.len <= len);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_ip),
        cmocka_unit_test(takes_up_to_four_tags_off),
        cmocka_unit_test(reads_snap_and_plain_llc),
        cmocka_unit_test(reads_pppoe_up_to_its_length),
        cmocka_unit_test(guesses_what_is_below_the_labels),
        cmocka_unit_test(gives_up_a_label_stack_without_bottom),
        cmocka_unit_test(reads_ppp_with_its_optional_parts),
        cmocka_unit_test(survives_any_cut),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
