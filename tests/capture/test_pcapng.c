/* pcapng: every block that is read, and lengths that lie. */

#include "make.h"

#define ETHERNET 1
#define RAW 101

/* A section with one interface. */
static GByteArray *make_pcapng(CaptureOrder order)
{
    GByteArray *bytes = g_byte_array_new();

    put_section(bytes, order, NULL);
    put_interface(bytes, order, ETHERNET, 0, NULL);
    return bytes;
}

static CaptureSource *source_of(const GByteArray *bytes)
{
    g_autoptr(MadeFile) path = make_file(bytes);

    return open_source(path); /* which keeps it open */
}

static CapturePacket next_frame(CaptureSource *source)
{
    CapturePacket packet = { 0 };

    assert_int_equal(capture_source_next(source, &packet), CAPTURE_FRAME);
    return packet;
}

static void reads_both_orders(void **state)
{
    for (CaptureOrder order = LE; order <= BE; order++) {
        g_autoptr(GByteArray) bytes = make_pcapng(order);

        put_packet(bytes, order, 0, UINT64_C(0x60000abcd1234), STR("frame"));

        g_autoptr(CaptureSource) source = source_of(bytes);
        CapturePacket packet = next_frame(source);

        assert_str_equal(packet.bytes, "frame");
        assert_int_equal(packet.time, INT64_C(0x60000abcd1234) * 1000);
        assert_int_equal(packet.wire_len, 5);
        assert_int_equal(packet.link, ETHERNET);
        assert_int_equal(packet.ref.frame, 1);
        assert_int_equal(read_all(source), 1);
        assert_true(source->info.complete);
        assert_string_equal(source->info.format, "pcapng");
    }
}

static void gives_each_frame_the_link_and_clock_of_its_interface(void **state)
{
    g_autoptr(GByteArray) bytes = make_pcapng(BE);
    g_autoptr(GByteArray) nano = g_byte_array_new();
    g_autoptr(GByteArray) offset = g_byte_array_new();
    g_autoptr(GByteArray) ten = g_byte_array_new();

    put_u64(ten, BE, 10);
    put_option(nano, BE, 9, STR("\x09"));
    put_option(offset, BE, 14, bytes_of(ten));
    put_option(offset, BE, 9, STR("\x81"));
    put_interface(bytes, BE, RAW, 96, nano);
    put_interface(bytes, BE, RAW, 96, offset);
    put_packet(bytes, BE, 1, 1000000001, STR("raw"));
    put_packet(bytes, BE, 0, 1000001, STR("ethernet"));
    put_packet(bytes, BE, 2, 3, STR("halves"));

    g_autoptr(CaptureSource) source = source_of(bytes);
    CapturePacket raw = next_frame(source);

    assert_int_equal(raw.link, RAW);
    assert_int_equal(raw.interface, 1);
    assert_int_equal(raw.time, 1000000001);

    CapturePacket ethernet = next_frame(source);

    assert_int_equal(ethernet.link, ETHERNET);
    assert_int_equal(ethernet.interface, 0);
    assert_int_equal(ethernet.time, 1000001000);
    assert_int_equal(next_frame(source).time, 11500000000);
    assert_int_equal(source->info.links->len, 2);
    assert_int_equal(g_array_index(source->info.links, uint16_t, 0), ETHERNET);
    assert_int_equal(g_array_index(source->info.links, uint16_t, 1), RAW);
}

static void starts_anew_with_each_section(void **state)
{
    g_autoptr(GByteArray) bytes = make_pcapng(LE);

    put_packet(bytes, LE, 0, 1, STR("one"));
    put_section(bytes, BE, NULL);
    put_packet(bytes, BE, 0, 2, STR("no interface yet"));
    put_interface(bytes, BE, RAW, 0, NULL);
    put_packet(bytes, BE, 0, 3, STR("two"));

    g_autoptr(CaptureSource) source = source_of(bytes);

    assert_str_equal(next_frame(source).bytes, "one");

    CapturePacket two = next_frame(source);

    assert_str_equal(two.bytes, "two");
    assert_int_equal(two.link, RAW);
    assert_int_equal(two.ref.frame, 2);
    assert_int_equal(read_all(source), 2);
    assert_int_equal(source->info.unreadable_blocks, 1);
    assert_true(source->info.complete);
}

