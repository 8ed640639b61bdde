#pragma once

/*
 * How long a NAT keeps a mapping without traffic, told by what it let through.
 *
 * A silence that a mapping survived bounds its lifetime from below, one after
 * which it was gone bounds it from above. Nothing is averaged. Many NATs keep
 * a mapping that saw a single exchange shorter than one with going traffic, so
 * both states have bounds of their own. An observation whose state is open
 * counts where it holds in either case: who outlived it fresh would have
 * outlived it streaming, and the other way round for one that died.
 */

#include <glib.h>

#include "base/nsec.h"
#include "net/payload.h"

typedef enum RegNatState {
    REG_NAT_FRESH,  /* one exchange, all within two seconds */
    REG_NAT_STREAM, /* packets both ways for longer */
} RegNatState;

#define REG_NAT_STATES 2

typedef struct RegNatBounds {
    Nsec alive;     /* the longest silence that was survived; NSEC_NONE: none was seen */
    Nsec dead;      /* the second shortest one after which the mapping was gone; NSEC_NONE */
    Nsec dead_once; /* the shortest; one observation may have another cause */
    uint32_t n_alive;
    uint32_t n_dead;
} RegNatBounds;

/* Mappings of several devices that went in the same moments, although silence
 * does not explain it: it was one that the NAT survives, or all of them came
 * back from another public address. */
typedef struct RegNatRestart {
    unsigned devices; /* with a mapping of their own each; at least two */
    Nsec from;        /* the moments in which all of them may have been lost */
    Nsec until;
    CaptureRef first; /* the first packet of one of them over its new mapping ... */
    CaptureRef last;  /* ... and of the one that came back last */
    Nsec first_time;
    Nsec last_time;
    NetAddr address; /* they came back from here; the NAT's own: only ports changed */
} RegNatRestart;

/* One public address toward one server, over one transport. */
typedef struct RegNat {
    NetAddr address;
    NetAddr server;
    NetTransport transport;
    RegNatBounds bounds[REG_NAT_STATES];
    const RegNatRestart *restart; /* that most devices took part in; NULL: none was seen */
} RegNat;

/* Between which silences a mapping in this state dies: 'at_least' NSEC_NONE when
 * nothing survived, 'at_most' NSEC_NONE when nothing died often enough. False: the
 * two contradict each other (a NAT under load, a restart, a pool), and say nothing. */
bool reg_nat_bounds(const RegNat *nat, RegNatState state, Nsec *at_least, Nsec *at_most);

/* The same over both states: the longest silence that was survived in either, and
 * what was too long for one of them. True only while one lifetime explains both. */
bool reg_nat_range(const RegNat *nat, Nsec *at_least, Nsec *at_most);

/* How likely a mapping is alive after 'silence': 1 to 0. From the observations and,
 * where they leave it open, from what NATs in use do; only for words of risk. */
double reg_nat_survival(const RegNat *nat, RegNatState state, Nsec silence);

/* The lifetime, with 90 % certainty, on the same grounds. */
void reg_nat_likely(const RegNat *nat, RegNatState state, Nsec *from, Nsec *until);

/* "the 30 s that Linux gives a single exchange" when exactly one well-known lifetime of
 * UDP mappings lies within the bounds; NULL otherwise. A hint. */
const char *reg_nat_typical(Nsec at_least, Nsec at_most);
