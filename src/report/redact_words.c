/*
 * Finds names in text.
 *
 * Most texts of a report have a meaning that is known: a URI, a realm. Some
 * are sentences of ours or of a server with such texts inside. There a word
 * goes when its form tells what it is, when what stands before it does, or
 * when it is a name that the report has elsewhere. Too much goes rather than
 * too little.
 */

#include "redact_words.h"

#include "sip/value.h"

/* A word of letters and digits that is longer than this was made by a machine. */
#define RANDOM_LEN 16

/* Shorter numbers are status codes, seconds and frames as well. */
#define NUMBER_LEN 7
#define NAME_LEN 3

void redact_host(ReportRedactor *redactor, GString *out, Str host)
{
    char text[NET_ENDPOINT_TEXT];
    NetAddr addr;

    if (!net_addr_parse(host, &addr)) {
        redact_name(redactor, out, REDACT_HOST, host);
        return;
    }

    NetAddr token = redact_addr(redactor, &addr);
    bool brackets = host.data[0] == '[';

    g_string_append_printf(out, "%s%s%s", brackets ? "[" : "", net_addr_to_text(&token, text),
                           brackets ? "]" : "");
}

static bool is_in(Str word, const char *const *list, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (str_equal_nocase(word, str_of(list[i])))
            return true;
    }
    return false;
}

static bool is_number(Str word)
{
    for (size_t i = 0; i < word.len; i++) {
        if (!g_ascii_isdigit(word.data[i]))
            return false;
    }
    return word.len > 0;
}

/* Names of files that our own advice speaks of. */
static bool is_file_ending(Str label)
{
    static const char *const endings[] = { "conf", "cfg", "xml", "md", "pcap", "pcapng", "log" };

    return is_in(label, endings, G_N_ELEMENTS(endings));
}

/* Labels with dots between them, the last of letters only: "sip.example.com". */
static bool is_domain(Str word)
{
    Str label;
    unsigned labels = 0;

    do {
        str_split(word, '.', &label, &word);
        labels++;
        for (size_t i = 0; i < label.len; i++) {
            char c = label.data[i];

            if (!g_ascii_isalnum(c) && c != '-' && c != '_')
                return false;
            if (!str_present(word) && !g_ascii_isalpha(c))
                return false;
        }
        if (label.len == 0 || (!str_present(word) && label.len < 2))
            return false;
    } while (str_present(word));
    return labels > 1 && !is_file_ending(label);
}

void redact_realm(ReportRedactor *redactor, GString *out, Str realm)
{
    NetAddr addr;

    if (is_domain(realm) || net_addr_parse(realm, &addr)
        || redact_is_known(redactor, REDACT_HOST, realm))
        redact_host(redactor, out, realm);
    else
        redact_name(redactor, out, REDACT_REALM, realm);
}

/* Parameters whose values are words of the protocol. */
static bool is_plain_param(Str name)
{
    static const char *const names[] = { "transport", "user", "method",  "ttl",    "lr",
                                         "ob",        "q",    "expires", "reg-id", "rport" };

    return is_in(name, names, G_N_ELEMENTS(names));
}

void redact_params(ReportRedactor *redactor, GString *out, Str params)
{
    Str name;
    Str value;

    while (sip_param_next(&params, &name, &value)) {
        g_string_append_printf(out, ";%.*s", STR_ARG(name));
        if (!str_present(value))
            continue;
        g_string_append_c(out, '=');
        if (is_plain_param(name))
            g_string_append_len(out, value.data, (gssize)value.len);
        else if (str_equal_nocase(name, STR("received")) || str_equal_nocase(name, STR("maddr")))
            redact_host(redactor, out, value);
        else
            redact_name(redactor, out, REDACT_VALUE, value);
    }
}

/* Up to the first of 'stops'; the rest begins with it. */
static Str take_until(Str *rest, const char *stops)
{
    size_t len = 0;

    while (len < rest->len && strchr(stops, rest->data[len]) == NULL)
        len++;

    Str taken = str_first(*rest, len);

    *rest = str_from(*rest, len);
    return taken;
}

