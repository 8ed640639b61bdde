/*
 * Tunnels. Mirror ports of switches and clouds send what they copy inside GRE
 * (ERSPAN), VXLAN, GENEVE or TZSP; a mobile network carries the phone's own
 * packets inside GTP-U. The registration is in the inner packet.
 */

#include "tunnel.h"

#include "ether.h"
#include "wire.h"

#define PORT_GTP_U 2152
#define PORT_VXLAN 4789
#define PORT_GENEVE 6081
#define PORT_VXLAN_LINUX 8472 /* the kernel's default, older than the RFC */
#define PORT_TZSP 37008

#define GRE_CHECKSUM 0x8000
#define GRE_ROUTING 0x4000
#define GRE_KEY 0x2000
#define GRE_SEQUENCE 0x1000
#define GRE_ACK 0x0080 /* version 1 only */
#define GRE_VERSION 0x0007

#define GRE_PPP 0x880b
#define GRE_ERSPAN 0x88be
#define GRE_ERSPAN_III 0x22eb

/* draft-foschiano-erspan-03. Type I has no header of its own; it is told from
 * type II by the missing GRE sequence number. */
static NetLayerKind read_erspan(uint16_t type, bool has_sequence, Str bytes, NetLayer *next)
{
    Reader reader = reader_of(bytes);

    if (type == GRE_ERSPAN_III) {
        Str header = reader_take(&reader, 12);

        if (net_wire_u8(header, 11) & 1)
            reader_take(&reader, 8); /* platform specific subheader */
    } else if (has_sequence) {
        reader_take(&reader, 8);
    }
    if (reader.short_read)
        return NET_LAYER_BROKEN;
    return net_layer_set(next, NET_LAYER_LINK, NET_LINK_ETHERNET, reader_rest(&reader));
}

/* RFC 2784 and RFC 2890. */
static NetLayerKind read_gre(uint16_t flags, uint16_t type, Str bytes, NetLayer *next)
{
    Reader reader = reader_of(bytes);

    reader_take(&reader, 4);
    if (flags & GRE_CHECKSUM)
        reader_take(&reader, 4);
    if (flags & GRE_KEY)
        reader_take(&reader, 4);
    if (flags & GRE_SEQUENCE)
        reader_take(&reader, 4);
    if (reader.short_read)
        return NET_LAYER_BROKEN;

    Str inner = reader_rest(&reader);

    if (type == GRE_ERSPAN || type == GRE_ERSPAN_III)
        return read_erspan(type, (flags & GRE_SEQUENCE) != 0, inner, next);
    return type < NET_ETHER_MIN ? NET_LAYER_NONE
                                : net_layer_set(next, NET_LAYER_ETHER, type, inner);
}

/* PPTP's GRE, RFC 2637 section 4.1. */
static NetLayerKind read_pptp(uint16_t flags, uint16_t type, Str bytes, NetLayer *next)
{
    Reader reader = reader_of(bytes);
    Str header = reader_take(&reader, 8);

    if (type != GRE_PPP || (flags & GRE_KEY) == 0)
        return NET_LAYER_NONE;
    if ((flags & GRE_SEQUENCE) == 0)
        return NET_LAYER_NONE; /* an acknowledgment without payload */
    reader_take(&reader, flags & GRE_ACK ? 8 : 4);
    if (reader.short_read)
        return NET_LAYER_BROKEN;
    return net_ether_read_ppp(str_first(reader_rest(&reader), net_wire_be16(header, 4)), next);
}

NetLayerKind net_tunnel_read_gre(Str bytes, NetLayer *next)
{
    uint16_t flags = net_wire_be16(bytes, 0);
    uint16_t type = net_wire_be16(bytes, 2);

    if (bytes.len < 4)
        return NET_LAYER_BROKEN;
    if ((flags & GRE_VERSION) == 1)
        return read_pptp(flags, type, bytes, next);
    if ((flags & GRE_VERSION) != 0 || (flags & GRE_ROUTING) != 0)
        return NET_LAYER_NONE; /* source routes: RFC 1701, given up by RFC 2784 */
    return read_gre(flags, type, bytes, next);
}

static bool is_ip(Str bytes)
{
    uint8_t version = net_wire_u8(bytes, 0) >> 4;

    return bytes.len >= 20 && (version == 4 || version == 6);
}

