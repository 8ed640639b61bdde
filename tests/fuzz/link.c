/*
 * Frames of any link type: headers of the link, tunnels, IP. The first byte
 * chooses the type; then come frames, each behind its length.
 */

#include "fuzz.h"

/* Every LINKTYPE_ that the decoder knows, and one that nobody does. */
static const uint16_t links[] = {
    1, 0, 9, 50, 51, 101, 104, 108, 113, 192, 228, 229, 239, 276, 147
};

typedef struct Sight {
    Str frame;
    size_t longest; /* a datagram cannot hold more than all frames so far */
    size_t total;
} Sight;

static NetInterest take(const NetPayload *payload, void *user)
{
    const Sight *sight = user;

    fuzz_check(payload->bytes.len <= sight->total);
    return payload->bytes.len % 2 == 0 ? NET_INTERESTED : NET_NOT_INTERESTED;
}

static void hear(const NetEvent *event, void *user)
{
    const Sight *sight = user;

    fuzz_check(event->bytes.len <= sight->total);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Reader input = fuzz_reader(data, size);
    Sight sight = { 0 };
    uint16_t link = links[reader_u8(&input) % (sizeof(links) / sizeof(*links))];
    g_autoptr(NetDecoder) decoder =
        net_decoder_new(&net_config_default, &(NetSink){ NULL, take, hear, &sight });
    CapturePacket packet = { .link = link };

    while (reader_left(&input) > 0) {
        packet.ref.frame++;
        packet.time += reader_u8(&input) * NSEC_MSEC;
        packet.bytes = fuzz_piece(&input, 4096);
        packet.wire_len = (uint32_t)packet.bytes.len + reader_u8(&input) / 32;
        sight.frame = packet.bytes;
        sight.total += packet.bytes.len;
        net_decoder_push(decoder, &packet);
    }
    net_decoder_finish(decoder);
    fuzz_check_frames(net_decoder_stats(decoder));
    return 0;
}
