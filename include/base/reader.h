#pragma once

/*
 * Bounded reading of bytes from the wire.
 *
 * A read past the end gives zeros and sets 'short_read', which stays set. A
 * decoder reads a whole header first and asks once whether it was all there.
 */

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

typedef struct Reader {
    const uint8_t *next;
    const uint8_t *end;
    bool short_read;
} Reader;

static inline Reader reader_of(Str bytes)
{
    const uint8_t *start = (const uint8_t *)bytes.data;

    return (Reader){ .next = start, .end = start ? start + bytes.len : NULL };
}

static inline size_t reader_left(const Reader *reader)
{
    return (size_t)(reader->end - reader->next);
}

static inline Str reader_take(Reader *reader, size_t len)
{
    if (reader_left(reader) < len) {
        reader->short_read = true;
        reader->next = reader->end;
        return STR_NONE;
    }

    Str taken = { (const char *)reader->next, len };

    if (len > 0) /* nothing may be added to NULL, not even nothing */
        reader->next += len;
    return taken;
}

/* All that is left, without complaint when that is nothing. */
static inline Str reader_rest(Reader *reader)
{
    return reader_take(reader, reader_left(reader));
}

static inline uint8_t reader_u8(Reader *reader)
{
    Str b = reader_take(reader, 1);

    return b.data ? (uint8_t)b.data[0] : 0;
}

static inline uint16_t reader_be16(Reader *reader)
{
    Str b = reader_take(reader, 2);

    return b.data ? (uint16_t)((uint8_t)b.data[0] << 8 | (uint8_t)b.data[1]) : 0;
}

static inline uint32_t reader_be32(Reader *reader)
{
    uint32_t high = reader_be16(reader);

    return high << 16 | reader_be16(reader);
}
