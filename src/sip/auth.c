/*
 * Challenges and credentials taken apart (RFC 7616 section 3, RFC 3261 sections
 * 20.7, 20.27, 20.44).
 *
 * What a phone does to this header decides whether it gets in: commas left out,
 * quotes where none belong, the same parameter twice. So all of that is read as
 * it was meant, and 'ok' remembers that it was wrong.
 */

#include <stddef.h>

#include "lex.h"
#include "sip/value.h"

typedef enum Quotes {
    QUOTES_NEEDED,
    QUOTES_TOLERATED, /* RFC 7616 section 3.4 says which have none; phones do as they like */
} Quotes;

typedef struct Param {
    Str name;
    size_t offset; /* of a Str in SipAuth */
    Quotes quotes;
} Param;

static const Param known[] = {
    { { "realm", 5 }, offsetof(SipAuth, realm), QUOTES_NEEDED },
    { { "nonce", 5 }, offsetof(SipAuth, nonce), QUOTES_NEEDED },
    { { "opaque", 6 }, offsetof(SipAuth, opaque), QUOTES_NEEDED },
    { { "algorithm", 9 }, offsetof(SipAuth, algorithm), QUOTES_TOLERATED },
    { { "qop", 3 }, offsetof(SipAuth, qop), QUOTES_TOLERATED },
    { { "username", 8 }, offsetof(SipAuth, username), QUOTES_NEEDED },
    { { "username*", 9 }, offsetof(SipAuth, username_ext), QUOTES_TOLERATED },
    { { "uri", 3 }, offsetof(SipAuth, uri), QUOTES_NEEDED },
    { { "response", 8 }, offsetof(SipAuth, response), QUOTES_NEEDED },
    { { "cnonce", 6 }, offsetof(SipAuth, cnonce), QUOTES_NEEDED },
    { { "nc", 2 }, offsetof(SipAuth, nc), QUOTES_TOLERATED },
    { { "auts", 4 }, offsetof(SipAuth, auts), QUOTES_NEEDED },
};

static const Param *find_known(Str name)
{
    for (size_t i = 0; i < G_N_ELEMENTS(known); i++) {
        if (name.len == known[i].name.len && (name.data[0] | 0x20) == known[i].name.data[0]
            && str_equal_nocase(name, known[i].name))
            return &known[i];
    }
    return NULL;
}

static void set_param(SipAuth *auth, Str name, Str value)
{
    const Param *param = find_known(name);
    Str text = sip_unquote(value);
    bool quoted = value.len > 0 && value.data[0] == '"';

    if (param != NULL) {
        Str *field = (Str *)((char *)auth + param->offset);

        if (str_present(*field) || (!quoted && param->quotes == QUOTES_NEEDED))
            auth->ok = false;
        if (!str_present(*field))
            *field = text;
    } else if (str_equal_nocase(name, STR("stale"))) {
        auth->stale = str_equal_nocase(text, STR("true"));
    } else if (str_equal_nocase(name, STR("userhash"))) {
        auth->userhash = str_equal_nocase(text, STR("true"));
    }
}

/* The end of a value that begins at 'at'. Without quotes it may hold anything
 * up to a comma or a blank: nonces end in "==". */
static size_t skip_value(Str s, size_t at, bool *ok)
{
    if (at < s.len && s.data[at] == '"')
        return sip_lex_skip_quoted(s, at, ok);
    while (at < s.len && s.data[at] != ',' && !sip_lex_is_blank(s.data[at]))
        at++;
    return at;
}

/* Between two parameters stands exactly one comma, with blanks around it. */
static size_t skip_separator(Str s, size_t at, bool *ok)
{
    unsigned commas = 0;

    while (at < s.len && (s.data[at] == ',' || sip_lex_is_blank(s.data[at])))
        commas += s.data[at++] == ',';
    if (commas != 1 && at < s.len)
        *ok = false;
    return at;
}

/* One "name = value"; the place behind it, always further on than 'at'. */
static size_t take_param(SipAuth *auth, Str s, size_t at)
{
    size_t end = at;

    while (end < s.len && sip_lex_is_token_char(s.data[end]))
        end++;

    Str name = str_first(str_from(s, at), end - at);
    size_t equals = sip_lex_skip_blank(s, end);

    if (name.len == 0 || equals == s.len || s.data[equals] != '=') {
        auth->ok = false;
        return end > at ? end : skip_value(s, at + 1, &auth->ok);
    }

    size_t start = sip_lex_skip_blank(s, equals + 1);
    size_t behind = skip_value(s, start, &auth->ok);

    if (behind == start)
        auth->ok = false;
    set_param(auth, name, str_first(str_from(s, start), behind - start));
    return behind;
}

/* RFC 7235 section 2.1: "Basic dXNlcjpwYXNz" has one word and no parameters. */
static bool is_token68(Str s)
{
    size_t end = 0;

    while (end < s.len && (sip_lex_is_token_char(s.data[end]) || s.data[end] == '/'))
        end++;
    while (end < s.len && s.data[end] == '=')
        end++;
    return s.len > 0 && end == s.len;
}

SipAuth sip_auth_parse(Str value)
{
    SipAuth auth = { .ok = true };
    Str s = str_trim(value);
    size_t end = 0;

    while (end < s.len && !sip_lex_is_blank(s.data[end]))
        end++;
    auth.scheme = str_first(s, end);
    auth.params = str_trim(str_from(s, end));
    auth.ok = sip_lex_is_token(auth.scheme) && auth.params.len > 0;
    if (!str_equal_nocase(auth.scheme, STR("Digest")) && is_token68(auth.params))
        return auth;

    for (size_t at = 0; at < auth.params.len;) {
        at = take_param(&auth, auth.params, at);
        at = skip_separator(auth.params, at, &auth.ok);
    }
    return auth;
}
