/*
 * Writes frames: Ethernet II, IPv4 and IPv6 with fragments, UDP, TCP, ICMP.
 */

#include "wire.h"

#include <string.h>

#define ETHERNET 14
#define IPV4_HEADER 20
#define IPV6_HEADER 40
#define FRAGMENT_HEADER 8 /* RFC 8200 section 4.5 */

enum { PROTOCOL_ICMP = 1, PROTOCOL_TCP = 6, PROTOCOL_UDP = 17, PROTOCOL_ICMPV6 = 58 };

static void frame_free(void *item)
{
    WireFrame *frame = item;

    g_byte_array_unref(frame->bytes);
    g_free(frame);
}

void wire_tape_init(WireTape *tape)
{
    *tape = (WireTape){ .frames = g_ptr_array_new_with_free_func(frame_free) };
}

void wire_tape_clear(WireTape *tape)
{
    g_clear_pointer(&tape->frames, g_ptr_array_unref);
}

static int by_time(const void *left, const void *right)
{
    const WireFrame *a = *(WireFrame *const *)left;
    const WireFrame *b = *(WireFrame *const *)right;

    return (a->time > b->time) - (a->time < b->time);
}

/* GLib promises that its sort is stable. */
void wire_tape_sort(WireTape *tape)
{
    g_ptr_array_sort(tape->frames, by_time);
}

static void put_u8(GByteArray *out, uint8_t value)
{
    g_byte_array_append(out, &value, 1);
}

static void put_be16(GByteArray *out, uint16_t value)
{
    put_u8(out, (uint8_t)(value >> 8));
    put_u8(out, (uint8_t)value);
}

static void put_be32(GByteArray *out, uint32_t value)
{
    put_be16(out, (uint16_t)(value >> 16));
    put_be16(out, (uint16_t)value);
}

static void put_str(GByteArray *out, Str bytes)
{
    if (bytes.len > 0)
        g_byte_array_append(out, (const uint8_t *)bytes.data, (unsigned)bytes.len);
}

static void set_be16(GByteArray *out, unsigned at, uint16_t value)
{
    out->data[at] = (uint8_t)(value >> 8);
    out->data[at + 1] = (uint8_t)value;
}

/* RFC 1071: the sum in one's complement, not yet inverted. */
static uint32_t sum_of(const uint8_t *bytes, size_t len, uint32_t sum)
{
    for (size_t i = 0; i < len; i++)
        sum += i % 2 == 0 ? (uint32_t)bytes[i] << 8 : bytes[i];
    return sum;
}

static uint16_t checksum_of(uint32_t sum)
{
    while (sum > 0xffff)
        sum = (sum & 0xffff) + (sum >> 16);
    return (uint16_t)~sum;
}

static unsigned address_len(const NetAddr *addr)
{
    return addr->version == 6 ? 16 : 4;
}

/* With the pseudo header of RFC 768, RFC 9293 and RFC 8200 section 8.1. */
static uint16_t transport_checksum(const WireHop *hop, uint8_t protocol, const GByteArray *packet)
{
    uint32_t sum = protocol + packet->len;

    sum = sum_of(hop->src.addr.bytes, address_len(&hop->src.addr), sum);
    sum = sum_of(hop->dst.addr.bytes, address_len(&hop->dst.addr), sum);
    return checksum_of(sum_of(packet->data, packet->len, sum));
}

static void add_frame(WireTape *tape, const WireFrame *frame)
{
    WireFrame *copy = g_memdup2(frame, sizeof(*frame));

    copy->bytes = g_byte_array_sized_new(frame->bytes->len);
    g_byte_array_append(copy->bytes, frame->bytes->data, frame->bytes->len);
    if (tape->snaplen > 0 && copy->bytes->len > tape->snaplen)
        g_byte_array_set_size(copy->bytes, tape->snaplen);
    g_ptr_array_add(tape->frames, copy);
}

static void put_frame(WireTape *tape, const WireFrame *frame)
{
    WireFrame mirrored = *frame;

    add_frame(tape, frame);
    mirrored.time += tape->again;
    if (tape->again > 0)
        add_frame(tape, &mirrored);
}

static void put_ethernet(GByteArray *out, const WireHop *hop)
{
    g_byte_array_append(out, hop->dst_mac, 6);
    g_byte_array_append(out, hop->src_mac, 6);
    put_be16(out, hop->src.addr.version == 6 ? 0x86dd : 0x0800);
}

