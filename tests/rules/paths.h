#pragma once

/*
 * Made-up outages and moves of a phone behind a NAT: what a test does not say is
 * a call after 60 s of silence that nobody answered.
 */

#include "lives.h"

static inline NetEndpoint endpoint_at(uint8_t a, uint8_t b, uint8_t c, uint8_t d, uint16_t port)
{
    return (NetEndpoint){ .addr = { .version = 4, .bytes = { a, b, c, d } }, .port = port };
}

#define THE_SERVER endpoint_at(198, 51, 100, 10, 5060)
#define THE_NAT endpoint_at(203, 0, 113, 2, 40001)

static inline RegNat nat_made(void)
{
    const RegNatBounds nothing = { .alive = NSEC_NONE, .dead = NSEC_NONE, .dead_once = NSEC_NONE };

    return (RegNat){
        .address = THE_NAT.addr,
        .server = THE_SERVER.addr,
        .transport = NET_UDP,
        .bounds = { nothing, nothing },
    };
}

/* A call at 'sent', three times in three seconds, after so much silence. */
static inline RegInbound request_made(Nsec sent, Nsec silence, uint64_t frame)
{
    return (RegInbound){
        .method = SIP_METHOD_INVITE,
        .way = REG_WAY_FLOW,
        .from = THE_SERVER,
        .to = THE_NAT,
        .sent = sent,
        .last_sent = sent + 3 * NSEC_SEC,
        .answered = NSEC_NONE,
        .copies = 3,
        .request = FRAME(frame),
        .last = FRAME(frame + 1),
        .quiet = silence,
        .unheard = silence,
        .seen_outside = true,
    };
}

/* The phone is back after 30 s by a REGISTER and is reached after 40 s. */
static inline RegOutage outage_made(Nsec sent, Nsec silence, uint64_t frame)
{
    RegInbound request = request_made(sent, silence, frame);

    return (RegOutage){
        .first = request,
        .last = request,
        .requests = 1,
        .worked_until = sent - silence,
        .back = sent + 30 * NSEC_SEC,
        .back_ref = FRAME(frame + 2),
        .back_registers = true,
        .works = sent + 40 * NSEC_SEC,
        .works_ref = FRAME(frame + 3),
        .bound = true,
    };
}

static inline RegMove move_made(RegMoveKind kind, Nsec time, Nsec quiet)
{
    return (RegMove){
        .kind = kind,
        .from = THE_NAT,
        .to = endpoint_at(203, 0, 113, 2, 51234),
        .time = time,
        .quiet = quiet,
        .before = FRAME(4),
        .after = FRAME(5),
    };
}
