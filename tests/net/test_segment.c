/*
 * TCP headers.
 */

#include "net/segment.h"

#include "packets.h"
#include "support/check.h"

static void reads_all_fields(void **state)
{
    g_autoptr(Packet) wire = packet_tcp(packet("hello"), 5060, 5061, 0xfffffff0, 7, NET_TCP_ACK);
    NetSegment segment;

    assert_true(net_segment_read(packet_str(wire), wire->len, &segment));
    assert_int_equal(segment.src_port, 5060);
    assert_int_equal(segment.dst_port, 5061);
    assert_int_equal(segment.seq, 0xfffffff0);
    assert_int_equal(segment.ack, 7);
    assert_int_equal(segment.flags, NET_TCP_ACK);
    assert_int_equal(segment.len, 5);
    assert_str_equal(segment.bytes, "hello");
}

static void skips_options_of_any_content(void **state)
{
    g_autoptr(Packet) wire = packet_tcp(packet_of(STR("\x02\x00\x05\x01hello")), 1, 2, 3, 4, 0);
    NetSegment segment;

    wire->data[12] = 6 << 4;
    assert_true(net_segment_read(packet_str(wire), wire->len, &segment));
    assert_str_equal(segment.bytes, "hello");
}

static void refuses_offsets_that_point_nowhere(void **state)
{
    g_autoptr(Packet) wire = packet_tcp(packet("hello"), 1, 2, 3, 4, 0);
    NetSegment segment;

    for (unsigned words = 0; words < 16; words++) {
        wire->data[12] = (uint8_t)(words << 4);
        assert_int_equal(net_segment_read(packet_str(wire), wire->len, &segment),
                         words == 5 || words == 6);
    }
}

static void knows_the_length_of_what_was_not_captured(void **state)
{
    g_autoptr(Packet) wire = packet_tcp(packet("hello"), 1, 2, 3, 4, 0);
    NetSegment segment;

    assert_true(net_segment_read(str_first(packet_str(wire), 22), wire->len, &segment));
    assert_int_equal(segment.len, 5);
    assert_str_equal(segment.bytes, "he");

    wire->data[12] = 6 << 4; /* the cut is in the options */
    assert_true(net_segment_read(str_first(packet_str(wire), 22), wire->len, &segment));
    assert_int_equal(segment.len, 1);
    assert_int_equal(segment.bytes.len, 0);
}

static void survives_any_cut(void **state)
{
    g_autoptr(Packet) wire = packet_tcp(packet("....hello"), 1, 2, 3, 4, 0);

    wire->data[12] = 6 << 4;
    for (size_t len = 0; len < wire->len; len++) {
        g_autofree char *copy = packet_cut(wire, len);
        NetSegment segment;

        assert_int_equal(net_segment_read((Str){ copy, len }, wire->len, &segment), len >= 20);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_all_fields),
        cmocka_unit_test(skips_options_of_any_content),
        cmocka_unit_test(refuses_offsets_that_point_nowhere),
        cmocka_unit_test(knows_the_length_of_what_was_not_captured),
        cmocka_unit_test(survives_any_cut),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
