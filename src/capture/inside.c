/*
 * The frames that "udp port 5060" hides look alike in three ways: the ports
 * are missing, or they stand where the filter does not look, or the packet is
 * an ICMP error that quotes them.
 *
 * Real decoding is the work of the layer above. This sees plain frames only,
 * no tunnels.
 */

#include "inside.h"

#include "base/reader.h"

/* Tags one behind the other, and IPv6 extension headers: more is an attack. */
#define TAGS_MAX 8
#define EXTENSIONS_MAX 8

/* https://www.tcpdump.org/linktypes.html */
enum {
    LINK_NULL = 0,
    LINK_ETHERNET = 1,
    LINK_RAW_OLD = 12,
    LINK_RAW = 101,
    LINK_LOOP = 108,
    LINK_LINUX_SLL = 113,
    LINK_IPV4 = 228,
    LINK_IPV6 = 229,
    LINK_LINUX_SLL2 = 276,
};

/* EtherTypes; those of IP also stand for "read on as IP". */
enum {
    TYPE_NONE = 0,
    TYPE_IPV4 = 0x0800,
    TYPE_VLAN = 0x8100,
    TYPE_IPV6 = 0x86dd,
    TYPE_MPLS = 0x8847,
    TYPE_MPLS_MULTICAST = 0x8848,
    TYPE_PPPOE = 0x8864,
    TYPE_PROVIDER_VLAN = 0x88a8,
    TYPE_QINQ = 0x9100,
};

/* Leaves 'reader' behind the link header, and returns what follows. */
static uint16_t read_link(Reader *reader, uint16_t link)
{
    uint16_t type = TYPE_IPV4;

    switch (link) {
    case LINK_ETHERNET:
        reader_take(reader, 12);
        return reader_be16(reader);
    case LINK_LINUX_SLL:
        reader_take(reader, 14);
        return reader_be16(reader);
    case LINK_LINUX_SLL2:
        type = reader_be16(reader);
        reader_take(reader, 18);
        return type;
    case LINK_NULL:
    case LINK_LOOP:
        reader_take(reader, 4); /* an address family: the version in the packet says it too */
        return TYPE_IPV4;
    case LINK_RAW:
    case LINK_RAW_OLD:
    case LINK_IPV4:
    case LINK_IPV6:
        return TYPE_IPV4;
    default:
        return TYPE_NONE;
    }
}

/* RFC 3032 section 2.1: up to the label with the bottom-of-stack bit. */
static uint16_t read_labels(Reader *reader)
{
    for (unsigned i = 0; i < TAGS_MAX; i++) {
        if (reader_be32(reader) & 0x100)
            return TYPE_IPV4;
    }
    return TYPE_NONE;
}

/* RFC 2516 section 4: six bytes, then the PPP protocol. */
static uint16_t read_pppoe(Reader *reader)
{
    reader_take(reader, 6);

    uint16_t protocol = reader_be16(reader);

    return protocol == 0x0021 || protocol == 0x0057 ? TYPE_IPV4 : TYPE_NONE;
}

static bool is_tag(uint16_t type)
{
    return type == TYPE_VLAN || type == TYPE_PROVIDER_VLAN || type == TYPE_QINQ || type == TYPE_MPLS
           || type == TYPE_MPLS_MULTICAST || type == TYPE_PPPOE;
}

static uint16_t read_tag(Reader *reader, uint16_t type)
{
    if (type == TYPE_MPLS || type == TYPE_MPLS_MULTICAST)
        return read_labels(reader);
    if (type == TYPE_PPPOE)
        return read_pppoe(reader);
    reader_take(reader, 2);
    return reader_be16(reader);
}

/* Destination unreachable, source quench, time exceeded, parameter problem. */
static bool is_icmp4_error(uint8_t type)
{
    return type == 3 || type == 4 || type == 11 || type == 12;
}

static void look_at_ipv4(CaptureInside *inside)
{
    Reader reader = reader_of(inside->ip);
    size_t header = (reader_u8(&reader) & 0x0f) * 4U;

    reader_take(&reader, 5);
    inside->later_fragment = (reader_be16(&reader) & 0x1fff) != 0;
    reader_take(&reader, 1);

    bool icmp = reader_u8(&reader) == 1;
    Reader payload = reader_of(str_from(inside->ip, header));
    uint8_t type = reader_u8(&payload);

    inside->icmp_error = icmp && !inside->later_fragment && is_icmp4_error(type);
}

/* RFC 8200 section 4. RFC 4443 section 2.1: ICMPv6 errors are types 1 to 127,
 * and 1 to 4 are in use. */
static void look_at_ipv6(CaptureInside *inside)
{
    Reader reader = reader_of(inside->ip);

    reader_take(&reader, 6);

    uint8_t protocol = reader_u8(&reader);

    reader_take(&reader, 33);
    for (unsigned i = 0; i < EXTENSIONS_MAX && !reader.short_read; i++) {
        bool fragment = protocol == 44;

        if (!fragment && protocol != 0 && protocol != 43 && protocol != 60)
            break;
        protocol = reader_u8(&reader);

        size_t len = reader_u8(&reader) * 8U + 6;

        if (fragment && (reader_be16(&reader) & 0xfff8) != 0)
            inside->later_fragment = true;
        reader_take(&reader, fragment ? 4 : len);
    }

    uint8_t type = reader_u8(&reader);

    inside->icmp_error =
        protocol == 58 && !inside->later_fragment && !reader.short_read && type >= 1 && type <= 4;
}

CaptureInside capture_inside_of(const CapturePacket *packet)
{
    CaptureInside inside = { .ip = STR_NONE };
    Reader reader = reader_of(packet->bytes);
    uint16_t type = read_link(&reader, packet->link);

    for (unsigned i = 0; i < TAGS_MAX && is_tag(type); i++) {
        inside.tagged = true;
        type = read_tag(&reader, type);
    }
    if (reader.short_read || (type != TYPE_IPV4 && type != TYPE_IPV6))
        return inside;

    Reader version = reader;

    inside.ip = reader_rest(&reader);
    switch (reader_u8(&version) >> 4) {
    case 4:
        look_at_ipv4(&inside);
        return inside;
    case 6:
        look_at_ipv6(&inside);
        return inside;
    default:
        inside.ip = STR_NONE;
        return inside;
    }
}
