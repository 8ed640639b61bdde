/*
 * What stands between an EtherType and IP.
 *
 * A mirror port adds VLAN tags, a DSL line PPPoE, a carrier MPLS: none of them
 * matters to SIP, and a capture filter or a tool that does not know them sees
 * nothing at all.
 */

#include "ether.h"

#include "wire.h"

#define MAX_TAGS 4
#define MAX_LABELS 16

#define ETHER_QINQ 0x88a8
#define ETHER_QINQ_OLD 0x9100
#define ETHER_MPLS_MULTICAST 0x8848

#define PPP_IPV4 0x0021
#define PPP_IPV6 0x0057
#define PPP_MPLS 0x0281

static bool is_tag(uint16_t type)
{
    return type == NET_ETHER_VLAN || type == ETHER_QINQ || type == ETHER_QINQ_OLD;
}

static bool is_known(uint16_t type)
{
    return type == NET_ETHER_IPV4 || type == NET_ETHER_IPV6 || type == NET_ETHER_PPPOE
           || type == NET_ETHER_MPLS || is_tag(type);
}

/* IEEE 802.2: an LLC header, often with the SNAP extension of RFC 1042. */
static NetLayerKind read_llc(Str bytes, NetLayer *next)
{
    Reader reader = reader_of(bytes);
    Str llc = reader_take(&reader, 3);

    if (!str_present(llc))
        return NET_LAYER_BROKEN;
    if (str_equal(llc, STR("\x06\x06\x03")))
        return net_layer_set(next, NET_LAYER_IP, 0, reader_rest(&reader));
    if (!str_equal(llc, STR("\xaa\xaa\x03")))
        return NET_LAYER_NONE;

    Str organisation = reader_take(&reader, 3);
    uint16_t type = reader_be16(&reader);

    if (reader.short_read)
        return NET_LAYER_BROKEN;
    if (!str_equal(organisation, STR("\0\0\0")) || type < NET_ETHER_MIN)
        return NET_LAYER_NONE;
    return net_layer_set(next, NET_LAYER_ETHER, type, reader_rest(&reader));
}

static NetLayerKind read_pppoe(Str bytes, NetLayer *next)
{
    Reader reader = reader_of(bytes);
    Str header = reader_take(&reader, 6);

    if (!str_present(header))
        return NET_LAYER_BROKEN;
    if (net_wire_u8(header, 0) != 0x11 || net_wire_u8(header, 1) != 0) /* RFC 2516 section 4 */
        return NET_LAYER_NONE;
    return net_ether_read_ppp(str_first(reader_rest(&reader), net_wire_be16(header, 4)), next);
}

static bool looks_like_ethernet(Str bytes)
{
    return bytes.len >= 14 && is_known(net_wire_be16(bytes, 12));
}

/* Nothing in an MPLS packet says what it carries. The first four bits of IP
 * are 4 or 6; a pseudowire with a control word (RFC 4385) begins with 0. */
static NetLayerKind read_below_labels(Str bytes, NetLayer *next)
{
    switch (net_wire_u8(bytes, 0) >> 4) {
    case 4:
    case 6:
        return net_layer_set(next, NET_LAYER_IP, 0, bytes);
    case 0:
        if (looks_like_ethernet(str_from(bytes, 4)))
            return net_layer_set(next, NET_LAYER_LINK, NET_LINK_ETHERNET, str_from(bytes, 4));
        break;
    }
    if (looks_like_ethernet(bytes))
        return net_layer_set(next, NET_LAYER_LINK, NET_LINK_ETHERNET, bytes);
    return NET_LAYER_NONE;
}

static NetLayerKind read_mpls(Str bytes, NetLayer *next)
{
    Reader reader = reader_of(bytes);

    for (unsigned i = 0; i < MAX_LABELS && !reader.short_read; i++) {
        bool is_bottom = (reader_be32(&reader) & 0x100) != 0;

        if (is_bottom && !reader.short_read)
            return read_below_labels(reader_rest(&reader), next);
    }
    return NET_LAYER_BROKEN;
}

static NetLayerKind read_tags(uint16_t type, Str bytes, NetLayer *next)
{
    Reader reader = reader_of(bytes);

    for (unsigned i = 0; i < MAX_TAGS && is_tag(type); i++) {
        reader_take(&reader, 2);
        type = reader_be16(&reader);
    }
    if (reader.short_read)
        return NET_LAYER_BROKEN;
    if (is_tag(type))
        return NET_LAYER_NONE;
    return net_layer_set(next, NET_LAYER_ETHER, type, reader_rest(&reader));
}

NetLayerKind net_ether_read(uint16_t type, Str bytes, NetLayer *next)
{
    switch (type) {
    case NET_ETHER_IPV4:
    case NET_ETHER_IPV6:
        return net_layer_set(next, NET_LAYER_IP, 0, bytes);
    case NET_ETHER_VLAN:
    case ETHER_QINQ:
    case ETHER_QINQ_OLD:
        return read_tags(type, bytes, next);
    case NET_ETHER_MPLS:
    case ETHER_MPLS_MULTICAST:
        return read_mpls(bytes, next);
    case NET_ETHER_PPPOE:
        return read_pppoe(bytes, next);
    case NET_ETHER_BRIDGED:
        return net_layer_set(next, NET_LAYER_LINK, NET_LINK_ETHERNET, bytes);
    default:
        return type < NET_ETHER_MIN ? read_llc(str_first(bytes, type), next) : NET_LAYER_NONE;
    }
}

NetLayerKind net_ether_read_ppp(Str bytes, NetLayer *next)
{
    Reader reader = reader_of(str_starts(bytes, STR("\xff\x03")) ? str_from(bytes, 2) : bytes);
    uint16_t protocol = reader_u8(&reader);

    /* The first byte of a protocol number is even, the last one odd. */
    if ((protocol & 1) == 0)
        protocol = (uint16_t)(protocol << 8 | reader_u8(&reader));
    if (reader.short_read)
        return NET_LAYER_BROKEN;
    switch (protocol) {
    case PPP_IPV4:
    case PPP_IPV6:
        return net_layer_set(next, NET_LAYER_IP, 0, reader_rest(&reader));
    case PPP_MPLS:
        return net_layer_set(next, NET_LAYER_ETHER, NET_ETHER_MPLS, reader_rest(&reader));
    default:
        return NET_LAYER_NONE;
    }
}