static void reads_what_the_file_says_about_itself(void **state)
{
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    g_autoptr(GByteArray) section = g_byte_array_new();
    g_autoptr(GByteArray) interface = g_byte_array_new();

    put_option(section, LE, 4, STR("dumpcap"));
    put_option(section, LE, 1, STR("taken beside the phone"));
    put_option(interface, LE, 2, STR("eth0"));
    put_option(interface, LE, 11, STR("\0udp port 5060"));
    put_option(interface, LE, 11, STR("\1\0\0\0\0\0\0\0\6"));
    put_option(interface, LE, 1, STR("mirror of port 7"));
    put_option(interface, LE, 0, STR(""));
    put_option(interface, LE, 2, STR("behind the end"));
    put_section(bytes, LE, section);
    put_interface(bytes, LE, ETHERNET, 0, interface);

    g_autoptr(CaptureSource) source = source_of(bytes);

    assert_int_equal(read_all(source), 0);
    assert_int_equal(source->info.comments->len, 2);
    assert_string_equal(source->info.comments->pdata[0], "taken beside the phone");
    assert_string_equal(source->info.comments->pdata[1], "mirror of port 7");
    assert_int_equal(source->info.interfaces->len, 1);
    assert_string_equal(source->info.interfaces->pdata[0], "eth0");
    assert_int_equal(source->info.filters->len, 1);
    assert_string_equal(source->info.filters->pdata[0], "udp port 5060");
}

static void put_statistics(GByteArray *out, uint32_t interface, uint64_t ifdrop, uint64_t osdrop)
{
    g_autoptr(GByteArray) body = g_byte_array_new();
    g_autoptr(GByteArray) by_interface = g_byte_array_new();
    g_autoptr(GByteArray) by_kernel = g_byte_array_new();

    put_u64(by_interface, LE, ifdrop);
    put_u64(by_kernel, LE, osdrop);
    put_u32(body, LE, interface);
    put_u64(body, LE, 0);
    put_option(body, LE, 5, bytes_of(by_interface));
    put_option(body, LE, 7, bytes_of(by_kernel));
    put_block(out, LE, 5, bytes_of(body));
}

static void adds_the_newest_drop_counts_of_all_interfaces(void **state)
{
    g_autoptr(GByteArray) bytes = make_pcapng(LE);
    g_autoptr(GByteArray) silent = make_pcapng(LE);

    put_interface(bytes, LE, ETHERNET, 0, NULL);
    put_statistics(bytes, 0, 1, 10);
    put_statistics(bytes, 1, 2, 20);
    put_statistics(bytes, 0, 4, 40);
    put_statistics(bytes, 0, UINT64_MAX, UINT64_MAX); /* not known */
    put_statistics(bytes, 7, 100, 100);               /* no such interface */

    g_autoptr(CaptureSource) source = source_of(bytes);
    g_autoptr(CaptureSource) quiet = source_of(silent);

    read_all(source);
    assert_true(source->info.drops_known);
    assert_int_equal(source->info.dropped_interface, 6);
    assert_int_equal(source->info.dropped_kernel, 60);
    assert_int_equal(source->info.unreadable_blocks, 1);
    read_all(quiet);
    assert_false(quiet->info.drops_known);
}

static void reads_simple_packets_without_a_time(void **state)
{
    g_autoptr(GByteArray) bytes = g_byte_array_new();

    put_section(bytes, LE, NULL);
    put_block(bytes, LE, 3, STR("\5\0\0\0early")); /* before its interface */
    put_interface(bytes, LE, ETHERNET, 3, NULL);
    put_block(bytes, LE, 3, STR("\3\0\0\0abc"));
    put_block(bytes, LE, 3, STR("\x40\0\0\0def"));

    g_autoptr(CaptureSource) source = source_of(bytes);
    CapturePacket whole = next_frame(source);

    assert_str_equal(whole.bytes, "abc");
    assert_true(whole.no_time);
    assert_int_equal(whole.time, 0);
    assert_int_equal(whole.wire_len, 3);

    CapturePacket cut = next_frame(source);

    assert_str_equal(cut.bytes, "def");
    assert_int_equal(cut.wire_len, 64);
    assert_int_equal(read_all(source), 2);
    assert_int_equal(source->info.no_time_frames, 2);
    assert_int_equal(source->info.cut_frames, 1);
    assert_int_equal(source->info.unreadable_blocks, 1);
    assert_true(source->info.first == NSEC_NONE);
}

