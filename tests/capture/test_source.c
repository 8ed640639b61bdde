/* One capture from its opening to its end, as a CaptureInfo tells it. */

#include "capture/source.h"

#include "make.h"

static char *why_not(const GByteArray *bytes)
{
    g_autoptr(MadeFile) path = make_file(bytes);
    g_autoptr(CaptureSource) source = capture_source_new(path, CAPTURE_PLACE_UNSAID, false);
    g_autoptr(GError) error = NULL;
    g_autofree char *front = g_strdup_printf("cannot read %s: ", path);

    assert_false(capture_source_open(source, &error));
    assert_true(g_error_matches(error, CAPTURE_ERROR, CAPTURE_ERROR_FORMAT));
    assert_true(g_str_has_prefix(error->message, front));
    return g_strdup(error->message + strlen(front));
}

static void says_what_a_file_is_instead_of_a_capture(void **state)
{
    static const char *const files[][2] = {
        { "", "it is empty" },
        { "abc", "this is a text file" },
        { "GMBU....", "this is a Microsoft Network Monitor file; convert it with editcap" },
        { "a long text that is no capture", "this is a text file" },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(files); i++) {
        g_autoptr(GByteArray) bytes = g_byte_array_new();

        put(bytes, str_of(files[i][0]));

        g_autofree char *why = why_not(bytes);

        assert_string_equal(why, files[i][1]);
    }
}

static void refuses_what_is_compressed_twice_or_spoilt(void **state)
{
    g_autoptr(GByteArray) plain = PCAP_AT(1);
    g_autoptr(GByteArray) once = pack_gzip(plain);
    g_autoptr(GByteArray) twice = pack_lz4(once);
    g_autofree char *why_twice = why_not(twice);

    assert_string_equal(why_twice, "this is compressed twice; unpack it first");
    g_byte_array_set_size(once, 10);

    g_autofree char *why_cut = why_not(once);

    assert_string_equal(why_cut, "the gzip data is cut off");
}

static void reads_compressed_captures(void **state)
{
    static const char *const kinds[] = { "gzip", "zstd", "lz4" };
    g_autoptr(GByteArray) plain = PCAP_AT(1, 2, 3);

    for (size_t i = 0; i < G_N_ELEMENTS(packers); i++) {
        g_autoptr(GByteArray) packed = packers[i](plain);
        g_autoptr(MadeFile) path = make_file(packed);
        g_autoptr(CaptureSource) source = open_source(path);

        assert_int_equal(read_all(source), 3);
        assert_true(source->info.complete);
        assert_string_equal(source->info.compression, kinds[i]);
        assert_int_equal(source->taken, packed->len);
    }
}

static void reads_spoilt_compression_as_far_as_it_goes(void **state)
{
    g_autoptr(GByteArray) plain = make_pcap(LE, 0xa1b2c3d4, 1);

    for (uint32_t i = 0; i < 5000; i++)
        put_frame(plain, i * i, STR("frame"));

    g_autoptr(GByteArray) packed = pack_gzip(plain);

    g_byte_array_set_size(packed, packed->len / 2);

    g_autoptr(MadeFile) path = make_file(packed);
    g_autoptr(CaptureSource) source = open_source(path);
    uint64_t n = read_all(source);
    g_autofree char *because = g_strdup_printf(
        "the gzip data is cut off in the middle of frame %" G_GUINT64_FORMAT, n + 1);

    assert_true(n > 1000 && n < 5000);
    assert_false(source->info.complete);
    assert_string_equal(source->info.stopped_because, because);
}

static void counts_frames_bytes_and_cuts(void **state)
{
    g_autoptr(GByteArray) bytes = make_pcap(LE, 0xa1b2c3d4, 1);

    put_frame(bytes, 10, STR("four"));
    put_frame_header(bytes, LE, 11, 0, 2, 1500);
    put(bytes, STR("ab"));
    put_frame_header(bytes, LE, 12, 0, 2, 3);
    put(bytes, STR("ab"));

    g_autoptr(MadeFile) path = make_file(bytes);
    g_autoptr(CaptureSource) source = open_source(path);
    const CaptureInfo *info = &source->info;

    assert_int_equal(read_all(source), 3);
    assert_int_equal(info->bytes, 8);
    assert_int_equal(info->cut_frames, 2);
    assert_int_equal(info->cut_first_frame, 2);
    assert_int_equal(info->cut_first_time, 11 * NSEC_SEC);
    assert_int_equal(info->first, 10 * NSEC_SEC);
    assert_int_equal(info->last, 12 * NSEC_SEC);
}

