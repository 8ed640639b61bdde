/*
 * The characters of SIP. One table says what each byte can mean, so that the
 * loops over a value touch every byte once and compare it with nothing.
 */

#include "lex.h"

const char sip_lex_classes[256] = "................"
                                  "................"
                                  ".te..t.te.tt.tt."  /*  !"#$%&'()*+,-./ */
                                  "tttttttttt..e..."  /* 0123456789:;<=>? */
                                  ".ttttttttttttttt"  /* @ABCDEFGHIJKLMNO */
                                  "ttttttttttt....t"  /* PQRSTUVWXYZ[\]^_ */
                                  "tttttttttttttttt"  /* `abcdefghijklmno */
                                  "ttttttttttt...t."; /* pqrstuvwxyz{|}~ */

bool sip_lex_is_token(Str s)
{
    for (size_t i = 0; i < s.len; i++) {
        if (!sip_lex_is_token_char(s.data[i]))
            return false;
    }
    return s.len > 0;
}

size_t sip_lex_skip_quoted(Str s, size_t at, bool *closed)
{
    size_t start = at + 1;
    const char *quote = start < s.len ? memchr(s.data + start, '"', s.len - start) : NULL;

    /* Most strings hold no backslash: then the first quote is the last. */
    if (quote != NULL && memchr(s.data + start, '\\', (size_t)(quote - s.data) - start) == NULL)
        return (size_t)(quote - s.data) + 1;
    for (size_t i = start; i < s.len; i++) {
        if (s.data[i] == '"')
            return i + 1;
        if (s.data[i] == '\\')
            i++;
    }
    *closed = false;
    return s.len;
}

/* Comments nest. The depth is only counted, so any depth will do. */
static size_t skip_comment(Str s, size_t at)
{
    size_t depth = 0;

    for (size_t i = at; i < s.len; i++) {
        if (s.data[i] == '\\')
            i++;
        else if (s.data[i] == '(')
            depth++;
        else if (s.data[i] == ')' && --depth == 0)
            return i + 1;
    }
    return s.len;
}

static size_t skip_enclosed(Str s, size_t at)
{
    bool closed = true;

    if (s.data[at] == '"')
        return sip_lex_skip_quoted(s, at, &closed);
    if (s.data[at] == '(')
        return skip_comment(s, at);

    const char *end = memchr(s.data + at, '>', s.len - at);

    return end != NULL ? (size_t)(end - s.data) + 1 : s.len;
}

static bool holds_enclosure(Str s)
{
    return s.len > 0
           && (memchr(s.data, '"', s.len) != NULL || memchr(s.data, '<', s.len) != NULL
               || memchr(s.data, '(', s.len) != NULL);
}

size_t sip_lex_find(Str s, char stop)
{
    const char *found = s.len > 0 ? memchr(s.data, stop, s.len) : NULL;
    size_t i = 0;

    /* Most values are alone and most parameters the last, and most of the others
     * hold nothing that could hide a separator: the fast ways to know. */
    if (found == NULL)
        return s.len;
    if (!holds_enclosure((Str){ s.data, (size_t)(found - s.data) }))
        return (size_t)(found - s.data);
    while (i < s.len && s.data[i] != stop) {
        if (sip_lex_classes[(uint8_t)s.data[i]] == 'e')
            i = skip_enclosed(s, i);
        else
            i++;
    }
    return i;
}

size_t sip_lex_skip_blank(Str s, size_t at)
{
    while (at < s.len && sip_lex_is_blank(s.data[at]))
        at++;
    return at;
}

int sip_lex_hex(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}
