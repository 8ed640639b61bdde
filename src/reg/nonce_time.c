/*
 * "Is that nonce too old?" Two servers let us read it.
 *
 * Asterisk writes "unixtime/hash". Kamailio and its relatives write, in base64,
 * the second in which it expires, the second in which it was made, and hashes.
 * A nonce of chance looks like either less often than once in a million.
 */

#include "reg/nonce_time.h"

#include <glib.h>

#define HASH_DIGITS 32 /* MD5 */

/* base64 of two times of four bytes and one MD5, at the least. */
#define KAMAILIO_MIN 32
#define KAMAILIO_MAX 128
#define KAMAILIO_LIFE (86400 * NSEC_SEC)

#define YEAR (366 * 86400 * NSEC_SEC)

static bool is_near(Nsec time, Nsec near)
{
    /* The capture's clock may say anything, these times are from 1970 to 2106. */
    return near >= 0 && near <= INT64_MAX - YEAR && time > near - YEAR && time < near + YEAR;
}

static bool read_asterisk(Str nonce, RegNonceTime *time)
{
    Str seconds, hash;
    uint64_t issued;

    if (!str_split(nonce, '/', &seconds, &hash) || hash.len != HASH_DIGITS
        || !str_to_uint(seconds, UINT32_MAX, &issued))
        return false;
    for (size_t i = 0; i < hash.len; i++) {
        if (!g_ascii_isxdigit(hash.data[i]))
            return false;
    }
    *time = (RegNonceTime){ "Asterisk", (Nsec)issued * NSEC_SEC, NSEC_NONE };
    return true;
}

/* RFC 4648 section 4; -1: not of its alphabet. */
static int digit_of(char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

static bool is_base64(Str text)
{
    size_t end = text.len;

    while (end > 0 && text.len - end < 2 && text.data[end - 1] == '=')
        end--;
    for (size_t i = 0; i < end; i++) {
        if (digit_of(text.data[i]) < 0)
            return false;
    }
    return text.len % 4 == 0;
}

/* The first eight bytes are in the first eleven digits. */
static uint64_t first_bytes(Str text)
{
    uint64_t value = 0;

    for (size_t i = 0; i < 10; i++)
        value = value << 6 | (uint64_t)digit_of(text.data[i]);
    return value << 4 | (uint64_t)digit_of(text.data[10]) >> 2;
}

static bool read_kamailio(Str nonce, RegNonceTime *time)
{
    if (nonce.len < KAMAILIO_MIN || nonce.len > KAMAILIO_MAX || !is_base64(nonce))
        return false;

    uint64_t bytes = first_bytes(nonce);

    *time = (RegNonceTime){ "Kamailio", (Nsec)(bytes & UINT32_MAX) * NSEC_SEC,
                            (Nsec)(bytes >> 32) * NSEC_SEC };
    return time->expires > time->issued && time->expires - time->issued <= KAMAILIO_LIFE;
}

bool reg_nonce_time(Str nonce, Nsec near, RegNonceTime *time)
{
    return (read_asterisk(nonce, time) || read_kamailio(nonce, time))
           && is_near(time->issued, near);
}
