/*
 * TCP headers. Options are skipped: nothing in them changes which byte of the
 * stream comes next.
 */

#include "segment.h"

#include <glib.h>

#include "wire.h"

bool net_segment_read(Str payload, size_t wire_len, NetSegment *segment)
{
    Reader reader = reader_of(payload);
    Str header = reader_take(&reader, 20);
    size_t size = (net_wire_u8(header, 12) >> 4) * 4u;

    if (!str_present(header) || size < 20 || size > wire_len)
        return false;
    reader_take(&reader, MIN(size - 20, reader_left(&reader)));
    *segment = (NetSegment){
        .src_port = net_wire_be16(header, 0),
        .dst_port = net_wire_be16(header, 2),
        .seq = net_wire_be32(header, 4),
        .ack = net_wire_be32(header, 8),
        .flags = net_wire_u8(header, 13),
        .len = (uint32_t)(wire_len - size),
        .bytes = reader_rest(&reader),
    };
    return true;
}
