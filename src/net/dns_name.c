/*
 * Names in DNS messages (RFC 1035 section 4.1.4).
 *
 * They are the dangerous part: a name may end in a pointer to another, and
 * nothing but the reader keeps it from running in circles. Here a pointer must
 * lead to before the labels it was found behind, so every name has an end.
 */

#include "dns_name.h"

#include <glib.h>
#include <stdio.h>

#define MAX_JUMPS 32
#define MAX_LABEL 63
#define MAX_NAME 255 /* RFC 1035 section 3.1: with all lengths, and the root's */
#define POINTER 0xc0

void net_dns_name_skip(Reader *reader)
{
    uint8_t first;

    do {
        first = reader_u8(reader);
        if (first <= MAX_LABEL)
            reader_take(reader, first);
        else if (first >= POINTER)
            reader_u8(reader);
        else
            reader_take(reader, SIZE_MAX); /* RFC 6891 section 5: of a length nobody knows */
    } while (first > 0 && first <= MAX_LABEL);
}

/* RFC 4343 section 2.1 allows \DDD for every byte; it is used where the byte
 * itself would be taken for a border of labels, or cannot be seen. */
static size_t write_byte(uint8_t byte, char *text)
{
    if (byte <= ' ' || byte >= 0x7f || byte == '.' || byte == '\\')
        return (size_t)snprintf(text, sizeof("\\000"), "\\%03u", byte);
    *text = g_ascii_tolower((char)byte);
    return 1;
}

static size_t write_label(Str label, bool first, char *text)
{
    size_t len = 0;

    if (!first)
        text[len++] = '.';
    for (size_t i = 0; i < label.len; i++)
        len += write_byte((uint8_t)label.data[i], text + len);
    return len;
}

/* Fourteen bits, counted from the start of the message. */
static bool follow_pointer(Str message, uint8_t first, Reader *at, size_t *start)
{
    size_t target = (size_t)(first & ~POINTER) << 8 | reader_u8(at);

    if (first < POINTER || at->short_read || target < NET_DNS_HEADER || target >= *start)
        return false;
    *start = target;
    *at = reader_of(str_from(message, target));
    return true;
}

size_t net_dns_name_write(Str message, size_t start, char text[NET_DNS_NAME])
{
    Reader at = reader_of(str_from(message, start));
    size_t wire_len = 1, len = 0;
    unsigned jumps = 0;

    for (;;) {
        uint8_t first = reader_u8(&at);

        if (first > MAX_LABEL) {
            if (jumps++ == MAX_JUMPS || !follow_pointer(message, first, &at, &start))
                return 0;
            continue;
        }

        Str label = reader_take(&at, first);

        wire_len += label.len + (first > 0);
        if (at.short_read || wire_len > MAX_NAME)
            return 0;
        if (first == 0)
            break;
        len += write_label(label, len == 0, text + len);
    }
    if (len == 0)
        text[len++] = '.';
    return len;
}
