/* Classic captures: every byte order, unit and defect. */

#include "make.h"

#define MICRO 0xa1b2c3d4
#define NANO 0xa1b23c4d
#define MODIFIED 0xa1b2cd34

/* The only frame of a capture, whose bytes are copied to the test's own. */
typedef struct Only {
    CapturePacket packet;
    CaptureInfo info;
} Only;

static Only read_only_frame(const GByteArray *bytes)
{
    g_autoptr(MadeFile) path = make_file(bytes);
    g_autoptr(CaptureSource) source = open_source(path);
    CapturePacket after;
    Only only;

    assert_int_equal(capture_source_next(source, &only.packet), CAPTURE_FRAME);
    assert_str_equal(only.packet.bytes, "frame");
    assert_int_equal(capture_source_next(source, &after), CAPTURE_END);
    assert_true(source->info.complete);
    only.info = source->info;
    return only;
}

static Only read_header(uint32_t seconds, uint32_t fraction, uint32_t wire_len)
{
    g_autoptr(GByteArray) bytes = make_pcap(LE, MICRO, 1);

    put_frame_header(bytes, LE, seconds, fraction, 5, wire_len);
    put(bytes, STR("frame"));
    return read_only_frame(bytes);
}

static void reads_both_orders_and_units(void **state)
{
    for (CaptureOrder order = LE; order <= BE; order++) {
        g_autoptr(GByteArray) micro = make_pcap(order, MICRO, 1);
        g_autoptr(GByteArray) nano = make_pcap(order, NANO, 113);

        put_frame_header(micro, order, 1000, 123456, 5, 7);
        put(micro, STR("frame"));
        put_frame_header(nano, order, 1000, 123456789, 5, 5);
        put(nano, STR("frame"));

        Only in_micro = read_only_frame(micro);
        Only in_nano = read_only_frame(nano);

        assert_int_equal(in_micro.packet.time, 1000 * NSEC_SEC + 123456000);
        assert_int_equal(in_micro.packet.wire_len, 7);
        assert_int_equal(in_micro.packet.link, 1);
        assert_int_equal(in_micro.packet.ref.frame, 1);
        assert_int_equal(in_micro.info.cut_frames, 1);
        assert_string_equal(in_micro.info.format, "pcap");
        assert_int_equal(in_nano.packet.time, 1000 * NSEC_SEC + 123456789);
        assert_int_equal(in_nano.packet.link, 113);
        assert_int_equal(in_nano.info.cut_frames, 0);
    }
}

static void reads_the_modified_format(void **state)
{
    g_autoptr(GByteArray) bytes = make_pcap(BE, MODIFIED, 1);

    put_frame_header(bytes, BE, 1, 2, 5, 5);
    put(bytes, STR("\0\0\0\1\x08\0\0\0"));
    put(bytes, STR("frame"));
    assert_int_equal(read_only_frame(bytes).packet.time, NSEC_SEC + 2000);
}

static void ignores_what_stands_above_the_link_type(void **state)
{
    g_autoptr(GByteArray) bytes = make_pcap(LE, MICRO, 0xf4000001);

    put_frame(bytes, 1, STR("frame"));
    assert_int_equal(read_only_frame(bytes).packet.link, 1);
}

static void reads_seconds_after_2038_as_unsigned(void **state)
{
    assert_int_equal(read_header(0x80000000, 0, 5).packet.time, INT64_C(2147483648) * NSEC_SEC);
    assert_int_equal(read_header(0xffffffff, 0, 5).packet.time, INT64_C(4294967295) * NSEC_SEC);
}

static void carries_a_fraction_of_more_than_a_second(void **state)
{
    Only second = read_header(10, 1000000, 5);
    Only most = read_header(10, UINT32_MAX, 5);

    assert_int_equal(second.packet.time, 11 * NSEC_SEC);
    assert_int_equal(second.info.mended_frames, 1);
    assert_int_equal(most.packet.time, 10 * NSEC_SEC + INT64_C(4294967295) * NSEC_USEC);
    assert_int_equal(read_header(10, 999999, 5).info.mended_frames, 0);
}

static void mends_a_wire_length_below_the_captured_one(void **state)
{
    Only only = read_header(1, 0, 2);

    assert_int_equal(only.packet.wire_len, 5);
    assert_int_equal(only.info.mended_frames, 1);
    assert_int_equal(only.info.cut_frames, 0);
}

