/*
 * IP headers. The length in the header and the bytes in hand are two things:
 * Ethernet pads short packets, snapshot lengths cut long ones, and offloading
 * network cards leave the length open. What counts is what both agree on.
 */

#include "ip.h"

#include <glib.h>

#include "wire.h"

#define MAX_EXTENSIONS 16

/* RFC 8200 section 4; the authentication header comes with IPv4 as well. */
#define HOP_BY_HOP 0
#define ROUTING 43
#define FRAGMENT 44
#define AUTHENTICATION 51
#define DESTINATION 60

static void take_addr(Reader *reader, NetAddr *addr, uint8_t version, size_t len)
{
    Str bytes = reader_take(reader, len);

    *addr = (NetAddr){ .version = version };
    if (str_present(bytes))
        memcpy(addr->bytes, bytes.data, len);
}

/* What follows the header is the payload, unless it is padding of the frame. */
static void take_payload(NetIp *ip, Reader *reader, size_t len)
{
    ip->payload = reader_take(reader, MIN(len, reader_left(reader)));
    ip->payload_len = (uint32_t)len;
}

/* RFC 791 section 3.1. */
static bool read_v4(Str packet, NetIp *ip, NetFlow *flow)
{
    Reader reader = reader_of(packet);
    Str header = reader_take(&reader, 12);
    size_t used = (net_wire_u8(header, 0) & 0x0f) * 4u;
    size_t total = net_wire_be16(header, 2);
    size_t size = total == 0 ? packet.len : total;
    uint16_t part = net_wire_be16(header, 6);
    bool fragment = (part & 0x3fff) != 0;
    uint8_t protocol = net_wire_u8(header, 9);

    if (used < 20 || used > size || used > packet.len)
        return false;
    *ip = (NetIp){
        .id = net_wire_be16(header, 4),
        .ttl = net_wire_u8(header, 8),
        .protocol = protocol,
        .more = (part & 0x2000) != 0,
        .offset = (part & 0x1fffu) * 8,
        .fragment = fragment,
        .unsized = total == 0,
        .size = (uint32_t)size,
        .version = 4,
    };
    take_addr(&reader, &flow->src.addr, 4, 4);
    take_addr(&reader, &flow->dst.addr, 4, 4);
    reader_take(&reader, used - 20);
    take_payload(ip, &reader, size - used);
    return fragment || protocol != AUTHENTICATION || net_ip_read_extensions(ip);
}

/* RFC 8200 section 3. */
static bool read_v6(Str packet, NetIp *ip, NetFlow *flow)
{
    Reader reader = reader_of(packet);
    Str header = reader_take(&reader, 8);

    if (packet.len < 40)
        return false;

    size_t len = net_wire_be16(header, 4);

    *ip = (NetIp){
        .protocol = net_wire_u8(header, 6),
        .ttl = net_wire_u8(header, 7),
        .unsized = len == 0,
        .version = 6,
    };
    take_addr(&reader, &flow->src.addr, 6, 16);
    take_addr(&reader, &flow->dst.addr, 6, 16);
    take_payload(ip, &reader, len == 0 ? packet.len - 40 : len);
    ip->size = 40 + ip->payload_len;
    return net_ip_read_extensions(ip);
}

bool net_ip_read(Str packet, NetIp *ip, NetFlow *flow)
{
    switch (net_wire_u8(packet, 0) >> 4) {
    case 4:
        return read_v4(packet, ip, flow);
    case 6:
        return read_v6(packet, ip, flow);
    default:
        return false;
    }
}

static bool is_extension(const NetIp *ip)
{
    switch (ip->protocol) {
    case AUTHENTICATION:
        return true;
    case HOP_BY_HOP:
    case ROUTING:
    case FRAGMENT:
    case DESTINATION:
        return ip->version == 6;
    default:
        return false;
    }
}

/* RFC 8200 section 4.5. A fragment header on a packet that is whole is legal
 * and means nothing (RFC 6946). */
static void read_fragment(NetIp *ip, Str header)
{
    uint16_t part = net_wire_be16(header, 2);

    ip->offset = part & 0xfff8;
    ip->more = (part & 1) != 0;
    ip->fragment = ip->offset > 0 || ip->more;
    ip->id = net_wire_be32(header, 4);
}

bool net_ip_read_extensions(NetIp *ip)
{
    for (unsigned i = 0; i < MAX_EXTENSIONS && !ip->fragment && is_extension(ip); i++) {
        Reader reader = reader_of(ip->payload);
        Str header = reader_take(&reader, 8);
        size_t units = net_wire_u8(header, 1);
        size_t size = ip->protocol == AUTHENTICATION ? (units + 2) * 4
                      : ip->protocol == FRAGMENT     ? 8
                                                     : (units + 1) * 8;

        if (!str_present(header) || size > ip->payload.len)
            return false;
        if (ip->protocol == FRAGMENT)
            read_fragment(ip, header);
        ip->protocol = net_wire_u8(header, 0);
        ip->payload = str_from(ip->payload, size);
        ip->payload_len -= (uint32_t)size;
    }
    return ip->fragment || !is_extension(ip);
}
