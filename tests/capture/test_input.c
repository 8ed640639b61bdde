/* Bytes from files and pipes: every one, once, and never too early. */

#include "capture/input.h"

#include "make.h"

static CaptureInput *open_input(const char *path, bool follow)
{
    g_autoptr(GError) error = NULL;
    CaptureInput *input = capture_input_open(path, follow, &error);

    assert_non_null(input);
    return input;
}

/* More than a window: numbers, so that a byte tells its place. */
static GByteArray *make_numbers(uint32_t n)
{
    GByteArray *bytes = g_byte_array_new();

    for (uint32_t i = 0; i < n; i++)
        put_u32(bytes, BE, i);
    return bytes;
}

/* Reads pieces of 'piece' bytes to the end and compares every one. */
static void check_pieces(CaptureInput *input, const GByteArray *bytes, size_t piece)
{
    size_t at = 0;

    for (; at + piece <= bytes->len; at += piece) {
        assert_int_equal(capture_input_need(input, piece), CAPTURE_INPUT_READY);
        assert_int_equal(memcmp(capture_input_take(input, piece).data, bytes->data + at, piece), 0);
    }
    assert_int_equal(capture_input_need(input, piece), CAPTURE_INPUT_OVER);
    assert_int_equal(capture_input_left(input), bytes->len - at);
    assert_null(input->defect);
}

static void gives_every_byte_once_whatever_is_asked(void **state)
{
    static const size_t pieces[] = { 1, 1000, 65537, 262144, CAPTURE_INPUT_MAX };
    g_autoptr(GByteArray) bytes = make_numbers(400000);
    g_autoptr(MadeFile) path = make_file(bytes);

    for (size_t i = 0; i < G_N_ELEMENTS(pieces); i++) {
        g_autoptr(CaptureInput) input = open_input(path, false);

        check_pieces(input, bytes, pieces[i]);
        assert_int_equal(input->taken, bytes->len);
        assert_int_equal(input->size, bytes->len);
        assert_true(input->reopenable);
        assert_null(input->compression);
    }
}

static void unpacks_by_content(void **state)
{
    static const char *const kinds[] = { "gzip", "zstd", "lz4" };
    g_autoptr(GByteArray) bytes = make_numbers(400000);

    for (size_t i = 0; i < G_N_ELEMENTS(packers); i++) {
        g_autoptr(GByteArray) packed = packers[i](bytes);
        g_autoptr(MadeFile) path = make_file(packed);
        g_autoptr(CaptureInput) input = open_input(path, false);

        check_pieces(input, bytes, 1000);
        assert_string_equal(input->compression, kinds[i]);
        assert_int_equal(input->taken, packed->len);
    }
}

static void unpacks_more_than_the_packed_bytes_suggest(void **state)
{
    g_autoptr(GByteArray) zeros = g_byte_array_new();

    g_byte_array_set_size(zeros, 3000000);
    memset(zeros->data, 0, zeros->len);
    for (size_t i = 0; i < G_N_ELEMENTS(packers); i++) {
        g_autoptr(GByteArray) packed = packers[i](zeros);
        g_autoptr(MadeFile) path = make_file(packed);
        g_autoptr(CaptureInput) input = open_input(path, false);

        assert_true(packed->len < 20000);
        check_pieces(input, zeros, 70000);
    }
}

/* In one block, which is unpacked as a whole and waits inside the library. */
static GByteArray *pack_lz4_in_a_large_block(const GByteArray *plain)
{
    const LZ4F_preferences_t large = { .frameInfo.blockSizeID = LZ4F_max4MB };
    GByteArray *out = g_byte_array_new();

    g_byte_array_set_size(out, (guint)LZ4F_compressFrameBound(plain->len, &large));

    size_t len = LZ4F_compressFrame(out->data, out->len, plain->data, plain->len, &large);

    assert_false(LZ4F_isError(len));
    g_byte_array_set_size(out, (guint)len);
    return out;
}

static void gives_all_that_was_unpacked_before_a_cut(void **state)
{
    g_autoptr(GByteArray) zeros = g_byte_array_new();

    g_byte_array_set_size(zeros, 3000000);
    memset(zeros->data, 0, zeros->len);

    g_autoptr(GByteArray) packed = pack_lz4_in_a_large_block(zeros);

    g_byte_array_set_size(packed, packed->len - 4); /* the end mark */

    g_autoptr(MadeFile) path = make_file(packed);
    g_autoptr(CaptureInput) input = open_input(path, false);
    uint32_t n = 0;

    while (capture_input_need(input, 1000) == CAPTURE_INPUT_READY) {
        capture_input_take(input, 1000);
        n++;
    }
    assert_int_equal(n, 3000);
    assert_string_equal(input->defect, "the lz4 data is cut off");
}

static void does_not_follow_a_stream_inside_a_stream(void **state)
{
    g_autoptr(GByteArray) bytes = make_numbers(100);
    g_autoptr(GByteArray) packed = pack_gzip(bytes);
    g_autoptr(GByteArray) twice = pack_zstd(packed);
    g_autoptr(MadeFile) path = make_file(twice);
    g_autoptr(CaptureInput) input = open_input(path, false);

    check_pieces(input, packed, 1);
    assert_string_equal(input->compression, "zstd");
}

