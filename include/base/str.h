#pragma once

/*
 * Borrowed text.
 *
 * A Str points at bytes that somebody else owns. It is not NUL-terminated and
 * is passed by value. Every struct that holds a Str says who the owner is.
 *
 * Absent and empty are different facts: a missing header is STR_NONE, a header
 * with nothing after the colon is a Str of length 0.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef struct Str {
    const char *data;
    size_t len;
} Str;

#define STR(literal) ((Str){ (literal), sizeof(literal) - 1 })
#define STR_NONE ((Str){ NULL, 0 })

/* For "%.*s". */
#define STR_ARG(s) (int)(s).len, (s).data

static inline bool str_present(Str s)
{
    return s.data != NULL;
}

static inline uint64_t str_load8(const char *at)
{
    uint64_t word;

    memcpy(&word, at, sizeof(word));
    return word;
}

/* Up to 16 bytes are compared here, because the call costs more than the comparison: 5 % of
 * the time for a message. */
static inline bool str_equal(Str a, Str b)
{
    if (a.len != b.len)
        return false;
    if (a.len >= 8 && a.len <= 16)
        return str_load8(a.data) == str_load8(b.data)
               && str_load8(a.data + a.len - 8) == str_load8(b.data + a.len - 8);
    return a.len == 0 || memcmp(a.data, b.data, a.len) == 0;
}

/* At most 'len' bytes. */
static inline Str str_first(Str s, size_t len)
{
    return (Str){ s.data, len < s.len ? len : s.len };
}

/* Everything from 'start'; a Str of length 0 when there is nothing there. */
static inline Str str_from(Str s, size_t start)
{
    size_t skip = start < s.len ? start : s.len;

    return s.data != NULL ? (Str){ s.data + skip, s.len - skip } : s;
}

bool str_equal_nocase(Str a, Str b); /* ASCII only, as SIP tokens are */
bool str_starts(Str s, Str prefix);
bool str_starts_nocase(Str s, Str prefix);
bool str_contains_nocase(Str s, Str part);

static inline bool str_is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Without SP, HTAB, CR and LF at both ends. Most texts have none, so that a look at two bytes
 * is all it takes. */
static inline Str str_trim(Str s)
{
    while (s.len > 0 && str_is_blank(s.data[0]))
        s = (Str){ s.data + 1, s.len - 1 };
    while (s.len > 0 && str_is_blank(s.data[s.len - 1]))
        s.len--;
    return s;
}

/* Cuts at the first 'separator'. False, with all of 's' in 'head' and
 * STR_NONE in 'tail', when there is none. */
bool str_split(Str s, char separator, Str *head, Str *tail);

/* Digits only, all of 's', at most 'max'; anything else is false and leaves
 * 'out' alone. */
bool str_to_uint(Str s, uint64_t max, uint64_t *out);

Str str_of(const char *text); /* STR_NONE for NULL */
char *str_dup(Str s);         /* g_free() it; NULL for STR_NONE; stops at a NUL byte */
