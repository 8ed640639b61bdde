/*
 * Fragments in any order, overlapping or not. Byte k of datagram d is always
 * the same function of both, so whatever is put together can be checked.
 */

#include "packets.h"

#define PROTOCOL_UDP 17
#define MORE 0x2000

static char byte_of(unsigned datagram, size_t at)
{
    return (char)(datagram * 31 + at * 7 + (at >> 8));
}

/* Ports and length of UDP come first; the length is what the fuzzer makes of it. */
static NetInterest take(const NetPayload *payload, void *user)
{
    unsigned datagram = payload->meta.ip_id;

    fuzz_check(payload->meta.fragments > 0);
    for (size_t i = 0; i < payload->bytes.len; i++)
        fuzz_check(payload->bytes.data[i] == byte_of(datagram, i + 8));
    return NET_INTERESTED;
}

static Str fragment_bytes(char buffer[PACKET_MAX], unsigned datagram, size_t at, size_t len)
{
    for (size_t i = 0; i < len; i++)
        buffer[i] = byte_of(datagram, at + i);
    for (size_t i = at; i < 8 && i - at < len; i++) {
        static const char header[8] = { 0x13, (char)0xc4, 0x13, (char)0xc4, 0, 0, 0, 0 };

        buffer[i - at] = header[i];
    }
    return (Str){ buffer, len };
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Reader input = fuzz_reader(data, size);
    g_autoptr(NetDecoder) decoder =
        net_decoder_new(&net_config_default, &(NetSink){ NULL, take, NULL, NULL });
    char payload[PACKET_MAX], frame[PACKET_MAX];
    Nsec time = 0;

    for (uint64_t number = 1; reader_left(&input) >= 4 && number < 512; number++) {
        uint8_t what = reader_u8(&input);
        unsigned datagram = what & 3;
        size_t units = reader_u8(&input);
        size_t len = reader_u8(&input) * 4;

        time += (what >> 3) * NSEC_SEC / 2;

        PacketOf of = { PROTOCOL_UDP, (uint16_t)datagram, (uint16_t)((what & 4 ? MORE : 0) | units),
                        false };
        Str bytes = fragment_bytes(payload, datagram, units * 8, len);
        CapturePacket packet = packet_frame(number, time, packet_ipv4(frame, &of, bytes));

        if (of.fragment != 0) /* a whole datagram would need a length of UDP */
            net_decoder_push(decoder, &packet);
    }
    net_decoder_finish(decoder);
    fuzz_check_frames(net_decoder_stats(decoder));
    return 0;
}