static void reads_the_obsolete_packet_block(void **state)
{
    g_autoptr(GByteArray) bytes = make_pcapng(BE);

    put_block(bytes, BE, 2,
              STR("\0\0\xff\xff"
                  "\0\0\0\1\0\0\0\2"
                  "\0\0\0\3\0\0\0\3"
                  "old"));

    g_autoptr(CaptureSource) source = source_of(bytes);
    CapturePacket packet = next_frame(source);

    assert_str_equal(packet.bytes, "old");
    assert_int_equal(packet.time, ((INT64_C(1) << 32) + 2) * 1000);
}

static void skips_blocks_it_does_not_know(void **state)
{
    g_autoptr(GByteArray) bytes = make_pcapng(LE);
    g_autoptr(GByteArray) huge = g_byte_array_new();

    g_byte_array_set_size(huge, 3 * CAPTURE_INPUT_MAX); /* larger than the window */
    memset(huge->data, 0x5a, huge->len);
    put_block(bytes, LE, 0x0bad, STR("custom"));
    put_block(bytes, LE, 4, STR("names"));
    put_block(bytes, LE, 10, STR("keys of a TLS session"));
    put_block(bytes, LE, 0x80000001, bytes_of(huge));
    put_packet(bytes, LE, 0, 1, STR("frame"));

    g_autoptr(CaptureSource) source = source_of(bytes);

    assert_int_equal(read_all(source), 1);
    assert_true(source->info.complete);
    assert_int_equal(source->info.secrets_blocks, 1);
    assert_int_equal(source->info.unreadable_blocks, 0);
}

static void reads_a_frame_with_more_options_than_the_window_holds(void **state)
{
    g_autoptr(GByteArray) bytes = make_pcapng(LE);
    g_autoptr(GByteArray) body = g_byte_array_new();
    g_autofree char *comment = g_malloc0(60000);

    put_u32(body, LE, 0);
    put_u64(body, LE, 0);
    put_u32(body, LE, 4);
    put_u32(body, LE, 4);
    put(body, STR("long"));
    for (unsigned i = 0; i < 20; i++)
        put_option(body, LE, 1, (Str){ comment, 60000 });
    put_block(bytes, LE, 6, bytes_of(body));
    put_packet(bytes, LE, 0, 1, STR("next"));

    g_autoptr(CaptureSource) source = source_of(bytes);

    assert_str_equal(next_frame(source).bytes, "long");
    assert_str_equal(next_frame(source).bytes, "next");
    assert_int_equal(read_all(source), 2);
    assert_true(source->info.complete);
}

/* What stops the capture when 'block' follows one good frame. */
static void check_stop(const GByteArray *block, const char *because)
{
    g_autoptr(GByteArray) bytes = make_pcapng(LE);

    put_packet(bytes, LE, 0, 1, STR("good"));
    put(bytes, bytes_of(block));
    put_packet(bytes, LE, 0, 2, STR("never seen"));

    g_autoptr(CaptureSource) source = source_of(bytes);

    assert_int_equal(read_all(source), 1);
    assert_false(source->info.complete);
    assert_string_equal(source->info.stopped_because, because);
}

static void stops_at_block_lengths_that_cannot_be(void **state)
{
    static const uint32_t lengths[] = { 0, 3, 8, 11, 13, 14, 31, UINT32_MAX };

    for (size_t i = 0; i < G_N_ELEMENTS(lengths); i++) {
        g_autoptr(GByteArray) block = g_byte_array_new();

        put_u32(block, LE, 77);
        put_u32(block, LE, lengths[i]);
        check_stop(block, "the block after frame 1 has a length that cannot be");
    }
}

static void stops_where_a_block_claims_more_than_there_is(void **state)
{
    g_autoptr(GByteArray) huge = g_byte_array_new();
    g_autoptr(GByteArray) packet = g_byte_array_new();

    put_u32(huge, LE, 77);
    put_u32(huge, LE, 0xfffffffc);
    check_stop(huge, "cut in the middle of a block after frame 1");
    put_u32(packet, LE, 6);
    put_u32(packet, LE, 1000);
    check_stop(packet, "cut in the middle of frame 2");
}

