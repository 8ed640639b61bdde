/* Files that are no captures. */

#include "capture/stranger.h"

#include "support/check.h"

static void names_other_capture_formats_and_their_cure(void **state)
{
    assert_string_equal(capture_stranger_name(STR("GMBU\1\2\1\0")),
                        "a Microsoft Network Monitor file; convert it with editcap");
    assert_string_equal(capture_stranger_name(STR("snoop\0\0\0\0\0\0\2")),
                        "a snoop file; convert it with editcap");
    assert_string_equal(capture_stranger_name(STR("\xfd"
                                                  "7zXZ\0\0\4")),
                        "compressed with xz; unpack it first");
}

static void names_a_second_compression(void **state)
{
    assert_string_equal(capture_stranger_name(STR("\x1f\x8b\x08\0\0\0\0\0")),
                        "compressed twice; unpack it first");
}

static void tells_text_from_bytes(void **state)
{
    assert_string_equal(capture_stranger_name(STR("12:00:01 IP 192.0.2.1 > 192.0.2.2\r\n\t")),
                        "a text file");
    assert_string_equal(capture_stranger_name(STR("Gr\xc3\xbc\xc3\x9f"
                                                  "e")),
                        "a text file");
    assert_string_equal(capture_stranger_name(STR("cut \xe2\x82")), "a text file");
    assert_string_equal(capture_stranger_name(STR("\xff\xfe\xfd\xfc text")), "not a capture file");
    assert_string_equal(capture_stranger_name(STR("text\0text")), "not a capture file");
    assert_string_equal(capture_stranger_name(STR("\0")), "not a capture file");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_other_capture_formats_and_their_cure),
        cmocka_unit_test(names_a_second_compression),
        cmocka_unit_test(tells_text_from_bytes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
