/*
 * What a NAT's bounds say, and what may be guessed where they say nothing.
 *
 * The guess weighs the lifetimes of NATs in use: RFC 4787 asks for two minutes
 * at least, and most of those that phones sit behind do not care.
 */

#include "reg/nat.h"

/* How often a single observation is not what it looks like. */
#define DOUBT 0.02

/* What is left on either side of a 90 % interval. */
#define TAIL 0.05

typedef struct Lifetime {
    unsigned seconds;
    double weight[REG_NAT_STATES];
} Lifetime;

/* Shares among NATs for UDP; one exchange only, going traffic. */
static const Lifetime udp_lifetimes[] = {
    { 10, { 0.03, 0.005 } }, { 20, { 0.02, 0.01 } },   { 30, { 0.38, 0.12 } },
    { 45, { 0.05, 0.03 } },  { 60, { 0.16, 0.17 } },   { 65, { 0.05, 0.03 } },
    { 90, { 0.08, 0.07 } },  { 120, { 0.10, 0.25 } },  { 180, { 0.04, 0.18 } },
    { 240, { 0.01, 0.02 } }, { 300, { 0.05, 0.08 } },  { 600, { 0.01, 0.015 } },
    { 900, { 0.01, 0.01 } }, { 3600, { 0.01, 0.01 } },
};

/* And for established TCP connections, for which both states are one. */
static const Lifetime tcp_lifetimes[] = {
    { 240, { 0.03, 0.03 } },    { 900, { 0.12, 0.12 } },  { 1800, { 0.15, 0.15 } },
    { 3600, { 0.25, 0.25 } },   { 7440, { 0.15, 0.15 } }, { 86400, { 0.20, 0.20 } },
    { 432000, { 0.10, 0.10 } },
};

#define MAX_LIFETIMES (G_N_ELEMENTS(udp_lifetimes) + 1)

/* Lifetimes and how likely they are, from the shortest. */
typedef struct Guess {
    unsigned n;
    Nsec lifetime[MAX_LIFETIMES];
    double share[MAX_LIFETIMES]; /* sum to 1 */
} Guess;

static bool agree(Nsec alive, Nsec dead, Nsec *at_least, Nsec *at_most)
{
    *at_least = alive;
    *at_most = dead;
    return alive == NSEC_NONE || dead == NSEC_NONE || alive < dead;
}

bool reg_nat_bounds(const RegNat *nat, RegNatState state, Nsec *at_least, Nsec *at_most)
{
    const RegNatBounds *bounds = &nat->bounds[state];

    return agree(bounds->alive, bounds->dead, at_least, at_most);
}

bool reg_nat_range(const RegNat *nat, Nsec *at_least, Nsec *at_most)
{
    return agree(nat->bounds[REG_NAT_STREAM].alive, nat->bounds[REG_NAT_FRESH].dead, at_least,
                 at_most);
}

/* Each bound that a lifetime does not meet makes it that much less likely. */
static double likelihood(const RegNatBounds *bounds, Nsec lifetime)
{
    double likely = 1;

    if (bounds->alive != NSEC_NONE && lifetime < bounds->alive)
        likely *= DOUBT;
    if (bounds->dead_once != NSEC_NONE && lifetime > bounds->dead_once)
        likely *= DOUBT;
    if (bounds->dead != NSEC_NONE && lifetime > bounds->dead)
        likely *= DOUBT;
    return likely;
}

static void guess_add(Guess *guess, Nsec lifetime, double weight)
{
    unsigned at = guess->n++;

    for (; at > 0 && guess->lifetime[at - 1] > lifetime; at--) {
        guess->lifetime[at] = guess->lifetime[at - 1];
        guess->share[at] = guess->share[at - 1];
    }
    guess->lifetime[at] = lifetime;
    guess->share[at] = weight;
}

