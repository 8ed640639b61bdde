/*
 * ICMP errors say in plain words why nobody answers: port unreachable,
 * administratively prohibited, too big, expired on the way. The quoted packet
 * names the flow, and often carries the beginning of the lost request. The
 * quote is evidence of the error, never a message of its own.
 */

#include "icmp.h"

#include <glib.h>

#include "wire.h"

#define V4_UNREACHABLE 3
#define V4_QUENCH 4
#define V4_EXPIRED 11
#define V4_PARAMETER 12
#define V4_FRAGMENTATION_NEEDED 4 /* a code of V4_UNREACHABLE */

#define V6_UNREACHABLE 1
#define V6_TOO_BIG 2
#define V6_EXPIRED 3
#define V6_PARAMETER 4

/* A redirect is no error: the packet went on. */
static bool is_error(const NetIp *ip, uint8_t type)
{
    if (ip->version == 6)
        return type >= V6_UNREACHABLE && type <= V6_PARAMETER;
    return type == V4_UNREACHABLE || type == V4_QUENCH || type == V4_EXPIRED
           || type == V4_PARAMETER;
}

static uint16_t mtu_of(const NetIp *ip, Str header)
{
    uint8_t type = net_wire_u8(header, 0);

    if (ip->version == 6)
        return type == V6_TOO_BIG ? (uint16_t)MIN(net_wire_be32(header, 4), 0xffff) : 0;
    if (type == V4_UNREACHABLE && net_wire_u8(header, 1) == V4_FRAGMENTATION_NEEDED)
        return net_wire_be16(header, 6); /* RFC 1191 section 4 */
    return 0;
}

/* RFC 4884: a length, in words of four or eight bytes, says where the quote
 * ends and extensions begin. */
static Str cut_extensions(const NetIp *ip, Str header, Str quote)
{
    bool v6 = ip->version == 6;
    size_t len = v6 ? net_wire_u8(header, 4) * 8u : net_wire_u8(header, 5) * 4u;
    uint8_t type = net_wire_u8(header, 0);
    bool has_len = v6 ? type == V6_UNREACHABLE || type == V6_EXPIRED : type != V4_QUENCH;

    return has_len && len > 0 ? str_first(quote, len) : quote;
}

/* The ports are in the first eight bytes, which every error must quote; TCP
 * headers that are cut off leave nothing behind them. */
static bool read_quote(const NetIp *quoted, NetEvent *event)
{
    NetFlow *flow = &event->meta.flow;
    Str bytes = quoted->payload;

    if (quoted->protocol != NET_PROTOCOL_UDP && quoted->protocol != NET_PROTOCOL_TCP)
        return false;
    if (quoted->offset > 0 || bytes.len < 4)
        return false;

    bool tcp = quoted->protocol == NET_PROTOCOL_TCP;
    size_t header = tcp ? MAX((net_wire_u8(bytes, 12) >> 4) * 4u, 20) : 8;

    flow->transport = tcp ? NET_TCP : NET_UDP;
    flow->src.port = net_wire_be16(bytes, 0);
    flow->dst.port = net_wire_be16(bytes, 2);
    event->bytes = str_from(bytes, header);
    return true;
}

NetIcmpResult net_icmp_read(const NetIp *ip, NetEvent *event)
{
    Reader reader = reader_of(ip->payload);
    Str header = reader_take(&reader, 8);
    NetIp quoted;

    if (!str_present(header))
        return NET_ICMP_BROKEN;
    if (!is_error(ip, net_wire_u8(header, 0)))
        return NET_ICMP_OTHER;

    Str quote = cut_extensions(ip, header, reader_rest(&reader));

    if (!net_ip_read(quote, &quoted, &event->meta.flow))
        return NET_ICMP_BROKEN;
    event->kind = NET_EVENT_ICMP;
    event->icmp_type = net_wire_u8(header, 0);
    event->icmp_code = net_wire_u8(header, 1);
    event->icmp_mtu = mtu_of(ip, header);
    return read_quote(&quoted, event) ? NET_ICMP_ERROR : NET_ICMP_OTHER;
}
