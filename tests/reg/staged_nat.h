#pragma once

/*
 * A phone behind a NAT with two lifetimes, written down as a scenario: what passes, what
 * the NAT drops, which ports it gives. Whoever makes it knows the truth, and the program
 * sees packets only.
 */

#include <glib.h>

#include "base/nsec.h"

typedef struct StagedNat {
    unsigned fresh; /* seconds without traffic */
    unsigned stream;
    bool same_port; /* it gives a lost mapping the same port again */
    bool inbound;   /* packets from outside count */
} StagedNat;

/* Seconds between two; 0: never. */
typedef struct StagedHabits {
    unsigned refresh;
    unsigned slow; /* milliseconds between challenge and credentials */
    unsigned keepalive;
    unsigned ping;    /* answered when it arrives; repeated once when not */
    unsigned one_way; /* never answered */
} StagedHabits;

typedef struct Staged {
    const StagedNat *nat;
    const char *vantage;
    GString *text;
    uint32_t seed;
    unsigned pings;
    /* its mapping */
    bool made;
    bool replied;
    bool streams;
    unsigned port;
    Nsec since;
    Nsec refreshed;
    Nsec open; /* for so long it was open in all */
} Staged;

static inline unsigned staged_random(Staged *staged, unsigned below)
{
    staged->seed = staged->seed * 1664525u + 1013904223u;
    return (unsigned)(((uint64_t)staged->seed * below) >> 32);
}

static inline Nsec staged_end(const Staged *staged)
{
    unsigned life = staged->streams ? staged->nat->stream : staged->nat->fresh;

    return staged->made ? staged->refreshed + life * NSEC_SEC : 0;
}

/* Counts the time in which it was open up to now. */
static inline void staged_pass(Staged *staged, Nsec now, bool refreshes)
{
    if (!refreshes)
        return;
    staged->open += MIN(now, staged_end(staged)) - staged->refreshed;
    staged->refreshed = now;
    staged->streams |= staged->replied && now - staged->since > 2 * NSEC_SEC;
}

static inline void staged_line(Staged *staged, Nsec time, const char *what, const char *more)
{
    g_string_append_printf(staged->text, "at %.6f %s%s\n", (double)time / 1e9, what, more);
}

static inline void staged_out(Staged *staged, Nsec now, const char *what)
{
    if (!staged->made || now >= staged_end(staged)) {
        bool same = staged->made && staged->nat->same_port;
        unsigned port = same ? staged->port : 1024 + staged_random(staged, 60000);

        if (staged->made)
            staged->open += staged_end(staged) - staged->refreshed;
        staged->made = true;
        staged->replied = staged->streams = false;
        staged->since = staged->refreshed = now;
        staged->port = port;
        g_string_append_printf(staged->text, "at %.6f phone public-port=%u\n", (double)now / 1e9,
                               port);
    }
    staged_pass(staged, now, true);
    staged_line(staged, now, "phone -> server ", what);
}

/* True: it reached the phone. */
static inline bool staged_in(Staged *staged, Nsec now, const char *what)
{
    bool lives = staged->made && now < staged_end(staged);
    bool beside = g_str_equal(staged->vantage, "client");
    g_autofree char *line = g_strdup_printf("%s%s", what,
                                            lives    ? ""
                                            : beside ? " unseen"
                                                     : " lost");

    if (lives)
        staged_pass(staged, now, staged->nat->inbound);
    staged->replied |= lives;
    staged_line(staged, now, "server -> phone ", line);
    return lives;
}

static inline void staged_register(Staged *staged, const StagedHabits *habits, Nsec now)
{
    Nsec again = now + habits->slow * NSEC_MSEC;

    staged_out(staged, now, "REGISTER");
    staged_in(staged, now + 20 * NSEC_MSEC, "401");
    staged_out(staged, again, "REGISTER auth");
    staged_in(staged, again + 20 * NSEC_MSEC, "200");
}

static inline void staged_ping(Staged *staged, Nsec now)
{
    g_autofree char *ask = g_strdup_printf("OPTIONS as=p%u", ++staged->pings);
    g_autofree char *copy = g_strdup_printf("copy of=p%u", staged->pings);
    g_autofree char *answer = g_strdup_printf("200 for=p%u", staged->pings);

    if (staged_in(staged, now, ask))
        staged_out(staged, now + 20 * NSEC_MSEC, answer);
    else
        staged_in(staged, now + 500 * NSEC_MSEC, copy);
}

static inline Nsec staged_next(Staged *staged, Nsec now, unsigned period)
{
    /* A tenth more or less. */
    return period == 0
               ? NSEC_MAX
               : now + period * 900 * NSEC_MSEC + staged_random(staged, period * 200) * NSEC_MSEC;
}

/* One thing after the other, for an hour. */
static inline void staged_play(Staged *staged, const StagedHabits *habits, Nsec until)
{
    const unsigned periods[] = { habits->refresh, habits->keepalive, habits->ping,
                                 habits->one_way };
    Nsec next[4] = { 0 };

    g_string_append_printf(staged->text, "vantage %s\nphone expires=3600\n", staged->vantage);
    for (unsigned i = 1; i < 4; i++)
        next[i] = staged_next(staged, 0, periods[i]);
    for (Nsec now = 0;; now += (habits->slow + 600) * NSEC_MSEC) {
        unsigned what = 0;

        for (unsigned i = 1; i < 4; i++)
            what = next[i] < next[what] ? i : what;
        now = MAX(next[what], now);
        if (now >= until)
            break;
        next[what] = staged_next(staged, now, periods[what]);
        if (what == 0)
            staged_register(staged, habits, now);
        else if (what == 1)
            staged_out(staged, now, "keepalive crlf");
        else if (what == 2)
            staged_ping(staged, now);
        else
            staged_in(staged, now, "keepalive zeros");
    }
    staged->open += MIN(until, staged_end(staged)) - staged->refreshed;
    g_string_append_printf(staged->text, "end %.6f\n", (double)until / 1e9);
}