static Guess guess_of(const RegNat *nat, RegNatState state)
{
    const RegNatBounds *bounds = &nat->bounds[state];
    bool tcp = nat->transport == NET_TCP;
    const Lifetime *known = tcp ? tcp_lifetimes : udp_lifetimes;
    unsigned n = tcp ? G_N_ELEMENTS(tcp_lifetimes) : G_N_ELEMENTS(udp_lifetimes);
    Guess guess = { 0 };
    Nsec least, most;
    double sum = 0;

    for (unsigned i = 0; i < n; i++) {
        Nsec lifetime = known[i].seconds * NSEC_SEC;

        guess_add(&guess, lifetime, known[i].weight[state] * likelihood(bounds, lifetime));
    }
    /* A lifetime that nobody else has is still one. */
    if (reg_nat_bounds(nat, state, &least, &most) && least != NSEC_NONE && most != NSEC_NONE)
        guess_add(&guess, least + (most - least) / 2, DOUBT);
    for (unsigned i = 0; i < guess.n; i++)
        sum += guess.share[i];
    for (unsigned i = 0; i < guess.n; i++)
        guess.share[i] /= sum;
    return guess;
}

double reg_nat_survival(const RegNat *nat, RegNatState state, Nsec silence)
{
    Nsec at_least, at_most;
    bool agreed = reg_nat_bounds(nat, state, &at_least, &at_most);
    Guess guess;
    double alive = 0;

    if (agreed && at_least != NSEC_NONE && silence <= at_least)
        return 1 - DOUBT;
    if (agreed && at_most != NSEC_NONE && silence >= at_most)
        return DOUBT;
    guess = guess_of(nat, state);
    for (unsigned i = 0; i < guess.n; i++)
        if (guess.lifetime[i] > silence)
            alive += guess.share[i];
    return CLAMP(alive, DOUBT, 1 - DOUBT);
}

void reg_nat_likely(const RegNat *nat, RegNatState state, Nsec *from, Nsec *until)
{
    Guess guess = guess_of(nat, state);
    Nsec at_least, at_most;
    double before = 0;

    *from = *until = guess.lifetime[0];
    for (unsigned i = 0; i < guess.n && before <= 1 - TAIL; i++) {
        if (before <= TAIL)
            *from = guess.lifetime[i];
        *until = guess.lifetime[i];
        before += guess.share[i];
    }
    if (!reg_nat_bounds(nat, state, &at_least, &at_most))
        return;
    *until = at_most != NSEC_NONE ? MIN(*until, at_most) : *until;
    *from = MAX(*from, at_least);
    *until = MAX(*until, *from);
    if (at_most != NSEC_NONE)
        *from = MIN(*from, at_most);
}

const char *reg_nat_typical(Nsec at_least, Nsec at_most)
{
    /* Without words: in use, but nobody's in particular. */
    static const struct {
        unsigned seconds;
        const char *whose;
    } well_known[] = {
        { 10, "the 10 s that MikroTik gives a single packet" },
        { 20, NULL },
        { 30, "the 30 s that Linux gives a single exchange, and many firewalls all" },
        { 45, NULL },
        { 60, "the 60 s of pf and Junos" },
        { 90, NULL },
        { 120, "the 120 s of Linux for going traffic, and the least that RFC 4787 allows" },
        { 180, "the 180 s of Linux before 5.0 for going traffic" },
        { 240, NULL },
        { 300, "the 300 s of Cisco IOS, and what RFC 4787 recommends" },
        { 600, NULL },
        { 900, NULL },
        { 3600, "the hour of the SIP helper of Linux" },
    };
    unsigned n = 0;
    const char *found = NULL;

    if (at_least == NSEC_NONE || at_most == NSEC_NONE)
        return NULL;
    for (unsigned i = 0; i < G_N_ELEMENTS(well_known); i++) {
        Nsec lifetime = well_known[i].seconds * NSEC_SEC;

        if (lifetime <= at_least || lifetime > at_most)
            continue;
        found = well_known[i].whose;
        n++;
    }
    return n == 1 ? found : NULL;
}
