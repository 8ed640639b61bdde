/*
 * The first line of a message (RFC 3261 sections 7.1 and 7.2), and how SIP is
 * told from everything else: by "SIP/2.0" at the start of the first line or at
 * its end. Ports prove nothing.
 */

#include "start_line.h"

#include "lex.h"
#include "sip/message.h"

#define VERSION STR("SIP/2.0")

/* No method has a longer name; without a limit any text is the start of one. */
#define MAX_METHOD 64

/* A keep-alive of four bytes, a line of text: more than that is no accident in
 * front of a message but another protocol. */
#define MAX_JUNK 64

static bool is_line_blank(char c)
{
    return c == ' ' || c == '\t';
}

static Str trim_end(Str s)
{
    while (s.len > 0 && sip_lex_is_blank(s.data[s.len - 1]))
        s.len--;
    return s;
}

Str sip_start_line_of(Str bytes, bool *whole)
{
    Str within = str_first(bytes, SIP_MAX_LINE);
    Str line;
    Str rest;

    *whole = str_split(within, '\n', &line, &rest);
    return *whole ? trim_end(line) : line;
}

/* The length of the method in front of the first blank; 0: there is none. */
static size_t method_len(Str s)
{
    size_t i = 0;

    while (i < s.len && i <= MAX_METHOD && sip_lex_is_token_char(s.data[i]))
        i++;
    return i < s.len && i <= MAX_METHOD && is_line_blank(s.data[i]) ? i : 0;
}

/* "SIP/2.0" with a blank behind it. */
static bool begins_response(Str line)
{
    return str_starts_nocase(line, VERSION)
           && (line.len == VERSION.len || is_line_blank(line.data[VERSION.len]));
}

static bool ends_request(Str line)
{
    size_t behind = VERSION.len + 1;

    return line.len > behind && is_line_blank(line.data[line.len - behind])
           && str_equal_nocase(str_from(line, line.len - VERSION.len), VERSION);
}

bool sip_looks_like_message(Str bytes)
{
    bool whole;

    if (bytes.len == 0 || !sip_lex_is_token_char(bytes.data[0]))
        return false;
    if (begins_response(bytes))
        return true;

    size_t method = method_len(bytes);

    if (method == 0)
        return false;

    Str line = trim_end(sip_start_line_of(bytes, &whole));

    /* "REGISTER SIP/2.0" has no URI, and is still meant to be SIP. */
    return line.len > method && ends_request(line);
}

bool sip_start_line_possible(Str bytes)
{
    bool whole;
    Str line = sip_start_line_of(bytes, &whole);
    size_t i = 0;

    if (sip_looks_like_message(bytes))
        return true;
    if (whole || bytes.len >= SIP_MAX_LINE)
        return false;
    if (str_starts_nocase(VERSION, line))
        return true;
    while (i < line.len && sip_lex_is_token_char(line.data[i]))
        i++;
    return i <= MAX_METHOD && i > 0 && (i == line.len || is_line_blank(line.data[i]));
}

bool sip_start_line_is_cut(Str bytes)
{
    size_t method = method_len(bytes);
    Str uri = str_trim(str_from(bytes, method));
    bool whole;

    sip_start_line_of(bytes, &whole);
    return !whole && sip_method_of(str_first(bytes, method)) != SIP_METHOD_OTHER
           && (str_starts_nocase(uri, STR("sip:")) || str_starts_nocase(uri, STR("sips:"))
               || str_starts_nocase(uri, STR("tel:")));
}

size_t sip_start_line_behind_junk(Str bytes)
{
    size_t last = bytes.len < MAX_JUNK ? bytes.len : MAX_JUNK;

    for (size_t i = 1; i <= last; i++) {
        /* Behind a token character it would be the tail of a longer word. */
        if (!sip_lex_is_token_char(bytes.data[i - 1]) && sip_looks_like_message(str_from(bytes, i)))
            return i;
    }
    return 0;
}

