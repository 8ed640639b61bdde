/*
 * SipHash-1-3 (Aumasson and Bernstein), the variant that hash tables use: one
 * round for each word, three at the end. Two numbers are mixed by multiplying
 * them with each other and with the key, which takes a tenth of the time.
 */

#include "base/hash.h"

#include <glib.h>
#include <string.h>
#include <sys/random.h>

static struct {
    uint64_t k0;
    uint64_t k1;
    bool set;
} secret;

void hash_seed(uint64_t k0, uint64_t k1)
{
    secret.k0 = k0;
    secret.k1 = k1;
    secret.set = true;
}

static void take_random_key(void)
{
    uint64_t key[2];

    /* 16 bytes are given whole or not at all once the kernel has entropy. */
    if (getrandom(key, sizeof(key), 0) != sizeof(key))
        g_error("the kernel gives no random numbers");
    hash_seed(key[0], key[1]);
}

static inline uint64_t rotate(uint64_t x, unsigned bits)
{
    return x << bits | x >> (64 - bits);
}

static inline void round_once(uint64_t v[4])
{
    v[0] += v[1];
    v[1] = rotate(v[1], 13) ^ v[0];
    v[0] = rotate(v[0], 32);
    v[2] += v[3];
    v[3] = rotate(v[3], 16) ^ v[2];
    v[0] += v[3];
    v[3] = rotate(v[3], 21) ^ v[0];
    v[2] += v[1];
    v[1] = rotate(v[1], 17) ^ v[2];
    v[2] = rotate(v[2], 32);
}

static inline uint64_t little_endian(const uint8_t *p)
{
    uint64_t word;

    memcpy(&word, p, sizeof(word));
    return GUINT64_FROM_LE(word);
}

static inline void begin(uint64_t v[4])
{
    if (G_UNLIKELY(!secret.set))
        take_random_key();

    v[0] = secret.k0 ^ UINT64_C(0x736f6d6570736575);
    v[1] = secret.k1 ^ UINT64_C(0x646f72616e646f6d);
    v[2] = secret.k0 ^ UINT64_C(0x6c7967656e657261);
    v[3] = secret.k1 ^ UINT64_C(0x7465646279746573);
}

static inline void add_word(uint64_t v[4], uint64_t word)
{
    v[3] ^= word;
    round_once(v);
    v[0] ^= word;
}

static inline uint64_t finish(uint64_t v[4])
{
    v[2] ^= 0xff;
    round_once(v);
    round_once(v);
    round_once(v);
    return v[0] ^ v[1] ^ v[2] ^ v[3];
}

/* The bytes behind the last whole word. */
static inline uint64_t read_tail(const uint8_t *p, size_t whole, size_t len)
{
    uint64_t tail = 0;

    if (whole == len)
        return 0;
    if (len >= 8)
        return little_endian(&p[len - 8]) >> (8 * (whole + 8 - len));
    for (size_t i = 0; i < len; i++)
        tail |= (uint64_t)p[i] << (8 * i);
    return tail;
}

uint64_t hash_bytes(const void *bytes, size_t len)
{
    const uint8_t *p = bytes; /* may be NULL when 'len' is 0, so it is never added to */
    size_t whole = len & ~(size_t)7;
    uint64_t v[4];

    begin(v);
    for (size_t i = 0; i < whole; i += 8)
        add_word(v, little_endian(&p[i]));
    add_word(v, (uint64_t)len << 56 | read_tail(p, whole, len));
    return finish(v);
}

__extension__ typedef unsigned __int128 Wide;

/* Both halves of the product. */
static inline uint64_t fold(uint64_t a, uint64_t b)
{
    Wide product = (Wide)a * b;

    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

/* Who does not know the key knows neither factor, and so no two pairs with one product. */
uint64_t hash_mix(uint64_t hash, uint64_t value)
{
    if (G_UNLIKELY(!secret.set))
        take_random_key();

    uint64_t a = secret.k0 ^ UINT64_C(0x736f6d6570736575);
    uint64_t b = secret.k1 ^ UINT64_C(0x646f72616e646f6d);

    return fold(fold(hash ^ a, value ^ b) ^ b, a | 1);
}
