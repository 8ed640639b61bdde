/*
 * Is it really SipHash-1-3, and keyed?
 *
 * The reference below takes the number of rounds as arguments and works byte by
 * byte. With 2 and 4 rounds it must give the vector of the SipHash paper
 * (appendix A); then it may judge the program's own 1 and 3.
 */

#include "support/check.h"

#include <glib.h>

#include "base/hash.h"

#define KEY0 UINT64_C(0x0706050403020100)
#define KEY1 UINT64_C(0x0f0e0d0c0b0a0908)

static uint64_t left(uint64_t x, int bits)
{
    return (x << bits) | (x >> (64 - bits));
}

static void reference_rounds(uint64_t *a, uint64_t *b, uint64_t *c, uint64_t *d, int n)
{
    for (int i = 0; i < n; i++) {
        *a += *b;
        *c += *d;
        *b = left(*b, 13);
        *d = left(*d, 16);
        *b ^= *a;
        *d ^= *c;
        *a = left(*a, 32);
        *c += *b;
        *a += *d;
        *b = left(*b, 17);
        *d = left(*d, 21);
        *b ^= *c;
        *d ^= *a;
        *c = left(*c, 32);
    }
}

static uint64_t reference(const uint8_t *bytes, size_t len, int per_word, int at_end)
{
    uint64_t a = KEY0 ^ UINT64_C(0x736f6d6570736575);
    uint64_t b = KEY1 ^ UINT64_C(0x646f72616e646f6d);
    uint64_t c = KEY0 ^ UINT64_C(0x6c7967656e657261);
    uint64_t d = KEY1 ^ UINT64_C(0x7465646279746573);
    uint64_t word = 0;
    size_t padded = (len / 8 + 1) * 8;

    for (size_t i = 0; i < padded; i++) {
        uint64_t byte = i < len ? bytes[i] : i + 1 == padded ? len & 0xff : 0;

        word |= byte << (8 * (i % 8));
        if (i % 8 != 7)
            continue;
        d ^= word;
        reference_rounds(&a, &b, &c, &d, per_word);
        a ^= word;
        word = 0;
    }
    c ^= 0xff;
    reference_rounds(&a, &b, &c, &d, at_end);
    return a ^ b ^ c ^ d;
}

static void fill(uint8_t *bytes, size_t len)
{
    for (size_t i = 0; i < len; i++)
        bytes[i] = (uint8_t)i;
}

static void the_reference_gives_the_vector_of_the_paper(void **state)
{
    uint8_t bytes[15];

    fill(bytes, sizeof(bytes));
    assert_true(reference(bytes, sizeof(bytes), 2, 4) == UINT64_C(0xa129ca6149be45e5));
}

static void is_siphash_1_3_for_every_length(void **state)
{
    hash_seed(KEY0, KEY1);
    for (size_t len = 0; len <= 300; len++) {
        g_autofree uint8_t *bytes = g_malloc(len); /* exact, so that ASan sees overreads */

        fill(bytes, len);
        assert_true(hash_bytes(bytes, len) == reference(bytes, len, 1, 3));
    }
}

static void reads_unaligned_bytes(void **state)
{
    uint8_t bytes[64 + 8];

    hash_seed(KEY0, KEY1);
    for (size_t shift = 0; shift < 8; shift++) {
        fill(bytes + shift, 64);
        assert_true(hash_bytes(bytes + shift, 64) == reference(bytes + shift, 64, 1, 3));
    }
}

static void absent_text_hashes_like_empty_text(void **state)
{
    hash_seed(KEY0, KEY1);
    assert_true(hash_str(STR_NONE) == hash_str(STR("")));
    assert_true(hash_str(STR_NONE) == reference(NULL, 0, 1, 3));
}

static void text_that_differs_after_a_nul_byte_hashes_differently(void **state)
{
    assert_true(hash_str(STR("a\0b")) != hash_str(STR("a\0c")));
    assert_true(hash_str(STR("a")) != hash_str(STR("a\0")));
}

static void another_key_gives_other_hashes(void **state)
{
    hash_seed(KEY0, KEY1);

    uint64_t bytes = hash_str(STR("alice"));
    uint64_t mixed = hash_mix(1, 2);

    hash_seed(KEY0, KEY1 ^ 1);
    assert_true(hash_str(STR("alice")) != bytes);
    assert_true(hash_mix(1, 2) != mixed);
}

static void mixing_depends_on_both_values_and_their_order(void **state)
{
    hash_seed(KEY0, KEY1);
    assert_true(hash_mix(1, 2) != hash_mix(2, 1));
    assert_true(hash_mix(1, 2) != hash_mix(1, 3));
    assert_true(hash_mix(1, 2) == hash_mix(1, 2));
}

/* A table looks at the low bits. Somebody who chooses CSeq numbers or ports
 * that have those in common must not fill one bucket. */
static void mixed_values_with_equal_low_bits_spread_over_a_table(void **state)
{
    enum { N = 4096 };
    static unsigned used[N];
    unsigned fullest = 0;

    hash_seed(KEY0, KEY1);
    for (uint64_t i = 0; i < N; i++) {
        size_t bucket = hash_mix(UINT64_C(0x1234), i << 32) % N;

        fullest = MAX(fullest, ++used[bucket]);
    }
    assert_in_range(fullest, 1, 16);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_reference_gives_the_vector_of_the_paper),
        cmocka_unit_test(is_siphash_1_3_for_every_length),
        cmocka_unit_test(reads_unaligned_bytes),
        cmocka_unit_test(absent_text_hashes_like_empty_text),
        cmocka_unit_test(text_that_differs_after_a_nul_byte_hashes_differently),
        cmocka_unit_test(another_key_gives_other_hashes),
        cmocka_unit_test(mixing_depends_on_both_values_and_their_order),
        cmocka_unit_test(mixed_values_with_equal_low_bits_spread_over_a_table),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
