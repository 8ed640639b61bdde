/*
 * Segments of one connection in any order, with overlaps, holes and wraps of
 * the sequence number. Each byte is a function of its sequence number, so a
 * byte that comes out at the wrong place, twice or altered, is seen.
 */

#include "packets.h"

#define PROTOCOL_TCP 6
#define DIRECTIONS 2
#define HEADER 20

typedef struct Side {
    bool begun;
    uint32_t expected; /* sequence number of the next byte that comes out */
    uint64_t stream;
} Side;

static char byte_of(uint32_t seq)
{
    return (char)(seq ^ (seq >> 7) ^ (seq >> 15) * 5);
}

/* A stream that begins in the middle tells its place by its first bytes only, so the bytes
 * of a long enough run decide. */
static void check_run(Side *side, Str bytes)
{
    for (size_t i = 0; i < bytes.len; i++)
        fuzz_check(bytes.data[i] == byte_of(side->expected + (uint32_t)i));
    side->expected += (uint32_t)bytes.len;
}

typedef struct Run {
    Side sides[DIRECTIONS];
    uint32_t base[DIRECTIONS];
} Run;

static NetInterest take(const NetPayload *payload, void *user)
{
    Run *run = user;
    unsigned direction = payload->meta.flow.src.port == 5060 ? 0 : 1;
    Side *side = &run->sides[direction];

    if (payload->kind == NET_STREAM_END) {
        *side = (Side){ 0 };
        return NET_INTERESTED;
    }
    if (!side->begun || side->stream != payload->stream) {
        *side = (Side){ true, run->base[direction], payload->stream };
        if (payload->meta.anomalies & NET_MIDSTREAM)
            side->begun = false;
    }
    if (payload->kind == NET_STREAM_GAP)
        side->expected += (uint32_t)payload->missing;
    else if (side->begun)
        check_run(side, payload->bytes);
    return NET_INTERESTED;
}

static Str segment(char out[PACKET_MAX], unsigned direction, uint32_t seq, uint32_t ack,
                   uint8_t flags, size_t len)
{
    memset(out, 0, HEADER);
    packet_put16(out, direction == 0 ? 5060 : 5061);
    packet_put16(out + 2, direction == 0 ? 5061 : 5060);
    packet_put32(out + 4, seq);
    packet_put32(out + 8, ack);
    out[12] = 0x50;
    out[13] = (char)flags;
    packet_put16(out + 14, 65535);

    uint32_t first = seq + ((flags & 2) != 0);

    for (size_t i = 0; i < len; i++)
        out[HEADER + i] = byte_of(first + (uint32_t)i);
    return (Str){ out, HEADER + len };
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Reader input = fuzz_reader(data, size);
    Run run = { .base = { reader_be32(&input) + 1, reader_be32(&input) + 1 } };
    g_autoptr(NetDecoder) decoder =
        net_decoder_new(&net_config_default, &(NetSink){ NULL, take, NULL, &run });
    char payload[PACKET_MAX], frame[PACKET_MAX];
    Nsec time = 0;

    for (unsigned i = 0; i < DIRECTIONS; i++) { /* both SYNs are there; data may be too */
        Str bytes = segment(payload, i, run.base[i] - 1, run.base[!i], i == 0 ? 0x02 : 0x12, 0);
        CapturePacket packet = packet_frame(
            i + 1, time, packet_ipv4(frame, &(PacketOf){ PROTOCOL_TCP, 0, 0, i == 1 }, bytes));

        net_decoder_push(decoder, &packet);
    }
    for (uint64_t number = 3; reader_left(&input) >= 5 && number < 512; number++) {
        uint8_t what = reader_u8(&input);
        unsigned direction = what & 1;
        uint32_t at = reader_be16(&input);
        size_t len = reader_be16(&input) % 1400;
        uint8_t flags = (uint8_t)(0x10 | (what & 2 ? 1 : 0) | ((what & 12) == 12 ? 4 : 0));

        time += (what >> 4) * 100 * NSEC_MSEC;

        Str bytes = segment(payload, direction, run.base[direction] + at,
                            run.base[!direction] + (uint32_t)(number * 16), flags, len);
        PacketOf of = { PROTOCOL_TCP, (uint16_t)number, 0, direction == 1 };
        CapturePacket packet = packet_frame(number, time, packet_ipv4(frame, &of, bytes));

        net_decoder_push(decoder, &packet);
    }
    net_decoder_finish(decoder);
    fuzz_check_frames(net_decoder_stats(decoder));
    return 0;
}
