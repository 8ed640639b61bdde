/*
 * ICMP and ICMPv6 errors with what they quote, and STUN beside SIP: the bytes
 * stand behind a right IP header.
 */

#include "packets.h"
#include "sip/framer.h"

#define PROTOCOL_ICMP 1
#define PROTOCOL_UDP 17

static void drop_message(SipMessage *message, void *user)
{
    sip_message_unref(message);
}

static NetInterest take(const NetPayload *payload, void *user)
{
    return sip_framer_push(user, payload);
}

static void hear(const NetEvent *event, void *user)
{
    if (event->kind == NET_EVENT_ICMP)
        fuzz_check(event->bytes.len < PACKET_MAX);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Reader input = fuzz_reader(data, size);
    g_autoptr(SipFramer) framer =
        sip_framer_new(&sip_framer_config_default, &(SipSink){ .message = drop_message });
    g_autoptr(NetDecoder) decoder =
        net_decoder_new(&net_config_default, &(NetSink){ NULL, take, hear, framer });
    char datagram[PACKET_MAX], frame[PACKET_MAX];

    for (uint64_t number = 1; reader_left(&input) > 2; number++) {
        bool error = reader_u8(&input) & 1;
        Str bytes = fuzz_piece(&input, 1400);
        PacketOf of = { error ? PROTOCOL_ICMP : PROTOCOL_UDP, (uint16_t)number, 0, false };

        if (!error) {
            memcpy(datagram, "\x13\xc4\x0d\x96\0\0\0\0", 8);
            packet_put16(datagram + 4, (uint32_t)bytes.len + 8);
            if (bytes.len > 0)
                memcpy(datagram + 8, bytes.data, bytes.len);
            bytes = (Str){ datagram, bytes.len + 8 };
        }

        CapturePacket packet =
            packet_frame(number, (Nsec)number * NSEC_SEC, packet_ipv4(frame, &of, bytes));

        net_decoder_push(decoder, &packet);
    }
    net_decoder_finish(decoder);
    fuzz_check_frames(net_decoder_stats(decoder));
    return 0;
}