static void says_when_packed_data_is_cut_off(void **state)
{
    g_autoptr(GByteArray) bytes = make_numbers(100000);
    g_autoptr(GByteArray) packed = pack_gzip(bytes);

    g_byte_array_set_size(packed, packed->len / 2);

    g_autoptr(MadeFile) path = make_file(packed);
    g_autoptr(CaptureInput) input = open_input(path, false);

    for (uint32_t i = 0; capture_input_need(input, 4) == CAPTURE_INPUT_READY; i++) {
        Reader reader = reader_of(capture_input_take(input, 4));

        assert_int_equal(reader_be32(&reader), i);
    }
    assert_string_equal(input->defect, "the gzip data is cut off");
}

static void skips_what_has_not_come_yet(void **state)
{
    g_autoptr(GByteArray) bytes = make_numbers(400000);
    g_autoptr(MadeFile) path = make_file(bytes);
    g_autoptr(CaptureInput) input = open_input(path, false);

    assert_int_equal(capture_input_need(input, 4), CAPTURE_INPUT_READY);
    capture_input_skip(input, 4 * 300000);
    assert_int_equal(capture_input_need(input, 4), CAPTURE_INPUT_READY);
    assert_int_equal(input->to_skip, 0);

    Reader reader = reader_of(capture_input_take(input, 4));

    assert_int_equal(reader_be32(&reader), 300000);

    capture_input_skip(input, UINT32_MAX);
    assert_int_equal(capture_input_need(input, 1), CAPTURE_INPUT_OVER);
    assert_true(input->to_skip > 0);
}

static void waits_for_a_file_that_is_followed(void **state)
{
    g_autoptr(GByteArray) nothing = g_byte_array_new();
    g_autoptr(MadeFile) path = make_file(nothing);
    g_autoptr(CaptureInput) input = open_input(path, true);

    assert_int_equal(capture_input_need(input, 4), CAPTURE_INPUT_WAIT);
    append_to_file(path, STR("ab"));
    assert_int_equal(capture_input_need(input, 4), CAPTURE_INPUT_WAIT);
    append_to_file(path, STR("cdef"));
    assert_int_equal(capture_input_need(input, 4), CAPTURE_INPUT_READY);
    assert_str_equal(capture_input_take(input, 4), "abcd");
    assert_int_equal(capture_input_need(input, 4), CAPTURE_INPUT_WAIT);
    capture_input_skip(input, 3);
    append_to_file(path, STR("ghijk"));
    assert_int_equal(capture_input_need(input, 4), CAPTURE_INPUT_READY);
    assert_str_equal(capture_input_take(input, 4), "hijk");
}

static void follows_a_pipe_without_blocking_to_its_end(void **state)
{
    int ends[2];

    assert_int_equal(pipe(ends), 0);

    g_autofree char *path = g_strdup_printf("/dev/fd/%d", ends[0]);
    g_autoptr(CaptureInput) input = open_input(path, true);

    assert_false(input->reopenable);
    assert_int_equal(input->size, 0);
    assert_int_equal(capture_input_need(input, 4), CAPTURE_INPUT_WAIT);
    assert_int_equal(write(ends[1], "abcde", 5), 5);
    assert_int_equal(capture_input_need(input, 4), CAPTURE_INPUT_READY);
    assert_str_equal(capture_input_take(input, 4), "abcd");
    assert_int_equal(capture_input_need(input, 4), CAPTURE_INPUT_WAIT);
    close(ends[1]);
    assert_int_equal(capture_input_need(input, 4), CAPTURE_INPUT_OVER);
    assert_int_equal(capture_input_left(input), 1);
    close(ends[0]);
}

static void tells_why_a_file_cannot_be_opened(void **state)
{
    g_autoptr(GError) missing = NULL;
    g_autoptr(GError) directory = NULL;

    assert_null(capture_input_open("/no/such/file", false, &missing));
    assert_true(g_error_matches(missing, CAPTURE_ERROR, CAPTURE_ERROR_OPEN));
    assert_string_equal(missing->message, "cannot open /no/such/file: No such file or directory");

    assert_null(capture_input_open("/", false, &directory));
    assert_true(g_error_matches(directory, CAPTURE_ERROR, CAPTURE_ERROR_OPEN));
    assert_string_equal(directory->message, "cannot open /: Is a directory");
}

static void ends_with_a_sentence_when_reading_fails(void **state)
{
    /* Nothing is mapped at address 0, so this file can be opened only. */
    g_autoptr(CaptureInput) input = open_input("/proc/self/mem", false);

    assert_int_equal(capture_input_need(input, 4), CAPTURE_INPUT_OVER);
    assert_string_equal(input->defect, "reading failed: Input/output error");
    assert_int_equal(capture_input_need(input, 4), CAPTURE_INPUT_OVER);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gives_every_byte_once_whatever_is_asked),
        cmocka_unit_test(unpacks_by_content),
        cmocka_unit_test(unpacks_more_than_the_packed_bytes_suggest),
        cmocka_unit_test(gives_all_that_was_unpacked_before_a_cut),
        cmocka_unit_test(does_not_follow_a_stream_inside_a_stream),
        cmocka_unit_test(says_when_packed_data_is_cut_off),
        cmocka_unit_test(skips_what_has_not_come_yet),
        cmocka_unit_test(waits_for_a_file_that_is_followed),
        cmocka_unit_test(follows_a_pipe_without_blocking_to_its_end),
        cmocka_unit_test(tells_why_a_file_cannot_be_opened),
        cmocka_unit_test(ends_with_a_sentence_when_reading_fails),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