static void stops_at_a_length_that_cannot_be(void **state)
{
    static const uint32_t lengths[] = { 262145, 0x7fffffff, UINT32_MAX };

    for (size_t i = 0; i < G_N_ELEMENTS(lengths); i++) {
        g_autoptr(GByteArray) bytes = PCAP_AT(1, 2);

        put_frame_header(bytes, LE, 3, 0, lengths[i], lengths[i]);
        put_frame(bytes, 4, STR("never seen"));

        g_autoptr(MadeFile) path = make_file(bytes);
        g_autoptr(CaptureSource) source = open_source(path);
        g_autofree char *because = g_strdup_printf(
            "frame 3 claims %u captured bytes; no frame has more than 262144", lengths[i]);

        assert_int_equal(read_all(source), 2);
        assert_false(source->info.complete);
        assert_string_equal(source->info.stopped_because, because);
    }
}

static void reads_the_largest_frame_and_the_empty_one(void **state)
{
    g_autofree char *large = g_malloc0(262144);
    g_autoptr(GByteArray) bytes = make_pcap(LE, MICRO, 1);

    put_frame(bytes, 1, (Str){ large, 262144 });
    put_frame(bytes, 2, STR(""));
    put_frame(bytes, 3, (Str){ large, 262144 });

    g_autoptr(MadeFile) path = make_file(bytes);
    g_autoptr(CaptureSource) source = open_source(path);

    assert_int_equal(read_all(source), 3);
    assert_int_equal(source->info.bytes, 2 * 262144);
    assert_true(source->info.complete);
}

static void is_complete_without_a_frame(void **state)
{
    g_autoptr(GByteArray) bytes = make_pcap(BE, NANO, 276);
    g_autoptr(MadeFile) path = make_file(bytes);
    g_autoptr(CaptureSource) source = open_source(path);

    assert_int_equal(read_all(source), 0);
    assert_true(source->info.complete);
    assert_null(source->info.stopped_because);
    assert_true(source->info.first == NSEC_NONE);
    assert_int_equal(g_array_index(source->info.links, uint16_t, 0), 276);
}

static void refuses_half_a_header(void **state)
{
    g_autoptr(GByteArray) bytes = make_pcap(LE, MICRO, 1);

    for (guint len = 4; len < 24; len++) {
        g_autoptr(GByteArray) cut = g_byte_array_new();

        put(cut, str_first(bytes_of(bytes), len));

        g_autoptr(MadeFile) path = make_file(cut);
        g_autoptr(CaptureSource) source = capture_source_new(path, CAPTURE_PLACE_UNSAID, false);
        g_autoptr(GError) error = NULL;

        assert_false(capture_source_open(source, &error));
        assert_true(g_error_matches(error, CAPTURE_ERROR, CAPTURE_ERROR_FORMAT));
        assert_non_null(strstr(error->message, ": cut in the middle of its header"));
    }
}

static void survives_any_cut(void **state)
{
    g_autoptr(GByteArray) bytes = make_pcap(LE, MICRO, 1);

    for (uint32_t i = 0; i < 3; i++)
        put_frame(bytes, i, STR("twelve bytes"));
    for (guint len = 24; len <= bytes->len; len++) {
        g_autoptr(GByteArray) cut = g_byte_array_new();

        put(cut, str_first(bytes_of(bytes), len));

        g_autoptr(MadeFile) path = make_file(cut);
        g_autoptr(CaptureSource) source = open_source(path);
        CapturePacket packet;

        while (capture_source_next(source, &packet) == CAPTURE_FRAME)
            assert_str_equal(packet.bytes, "twelve bytes");

        guint whole = (len - 24) / 28;
        bool between = (len - 24) % 28 == 0;
        g_autofree char *because = g_strdup_printf("cut in the middle of frame %u", whole + 1);

        assert_int_equal(source->info.packets, whole);
        assert_int_equal(source->info.complete, between);
        if (between)
            assert_null(source->info.stopped_because);
        else
            assert_string_equal(source->info.stopped_because, because);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_both_orders_and_units),
        cmocka_unit_test(reads_the_modified_format),
        cmocka_unit_test(ignores_what_stands_above_the_link_type),
        cmocka_unit_test(reads_seconds_after_2038_as_unsigned),
        cmocka_unit_test(carries_a_fraction_of_more_than_a_second),
        cmocka_unit_test(mends_a_wire_length_below_the_captured_one),
        cmocka_unit_test(stops_at_a_length_that_cannot_be),
        cmocka_unit_test(reads_the_largest_frame_and_the_empty_one),
        cmocka_unit_test(is_complete_without_a_frame),
        cmocka_unit_test(refuses_half_a_header),
        cmocka_unit_test(survives_any_cut),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
