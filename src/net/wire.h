#pragma once

/*
 * Numbers at fixed places of a header that was taken whole.
 *
 * For headers of one size, which is most of them: take the header with a
 * Reader, ask once whether it was there, then read its fields by offset. What
 * lies outside the Str reads as zero.
 */

#include "base/reader.h"

static inline uint8_t net_wire_u8(Str header, size_t at)
{
    return at < header.len ? (uint8_t)header.data[at] : 0;
}

static inline uint16_t net_wire_be16(Str header, size_t at)
{
    return (uint16_t)(net_wire_u8(header, at) << 8 | net_wire_u8(header, at + 1));
}

static inline uint32_t net_wire_be32(Str header, size_t at)
{
    return (uint32_t)net_wire_be16(header, at) << 16 | net_wire_be16(header, at + 2);
}
