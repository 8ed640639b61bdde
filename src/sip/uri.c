/*
 * SIP URIs taken apart and put into the one form that names a subscriber
 * (RFC 3261 sections 19.1 and 10.3).
 *
 * Phones write the user part with anything in it, so it is cut first, at the
 * "@"; only what is behind can have parameters and headers.
 */

#include <glib.h>

#include "host.h"
#include "lex.h"
#include "sip/value.h"

/* "soap.beep://host" has a scheme with a dot in it, "example.com:5060" has none. */
static bool take_scheme(Str *rest, Str *scheme)
{
    Str head;
    Str tail;
    bool dot = false;

    if (!str_split(*rest, ':', &head, &tail) || head.len == 0 || !g_ascii_isalpha(head.data[0]))
        return false;
    for (size_t i = 0; i < head.len; i++) {
        if (!g_ascii_isalnum(head.data[i]) && head.data[i] != '+' && head.data[i] != '-'
            && head.data[i] != '.')
            return false;
        dot |= head.data[i] == '.';
    }
    if (dot && (tail.len == 0 || g_ascii_isdigit(tail.data[0])))
        return false;
    *scheme = head;
    *rest = tail;
    return true;
}

/* 'c' can stand anywhere in a URI as it is; '%' begins an escape. */
static const char uri_classes[256] = "................................"
                                     ".c.cc%cccccccccc"  /*  !"#$%&'()*+,-./ */
                                     "cccccccccccc.c.c"  /* 0123456789:;<=>? */
                                     "cccccccccccccccc"  /* @ABCDEFGHIJKLMNO */
                                     "cccccccccccccccc"  /* PQRSTUVWXYZ[\]^_ */
                                     "cccccccccccccccc"  /* `abcdefghijklmno */
                                     "ccccccccccccccc."; /* pqrstuvwxyz{|}~ */

/* Nothing that would end the URI in the text around it, and no "%" without its
 * two digits. */
static bool has_clean_characters(Str s)
{
    for (size_t i = 0; i < s.len; i++) {
        char class = uri_classes[(uint8_t)s.data[i]];

        if (class == 'c')
            continue;
        if (class != '%')
            return false;
        if (s.len - i < 3 || sip_lex_hex(s.data[i + 1]) < 0 || sip_lex_hex(s.data[i + 2]) < 0)
            return false;
    }
    return true;
}

/* The length of the user part: up to the "@". When there are several, as in
 * "alice@home@example.com", up to the last one that cannot belong to
 * parameters or headers. s.len: there is none. */
static size_t find_at(Str s, bool *ok)
{
    Str user;
    Str rest;

    if (!str_split(s, '@', &user, &rest))
        return s.len;

    size_t at = user.len;

    for (size_t i = 0; i < rest.len && rest.data[i] != ';' && rest.data[i] != '?'; i++) {
        if (rest.data[i] == '@') {
            at = user.len + 1 + i;
            *ok = false;
        }
    }
    return at;
}

static size_t find_first_of(Str s, char a, char b)
{
    size_t i = 0;

    while (i < s.len && s.data[i] != a && s.data[i] != b)
        i++;
    return i;
}

static void parse_hostport(SipUri *uri, Str rest)
{
    size_t end = find_first_of(rest, ';', '?');
    SipHost host = sip_host_parse(str_first(rest, end));

    uri->host = host.name;
    uri->port = host.port;
    uri->ok &= host.ok;

    bool has_headers = str_split(str_from(rest, end), '?', &uri->params, &uri->headers);

    uri->ok &= !has_headers || uri->headers.len > 0;
}

static void parse_sip(SipUri *uri, Str rest)
{
    size_t at = find_at(rest, &uri->ok);

    if (at < rest.len) {
        str_split(str_first(rest, at), ':', &uri->user, &uri->password);
        uri->ok &= uri->user.len > 0;
        rest = str_from(rest, at + 1);
    }
    parse_hostport(uri, rest);
}

/* RFC 3966: the number is what names somebody, there is no host. */
static void parse_tel(SipUri *uri, Str rest)
{
    size_t end = find_first_of(rest, ';', ';');

    uri->user = str_first(rest, end);
    uri->params = str_from(rest, end);
    uri->ok &= uri->user.len > 0;
}

static bool is_sip(Str scheme)
{
    return str_equal_nocase(scheme, STR("sip")) || str_equal_nocase(scheme, STR("sips"));
}

SipUri sip_uri_parse(Str text)
{
    SipUri uri = { .whole = str_trim(text) };
    Str rest = uri.whole;

    uri.ok = has_clean_characters(rest);
    if (!take_scheme(&rest, &uri.scheme)) {
        uri.ok = false;
        parse_sip(&uri, rest);
    } else if (is_sip(uri.scheme)) {
        parse_sip(&uri, rest);
    } else if (str_equal_nocase(uri.scheme, STR("tel"))) {
        parse_tel(&uri, rest);
    } else {
        uri.ok &= rest.len > 0;
    }
    return uri;
}

static bool is_unreserved(uint8_t c)
{
    return g_ascii_isalnum(c) || (c != '\0' && strchr("-_.!~*'()", c) != NULL);
}

static void append_escaped(GString *aor, uint8_t c)
{
    static const char digits[] = "0123456789ABCDEF";

    g_string_append_c(aor, '%');
    g_string_append_c(aor, digits[c >> 4]);
    g_string_append_c(aor, digits[c & 15]);
}

/* The one spelling of each user part: an escape that is not needed is undone,
 * the others are in capitals, and what cannot be printed is escaped. */
static void append_user(GString *aor, Str user)
{
    for (size_t i = 0; i < user.len; i++) {
        uint8_t c = (uint8_t)user.data[i];
        int high = c == '%' && user.len - i > 2 ? sip_lex_hex(user.data[i + 1]) : -1;
        int low = high >= 0 ? sip_lex_hex(user.data[i + 2]) : -1;
        bool escaped = low >= 0;

        if (escaped) {
            c = (uint8_t)(high << 4 | low);
            i += 2;
        }
        if (c <= ' ' || c == 0x7f || (escaped && !is_unreserved(c)))
            append_escaped(aor, c);
        else
            g_string_append_c(aor, (char)c);
    }
}

static void append_host(GString *aor, Str host)
{
    bool ipv6 = host.len > 0 && memchr(host.data, ':', host.len) != NULL;

    if (ipv6)
        g_string_append_c(aor, '[');
    for (size_t i = 0; i < host.len; i++) {
        uint8_t c = (uint8_t)host.data[i];

        if (c <= ' ' || c == 0x7f)
            append_escaped(aor, c);
        else
            g_string_append_c(aor, g_ascii_tolower((char)c));
    }
    if (ipv6)
        g_string_append_c(aor, ']');
}

char *sip_uri_to_aor(const SipUri *uri)
{
    GString *aor = g_string_sized_new(uri->user.len + uri->host.len + 4);

    append_user(aor, uri->user);
    if (uri->user.len > 0 && uri->host.len > 0)
        g_string_append_c(aor, '@');
    append_host(aor, uri->host);
    return g_string_free(aor, FALSE);
}