static void passes_a_clock_that_steps_back_and_counts_it(void **state)
{
    g_autoptr(GByteArray) bytes = PCAP_AT(100, 99, 98, 101, 50, 102);
    g_autoptr(MadeFile) path = make_file(bytes);
    g_autoptr(CaptureSource) source = open_source(path);

    /* 99 s is one second late, which is not more than one. */
    assert_int_equal(read_all(source), 6);
    assert_int_equal(source->info.clock_steps, 2);
    assert_int_equal(source->info.first, 100 * NSEC_SEC);
    assert_int_equal(source->info.latest, 102 * NSEC_SEC);
}

static void keeps_the_last_time_apart_from_the_latest(void **state)
{
    g_autoptr(GByteArray) bytes = PCAP_AT(100, 200, 150);
    g_autoptr(MadeFile) path = make_file(bytes);
    g_autoptr(CaptureSource) source = open_source(path);

    read_all(source);
    assert_int_equal(source->info.last, 150 * NSEC_SEC);
    assert_int_equal(source->info.latest, 200 * NSEC_SEC);
}

static void can_be_read_again_from_its_beginning(void **state)
{
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    g_autoptr(GByteArray) options = g_byte_array_new();

    put_option(options, LE, 1, STR("comment"));
    put_section(bytes, LE, options);
    put_interface(bytes, LE, 113, 0, options);
    put_packet(bytes, LE, 0, 1, STR("frame"));

    g_autoptr(MadeFile) path = make_file(bytes);
    g_autoptr(CaptureSource) source = open_source(path);

    for (unsigned i = 0; i < 3; i++) {
        assert_int_equal(read_all(source), 1);
        assert_true(source->info.complete);
        assert_int_equal(source->info.comments->len, 2);
        assert_int_equal(source->info.links->len, 1);
        assert_null(source->input);
        assert_true(capture_source_rewind(source));
        assert_int_equal(source->info.packets, 0);
        assert_int_equal(source->info.links->len, 1);
        assert_string_equal(source->info.format, "pcapng");
    }
}

static void says_so_when_the_file_is_gone_at_the_second_reading(void **state)
{
    g_autoptr(GByteArray) bytes = PCAP_AT(1);
    g_autoptr(MadeFile) path = make_file(bytes);
    g_autoptr(CaptureSource) source = open_source(path);
    CapturePacket packet;

    assert_true(capture_source_rewind(source));
    g_unlink(path);

    g_autofree char *because = g_strdup_printf("cannot open %s: No such file or directory", path);

    assert_int_equal(capture_source_next(source, &packet), CAPTURE_END);
    assert_int_equal(capture_source_next(source, &packet), CAPTURE_END);
    assert_false(source->info.complete);
    assert_string_equal(source->info.stopped_because, because);
}

static void stays_at_its_end(void **state)
{
    g_autoptr(GByteArray) bytes = PCAP_AT(1);
    g_autoptr(MadeFile) path = make_file(bytes);
    g_autoptr(CaptureSource) source = open_source(path);
    CapturePacket packet;

    assert_int_equal(read_all(source), 1);
    append_to_file(path, STR("more"));
    assert_int_equal(capture_source_next(source, &packet), CAPTURE_END);
    assert_true(source->info.complete);
}

static CaptureSource *follow(const char *path)
{
    g_autoptr(CaptureSource) source = capture_source_new(path, CAPTURE_PLACE_UNSAID, true);

    assert_true(capture_source_open(source, NULL));
    return g_steal_pointer(&source);
}

