#pragma once

/*
 * Packets for tests, built from the inside out: each function puts a header in
 * front of what it is given and hands the same array back.
 *
 *     packet_ethernet(packet_ip(packet_udp(packet("hello"), 5060, 5060), PHONE, SERVER, 17))
 */

#include <arpa/inet.h>
#include <glib.h>
#include <string.h>

#include "base/str.h"

#define PHONE "192.0.2.10"
#define SERVER "198.51.100.20"
#define PHONE6 "2001:db8:1::10"
#define SERVER6 "2001:db8:2::20"

typedef GByteArray Packet;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Packet, g_byte_array_unref)

/* STR() for the initialiser of a static array. */
#define PACKET_BYTES(literal)          \
    {                                  \
        (literal), sizeof(literal) - 1 \
    }

static inline Packet *packet_of(Str bytes)
{
    Packet *packet = g_byte_array_new();

    if (bytes.len > 0)
        g_byte_array_append(packet, (const guint8 *)bytes.data, (guint)bytes.len);
    return packet;
}

static inline Packet *packet(const char *text)
{
    return packet_of(str_of(text));
}

/* 'len' bytes that differ from their neighbours. */
static inline Packet *packet_counting(size_t len)
{
    Packet *packet = g_byte_array_sized_new((guint)len);

    for (size_t i = 0; i < len; i++)
        g_byte_array_append(packet, &(guint8){ (guint8)(i * 7 + i / 256) }, 1);
    return packet;
}

static inline Str packet_str(const Packet *packet)
{
    return (Str){ (const char *)packet->data, packet->len };
}

static inline void packet_put16(uint8_t *at, unsigned value)
{
    at[0] = (uint8_t)(value >> 8);
    at[1] = (uint8_t)value;
}

static inline void packet_put32(uint8_t *at, uint32_t value)
{
    packet_put16(at, value >> 16);
    packet_put16(at + 2, value & 0xffff);
}

static inline Packet *packet_prepend(Packet *packet, const void *header, size_t len)
{
    return g_byte_array_prepend(packet, header, (guint)len);
}

#define packet_prepend_bytes(packet, ...)                      \
    packet_prepend((packet), (const uint8_t[]){ __VA_ARGS__ }, \
                   sizeof((const uint8_t[]){ __VA_ARGS__ }))

static inline Packet *packet_udp(Packet *packet, unsigned src_port, unsigned dst_port)
{
    uint8_t header[8] = { 0 };

    packet_put16(header, src_port);
    packet_put16(header + 2, dst_port);
    packet_put16(header + 4, packet->len + 8);
    return packet_prepend(packet, header, sizeof(header));
}

static inline Packet *packet_tcp(Packet *packet, unsigned src_port, unsigned dst_port, uint32_t seq,
                                 uint32_t ack, unsigned flags)
{
    uint8_t header[20] = { [12] = 5 << 4, [13] = (uint8_t)flags, [14] = 0xff };

    packet_put16(header, src_port);
    packet_put16(header + 2, dst_port);
    packet_put32(header + 4, seq);
    packet_put32(header + 8, ack);
    return packet_prepend(packet, header, sizeof(header));
}

/* 'part' is the field with the flags and the fragment offset. */
static inline Packet *packet_ipv4(Packet *packet, const char *src, const char *dst,
                                  unsigned protocol, unsigned id, unsigned part)
{
    uint8_t header[20] = { [0] = 0x45, [8] = 64, [9] = (uint8_t)protocol };

    packet_put16(header + 2, packet->len + 20);
    packet_put16(header + 4, id);
    packet_put16(header + 6, part);
    inet_pton(AF_INET, src, header + 12);
    inet_pton(AF_INET, dst, header + 16);
    return packet_prepend(packet, header, sizeof(header));
}

static inline Packet *packet_ipv6(Packet *packet, const char *src, const char *dst, unsigned next)
{
    uint8_t header[40] = { [0] = 0x60, [6] = (uint8_t)next, [7] = 64 };

    packet_put16(header + 4, packet->len);
    inet_pton(AF_INET6, src, header + 8);
    inet_pton(AF_INET6, dst, header + 24);
    return packet_prepend(packet, header, sizeof(header));
}

/* From the phone to the server, with an ID of its own. */
static inline Packet *packet_ip(Packet *packet, unsigned protocol)
{
    static unsigned id;

    return packet_ipv4(packet, PHONE, SERVER, protocol, ++id & 0x7fff, 0);
}

/* A fragment header of IPv6; 'part' is the offset in bytes, plus 1 for "more". */
static inline Packet *packet_fragment6(Packet *packet, unsigned next, uint32_t id, unsigned part)
{
    uint8_t header[8] = { (uint8_t)next };

    packet_put16(header + 2, part);
    packet_put32(header + 4, id);
    return packet_prepend(packet, header, sizeof(header));
}

static inline Packet *packet_ethernet(Packet *packet, unsigned type)
{
    uint8_t header[14] = { 0x02, 0, 0, 0, 0, 1, 0x02, 0, 0, 0, 0, 2 };

    packet_put16(header + 12, type);
    return packet_prepend(packet, header, sizeof(header));
}

static inline Packet *packet_vxlan(Packet *packet)
{
    return packet_udp(packet_prepend_bytes(packet, 0x08, 0, 0, 0, 0, 0, 7, 0), 40000, 4789);
}

/* The first 'len' bytes alone in a block of their own, where the sanitizer
 * sees any read behind them; g_free() it. */
static inline char *packet_cut(const Packet *packet, size_t len)
{
    return g_memdup2(packet->data, len);
}