/* RFC 7348, and the next-protocol field of the GPE draft. */
static NetLayerKind read_vxlan(Str bytes, NetLayer *next)
{
    Reader reader = reader_of(bytes);
    Str header = reader_take(&reader, 8);
    uint8_t flags = net_wire_u8(header, 0);
    uint8_t type = net_wire_u8(header, 3);
    Str inner = reader_rest(&reader);

    if (inner.len < 14 || net_wire_u8(header, 7) != 0)
        return NET_LAYER_NONE;
    if (flags == 0x08 || flags == 0x88 || (flags == 0x0c && type == 3))
        return net_layer_set(next, NET_LAYER_LINK, NET_LINK_ETHERNET, inner);
    if (flags == 0x0c && (type == 1 || type == 2) && is_ip(inner))
        return net_layer_set(next, NET_LAYER_IP, 0, inner);
    return NET_LAYER_NONE;
}

/* RFC 8926 section 3.4. */
static NetLayerKind read_geneve(Str bytes, NetLayer *next)
{
    Reader reader = reader_of(bytes);
    Str header = reader_take(&reader, 8);
    uint8_t first = net_wire_u8(header, 0);
    uint16_t type = net_wire_be16(header, 2);

    reader_take(&reader, (first & 0x3fu) * 4);
    if (reader.short_read || first >> 6 != 0 || net_wire_u8(header, 7) != 0
        || (net_wire_u8(header, 1) & 0x3f) != 0)
        return NET_LAYER_NONE;
    if (type != NET_ETHER_BRIDGED && type != NET_ETHER_IPV4 && type != NET_ETHER_IPV6)
        return NET_LAYER_NONE;
    return net_layer_set(next, NET_LAYER_ETHER, type, reader_rest(&reader));
}

/* TaZmen Sniffer Protocol: version, type, protocol, then tags up to an end tag. */
static NetLayerKind read_tzsp(Str bytes, NetLayer *next)
{
    Reader reader = reader_of(bytes);
    Str header = reader_take(&reader, 4);

    if (net_wire_u8(header, 0) != 1 || net_wire_u8(header, 1) > 1 || net_wire_be16(header, 2) != 1)
        return NET_LAYER_NONE;
    while (reader_left(&reader) > 0) {
        uint8_t tag = reader_u8(&reader);

        if (tag == 1)
            return net_layer_set(next, NET_LAYER_LINK, NET_LINK_ETHERNET, reader_rest(&reader));
        if (tag != 0) /* padding has no length */
            reader_take(&reader, reader_u8(&reader));
    }
    return NET_LAYER_NONE;
}

/* A chain whose sizes count units of four bytes and whose types stand at the
 * end of the one before. */
static void skip_gtp_extensions(Reader *reader, uint8_t type)
{
    while (type != 0 && !reader->short_read) {
        size_t units = reader_u8(reader);
        Str extension = reader_take(reader, units > 0 ? units * 4 - 1 : SIZE_MAX);

        type = net_wire_u8(extension, extension.len - 1);
    }
}

/* 3GPP TS 29.281 section 5: a G-PDU, with optional fields and extensions. */
static NetLayerKind read_gtp(Str bytes, NetLayer *next)
{
    Reader reader = reader_of(bytes);
    Str header = reader_take(&reader, 8);
    uint8_t flags = net_wire_u8(header, 0);

    if ((flags & 0xf8) != 0x30 || net_wire_u8(header, 1) != 255)
        return NET_LAYER_NONE;
    reader = reader_of(str_first(reader_rest(&reader), net_wire_be16(header, 2)));
    if (flags & 0x07) {
        Str options = reader_take(&reader, 4);

        skip_gtp_extensions(&reader, flags & 0x04 ? net_wire_u8(options, 3) : 0);
    }

    Str inner = reader_rest(&reader);

    if (reader.short_read || !is_ip(inner))
        return NET_LAYER_NONE;
    return net_layer_set(next, NET_LAYER_IP, 0, inner);
}

NetLayerKind net_tunnel_read_udp(uint16_t port, Str bytes, NetLayer *next)
{
    switch (port) {
    case PORT_GTP_U:
        return read_gtp(bytes, next);
    case PORT_VXLAN:
    case PORT_VXLAN_LINUX:
        return read_vxlan(bytes, next);
    case PORT_GENEVE:
        return read_geneve(bytes, next);
    case PORT_TZSP:
        return read_tzsp(bytes, next);
    default:
        return NET_LAYER_NONE;
    }
}
