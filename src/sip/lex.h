#pragma once

/*
 * The characters of SIP (RFC 3261 section 25.1): what a token is made of, and
 * where a quoted string, a pair of angle brackets or a comment ends.
 *
 * All of it is linear in the bytes looked at. What is opened and never closed
 * reaches to the end of the text, so that no byte is looked at twice.
 */

#include "base/str.h"

/* SP, HTAB, and CR and LF, which are what is left of a folded line. */
static inline bool sip_lex_is_blank(char c)
{
    return str_is_blank(c);
}

static inline bool sip_lex_is_line_end(char c)
{
    return c == '\r' || c == '\n';
}

/* One letter for each byte: 't' can stand in a token, 'e' opens something that
 * can hide a separator. Bytes from 0x80 are neither. */
extern const char sip_lex_classes[256];

static inline bool sip_lex_is_token_char(char c)
{
    return sip_lex_classes[(uint8_t)c] == 't';
}

bool sip_lex_is_token(Str s); /* at least one character, and no other than token characters */

/* Where the first 'stop' stands that is not inside of quotes, angle brackets
 * or a comment; s.len when there is none. */
size_t sip_lex_find(Str s, char stop);

/* s.data[at] is the opening '"': the place behind the closing one. When that is
 * missing 'closed' becomes false and the place is s.len. */
size_t sip_lex_skip_quoted(Str s, size_t at, bool *closed);

/* The place of the first byte at or behind 'at' that is not blank. */
size_t sip_lex_skip_blank(Str s, size_t at);

/* The value of a hexadecimal digit, or -1. */
int sip_lex_hex(char c);
