/*
 * Reading bytes, and never one more than there are.
 */

#include "support/check.h"

#include <glib.h>

#include "base/reader.h"

static void reads_numbers_in_network_order(void **state)
{
    Reader reader = reader_of(STR("\x01\x02\x03\x04\x05\x06\x07"));

    assert_int_equal(reader_u8(&reader), 0x01);
    assert_int_equal(reader_be16(&reader), 0x0203);
    assert_int_equal(reader_be32(&reader), 0x04050607);
    assert_int_equal(reader_left(&reader), 0);
    assert_false(reader.short_read);
}

static void reads_bytes_above_127_as_unsigned(void **state)
{
    Reader reader = reader_of(STR("\xff\xff\xfe\xff\xff\xff\xfd"));

    assert_int_equal(reader_u8(&reader), 0xff);
    assert_int_equal(reader_be16(&reader), 0xfffe);
    assert_true(reader_be32(&reader) == 0xfffffffdU);
}

static void gives_zero_and_says_so_past_the_end(void **state)
{
    Reader reader = reader_of(STR("\x01"));

    assert_int_equal(reader_be16(&reader), 0);
    assert_true(reader.short_read);
    assert_int_equal(reader_left(&reader), 0);
}

/* Otherwise the second half of a cut number would be taken for a header. */
static void a_short_read_takes_what_was_left_and_is_not_forgotten(void **state)
{
    Reader reader = reader_of(STR("\x01\x02\x03"));

    assert_false(str_present(reader_take(&reader, 4)));
    assert_int_equal(reader_u8(&reader), 0);
    assert_int_equal(reader_take(&reader, 0).len, 0);
    assert_true(reader.short_read);
}

static void refuses_a_length_that_would_wrap_around(void **state)
{
    Reader reader = reader_of(STR("\x01\x02\x03"));

    assert_false(str_present(reader_take(&reader, SIZE_MAX)));
    assert_true(reader.short_read);
}

static void takes_bytes_without_copying_them(void **state)
{
    Str bytes = STR("abcdef");
    Reader reader = reader_of(bytes);
    Str first = reader_take(&reader, 2);
    Str rest = reader_rest(&reader);

    assert_ptr_equal(first.data, bytes.data);
    assert_str_equal(first, "ab");
    assert_str_equal(rest, "cdef");
}

static void the_rest_of_nothing_is_no_short_read(void **state)
{
    Reader empty = reader_of(STR(""));
    Reader absent = reader_of(STR_NONE);

    assert_int_equal(reader_rest(&empty).len, 0);
    assert_int_equal(reader_rest(&absent).len, 0);
    assert_int_equal(reader_take(&absent, 0).len, 0);
    assert_false(empty.short_read);
    assert_false(absent.short_read);
}

static void reading_from_absent_bytes_is_a_short_read(void **state)
{
    Reader absent = reader_of(STR_NONE);

    assert_int_equal(reader_be32(&absent), 0);
    assert_true(absent.short_read);
}

static void survives_any_cut(void **state)
{
    static const char whole[] = "\x11\x22\x33\x44\x55\x66\x77";

    for (size_t len = 0; len <= 7; len++) {
        g_autofree char *bytes = g_memdup2(whole, len);
        Reader reader = reader_of((Str){ bytes, len });
        uint8_t byte = reader_u8(&reader);
        uint16_t word = reader_be16(&reader);
        uint32_t number = reader_be32(&reader);

        assert_int_equal(byte, len >= 1 ? 0x11 : 0);
        assert_int_equal(word, len >= 3 ? 0x2233 : 0);
        if (len == 7)
            assert_int_equal(number, 0x44556677);
        assert_int_equal(reader.short_read, len < 7);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_numbers_in_network_order),
        cmocka_unit_test(reads_bytes_above_127_as_unsigned),
        cmocka_unit_test(gives_zero_and_says_so_past_the_end),
        cmocka_unit_test(a_short_read_takes_what_was_left_and_is_not_forgotten),
        cmocka_unit_test(refuses_a_length_that_would_wrap_around),
        cmocka_unit_test(takes_bytes_without_copying_them),
        cmocka_unit_test(the_rest_of_nothing_is_no_short_read),
        cmocka_unit_test(reading_from_absent_bytes_is_a_short_read),
        cmocka_unit_test(survives_any_cut),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
