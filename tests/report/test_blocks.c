/* Blocks that are put together here are read again by the reader of captures. */

#include "report/blocks.h"

#include <glib/gstdio.h>
#include <unistd.h>

#include "capture/set.h"
#include "support/check.h"

static char *write_file(const GByteArray *blocks)
{
    char *path = NULL;
    int fd = g_file_open_tmp("whyreg-blocks-XXXXXX", &path, NULL);

    assert_true(fd >= 0);
    assert_int_equal(write(fd, blocks->data, blocks->len), blocks->len);
    close(fd);
    return path;
}

static void a_frame_is_read_as_it_was(void **state)
{
    g_autoptr(GByteArray) blocks = g_byte_array_new();
    g_autoptr(CaptureSet) set = capture_set_new(&(CaptureOptions){ 0 });
    CapturePacket packet = {
        .time = INT64_C(1769860800123456789),
        .wire_len = 100,
        .bytes = STR("seventeen letters"), /* which is no multiple of four */
    };
    CapturePacket again;

    report_blocks_add_section(blocks);
    report_blocks_add_interface(blocks, "eth0", 1);
    report_blocks_add_interface(blocks, "tun0", 101);
    report_blocks_add_packet(blocks, &packet, 1, STR("a comment"));
    assert_int_equal(blocks->len % 4, 0);

    g_autofree char *path = write_file(blocks);

    assert_true(capture_set_add(set, path, CAPTURE_PLACE_UNSAID, NULL));
    assert_int_equal(capture_set_next(set, &again), CAPTURE_FRAME);
    g_unlink(path);
    assert_int_equal(again.time, packet.time);
    assert_int_equal(again.wire_len, 100);
    assert_int_equal(again.link, 101);
    assert_true(str_equal(again.bytes, packet.bytes));
    assert_int_equal(capture_set_next(set, &again), CAPTURE_END);
    assert_true(capture_set_info(set, 0)->complete);
    assert_string_equal(g_ptr_array_index(capture_set_info(set, 0)->interfaces, 0), "eth0");
}

static void a_frame_without_a_time_has_the_first_one(void **state)
{
    g_autoptr(GByteArray) blocks = g_byte_array_new();
    CapturePacket packet = { .time = -5, .wire_len = 4, .bytes = STR("abcd") };
    guint start;

    report_blocks_add_section(blocks);
    report_blocks_add_interface(blocks, "eth0", 1);
    start = blocks->len;
    report_blocks_add_packet(blocks, &packet, 0, STR(""));
    for (unsigned i = 12; i < 20; i++)
        assert_int_equal(blocks->data[start + i], 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_frame_is_read_as_it_was),
        cmocka_unit_test(a_frame_without_a_time_has_the_first_one),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
