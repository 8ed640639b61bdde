/*
 * Whether two URIs are the same by RFC 3261 section 19.1.4: the answer to "is
 * the contact in this 200 the one that the phone sent?".
 */

#include <glib.h>

#include "lex.h"
#include "sip/value.h"

/* More parameters than anybody writes are compared as text: looking each one up
 * in the other URI takes the product of both counts. */
#define MAX_PARAMS 64

/* The next character, with an escape undone when that is the same character by
 * section 19.1.4: an escaped reserved one is not, and gets a value of its own. */
static int next_char(Str s, size_t *at)
{
    uint8_t c = (uint8_t)s.data[*at];
    int high = c == '%' && s.len - *at > 2 ? sip_lex_hex(s.data[*at + 1]) : -1;
    int low = high >= 0 ? sip_lex_hex(s.data[*at + 2]) : -1;

    if (low < 0) {
        *at += 1;
        return c;
    }
    *at += 3;
    c = (uint8_t)(high << 4 | low);
    if (g_ascii_isalnum(c) || (c != '\0' && strchr("-_.!~*'()", c) != NULL))
        return c;
    return 0x100 | c;
}

static bool text_equal(Str a, Str b, bool any_case)
{
    size_t i = 0;
    size_t j = 0;

    while (i < a.len && j < b.len) {
        int x = next_char(a, &i);
        int y = next_char(b, &j);

        if (any_case && x < 0x80 && y < 0x80) {
            x = g_ascii_tolower((char)x);
            y = g_ascii_tolower((char)y);
        }
        if (x != y)
            return false;
    }
    return i == a.len && j == b.len;
}

static bool user_equal(Str a, Str b)
{
    return str_present(a) == str_present(b) && text_equal(a, b, false);
}

/* The same IPv6 address can be written in many ways (RFC 5954 section 4.2). */
static bool host_equal(Str a, Str b)
{
    NetAddr x;
    NetAddr y;

    if (str_equal_nocase(a, b))
        return true;
    return net_addr_parse(a, &x) && net_addr_parse(b, &y) && net_addr_equal(&x, &y);
}

/* A URI with one of these is never the same as one without. */
static bool must_be_in_both(Str name)
{
    return str_equal_nocase(name, STR("transport")) || str_equal_nocase(name, STR("user"))
           || str_equal_nocase(name, STR("ttl")) || str_equal_nocase(name, STR("method"))
           || str_equal_nocase(name, STR("maddr"));
}

static bool find_param(Str params, Str name, Str *value)
{
    for (Str found; sip_param_next(&params, &found, value);) {
        if (text_equal(found, name, true))
            return true;
    }
    return false;
}

static bool params_match(Str params, Str others)
{
    for (Str name, value, other; sip_param_next(&params, &name, &value);) {
        bool in_both = find_param(others, name, &other);

        if (in_both ? !text_equal(value, other, true) : must_be_in_both(name))
            return false;
    }
    return true;
}

static unsigned count(Str s, char separator)
{
    unsigned n = 0;

    for (size_t i = 0; i < s.len; i++)
        n += s.data[i] == separator;
    return n;
}

static bool params_equal(Str a, Str b)
{
    if (str_equal(a, b))
        return true;
    if (count(a, ';') > MAX_PARAMS || count(b, ';') > MAX_PARAMS)
        return false;
    return params_match(a, b) && params_match(b, a);
}

static bool has_header(Str headers, Str name, Str value)
{
    for (Str one; headers.len > 0;) {
        Str its_name;
        Str its_value;

        str_split(headers, '&', &one, &headers);
        str_split(one, '=', &its_name, &its_value);
        if (text_equal(its_name, name, true) && text_equal(its_value, value, false))
            return true;
    }
    return false;
}

static bool headers_match(Str headers, Str others)
{
    for (Str one; headers.len > 0;) {
        Str name;
        Str value;

        str_split(headers, '&', &one, &headers);
        str_split(one, '=', &name, &value);
        if (!has_header(others, name, value))
            return false;
    }
    return true;
}

static bool headers_equal(Str a, Str b)
{
    if (str_equal(a, b))
        return true;
    if (count(a, '&') > MAX_PARAMS || count(b, '&') > MAX_PARAMS)
        return false;
    return headers_match(a, b) && headers_match(b, a);
}

bool sip_uri_equal(const SipUri *a, const SipUri *b)
{
    bool by_parts = str_present(a->host) && str_present(b->host);

    if (!str_equal_nocase(a->scheme, b->scheme))
        return false;
    if (!by_parts)
        return str_equal_nocase(a->whole, b->whole);
    return user_equal(a->user, b->user) && user_equal(a->password, b->password)
           && host_equal(a->host, b->host) && a->port == b->port
           && params_equal(a->params, b->params) && headers_equal(a->headers, b->headers);
}
