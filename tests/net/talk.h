#pragma once

/*
 * A TCP conversation between the phone and the server, segment by segment.
 */

#include "net/segment.h"
#include "seen.h"

#define FIN NET_TCP_FIN
#define SYN NET_TCP_SYN
#define RST NET_TCP_RST
#define ACK NET_TCP_ACK

typedef enum TalkSide {
    TALK_PHONE,
    TALK_SERVER,
} TalkSide;

/* Numbers as on the wire; the IP ID is never the same. */
static inline void talk_bytes(Seen *seen, TalkSide side, unsigned flags, uint32_t seq, uint32_t ack,
                              Str bytes)
{
    bool phone = side == TALK_PHONE;
    unsigned id = 1 + (unsigned)(seen->frame % 65000);
    Packet *wire =
        packet_tcp(packet_of(bytes), phone ? 40000 : 5060, phone ? 5060 : 40000, seq, ack, flags);

    seen_push(seen, packet_ipv4(wire, phone ? PHONE : SERVER, phone ? SERVER : PHONE, 6, id, 0));
}

static inline void talk(Seen *seen, TalkSide side, unsigned flags, uint32_t seq, uint32_t ack,
                        const char *text)
{
    talk_bytes(seen, side, flags, seq, ack, str_of(text));
}

/* The handshake: the phone's first byte is phone_isn + 1. */
static inline void talk_open(Seen *seen, uint32_t phone_isn, uint32_t server_isn)
{
    talk(seen, TALK_PHONE, SYN, phone_isn, 0, "");
    talk(seen, TALK_SERVER, SYN | ACK, server_isn, phone_isn + 1, "");
    talk(seen, TALK_PHONE, ACK, phone_isn + 1, server_isn + 1, "");
}
