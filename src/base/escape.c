/*
 * A User-Agent can hold anything: a command that clears the terminal or writes
 * to its clipboard, a mark that turns the line around so that "rejected" reads
 * as something else, a hundred accents on one letter. None of it may reach the
 * reader's terminal, and all of it must stay recognisable.
 */

#include "base/escape.h"

#include <string.h>

/* More marks than this on one letter are no writing. */
#define MARKS_MAX 4

static bool is_mark(gunichar c)
{
    return g_unichar_ismark(c);
}

/* No format characters (bidirectional overrides, zero-width spaces), nothing
 * that is unassigned, private or a line separator, and no letter without a
 * shape: what cannot be seen can lie. */
static bool is_shown(gunichar c)
{
    switch (g_unichar_type(c)) {
    case G_UNICODE_CONTROL:
    case G_UNICODE_FORMAT:
    case G_UNICODE_UNASSIGNED:
    case G_UNICODE_PRIVATE_USE:
    case G_UNICODE_SURROGATE:
    case G_UNICODE_LINE_SEPARATOR:
    case G_UNICODE_PARAGRAPH_SEPARATOR:
        return false;
    default:
        return is_mark(c) || !g_unichar_iszerowidth(c);
    }
}

/* A backslash that would make the text look like one of our own escapes. */
static bool looks_escaped(const char *at, const char *end)
{
    return *at == '\\' && end - at >= 2 && (at[1] == 'x' || at[1] == 'u');
}

/* The character at 'at', or (gunichar)-1 with 'len' 1 for a byte that is none. */
static gunichar take(const char *at, const char *end, size_t *len)
{
    unsigned char first = (unsigned char)*at;

    *len = 1;
    if (first < 0x80) /* g_utf8_get_char_validated() stops at a NUL */
        return first;

    gunichar c = g_utf8_get_char_validated(at, end - at);

    if (c == (gunichar)-1 || c == (gunichar)-2)
        return (gunichar)-1;
    *len = (size_t)(g_utf8_next_char(at) - at);
    return c;
}

void escape_terminal(GString *out, Str text)
{
    const char *at = text.data;
    const char *end = text.len > 0 ? at + text.len : at;
    unsigned marks = MARKS_MAX; /* a mark at the very start has no letter to stand on */

    for (size_t len = 0; at < end; at += len) {
        gunichar c = take(at, end, &len);
        bool mark = c != (gunichar)-1 && is_mark(c);

        if (c == (gunichar)-1)
            g_string_append_printf(out, "\\x%02x", (unsigned char)*at);
        else if (looks_escaped(at, end))
            g_string_append(out, "\\x5c");
        else if (is_shown(c) && !(mark && marks >= MARKS_MAX))
            g_string_append_len(out, at, (gssize)len);
        else if (c < 0x80)
            g_string_append_printf(out, "\\x%02x", c);
        else
            g_string_append_printf(out, "\\u{%04x}", c);
        marks = mark ? MIN(marks + 1, MARKS_MAX) : 0;
    }
}

void escape_utf8(GString *out, Str text)
{
    const char *at = text.data;
    const char *end = text.len > 0 ? at + text.len : at;

    for (size_t len = 0; at < end; at += len) {
        if (take(at, end, &len) != (gunichar)-1)
            g_string_append_len(out, at, (gssize)len);
        else
            g_string_append(out, "\357\277\275"); /* U+FFFD */
    }
}

/* The byte, and the letter that stands for it behind a backslash (RFC 8259 section 7). */
static const char json_letters[] = "\"\"\\\\\bb\ff\nn\rr\tt";

static void append_json_escape(GString *out, gunichar c)
{
    for (const char *at = json_letters; *at != '\0'; at += 2) {
        if ((gunichar)*at == c) {
            g_string_append_printf(out, "\\%c", at[1]);
            return;
        }
    }
    if (c > 0xffff) /* in two halves, as UTF-16 has it */
        g_string_append_printf(out, "\\u%04x\\u%04x", 0xd7c0 + (c >> 10), 0xdc00 + (c & 0x3ff));
    else
        g_string_append_printf(out, "\\u%04x", c);
}

/* Most text is ASCII, and there is much of it. */
static bool stands_in_json(gunichar c)
{
    if (c < 0x80)
        return c >= 0x20 && c < 0x7f && c != '"' && c != '\\';
    return is_shown(c);
}

void escape_json(GString *out, const char *text)
{
    const char *run = text;
    const char *next = text;

    for (const char *at = text; *at != '\0'; at = next) {
        gunichar c = (unsigned char)*at < 0x80 ? (gunichar)*at : g_utf8_get_char(at);

        next = c < 0x80 ? at + 1 : g_utf8_next_char(at);
        if (stands_in_json(c))
            continue;
        g_string_append_len(out, run, at - run);
        append_json_escape(out, c);
        run = next;
    }
    g_string_append(out, run);
}

/* Also their wide forms, which a spreadsheet of the Far East takes for the same. */
static bool begins_like_a_formula(const char *text)
{
    static const gunichar signs[] = { '=', '+', '-', '@', 0xff1d, 0xff0b, 0xff0d, 0xff20 };
    gunichar first = g_utf8_get_char(text);

    for (size_t i = 0; i < G_N_ELEMENTS(signs); i++) {
        if (first == signs[i])
            return true;
    }
    return false;
}

void escape_csv(GString *out, const char *text)
{
    bool quoted = strpbrk(text, ",\"") != NULL || *text == ' ' || g_str_has_suffix(text, " ");

    if (quoted)
        g_string_append_c(out, '"');
    if (begins_like_a_formula(text))
        g_string_append_c(out, '\'');
    for (; *text != '\0'; text++) {
        if (*text == '"')
            g_string_append_c(out, '"');
        g_string_append_c(out, *text);
    }
    if (quoted)
        g_string_append_c(out, '"');
}

const char *escape_next(const char *text, unsigned *columns)
{
    if ((unsigned char)*text < 0x80) {
        *columns = 1;
        return text + 1;
    }

    gunichar c = g_utf8_get_char(text);

    *columns = g_unichar_iszerowidth(c) ? 0 : g_unichar_iswide(c) ? 2 : 1;
    return g_utf8_next_char(text);
}

unsigned escape_columns(const char *text)
{
    unsigned total = 0;
    unsigned columns = 0;

    while (*text != '\0') {
        text = escape_next(text, &columns);
        total += columns;
    }
    return total;
}
