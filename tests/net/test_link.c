/*
 * Link layers: the same IP packet behind each of them.
 */

#include "net/link.h"

#include "net/decoder.h"
#include "packets.h"
#include "support/check.h"

static const struct Example {
    uint16_t link;
    NetLayerKind kind;
    Str frame;
} examples[] = {
    { 1, NET_LAYER_ETHER,
      PACKET_BYTES("______......\x08\x00"
                   "E...") },
    { 0, NET_LAYER_IP,
      PACKET_BYTES("\x02\x00\x00\x00"
                   "E...") },
    { 0, NET_LAYER_IP,
      PACKET_BYTES("\x00\x00\x00\x02"
                   "E...") },
    { 0, NET_LAYER_IP,
      PACKET_BYTES("\x18\x00\x00\x00"
                   "E...") },
    { 0, NET_LAYER_IP,
      PACKET_BYTES("\x1c\x00\x00\x00"
                   "E...") },
    { 0, NET_LAYER_IP,
      PACKET_BYTES("\x1e\x00\x00\x00"
                   "E...") },
    { 0, NET_LAYER_IP,
      PACKET_BYTES("\x0a\x00\x00\x00"
                   "E...") },
    { 108, NET_LAYER_IP,
      PACKET_BYTES("\x00\x00\x00\x18"
                   "E...") },
    { 113, NET_LAYER_ETHER,
      PACKET_BYTES("\x00\x00\x00\x01\x00\x06______\x00\x00\x08\x00"
                   "E...") },
    { 113, NET_LAYER_ETHER,
      PACKET_BYTES("\x00\x00\x00\x01\x00\x06______\x00\x00\x00\x04"
                   "E...") },
    { 276, NET_LAYER_ETHER,
      PACKET_BYTES("\x08\x00\x00\x00\x00\x00\x00\x03\x00\x01\x00\x06______\x00\x00"
                   "E...") },
    { 101, NET_LAYER_IP, PACKET_BYTES("E...") },
    { 12, NET_LAYER_IP, PACKET_BYTES("E...") },
    { 14, NET_LAYER_IP, PACKET_BYTES("E...") },
    { 228, NET_LAYER_IP, PACKET_BYTES("E...") },
    { 229, NET_LAYER_IP, PACKET_BYTES("E...") },
    { 9, NET_LAYER_IP,
      PACKET_BYTES("\xff\x03\x00\x21"
                   "E...") },
    { 9, NET_LAYER_IP,
      PACKET_BYTES("\x00\x21"
                   "E...") },
    { 50, NET_LAYER_IP,
      PACKET_BYTES("\xff\x03\x00\x21"
                   "E...") },
    { 50, NET_LAYER_IP,
      PACKET_BYTES("\x00\x21"
                   "E...") },
    { 50, NET_LAYER_ETHER,
      PACKET_BYTES("\x0f\x00\x08\x00"
                   "E...") },
    { 104, NET_LAYER_ETHER,
      PACKET_BYTES("\x8f\x00\x08\x00"
                   "E...") },
    { 51, NET_LAYER_ETHER, PACKET_BYTES("E...") },
    { 219, NET_LAYER_ETHER, PACKET_BYTES("E...") },
    { 239, NET_LAYER_IP,
      PACKET_BYTES(
          "\x02\x00\x00\x05\x08\x00\x01\x00\x08\x00\x03\x01\x05\x00\x0a\x00x\0\0\0\x08\x00\x09\x00"
          "E...") },
    { 239, NET_LAYER_IP,
      PACKET_BYTES("\x02\x00\x00\x05\x00\x08\x00\x01\x08\x00\x03\x01\x00\x08\x00\x09"
                   "E...") },
};

static void finds_the_packet_behind_each_link_header(void **state)
{
    for (size_t i = 0; i < G_N_ELEMENTS(examples); i++) {
        NetLayer layer;

        assert_int_equal(net_link_read(examples[i].link, examples[i].frame, &layer),
                         examples[i].kind);
        assert_str_equal(layer.bytes, "E...");
        assert_true(net_link_is_known(examples[i].link));
    }
}

static void leaves_other_families_alone(void **state)
{
    NetLayer layer;

    assert_int_equal(net_link_read(0, STR("\x07\x00\x00\x00xxxx"), &layer), NET_LAYER_NONE);
    assert_int_equal(net_link_read(113,
                                   STR("\x00\x00\x03\x38\x00\x00______\x00\x00\x00\x01"
                                       "x"),
                                   &layer),
                     NET_LAYER_NONE);
    assert_int_equal(net_link_read(104, STR("\x0f\x00\x00\x00xx"), &layer), NET_LAYER_NONE);
    assert_int_equal(net_link_read(147, STR("whatever"), &layer), NET_LAYER_NONE);
}

static void ends_on_nflog_lengths_that_lead_nowhere(void **state)
{
    NetLayer layer;

    for (char len = 0; len < 4; len++) {
        char frame[] = { 2, 0, 0, 0, len, 0, 9, 0, 'E', '.', '.', '.' };

        assert_int_equal(net_link_read(239, (Str){ frame, sizeof(frame) }, &layer),
                         NET_LAYER_BROKEN);
    }
    assert_int_equal(net_link_read(239,
                                   STR("\x02\0\0\0\xff\xff\x09\x00"
                                       "E..."),
                                   &layer),
                     NET_LAYER_BROKEN);
    assert_int_equal(net_link_read(239, STR("\x02\0\0\0\x05\x00\x0a\x00x"), &layer),
                     NET_LAYER_NONE);
}

static void names_link_types_as_tcpdump_does(void **state)
{
    char text[NET_LINK_TEXT];

    assert_string_equal(net_link_name(1, text), "EN10MB");
    assert_string_equal(net_link_name(101, text), "RAW");
    assert_string_equal(net_link_name(276, text), "LINUX_SLL2");
    assert_string_equal(net_link_name(65000, text), "LINKTYPE_65000");
}

static void knows_what_it_cannot_read(void **state)
{
    assert_false(net_link_is_known(147));
    assert_false(net_link_is_known(127));
    assert_false(net_link_is_known(65535));
}

static void survives_any_cut(void **state)
{
    for (size_t i = 0; i < G_N_ELEMENTS(examples); i++) {
        for (size_t len = 0; len < examples[i].frame.len; len++) {
            g_autofree char *copy = g_memdup2(examples[i].frame.data, len);
            NetLayer layer = { .bytes = STR("") };

            net_link_read(examples[i].link, (Str){ copy, len }, &layer);
            assert_true(layer.bytes.len <= len);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_the_packet_behind_each_link_header),
        cmocka_unit_test(leaves_other_families_alone),
        cmocka_unit_test(ends_on_nflog_lengths_that_lead_nowhere),
        cmocka_unit_test(names_link_types_as_tcpdump_does),
        cmocka_unit_test(knows_what_it_cannot_read),
        cmocka_unit_test(survives_any_cut),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
