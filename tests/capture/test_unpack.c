/* gzip, zstd and lz4, whole, joined, cut and spoilt. */

#include "capture/unpack.h"

#include "make.h"

static GByteArray *make_plain(void)
{
    GByteArray *plain = g_byte_array_new();

    for (uint32_t i = 0; i < 5000; i++)
        put_u32(plain, LE, i * i);
    return plain;
}

/* Everything that comes out when no more than these go in and out at once. */
static GByteArray *unpack(CaptureUnpacker *unpacker, Str packed, size_t in, size_t out)
{
    GByteArray *plain = g_byte_array_new();
    bool full = false;

    while ((packed.len > 0 || full) && capture_unpack_defect(unpacker) == NULL) {
        g_autofree uint8_t *room = g_malloc(out);
        Str some = str_first(packed, in);
        size_t offered = some.len;
        size_t made = capture_unpack_step(unpacker, &some, room, out);

        g_byte_array_append(plain, room, (guint)made);
        packed = str_from(packed, offered - some.len);
        full = made == out;
    }
    return plain;
}

static void unpacks_what_the_libraries_pack(void **state)
{
    static const char *const kinds[] = { "gzip", "zstd", "lz4" };
    static const size_t steps[] = { 1, 7, 100000 };
    g_autoptr(GByteArray) plain = make_plain();

    for (size_t i = 0; i < G_N_ELEMENTS(packers); i++) {
        g_autoptr(GByteArray) packed = packers[i](plain);

        assert_string_equal(capture_unpack_kind(bytes_of(packed)), kinds[i]);
        for (size_t j = 0; j < G_N_ELEMENTS(steps) * G_N_ELEMENTS(steps); j++) {
            g_autoptr(CaptureUnpacker) unpacker = capture_unpack_new(bytes_of(packed));
            g_autoptr(GByteArray) got =
                unpack(unpacker, bytes_of(packed), steps[j % 3], steps[j / 3]);

            assert_null(capture_unpack_defect(unpacker));
            assert_true(capture_unpack_may_end(unpacker));
            assert_true(str_equal(bytes_of(got), bytes_of(plain)));
        }
    }
}

static void goes_on_after_the_first_member(void **state)
{
    g_autoptr(GByteArray) plain = make_plain();

    for (size_t i = 0; i < G_N_ELEMENTS(packers); i++) {
        g_autoptr(GByteArray) packed = packers[i](plain);
        g_autoptr(GByteArray) second = packers[i](plain);

        put(packed, bytes_of(second));

        g_autoptr(CaptureUnpacker) unpacker = capture_unpack_new(bytes_of(packed));
        g_autoptr(GByteArray) got = unpack(unpacker, bytes_of(packed), 100, 1000);

        assert_int_equal(got->len, 2 * plain->len);
        assert_memory_equal(got->data + plain->len, plain->data, plain->len);
    }
}

static void may_not_end_inside_a_member(void **state)
{
    g_autoptr(GByteArray) plain = make_plain();

    for (size_t i = 0; i < G_N_ELEMENTS(packers); i++) {
        g_autoptr(GByteArray) packed = packers[i](plain);

        for (guint len = 4; len < packed->len; len += 1 + packed->len / 97) {
            g_autofree char *cut = g_memdup2(packed->data, len);
            g_autoptr(CaptureUnpacker) unpacker = capture_unpack_new((Str){ cut, len });
            g_autoptr(GByteArray) got = unpack(unpacker, (Str){ cut, len }, len, 4096);

            assert_null(capture_unpack_defect(unpacker));
            assert_false(capture_unpack_may_end(unpacker));
            assert_true(got->len <= plain->len);
            assert_true(str_equal(bytes_of(got), str_first(bytes_of(plain), got->len)));
        }
    }
}

static void names_damage(void **state)
{
    g_autoptr(GByteArray) plain = make_plain();

    for (size_t i = 0; i < G_N_ELEMENTS(packers); i++) {
        g_autoptr(GByteArray) packed = packers[i](plain);

        /* What follows the magic number of a frame or the fixed header of a
         * gzip member, so that it is still recognised. */
        memset(packed->data + 10, 0xff, 60);

        g_autoptr(CaptureUnpacker) unpacker = capture_unpack_new(bytes_of(packed));
        g_autoptr(GByteArray) got = unpack(unpacker, bytes_of(packed), 1000, 1000);

        assert_non_null(capture_unpack_defect(unpacker));
        assert_non_null(strstr(capture_unpack_defect(unpacker), "data is damaged ("));
        assert_true(got->len < plain->len);
    }
}

static void overlooks_zeros_behind_gzip_but_nothing_else(void **state)
{
    g_autoptr(GByteArray) plain = make_plain();
    g_autoptr(GByteArray) packed = pack_gzip(plain);

    put(packed, STR("\0\0\0\0\0\0\0"));

    g_autoptr(CaptureUnpacker) padded = capture_unpack_new(bytes_of(packed));
    g_autoptr(GByteArray) got = unpack(padded, bytes_of(packed), 1000, 1000);

    assert_int_equal(got->len, plain->len);
    assert_null(capture_unpack_defect(padded));
    assert_true(capture_unpack_may_end(padded));

    put(packed, STR("garbage"));

    g_autoptr(CaptureUnpacker) spoilt = capture_unpack_new(bytes_of(packed));
    g_autoptr(GByteArray) same = unpack(spoilt, bytes_of(packed), 1000, 1000);

    assert_int_equal(same->len, plain->len);
    assert_non_null(capture_unpack_defect(spoilt));
}

static void leaves_other_files_alone(void **state)
{
    assert_null(capture_unpack_kind(STR("")));
    assert_null(capture_unpack_kind(STR("\x1f\x8b\x08")));
    assert_null(capture_unpack_kind(STR("\x1f\x8b\x07\x00")));
    assert_null(capture_unpack_kind(STR("\xd4\xc3\xb2\xa1")));
    assert_null(capture_unpack_new(STR("text")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(unpacks_what_the_libraries_pack),
        cmocka_unit_test(goes_on_after_the_first_member),
        cmocka_unit_test(may_not_end_inside_a_member),
        cmocka_unit_test(names_damage),
        cmocka_unit_test(overlooks_zeros_behind_gzip_but_nothing_else),
        cmocka_unit_test(leaves_other_files_alone),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