static void stops_at_lengths_that_differ(void **state)
{
    g_autoptr(GByteArray) block = g_byte_array_new();

    put_block(block, LE, 77, STR("four"));
    block->data[block->len - 4]++;
    check_stop(block, "the block after frame 1 has two lengths that differ");
}

static void stops_at_a_frame_larger_than_its_block(void **state)
{
    g_autoptr(GByteArray) block = g_byte_array_new();

    put_block(block, LE, 6, STR("\0\0\0\0\0\0\0\0\0\0\0\0\xff\0\0\0\xff\0\0\0four"));
    check_stop(block, "frame 2 claims 255 captured bytes in a block of 36;"
                      " no frame has more than 262144");
}

static void stops_at_a_section_it_cannot_read(void **state)
{
    g_autoptr(GByteArray) order = g_byte_array_new();
    g_autoptr(GByteArray) version = g_byte_array_new();

    put_block(order, LE, 0x0a0d0d0a, STR("\x12\x34\x56\x78\1\0\0\0\0\0\0\0\0\0\0\0"));
    check_stop(order, "the block after frame 1 starts a section of unknown byte order");
    put_block(version, LE, 0x0a0d0d0a, STR("\x4d\x3c\x2b\x1a\2\0\0\0\0\0\0\0\0\0\0\0"));
    check_stop(version, "the block after frame 1 is of a pcapng version other than 1");
}

static void mends_times_and_lengths(void **state)
{
    g_autoptr(GByteArray) bytes = make_pcapng(LE);

    put_block(bytes, LE, 6, STR("\0\0\0\0\0\0\0\0\1\0\0\0\4\0\0\0\2\0\0\0four"));
    put_packet(bytes, LE, 0, UINT64_MAX, STR("far off"));

    g_autoptr(CaptureSource) source = source_of(bytes);

    assert_int_equal(next_frame(source).wire_len, 4);
    assert_true(next_frame(source).no_time);
    assert_int_equal(source->info.mended_frames, 2);
    assert_int_equal(source->info.no_time_frames, 1);
    assert_int_equal(source->info.latest, NSEC_USEC);
}

static void bounds_what_it_remembers(void **state)
{
    g_autoptr(GByteArray) bytes = make_pcapng(LE);
    g_autoptr(GByteArray) options = g_byte_array_new();

    put_option(options, LE, 1, STR("comment"));
    put_option(options, LE, 2, STR("name"));
    for (uint32_t i = 1; i <= 4100; i++)
        put_interface(bytes, LE, (uint16_t)i, 0, options);
    put_packet(bytes, LE, 4095, 1, STR("the last one known"));
    put_packet(bytes, LE, 4096, 2, STR("one too many"));

    g_autoptr(CaptureSource) source = source_of(bytes);

    assert_int_equal(next_frame(source).link, 4095);
    assert_int_equal(read_all(source), 1);
    assert_int_equal(source->info.unreadable_blocks, 5 + 1);
    assert_int_equal(source->info.comments->len, 64);
    assert_int_equal(source->info.interfaces->len, 64);
    assert_int_equal(source->info.links->len, 64);
}

static void keeps_the_number_of_an_interface_it_cannot_read(void **state)
{
    g_autoptr(GByteArray) bytes = make_pcapng(LE);

    put_block(bytes, LE, 1, STR("\1\0\0\0"));
    put_interface(bytes, LE, RAW, 0, NULL);
    put_packet(bytes, LE, 2, 1, STR("raw"));

    g_autoptr(CaptureSource) source = source_of(bytes);

    assert_int_equal(next_frame(source).link, RAW);
    assert_int_equal(source->info.unreadable_blocks, 1);
    assert_int_equal(source->info.links->len, 2);
}

static void refuses_a_file_without_a_section(void **state)
{
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    g_autoptr(GError) error = NULL;

    put_block(bytes, LE, 0x0a0d0d0a, STR("\x12\x34\x56\x78\1\0\0\0\0\0\0\0\0\0\0\0"));

    g_autoptr(MadeFile) path = make_file(bytes);
    g_autoptr(CaptureSource) source = capture_source_new(path, CAPTURE_PLACE_UNSAID, false);

    assert_false(capture_source_open(source, &error));
    assert_true(g_error_matches(error, CAPTURE_ERROR, CAPTURE_ERROR_FORMAT));
    assert_non_null(strstr(error->message, "starts a section of unknown byte order"));
}