/* "host", "host:5060", "[2001:db8::1]:5060", and an IPv6 address without brackets. */
static void redact_place(ReportRedactor *redactor, GString *out, Str place)
{
    NetAddr addr;
    Str host = place;
    Str port = STR_NONE;

    if (!net_addr_parse(place, &addr)) {
        host = place.len > 0 && place.data[0] == '[' ? take_until(&place, "]") : STR_NONE;
        if (host.len > 0) {
            host.len += place.len > 0;
            port = str_from(place, 1);
        } else {
            host = take_until(&place, ":");
            port = place;
        }
    }
    redact_host(redactor, out, host);
    if (is_number(str_from(port, 1)))
        g_string_append_len(out, port.data, (gssize)port.len);
}

/* What can only be a host, or is one elsewhere. */
static bool is_place(const ReportRedactor *redactor, Str word)
{
    NetAddr addr;

    if (net_addr_parse(word, &addr) || str_starts(word, STR("[")))
        return true;

    Str host = take_until(&word, ":");

    return net_addr_parse(host, &addr) || is_domain(host)
           || (host.len >= NAME_LEN && redact_is_known(redactor, REDACT_HOST, host));
}

void redact_account(ReportRedactor *redactor, GString *out, Str account)
{
    Str user, rest;

    if (str_split(account, '@', &user, &rest)) {
        redact_name(redactor, out, REDACT_USER, take_until(&user, ":;"));
        g_string_append_c(out, '@');
        redact_place(redactor, out, take_until(&rest, ";?"));
        redact_params(redactor, out, take_until(&rest, "?"));
        return;
    }

    Str place = take_until(&account, ";?");

    if (is_place(redactor, place))
        redact_place(redactor, out, place);
    else
        redact_name(redactor, out, REDACT_USER, place);
    redact_params(redactor, out, take_until(&account, "?"));
}

/* RFC 3986 section 3.1. */
static bool is_scheme(Str text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (!g_ascii_isalnum(text.data[i]) && strchr("+-.", text.data[i]) == NULL)
            return false;
    }
    return text.len > 0;
}

void redact_uri(ReportRedactor *redactor, GString *out, Str uri)
{
    Str scheme, rest;

    if (!str_split(uri, ':', &scheme, &rest) || !is_scheme(scheme)) {
        redact_account(redactor, out, uri);
        return;
    }
    g_string_append_printf(out, "%.*s:", STR_ARG(scheme));
    if (memchr(rest.data, '@', rest.len) != NULL || str_equal_nocase(scheme, STR("tel"))) {
        redact_account(redactor, out, rest);
    } else {
        redact_place(redactor, out, take_until(&rest, ";?"));
        redact_params(redactor, out, take_until(&rest, "?"));
    }
}

/* What is known about the next word from those before it. */
typedef struct Walk {
    ReportRedactor *redactor;
    GString *out;
    Str before; /* the word before, or the name of a parameter */
    bool quoted;
} Walk;

static bool has_scheme(Str word)
{
    static const char *const schemes[] = { "sip", "sips", "tel" };
    Str scheme, rest;

    return str_split(word, ':', &scheme, &rest) && rest.len > 0
           && is_in(scheme, schemes, G_N_ELEMENTS(schemes));
}

static bool looks_random(Str word)
{
    unsigned digits = 0, letters = 0;

    for (size_t i = 0; i < word.len; i++) {
        digits += g_ascii_isdigit(word.data[i]) != 0;
        letters += g_ascii_isalpha(word.data[i]) != 0;
    }
    if (str_starts_nocase(word, STR("SHA-"))) /* an algorithm */
        return false;
    return str_starts(word, STR("z9hG4bK"))
           || (word.len >= RANDOM_LEN && digits > 0 && digits + letters > word.len / 2);
}

/* A user who is called "404" is not to be found in a sentence, unless quoted. */
static bool is_known_user(const Walk *walk, Str word)
{
    size_t least = is_number(word) ? NUMBER_LEN : NAME_LEN;

    return (walk->quoted || word.len >= least)
           && redact_is_known(walk->redactor, REDACT_USER, word);
}

typedef struct Param {
    const char *name;
    void (*redact)(ReportRedactor *redactor, GString *out, Str value);
    RedactKind kind; /* without a function */
} Param;