/* Where a piece lies in its datagram. */
typedef struct Piece {
    Str bytes;
    uint32_t offset;
    bool more;
    unsigned number; /* from 1 */
} Piece;

static void put_ipv4(GByteArray *out, const WireHop *hop, uint8_t protocol, const Piece *piece)
{
    unsigned start = out->len;

    put_be16(out, 0x4500);
    put_be16(out, (uint16_t)(IPV4_HEADER + piece->bytes.len));
    put_be16(out, hop->ip_id);
    put_be16(out, (uint16_t)((piece->more ? 0x2000 : 0) | piece->offset / 8));
    put_u8(out, hop->ttl);
    put_u8(out, protocol);
    put_be16(out, 0);
    g_byte_array_append(out, hop->src.addr.bytes, 4);
    g_byte_array_append(out, hop->dst.addr.bytes, 4);
    set_be16(out, start + 10, checksum_of(sum_of(out->data + start, IPV4_HEADER, 0)));
}

static void put_ipv6(GByteArray *out, const WireHop *hop, uint8_t protocol, const Piece *piece)
{
    bool fragmented = piece->more || piece->offset > 0;

    put_be32(out, 0x60000000);
    put_be16(out, (uint16_t)(piece->bytes.len + (fragmented ? FRAGMENT_HEADER : 0)));
    put_u8(out, fragmented ? 44 : protocol);
    put_u8(out, hop->ttl);
    g_byte_array_append(out, hop->src.addr.bytes, 16);
    g_byte_array_append(out, hop->dst.addr.bytes, 16);
    if (!fragmented)
        return;
    put_be16(out, (uint16_t)(protocol << 8));
    put_be16(out, (uint16_t)(piece->offset | (piece->more ? 1 : 0)));
    put_be32(out, hop->ip_id);
}

static void put_piece(WireTape *tape, const WireHop *hop, uint8_t protocol, const Piece *piece)
{
    g_autoptr(GByteArray) bytes = g_byte_array_new();

    if (piece->number == hop->lose)
        return;
    put_ethernet(bytes, hop);
    if (hop->src.addr.version == 6)
        put_ipv6(bytes, hop, protocol, piece);
    else
        put_ipv4(bytes, hop, protocol, piece);
    put_str(bytes, piece->bytes);
    put_frame(tape, &(WireFrame){
                        /* One after the other on the wire, ten microseconds each. */
                        .time = hop->time + (piece->number - 1) * 10 * NSEC_USEC,
                        .wire_len = bytes->len,
                        .bytes = bytes,
                        .sender = hop->sender,
                        .receiver = hop->receiver,
                    });
}

/* An IP packet, in as many pieces as the MTU asks for. */
static void put_ip(WireTape *tape, const WireHop *hop, uint8_t protocol, const GByteArray *packet)
{
    bool v6 = hop->src.addr.version == 6;
    uint32_t room = packet->len;

    if (hop->mtu > 0 && packet->len + (v6 ? IPV6_HEADER : IPV4_HEADER) > hop->mtu)
        room = (hop->mtu - (v6 ? IPV6_HEADER + FRAGMENT_HEADER : IPV4_HEADER)) & ~7U;

    unsigned number = 1;
    uint32_t offset = 0;

    do {
        uint32_t len = MIN(room, packet->len - offset);
        Piece piece = { .bytes = { (const char *)packet->data + offset, len },
                        .offset = offset,
                        .more = offset + len < packet->len,
                        .number = number++ };

        put_piece(tape, hop, protocol, &piece);
        offset += len;
    } while (offset < packet->len);
}

void wire_udp(WireTape *tape, const WireHop *hop, Str payload)
{
    g_autoptr(GByteArray) packet = g_byte_array_new();

    put_be16(packet, hop->src.port);
    put_be16(packet, hop->dst.port);
    put_be16(packet, (uint16_t)(8 + payload.len));
    put_be16(packet, 0);
    put_str(packet, payload);

    uint16_t checksum = transport_checksum(hop, PROTOCOL_UDP, packet);

    /* RFC 768: a sum of zero is sent as all ones; zero means "no checksum". */
    set_be16(packet, 6, checksum != 0 ? checksum : 0xffff);
    put_ip(tape, hop, PROTOCOL_UDP, packet);
}

