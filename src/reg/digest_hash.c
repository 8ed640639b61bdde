/*
 * MD5 and its successors, from OpenSSL's libcrypto.
 *
 * A search computes thousands of hashes of short texts. What costs there is not
 * the hash but finding the function and making a context, so both are done
 * once. A machine in FIPS mode has no MD5; then there is no answer, and no
 * crash.
 */

#include "digest_hash.h"

#include <glib.h>
#include <openssl/err.h>
#include <openssl/evp.h>

static const struct {
    const char *fetched; /* what the library calls it */
    const char *name;    /* what SIP calls it */
    unsigned size;
} functions[REG_HASHES] = {
    [REG_HASH_MD5] = { "MD5", "MD5", 16 },
    [REG_HASH_SHA256] = { "SHA2-256", "SHA-256", 32 },
    [REG_HASH_SHA512_256] = { "SHA2-512/256", "SHA-512-256", 32 },
    [REG_HASH_SHA512_CUT] = { "SHA2-512", "SHA-512 cut to 256 bits", 32 },
    [REG_HASH_SHA1] = { "SHA1", "SHA-1", 20 },
};

static EVP_MD_CTX *new_context(const char *name, const char *properties)
{
    EVP_MD *function = EVP_MD_fetch(NULL, name, properties);
    EVP_MD_CTX *context = EVP_MD_CTX_new();

    if (function == NULL || context == NULL || !EVP_DigestInit_ex2(context, function, NULL)) {
        EVP_MD_CTX_free(context);
        context = NULL;
        ERR_clear_error();
    }
    EVP_MD_free(function); /* the context has its own reference */
    return context;
}

void reg_hasher_init(RegHasher *hasher, const char *properties)
{
    *hasher = (RegHasher){ .hashes = 0 };
    for (unsigned id = 0; id < REG_HASHES; id++)
        hasher->contexts[id] = new_context(functions[id].fetched, properties);
}

void reg_hasher_clear(RegHasher *hasher)
{
    for (unsigned id = 0; id < REG_HASHES; id++)
        EVP_MD_CTX_free(hasher->contexts[id]);
    explicit_bzero(hasher, sizeof(*hasher));
}

void reg_hasher_wipe(RegHasher *hasher)
{
    explicit_bzero(hasher->joined, sizeof(hasher->joined));
    hasher->hashes = 0;
    hasher->bytes = 0;

    /* A context holds the last block of text until it starts again. */
    for (unsigned id = 0; id < REG_HASHES; id++) {
        if (hasher->contexts[id] != NULL)
            EVP_DigestInit_ex2(hasher->contexts[id], NULL, NULL);
    }
}

bool reg_hasher_has(const RegHasher *hasher, RegHashId id)
{
    return hasher->contexts[id] != NULL;
}

unsigned reg_hash_size(RegHashId id)
{
    return functions[id].size;
}

const char *reg_hash_name(RegHashId id)
{
    return functions[id].name;
}

static void write_hex(RegHashSum *sum)
{
    static const char digits[] = "0123456789abcdef";

    for (unsigned i = 0; i < sum->len; i++) {
        sum->hex[2 * i] = digits[sum->bytes[i] >> 4];
        sum->hex[2 * i + 1] = digits[sum->bytes[i] & 15];
    }
}

bool reg_hash_from_hex(Str hex, RegHashSum *sum)
{
    *sum = (RegHashSum){ .len = 0 };
    if (hex.len == 0 || hex.len % 2 != 0 || hex.len > 2 * REG_HASH_BYTES)
        return false;
    for (size_t i = 0; i < hex.len; i++) {
        int digit = g_ascii_xdigit_value(hex.data[i]);

        if (digit < 0)
            return false;
        sum->bytes[i / 2] = (uint8_t)(sum->bytes[i / 2] << 4 | digit);
    }
    sum->len = (uint8_t)(hex.len / 2);
    write_hex(sum);
    return true;
}

static bool add(EVP_MD_CTX *context, Str text)
{
    return text.len == 0 || EVP_DigestUpdate(context, text.data, text.len);
}

/* Long ones piece by piece. */
static bool add_parts(EVP_MD_CTX *context, const Str *parts, unsigned n)
{
    bool ok = true;

    for (unsigned i = 0; i < n; i++)
        ok = ok && (i == 0 || add(context, STR(":"))) && add(context, parts[i]);
    return ok;
}

/* One call for all of it is twice as fast as one for each part. */
static bool add_joined(RegHasher *hasher, EVP_MD_CTX *context, const Str *parts, unsigned n)
{
    char *end = hasher->joined;

    for (unsigned i = 0; i < n; i++) {
        if (i > 0)
            *end++ = ':';
        if (parts[i].len > 0)
            memcpy(end, parts[i].data, parts[i].len);
        end += parts[i].len;
    }
    return add(context, (Str){ hasher->joined, (size_t)(end - hasher->joined) });
}

void reg_hasher_sum(RegHasher *hasher, RegHashId id, const Str *parts, unsigned n, RegHashSum *sum)
{
    EVP_MD_CTX *context = hasher->contexts[id];
    uint8_t whole[EVP_MAX_MD_SIZE];
    size_t len = n > 0 ? n - 1 : 0;

    sum->len = 0;
    for (unsigned i = 0; i < n; i++)
        len += parts[i].len;
    hasher->hashes++;
    hasher->bytes += len;
    if (context == NULL || !EVP_DigestInit_ex2(context, NULL, NULL))
        return;

    bool added = len <= sizeof(hasher->joined) ? add_joined(hasher, context, parts, n)
                                               : add_parts(context, parts, n);

    if (!added || !EVP_DigestFinal_ex(context, whole, NULL))
        return;
    sum->len = (uint8_t)functions[id].size;
    memcpy(sum->bytes, whole, sum->len);
    write_hex(sum);
    explicit_bzero(whole, sizeof(whole));
}