/* A file is refused unless the section header in it is whole. */
#define FIRST_BLOCK 60
static GByteArray *make_all_kinds(CaptureOrder order)
{
    GByteArray *bytes = g_byte_array_new();
    g_autoptr(GByteArray) options = g_byte_array_new();

    put_option(options, order, 1, STR("comment"));
    put_option(options, order, 9, STR("\x09"));
    put_option(options, order, 11, STR("\0filter"));
    put_section(bytes, order, options);
    put_interface(bytes, order, ETHERNET, 0, options);
    put_packet(bytes, order, 0, 1, STR("frame"));
    put_block(bytes, order, 2, STR("\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"));
    put_block(bytes, order, 3, STR("\0\0\0\0"));
    put_block(bytes, order, 5, STR("\0\0\0\0\0\0\0\0\0\0\0\0\5\0\10\0\0\0\0\0\0\0\0\0"));
    put_packet(bytes, order, 0, 1, STR("frame"));
    return bytes;
}

static void survives_any_cut(void **state)
{
    for (CaptureOrder order = LE; order <= BE; order++) {
        g_autoptr(GByteArray) bytes = make_all_kinds(order);

        for (guint len = FIRST_BLOCK; len < bytes->len; len++) {
            g_autoptr(GByteArray) cut = g_byte_array_new();

            put(cut, str_first(bytes_of(bytes), len));

            g_autoptr(CaptureSource) source = source_of(cut);
            CapturePacket packet;

            while (capture_source_next(source, &packet) == CAPTURE_FRAME) {
                assert_true(packet.bytes.len == 0 || str_equal(packet.bytes, STR("frame")));
                assert_int_equal(packet.bytes.len, packet.wire_len);
            }
            assert_true(source->info.packets < 4);
            assert_int_equal(source->info.complete, source->info.stopped_because == NULL);
            assert_true(source->info.complete || len % 4 != 0
                        || strstr(source->info.stopped_because, "cut in the middle of ") != NULL);
        }
    }
}

static void survives_any_wrong_byte(void **state)
{
    for (CaptureOrder order = LE; order <= BE; order++) {
        g_autoptr(GByteArray) bytes = make_all_kinds(order);

        for (guint at = FIRST_BLOCK; at < bytes->len; at++) {
            guint8 right = bytes->data[at];

            bytes->data[at] ^= 0xff;

            g_autoptr(CaptureSource) source = source_of(bytes);

            assert_true(read_all(source) <= 4);
            assert_int_equal(source->info.complete, source->info.stopped_because == NULL);
            bytes->data[at] = right;
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_both_orders),
        cmocka_unit_test(gives_each_frame_the_link_and_clock_of_its_interface),
        cmocka_unit_test(starts_anew_with_each_section),
        cmocka_unit_test(reads_what_the_file_says_about_itself),
        cmocka_unit_test(adds_the_newest_drop_counts_of_all_interfaces),
        cmocka_unit_test(reads_simple_packets_without_a_time),
        cmocka_unit_test(reads_the_obsolete_packet_block),
        cmocka_unit_test(skips_blocks_it_does_not_know),
        cmocka_unit_test(reads_a_frame_with_more_options_than_the_window_holds),
        cmocka_unit_test(stops_at_block_lengths_that_cannot_be),
        cmocka_unit_test(stops_where_a_block_claims_more_than_there_is),
        cmocka_unit_test(stops_at_lengths_that_differ),
        cmocka_unit_test(stops_at_a_frame_larger_than_its_block),
        cmocka_unit_test(stops_at_a_section_it_cannot_read),
        cmocka_unit_test(mends_times_and_lengths),
        cmocka_unit_test(bounds_what_it_remembers),
        cmocka_unit_test(keeps_the_number_of_an_interface_it_cannot_read),
        cmocka_unit_test(refuses_a_file_without_a_section),
        cmocka_unit_test(survives_any_cut),
        cmocka_unit_test(survives_any_wrong_byte),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
