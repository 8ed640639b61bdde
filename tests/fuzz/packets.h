#pragma once

/*
 * IPv4 packets with right lengths, so that a fuzzer does not have to find them
 * before it gets to what is behind.
 */

#include "fuzz.h"

#define PACKET_MAX 2048

typedef struct PacketOf {
    uint8_t protocol;
    uint16_t ip_id;
    uint16_t fragment; /* flags and offset as in the header */
    bool back;         /* from the second host to the first */
} PacketOf;

static inline void packet_put16(char *at, uint32_t value)
{
    at[0] = (char)(value >> 8);
    at[1] = (char)value;
}

static inline void packet_put32(char *at, uint32_t value)
{
    packet_put16(at, value >> 16);
    packet_put16(at + 2, value);
}

/* Writes header and payload to 'out'; returns the packet. */
static inline Str packet_ipv4(char out[PACKET_MAX], const PacketOf *of, Str payload)
{
    static const char hosts[] = "\xc0\x00\x02\x01\xc0\x00\x02\x02\xc0\x00\x02\x01";
    Str kept = str_first(payload, PACKET_MAX - 20);

    memset(out, 0, 20);
    out[0] = 0x45;
    packet_put16(out + 2, (uint32_t)(20 + kept.len));
    packet_put16(out + 4, of->ip_id);
    packet_put16(out + 6, of->fragment);
    out[8] = 64;
    out[9] = (char)of->protocol;
    memcpy(out + 12, hosts + (of->back ? 4 : 0), 8);
    if (kept.len > 0)
        memcpy(out + 20, kept.data, kept.len);
    return (Str){ out, 20 + kept.len };
}

static inline CapturePacket packet_frame(uint64_t number, Nsec time, Str bytes)
{
    return (CapturePacket){
        .ref.frame = number,
        .time = time,
        .wire_len = (uint32_t)bytes.len,
        .link = 101, /* raw IP */
        .bytes = bytes,
    };
}