/* Words that say what follows: of a header, or of a sentence of ours. */
static const Param params[] = {
    { "username", redact_account, 0 },    { "user", redact_account, 0 },
    { "account", redact_account, 0 },     { "as", redact_account, 0 },
    { "name", redact_account, 0 },        { "realm", redact_realm, 0 },
    { "domain", redact_realm, 0 },        { "uri", redact_uri, 0 },
    { "nonce", NULL, REDACT_NONCE },      { "nextnonce", NULL, REDACT_NONCE },
    { "cnonce", NULL, REDACT_CNONCE },    { "response", NULL, REDACT_RESPONSE },
    { "rspauth", NULL, REDACT_RESPONSE }, { "opaque", NULL, REDACT_VALUE },
    { "tag", NULL, REDACT_VALUE },        { "branch", NULL, REDACT_VALUE },
    { "Call-ID", NULL, REDACT_CALL_ID },
};

static bool redact_as_said(const Walk *walk, Str word)
{
    for (size_t i = 0; word.len > 0 && i < G_N_ELEMENTS(params); i++) {
        if (!str_equal_nocase(walk->before, str_of(params[i].name)))
            continue;
        if (params[i].redact != NULL)
            params[i].redact(walk->redactor, walk->out, word);
        else
            redact_name(walk->redactor, walk->out, params[i].kind, word);
        return true;
    }
    return false;
}

static void redact_word(Walk *walk, Str word);

/* "name=value", or "name=" in front of a quote. */
static bool redact_pair(Walk *walk, Str word)
{
    Str name, value;

    if (!str_split(word, '=', &name, &value) || name.len == 0)
        return false;
    g_string_append_printf(walk->out, "%.*s=", STR_ARG(name));

    Walk inner = { walk->redactor, walk->out, name, false };

    if (value.len > 0 && !redact_as_said(&inner, value))
        redact_word(&inner, value);
    walk->before = name;
    return true;
}

static void redact_word(Walk *walk, Str word)
{
    if (has_scheme(word))
        redact_uri(walk->redactor, walk->out, word);
    else if (memchr(word.data, '@', word.len) != NULL)
        redact_account(walk->redactor, walk->out, word);
    else if (redact_pair(walk, word))
        return;
    else if (is_place(walk->redactor, word))
        redact_place(walk->redactor, walk->out, word);
    else if (is_known_user(walk, word))
        redact_name(walk->redactor, walk->out, REDACT_USER, word);
    else if (redact_is_known(walk->redactor, REDACT_REALM, word))
        redact_name(walk->redactor, walk->out, REDACT_REALM, word);
    else if (looks_random(word))
        redact_name(walk->redactor, walk->out, REDACT_VALUE, word);
    else
        g_string_append_len(walk->out, word.data, (gssize)word.len);
    walk->before = word;
}

/* A word; a full stop or a colon at its end belongs to the sentence. In a URI
 * or an account, parameters belong to it. */
static Str take_word(Str *rest)
{
    static const char delimiters[] = "; \t\r\n\"<>(),{}/";
    Str longer = *rest;
    Str word = take_until(&longer, delimiters + 1);

    if (!has_scheme(word) && memchr(word.data, '@', word.len) == NULL)
        return take_until(rest, delimiters);
    *rest = longer;
    return word;
}

static void redact_run(Walk *walk, Str text);

static Str take_quoted(Str *rest)
{
    *rest = str_from(*rest, 1);

    Str inside = take_until(rest, "\"");

    *rest = str_from(*rest, 1);
    return inside;
}

static void redact_quoted(Walk *walk, Str inside, bool closed)
{
    Walk inner = { walk->redactor, walk->out, STR_NONE, true };

    g_string_append_c(walk->out, '"');
    if (!redact_as_said(walk, inside))
        redact_run(&inner, inside);
    if (closed)
        g_string_append_c(walk->out, '"');
    walk->before = STR_NONE;
}

static void redact_run(Walk *walk, Str text)
{
    while (text.len > 0) {
        if (text.data[0] == '"' && !walk->quoted) {
            size_t before = text.len;
            Str inside = take_quoted(&text);

            redact_quoted(walk, inside, before >= inside.len + 2);
            continue;
        }

        Str word = take_word(&text);
        Str bare = word;

        while (bare.len > 0 && strchr(".:;", bare.data[bare.len - 1]) != NULL)
            bare.len--;
        if (bare.len > 0)
            redact_word(walk, bare);
        g_string_append_len(walk->out, word.data + bare.len, (gssize)(word.len - bare.len));
        if (word.len == 0) {
            g_string_append_c(walk->out, text.data[0]);
            text = str_from(text, 1);
        }
    }
}

void redact_words(ReportRedactor *redactor, GString *out, Str text)
{
    Walk walk = { redactor, out, STR_NONE, false };

    redact_run(&walk, text);
}
