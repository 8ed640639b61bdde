/*
 * Borrowed text: compare, trim, cut, to number. Locale never matters: SIP is
 * ASCII where it is compared.
 */

#include "base/str.h"

#include <glib.h>

static inline char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

/* GLib's comparison stops at a NUL byte, and the wire may well carry one. */
bool str_equal_nocase(Str a, Str b)
{
    if (a.len != b.len)
        return false;
    for (size_t i = 0; i < a.len; i++) {
        if (a.data[i] != b.data[i] && lower(a.data[i]) != lower(b.data[i]))
            return false;
    }
    return true;
}

bool str_starts(Str s, Str prefix)
{
    return s.len >= prefix.len && str_equal(str_first(s, prefix.len), prefix);
}

bool str_starts_nocase(Str s, Str prefix)
{
    return s.len >= prefix.len && str_equal_nocase(str_first(s, prefix.len), prefix);
}

bool str_contains_nocase(Str s, Str part)
{
    for (size_t i = 0; i + part.len <= s.len; i++) {
        if (str_starts_nocase(str_from(s, i), part))
            return true;
    }
    return false;
}

bool str_split(Str s, char separator, Str *head, Str *tail)
{
    const char *found = s.len > 0 ? memchr(s.data, separator, s.len) : NULL;

    if (found == NULL) {
        *head = s;
        *tail = STR_NONE;
        return false;
    }

    size_t at = (size_t)(found - s.data);

    *head = str_first(s, at);
    *tail = str_from(s, at + 1);
    return true;
}

bool str_to_uint(Str s, uint64_t max, uint64_t *out)
{
    uint64_t value = 0;

    if (s.len == 0)
        return false;
    for (size_t i = 0; i < s.len; i++) {
        if (s.data[i] < '0' || s.data[i] > '9')
            return false;

        uint64_t digit = (uint64_t)(s.data[i] - '0');

        if (value > (max - digit) / 10 || digit > max)
            return false;
        value = value * 10 + digit;
    }
    *out = value;
    return true;
}

Str str_of(const char *text)
{
    return text != NULL ? (Str){ text, strlen(text) } : STR_NONE;
}

char *str_dup(Str s)
{
    return s.data != NULL ? g_strndup(s.data, s.len) : NULL;
}
