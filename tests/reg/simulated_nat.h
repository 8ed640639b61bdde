#pragma once

/*
 * A NAT with two lifetimes, a phone behind it and a server before it, and
 * somebody beside the server who measures silences.
 *
 * The phone registers, keeps alive and answers what reaches it; the server
 * pings with requests and with packets that nobody answers. What the onlooker
 * knows are packets outside and their times, nothing of the NAT.
 */

#include "reg/nats.h"
#include "words.h"

typedef struct NatKind {
    unsigned fresh; /* seconds without traffic */
    unsigned stream;
    bool same_port; /* it gives a lost mapping the same port again */
    bool inbound;   /* packets from outside count */
} NatKind;

/* Seconds between two; 0: never. */
typedef struct Pattern {
    unsigned refresh;
    unsigned slow; /* milliseconds that one registration takes */
    unsigned keepalive;
    unsigned ping;    /* answered when it arrives */
    unsigned one_way; /* never answered */
} Pattern;

typedef struct Mapping {
    bool made;
    Nsec since;
    Nsec refreshed;
    bool replied;
    bool streams;
    uint16_t port;
} Mapping;

/* What is seen of one path from outside. */
typedef struct Onlooker {
    RegNat *nat;
    uint16_t port;
    Nsec last_out;
    Nsec last_in;
    Nsec burst_from; /* packets of the phone that follow each other within five seconds */
    bool burst_is_new;
    bool heard_server;
    bool dark; /* a ping got no answer, and the phone has not come back yet */
    Nsec dark_since;
    Nsec dark_silence;
    NatCertainty dark_certainty;
} Onlooker;

typedef struct Phone {
    const NatKind *kind;
    Mapping mapping;
    Onlooker seen;
    uint32_t *seed;
} Phone;

static inline uint32_t sim_random(uint32_t *seed, uint32_t below)
{
    *seed = *seed * 1664525u + 1013904223u;
    return (uint32_t)(((uint64_t)*seed * below) >> 32);
}

static inline bool mapping_lives(const Phone *phone, Nsec now)
{
    const Mapping *mapping = &phone->mapping;
    unsigned life = mapping->streams ? phone->kind->stream : phone->kind->fresh;

    return mapping->made && now - mapping->refreshed < life * NSEC_SEC;
}

/* Linux counts a mapping as a stream from the first packet later than two
 * seconds after its first, once something came back. */
static inline void mapping_pass(Phone *phone, Nsec now, bool outgoing)
{
    Mapping *mapping = &phone->mapping;

    mapping->replied |= !outgoing;
    if (outgoing || phone->kind->inbound) {
        mapping->refreshed = now;
        mapping->streams |= mapping->replied && now - mapping->since > 2 * NSEC_SEC;
    }
}

static inline NatCertainty seen_certainty(const Onlooker *seen)
{
    Nsec lasted = seen->last_out - seen->burst_from;
    Nsec all = MAX(seen->last_out, seen->last_in) - seen->burst_from;

    if (seen->heard_server && lasted > 2500 * NSEC_MSEC)
        return NAT_STATE_STREAM;
    return seen->burst_is_new && all < 1800 * NSEC_MSEC ? NAT_STATE_FRESH : NAT_STATE_OPEN;
}

static inline void see_out(Onlooker *seen, uint16_t port, Nsec now)
{
    bool moved = seen->last_out != NSEC_NONE && port != seen->port;

    if (seen->dark)
        nats_dead(seen->nat, seen->dark_silence, seen->dark_certainty, seen->dark_since);
    else if (moved)
        nats_dead(seen->nat, now - seen->last_out, seen_certainty(seen), now);
    if (seen->last_out == NSEC_NONE || now - seen->last_out > 5 * NSEC_SEC) {
        seen->burst_from = now;
        seen->burst_is_new = moved;
        seen->heard_server = false;
    } else if (moved) {
        seen->burst_from = now;
        seen->burst_is_new = true;
        seen->heard_server = false;
    }
    seen->dark = false;
    seen->port = port;
    seen->last_out = now;
}

static inline void send_out(Phone *phone, Nsec now)
{
    Mapping *mapping = &phone->mapping;

    if (!mapping_lives(phone, now)) {
        bool same = mapping->made && phone->kind->same_port;
        uint16_t port = same ? mapping->port : (uint16_t)(1024 + sim_random(phone->seed, 60000));

        *mapping = (Mapping){ .made = true, .since = now, .port = port };
    }
    mapping_pass(phone, now, true);
    see_out(&phone->seen, mapping->port, now);
}

/* True: it reached the phone. */
static inline bool send_in(Phone *phone, Nsec now)
{
    bool lives = mapping_lives(phone, now) && phone->mapping.port == phone->seen.port;

    if (lives)
        mapping_pass(phone, now, false);
    phone->seen.heard_server = true;
    phone->seen.last_in = MAX(phone->seen.last_in, now);
    return lives;
}

static inline void sim_register(Phone *phone, const Pattern *pattern, Nsec now)
{
    send_out(phone, now);
    send_in(phone, now + 20 * NSEC_MSEC);
    send_out(phone, now + pattern->slow * NSEC_MSEC);
    send_in(phone, now + (pattern->slow + 20) * NSEC_MSEC);
}

static inline void sim_ping(Phone *phone, Nsec now)
{
    Onlooker *seen = &phone->seen;
    NatCertainty certainty = seen_certainty(seen);
    Nsec quiet = now - MAX(seen->last_out, seen->last_in);
    Nsec unheard = now - seen->last_out;

    if (send_in(phone, now)) {
        nats_alive(seen->nat, quiet, certainty);
        send_out(phone, now + 20 * NSEC_MSEC);
    } else if (!seen->dark) {
        seen->dark = true;
        seen->dark_since = now;
        seen->dark_silence = unheard;
        seen->dark_certainty = certainty;
    }
}

static inline Nsec sim_next(Phone *phone, Nsec now, unsigned period)
{
    if (period == 0)
        return NSEC_MAX;
    /* A tenth more or less, and never in the middle of another exchange. */
    return now + period * NSEC_SEC * 9 / 10 + sim_random(phone->seed, period * 200) * NSEC_MSEC;
}

static inline void sim_run(Phone *phone, const Pattern *pattern, Nsec from, Nsec until)
{
    Nsec next[4] = { from, sim_next(phone, from, pattern->keepalive),
                     sim_next(phone, from, pattern->ping),
                     sim_next(phone, from, pattern->one_way) };
    const unsigned period[4] = { pattern->refresh, pattern->keepalive, pattern->ping,
                                 pattern->one_way };

    for (Nsec now = from;;) {
        unsigned what = 0;

        for (unsigned i = 1; i < 4; i++)
            what = next[i] < next[what] ? i : what;
        now = MAX(next[what], now);
        if (now >= until)
            return;
        next[what] = sim_next(phone, now, period[what]);
        if (what == 0)
            sim_register(phone, pattern, now);
        else if (what == 1)
            send_out(phone, now);
        else if (what == 2)
            sim_ping(phone, now);
        else
            send_in(phone, now);
        now += (pattern->slow + 100) * NSEC_MSEC; /* one thing after the other */
    }
}
