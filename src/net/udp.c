/*
 * UDP headers. A device that rewrites a SIP message and forgets to correct one
 * of the two lengths shows here: the datagram is used, and marked.
 */

#include "udp.h"

#include <glib.h>

#include "wire.h"

bool net_udp_read(Str payload, size_t wire_len, NetUdp *udp)
{
    Reader reader = reader_of(payload);
    Str header = reader_take(&reader, 8);

    if (!str_present(header))
        return false;

    size_t len = net_wire_be16(header, 4);
    size_t left = reader_left(&reader);

    *udp = (NetUdp){
        .src_port = net_wire_be16(header, 0),
        .dst_port = net_wire_be16(header, 2),
        .length_lies = len != wire_len,
        .bytes = reader_take(&reader, len >= 8 ? MIN(len - 8, left) : left),
    };
    return true;
}
