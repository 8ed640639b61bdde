/*
 * Link layers: what stands in front of a frame depends on where it was
 * captured, and "any" interfaces, loopbacks and DSL lines have no Ethernet.
 */

#include "link.h"

#include <glib.h>
#include <pcap/pcap.h>
#include <stdio.h>

#include "ether.h"
#include "net/decoder.h"
#include "wire.h"

/* LINKTYPE_ values of https://www.tcpdump.org/linktypes.html; the small ones
 * for raw IP are what some systems write instead. */
enum {
    LINK_NULL = 0,
    LINK_PPP = 9,
    LINK_RAW_A = 12,
    LINK_RAW_B = 14,
    LINK_PPP_HDLC = 50,
    LINK_PPP_ETHER = 51,
    LINK_RAW = 101,
    LINK_CISCO_HDLC = 104,
    LINK_LOOP = 108,
    LINK_SLL = 113,
    LINK_MPLS = 219,
    LINK_IPV4 = 228,
    LINK_IPV6 = 229,
    LINK_NFLOG = 239,
    LINK_SLL2 = 276,
};

static NetLayerKind read_ethernet(Str frame, NetLayer *next)
{
    Reader reader = reader_of(frame);
    Str header = reader_take(&reader, 14);

    if (!str_present(header))
        return NET_LAYER_BROKEN;
    return net_layer_set(next, NET_LAYER_ETHER, net_wire_be16(header, 12), reader_rest(&reader));
}

/* Linux marks the few frames without EtherType with a number of its own; 4 is
 * 802.2 LLC, which the length of an 802.3 frame stands for as well. */
static NetLayerKind read_cooked(Str frame, size_t size, size_t type_at, NetLayer *next)
{
    Reader reader = reader_of(frame);
    Str header = reader_take(&reader, size);

    if (!str_present(header))
        return NET_LAYER_BROKEN;

    uint16_t type = net_wire_be16(header, type_at);
    Str rest = reader_rest(&reader);

    if (type == 4)
        return net_layer_set(next, NET_LAYER_ETHER, NET_ETHER_MIN - 1, rest);
    return type < NET_ETHER_MIN ? NET_LAYER_NONE : net_layer_set(next, NET_LAYER_ETHER, type, rest);
}

/* BSD loopback: an address family in the byte order of a machine we do not
 * know. Every BSD has its own number for IPv6. */
static NetLayerKind read_loopback(Str frame, NetLayer *next)
{
    Reader reader = reader_of(frame);
    uint32_t family = reader_be32(&reader);

    if (reader.short_read)
        return NET_LAYER_BROKEN;
    if (family > 0xffff)
        family = __builtin_bswap32(family);
    switch (family) {
    case 2:  /* AF_INET everywhere */
    case 10: /* Linux */
    case 24: /* NetBSD, OpenBSD, BSD/OS */
    case 28: /* FreeBSD */
    case 30: /* Darwin */
        return net_layer_set(next, NET_LAYER_IP, 0, reader_rest(&reader));
    default:
        return NET_LAYER_NONE;
    }
}

/* PPP, or Cisco's framing with an EtherType, on a synchronous line. */
static NetLayerKind read_hdlc(Str frame, NetLayer *next)
{
    Reader reader = reader_of(frame);
    Str header = reader_take(&reader, 4);

    if (!str_present(header))
        return NET_LAYER_BROKEN;
    if (net_wire_u8(header, 0) != 0x0f && net_wire_u8(header, 0) != 0x8f)
        return net_ether_read_ppp(frame, next);
    if (net_wire_be16(header, 2) < NET_ETHER_MIN)
        return NET_LAYER_NONE;
    return net_layer_set(next, NET_LAYER_ETHER, net_wire_be16(header, 2), reader_rest(&reader));
}

/* Lengths and types are in the byte order of the capturing machine; types are
 * small numbers, and so the wrong order shows. */
static uint16_t swap_if(bool swap, uint16_t value)
{
    return swap ? __builtin_bswap16(value) : value;
}

static NetLayerKind read_nflog(Str frame, NetLayer *next)
{
    Reader reader = reader_of(frame);

    reader_take(&reader, 4); /* family, version, group */
    while (reader_left(&reader) > 0) {
        uint16_t len = reader_be16(&reader);
        uint16_t type = reader_be16(&reader);
        bool swap = type > 0xff;
        size_t size = swap_if(swap, len);

        if (size < 4)
            return NET_LAYER_BROKEN;

        Str value = reader_take(&reader, size - 4);

        if (reader.short_read)
            return NET_LAYER_BROKEN;
        if (swap_if(swap, type) == 9) /* NFULA_PAYLOAD */
            return net_layer_set(next, NET_LAYER_IP, 0, value);
        reader_take(&reader, MIN(-size & 3, reader_left(&reader)));
    }
    return reader.short_read ? NET_LAYER_BROKEN : NET_LAYER_NONE;
}

NetLayerKind net_link_read(uint16_t link, Str frame, NetLayer *next)
{
    switch (link) {
    case NET_LINK_ETHERNET:
        return read_ethernet(frame, next);
    case LINK_NULL:
    case LINK_LOOP:
        return read_loopback(frame, next);
    case LINK_RAW_A:
    case LINK_RAW_B:
    case LINK_RAW:
    case LINK_IPV4:
    case LINK_IPV6:
        return net_layer_set(next, NET_LAYER_IP, 0, frame);
    case LINK_PPP:
        return net_ether_read_ppp(frame, next);
    case LINK_PPP_HDLC:
    case LINK_CISCO_HDLC:
        return read_hdlc(frame, next);
    case LINK_PPP_ETHER:
        return net_layer_set(next, NET_LAYER_ETHER, NET_ETHER_PPPOE, frame);
    case LINK_SLL:
        return read_cooked(frame, 16, 14, next);
    case LINK_SLL2:
        return read_cooked(frame, 20, 0, next);
    case LINK_MPLS:
        return net_layer_set(next, NET_LAYER_ETHER, NET_ETHER_MPLS, frame);
    case LINK_NFLOG:
        return read_nflog(frame, next);
    default:
        return NET_LAYER_NONE;
    }
}

/* Every known type says "broken" to no bytes at all, or hands them on. */
bool net_link_is_known(uint16_t link)
{
    NetLayer next;

    return net_link_read(link, STR(""), &next) != NET_LAYER_NONE;
}

const char *net_link_name(uint16_t link, char text[NET_LINK_TEXT])
{
    /* libpcap knows raw IP by this system's number, not by that of files. */
    const char *name = pcap_datalink_val_to_name(link == LINK_RAW ? DLT_RAW : link);

    if (name != NULL)
        snprintf(text, NET_LINK_TEXT, "%s", name);
    else
        snprintf(text, NET_LINK_TEXT, "LINKTYPE_%u", link);
    return text;
}
