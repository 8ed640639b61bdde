/*
 * From, To, Contact, Route: a URI with or without a name in front of it
 * (RFC 3261 section 20.10).
 *
 * Without angle brackets a ";" belongs to the header and not to the URI. Whoever
 * gets this wrong takes the tag for a part of the address of record.
 */

#include "name_addr.h"

#include "lex.h"
#include "sip/value.h"

/* The "<" behind the display name, or s.len. A quote that is never closed hides
 * nothing: the address behind it is what matters. */
static size_t find_bracket(Str s, bool *ok)
{
    bool closed = true;
    size_t start = s.len > 0 && s.data[0] == '"' ? sip_lex_skip_quoted(s, 0, &closed) : 0;

    if (!closed) {
        *ok = false;
        start = 0;
    }

    Str rest = str_from(s, start);
    const char *found = rest.len > 0 ? memchr(rest.data, '<', rest.len) : NULL;

    return found != NULL ? (size_t)(found - s.data) : s.len;
}

static SipNameAddrParts cut_addr_spec(Str s, bool ok)
{
    SipNameAddrParts parts = { .ok = ok };
    const char *semicolon = s.len > 0 ? memchr(s.data, ';', s.len) : NULL;
    size_t end = semicolon != NULL ? (size_t)(semicolon - s.data) : s.len;

    parts.uri = str_trim(str_first(s, end));
    parts.params = str_from(s, end);
    /* RFC 3261 section 20: with a question mark the brackets are needed. */
    parts.ok &= parts.uri.len == 0 || memchr(parts.uri.data, '?', parts.uri.len) == NULL;
    return parts;
}

SipNameAddrParts sip_name_addr_cut(Str value)
{
    Str s = str_trim(value);
    SipNameAddrParts parts = { .ok = true };
    size_t bracket = find_bracket(s, &parts.ok);

    if (bracket == s.len)
        return cut_addr_spec(s, parts.ok);

    Str display = str_trim(str_first(s, bracket));
    Str behind;

    if (display.len > 0)
        parts.display = display;
    parts.ok &= str_split(str_from(s, bracket + 1), '>', &parts.uri, &behind);
    parts.ok &= str_trim(parts.uri).len == parts.uri.len;
    behind = str_present(behind) ? str_trim(behind) : str_from(s, s.len);

    size_t params = sip_lex_find(behind, ';');

    parts.params = str_from(behind, params);
    parts.ok &= params == 0 || behind.len == 0;
    return parts;
}

/* RFC 3261 section 25.1: a display name without quotes is made of tokens. */
static bool is_display(Str display)
{
    if (display.len > 0 && display.data[0] == '"')
        return true;
    for (size_t i = 0; i < display.len; i++) {
        if (!sip_lex_is_token_char(display.data[i]) && !sip_lex_is_blank(display.data[i]))
            return false;
    }
    return true;
}

SipNameAddr sip_name_addr_parse(Str value)
{
    SipNameAddrParts parts = sip_name_addr_cut(value);
    SipNameAddr addr = { .display = parts.display, .params = parts.params };

    if (str_equal(str_trim(value), STR("*"))) {
        addr.star = addr.ok = true;
        return addr;
    }
    addr.uri = sip_uri_parse(parts.uri);
    addr.ok = parts.ok && addr.uri.ok && is_display(addr.display);
    return addr;
}