void wire_tcp(WireTape *tape, const WireHop *hop, const WireSegment *segment, Str payload)
{
    g_autoptr(GByteArray) packet = g_byte_array_new();
    bool syn = (segment->flags & WIRE_SYN) != 0;

    put_be16(packet, hop->src.port);
    put_be16(packet, hop->dst.port);
    put_be32(packet, segment->seq);
    put_be32(packet, segment->flags & WIRE_ACK ? segment->ack : 0);
    put_u8(packet, syn ? 0x60 : 0x50);
    put_u8(packet, segment->flags);
    put_be16(packet, 64240); /* the window that Linux begins with */
    put_be32(packet, 0);     /* checksum and urgent pointer */
    if (syn)
        put_be32(packet, 0x02040000 | 1460); /* maximum segment size */
    put_str(packet, payload);
    set_be16(packet, 16, transport_checksum(hop, PROTOCOL_TCP, packet));
    put_ip(tape, hop, PROTOCOL_TCP, packet);
}

/* How much an error may quote: RFC 1812 section 4.3.2.3 and RFC 4443 section
 * 3.1 allow packets of 576 and 1280 bytes in all. */
static Str quoted(const WireFrame *frame, bool v6)
{
    unsigned room = v6 ? 1280 - IPV6_HEADER - 8 : 576 - IPV4_HEADER - 8;

    return (Str){ (const char *)frame->bytes->data + ETHERNET,
                  MIN(room, frame->bytes->len - ETHERNET) };
}

void wire_icmp(WireTape *tape, const WireHop *hop, uint8_t type, uint8_t code, uint16_t mtu,
               const WireFrame *frame)
{
    g_autoptr(GByteArray) packet = g_byte_array_new();
    bool v6 = hop->src.addr.version == 6;

    put_u8(packet, type);
    put_u8(packet, code);
    put_be16(packet, 0);
    put_be32(packet, mtu);
    put_str(packet, quoted(frame, v6));

    /* The pseudo header is IPv6's addition (RFC 4443 section 2.3). */
    set_be16(packet, 2,
             v6 ? transport_checksum(hop, PROTOCOL_ICMPV6, packet)
                : checksum_of(sum_of(packet->data, packet->len, 0)));
    put_ip(tape, hop, v6 ? PROTOCOL_ICMPV6 : PROTOCOL_ICMP, packet);
}

void wire_arp(WireTape *tape, Nsec time)
{
    static const uint8_t question[] = {
        0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x02, 0, 0,    0, 0,   1, 0x08, 0x06,
        0,    1,    0x08, 0,    6,    4,    0,    1, 0x02, 0, 0,   0, 0,    1,
        192,  0,    2,    1,    0,    0,    0,    0, 0,    0, 192, 0, 2,    99,
    };
    g_autoptr(GByteArray) bytes = g_byte_array_new();

    g_byte_array_append(bytes, question, sizeof(question));
    put_frame(tape, &(WireFrame){ .time = time, .wire_len = bytes->len, .bytes = bytes });
}

/* One router further: the TTL is smaller, the checksum fits again. */
static void route(GByteArray *bytes)
{
    if (bytes->data[ETHERNET] >> 4 == 6) {
        bytes->data[ETHERNET + 7]--;
        return;
    }
    bytes->data[ETHERNET + 8]--;
    set_be16(bytes, ETHERNET + 10, 0);
    set_be16(bytes, ETHERNET + 10, checksum_of(sum_of(bytes->data + ETHERNET, IPV4_HEADER, 0)));
}

void wire_again(WireTape *tape, const WireFrame *frame, Nsec time, bool routed)
{
    WireFrame copy = *frame;
    g_autoptr(GByteArray) bytes = g_byte_array_new();

    g_byte_array_append(bytes, frame->bytes->data, frame->bytes->len);
    if (routed)
        route(bytes);
    copy.bytes = bytes;
    copy.time = time;
    put_frame(tape, &copy);
}

const WireFrame *wire_last(const WireTape *tape, const void *sender, const void *receiver)
{
    for (unsigned i = tape->frames->len; i > 0; i--) {
        const WireFrame *frame = g_ptr_array_index(tape->frames, i - 1);

        if (frame->sender == sender && (receiver == NULL || frame->receiver == receiver))
            return frame;
    }
    return NULL;
}