static void follows_a_file_from_before_its_first_byte(void **state)
{
    Packer none[] = { NULL, pack_gzip };
    g_autoptr(GByteArray) plain = PCAP_AT(1, 2, 3);

    for (size_t i = 0; i < G_N_ELEMENTS(none); i++) {
        g_autoptr(GByteArray) bytes = none[i] != NULL ? none[i](plain) : PCAP_AT(1, 2, 3);
        g_autoptr(GByteArray) empty = g_byte_array_new();
        g_autoptr(MadeFile) path = make_file(empty);
        g_autoptr(CaptureSource) source = follow(path);
        CapturePacket packet;

        assert_null(source->info.format);
        for (guint at = 0; at < bytes->len; at++) {
            while (capture_source_next(source, &packet) == CAPTURE_FRAME)
                continue;
            assert_false(source->over);
            append_to_file(path, (Str){ (const char *)bytes->data + at, 1 });
        }
        while (capture_source_next(source, &packet) == CAPTURE_FRAME)
            continue;
        assert_int_equal(source->info.packets, 3);
        assert_int_equal(source->info.last, 3 * NSEC_SEC);
        assert_string_equal(source->info.format, "pcap");
        assert_false(source->info.complete);
        assert_null(source->info.stopped_because);
    }
}

static void notices_late_that_a_followed_file_is_no_capture(void **state)
{
    g_autoptr(GByteArray) empty = g_byte_array_new();
    g_autoptr(MadeFile) path = make_file(empty);
    g_autoptr(CaptureSource) source = follow(path);
    CapturePacket packet;

    assert_int_equal(capture_source_next(source, &packet), CAPTURE_IDLE);
    append_to_file(path, STR("a log"));
    assert_int_equal(capture_source_next(source, &packet), CAPTURE_END);
    assert_string_equal(source->info.stopped_because, "this is a text file");
}

static void is_named_by_the_last_part_of_its_path(void **state)
{
    g_autoptr(CaptureSource) file = capture_source_new("/a/b.pcap", CAPTURE_PLACE_CLIENT, false);
    g_autoptr(CaptureSource) here = capture_source_new("c.pcap", CAPTURE_PLACE_SERVER, false);
    g_autoptr(CaptureSource) input = capture_source_new("-", CAPTURE_PLACE_UNSAID, false);

    assert_string_equal(file->info.name, "b.pcap");
    assert_string_equal(file->info.path, "/a/b.pcap");
    assert_int_equal(file->info.place, CAPTURE_PLACE_CLIENT);
    assert_string_equal(here->info.name, "c.pcap");
    assert_string_equal(input->info.name, "standard input");
    assert_string_equal(input->info.path, "-");
}

static void remembers_the_newest_gaps(void **state)
{
    g_autoptr(CaptureSource) source = capture_source_new("eth0", CAPTURE_PLACE_UNSAID, true);

    for (unsigned i = 1; i <= CAPTURE_GAPS + 3; i++) {
        capture_source_add_gap(source, i * NSEC_SEC, NSEC_NONE, "it was removed");
        capture_source_close_gap(source, i * NSEC_SEC + 1);
    }

    g_autoptr(CaptureInfo) copy = capture_info_copy(&source->info);
    const CaptureGap *first = &g_array_index(copy->gaps, CaptureGap, 0);

    assert_int_equal(copy->gaps->len, CAPTURE_GAPS);
    assert_int_equal(copy->gaps_forgotten, 3);
    assert_int_equal(first->from, 4 * NSEC_SEC);
    assert_int_equal(first->until, 4 * NSEC_SEC + 1);
    assert_string_equal(first->because, "it was removed");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(says_what_a_file_is_instead_of_a_capture),
        cmocka_unit_test(refuses_what_is_compressed_twice_or_spoilt),
        cmocka_unit_test(reads_compressed_captures),
        cmocka_unit_test(reads_spoilt_compression_as_far_as_it_goes),
        cmocka_unit_test(counts_frames_bytes_and_cuts),
        cmocka_unit_test(passes_a_clock_that_steps_back_and_counts_it),
        cmocka_unit_test(keeps_the_last_time_apart_from_the_latest),
        cmocka_unit_test(can_be_read_again_from_its_beginning),
        cmocka_unit_test(says_so_when_the_file_is_gone_at_the_second_reading),
        cmocka_unit_test(stays_at_its_end),
        cmocka_unit_test(follows_a_file_from_before_its_first_byte),
        cmocka_unit_test(notices_late_that_a_followed_file_is_no_capture),
        cmocka_unit_test(is_named_by_the_last_part_of_its_path),
        cmocka_unit_test(remembers_the_newest_gaps),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