/* The length of the longest method that we know at the end of the word. */
static size_t known_suffix(Str word)
{
    for (size_t i = 0; i < word.len; i++) {
        if (sip_method_of(str_from(word, i)) != SIP_METHOD_OTHER)
            return word.len - i;
    }
    return 0;
}

/* "</presence>REGISTER sip:example.com SIP/2.0": read from the end. */
static bool find_request(Str line, size_t *at)
{
    if (!ends_request(line))
        return false;

    Str rest = trim_end(str_first(line, line.len - VERSION.len));

    while (rest.len > 0 && !is_line_blank(rest.data[rest.len - 1]))
        rest.len--;
    rest = trim_end(rest);

    size_t start = rest.len;

    while (start > 0 && rest.len - start < MAX_METHOD
           && sip_lex_is_token_char(rest.data[start - 1]))
        start--;

    size_t known = known_suffix(str_from(rest, start));

    *at = known > 0 ? rest.len - known : start;
    return start < rest.len;
}

static bool find_response(Str line, size_t *at)
{
    for (size_t i = 0; i + VERSION.len < line.len; i++) {
        const char *found = memchr(line.data + i, 'S', line.len - i);

        if (found == NULL)
            return false;
        i = (size_t)(found - line.data);
        if (sip_start_line_parse(str_from(line, i)).status != 0) {
            *at = i;
            return true;
        }
    }
    return false;
}

bool sip_start_line_find(Str bytes, size_t *at)
{
    bool whole;
    Str line = trim_end(sip_start_line_of(bytes, &whole));

    if (whole && (find_request(line, at) || find_response(line, at)))
        return true;
    *at = 0;
    return sip_looks_like_message(bytes);
}

size_t sip_start_line_next(Str bytes, size_t at)
{
    size_t within;

    while (at < bytes.len) {
        if (sip_start_line_find(str_from(bytes, at), &within))
            return at + within;

        const char *end = memchr(bytes.data + at, '\n', bytes.len - at);

        at = end != NULL ? (size_t)(end - bytes.data) + 1 : bytes.len;
    }
    return at;
}

/* "SIP/2.0 200 OK": three digits, from 100 to 699. A code of another class is
 * kept, because somebody will want to see it. */
static SipStartLine parse_status_line(Str line)
{
    SipStartLine start = { .is_request = false };
    Str rest = str_trim(str_from(line, VERSION.len));
    size_t digits = 0;
    uint64_t status = 0;

    while (digits < rest.len && !is_line_blank(rest.data[digits]))
        digits++;
    start.reason = str_trim(str_from(rest, digits));
    if (digits == 3 && str_to_uint(str_first(rest, 3), 999, &status) && status >= 100)
        start.status = (uint16_t)status;
    start.ok = status >= 100 && status < 700 && start.status != 0;
    return start;
}

/* Exactly one blank on both sides of the URI, none in it, and no brackets around
 * it (RFC 4475 section 3.1.2.7). */
static SipStartLine parse_request_line(Str line)
{
    SipStartLine start = { .is_request = true };
    size_t end = 0;

    while (end < line.len && !is_line_blank(line.data[end]))
        end++;
    start.method = str_first(line, end);

    bool has_version = ends_request(line) && line.len >= end + 1 + VERSION.len;
    Str between = str_from(line, end);

    if (has_version)
        between = str_first(between, between.len - VERSION.len);
    start.uri = str_trim(between);

    bool has_blank = false;

    for (size_t i = 0; i < start.uri.len; i++)
        has_blank |= sip_lex_is_blank(start.uri.data[i]);
    start.ok = has_version && sip_lex_is_token(start.method) && start.uri.len > 0 && !has_blank
               && start.uri.data[0] != '<' && between.len == start.uri.len + 2;
    return start;
}

SipStartLine sip_start_line_parse(Str line)
{
    if (begins_response(line))
        return parse_status_line(line);

    SipStartLine start = parse_request_line(trim_end(line));

    /* RFC 4475 section 3.1.2.9: blanks behind the version are an error too. */
    start.ok &= line.len == 0 || !is_line_blank(line.data[line.len - 1]);
    return start;
}
