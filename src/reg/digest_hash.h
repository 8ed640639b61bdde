#pragma once

/*
 * The hash functions of digest authentication, and how many times they were
 * used.
 */

#include <openssl/types.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

typedef enum RegHashId {
    REG_HASH_MD5,
    REG_HASH_SHA256,
    REG_HASH_SHA512_256, /* FIPS 180-4 section 5.3.6.2 */
    REG_HASH_SHA512_CUT, /* SHA-512, the first 256 bits: what RFC 7616 section 3.9.2 prints */
    REG_HASH_SHA1,
    REG_HASHES,
} RegHashId;

#define REG_HASH_BYTES 32 /* the longest */

typedef struct RegHashSum {
    uint8_t len; /* 0: could not be computed */
    uint8_t bytes[REG_HASH_BYTES];
    char hex[2 * REG_HASH_BYTES]; /* lower case */
} RegHashSum;

typedef struct RegHasher {
    EVP_MD_CTX *contexts[REG_HASHES]; /* NULL: this machine's library does not offer it */
    unsigned hashes;                  /* computed since the last wipe */
    size_t bytes;                     /* and how many bytes of text */
    char joined[1024];
} RegHasher;

/* 'properties' as of EVP_MD_fetch(), or NULL: "fips=yes" leaves out MD5. */
void reg_hasher_init(RegHasher *hasher, const char *properties);
void reg_hasher_clear(RegHasher *hasher);
void reg_hasher_wipe(RegHasher *hasher); /* the traces of what was hashed; the counts */

bool reg_hasher_has(const RegHasher *hasher, RegHashId id);
unsigned reg_hash_size(RegHashId id); /* bytes of its sum */
const char *reg_hash_name(RegHashId id);

/* Of the parts with colons between them. */
void reg_hasher_sum(RegHasher *hasher, RegHashId id, const Str *parts, unsigned n, RegHashSum *sum);

/* Of hex digits in any case; false when there are too many, an odd number, none
 * or others. */
bool reg_hash_from_hex(Str hex, RegHashSum *sum);

static inline Str reg_hash_hex(const RegHashSum *sum)
{
    return (Str){ sum->hex, 2 * (size_t)sum->len };
}
