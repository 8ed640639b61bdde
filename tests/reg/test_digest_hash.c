/* Sums of known texts, however long, and what is not there. */

#include "reg/digest_hash.h"

#include <glib.h>

#include "support/check.h"

static RegHashSum sum_of(RegHasher *hasher, RegHashId id, Str text)
{
    RegHashSum sum;

    reg_hasher_sum(hasher, id, &text, 1, &sum);
    return sum;
}

/* RFC 1321 appendix A.5, FIPS 180-4. */
static void computes_known_sums(void **state)
{
    RegHasher hasher;
    RegHashSum sum;

    reg_hasher_init(&hasher, NULL);
    sum = sum_of(&hasher, REG_HASH_MD5, STR("abc"));
    assert_str_equal(reg_hash_hex(&sum), "900150983cd24fb0d6963f7d28e17f72");
    sum = sum_of(&hasher, REG_HASH_MD5, STR(""));
    assert_str_equal(reg_hash_hex(&sum), "d41d8cd98f00b204e9800998ecf8427e");
    sum = sum_of(&hasher, REG_HASH_SHA256, STR("abc"));
    assert_str_equal(reg_hash_hex(&sum),
                     "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    sum = sum_of(&hasher, REG_HASH_SHA512_256, STR("abc"));
    assert_str_equal(reg_hash_hex(&sum),
                     "53048e2681941ef99b2e29b76b4c7dabe4c2d0c634fc6d46e0e2f13107e7af23");
    sum = sum_of(&hasher, REG_HASH_SHA512_CUT, STR("abc"));
    assert_str_equal(reg_hash_hex(&sum),
                     "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a");
    sum = sum_of(&hasher, REG_HASH_SHA1, STR("abc"));
    assert_str_equal(reg_hash_hex(&sum), "a9993e364706816aba3e25717850c26c9cd0d89d");
    assert_int_equal(hasher.hashes, 6);
    reg_hasher_clear(&hasher);
}

static void puts_colons_between_the_parts(void **state)
{
    RegHasher hasher;
    RegHashSum parts;
    RegHashSum whole;

    reg_hasher_init(&hasher, NULL);
    reg_hasher_sum(&hasher, REG_HASH_MD5, (Str[]){ STR("a"), STR_NONE, STR("b\0c") }, 3, &parts);
    whole = sum_of(&hasher, REG_HASH_MD5, STR("a::b\0c"));
    assert_memory_equal(parts.bytes, whole.bytes, 16);
    assert_int_equal(hasher.bytes, 2 * strlen("a::b c"));
    reg_hasher_clear(&hasher);
}

/* Short ones are put together first. */
static void a_long_text_is_the_same_in_parts(void **state)
{
    RegHasher hasher;

    reg_hasher_init(&hasher, NULL);
    for (size_t len = 1015; len < 1035; len++) {
        g_autofree char *text = g_strnfill(len, 'x');
        Str all = { text, len };
        RegHashSum whole;
        RegHashSum parts;

        text[7] = ':';
        whole = sum_of(&hasher, REG_HASH_MD5, all);
        reg_hasher_sum(&hasher, REG_HASH_MD5, (Str[]){ str_first(all, 7), str_from(all, 8) }, 2,
                       &parts);
        assert_memory_equal(parts.bytes, whole.bytes, 16);
    }
    reg_hasher_clear(&hasher);
}

static void is_without_md5_where_it_is_forbidden(void **state)
{
    RegHasher hasher;
    RegHashSum sum;

    reg_hasher_init(&hasher, "provider=none.such");
    assert_false(reg_hasher_has(&hasher, REG_HASH_MD5));
    sum = sum_of(&hasher, REG_HASH_MD5, STR("abc"));
    assert_int_equal(sum.len, 0);
    assert_int_equal(reg_hash_hex(&sum).len, 0);
    reg_hasher_wipe(&hasher);
    reg_hasher_clear(&hasher);
}

static void reads_hex_digits_in_any_case(void **state)
{
    RegHashSum sum;

    assert_true(reg_hash_from_hex(STR("00aAFf"), &sum));
    assert_int_equal(sum.len, 3);
    assert_memory_equal(sum.bytes, "\x00\xaa\xff", 3);
    assert_str_equal(reg_hash_hex(&sum), "00aaff");
}

static void refuses_what_is_no_sum(void **state)
{
    RegHashSum sum;
    g_autofree char *digits = g_strnfill(66, 'a');

    assert_false(reg_hash_from_hex(STR(""), &sum));
    assert_false(reg_hash_from_hex(STR("abc"), &sum));
    assert_false(reg_hash_from_hex(STR("0g"), &sum));
    assert_int_equal(sum.len, 0);
    assert_true(reg_hash_from_hex((Str){ digits, 64 }, &sum));
    assert_false(reg_hash_from_hex((Str){ digits, 66 }, &sum));
    assert_int_equal(sum.len, 0);
}

static void forgets_what_it_hashed(void **state)
{
    RegHasher hasher;

    reg_hasher_init(&hasher, NULL);
    sum_of(&hasher, REG_HASH_MD5, STR("secret"));
    assert_memory_equal(hasher.joined, "secret", 6);
    reg_hasher_wipe(&hasher);
    for (size_t i = 0; i < sizeof(hasher.joined); i++)
        assert_int_equal(hasher.joined[i], 0);
    assert_int_equal(hasher.hashes, 0);
    assert_int_equal(hasher.bytes, 0);
    reg_hasher_clear(&hasher);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(computes_known_sums),
        cmocka_unit_test(puts_colons_between_the_parts),
        cmocka_unit_test(a_long_text_is_the_same_in_parts),
        cmocka_unit_test(is_without_md5_where_it_is_forbidden),
        cmocka_unit_test(reads_hex_digits_in_any_case),
        cmocka_unit_test(refuses_what_is_no_sum),
        cmocka_unit_test(forgets_what_it_hashed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
