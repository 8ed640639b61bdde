#pragma once

/*
 * Names that a client asks for on its way to a registrar (RFC 3263 section 4),
 * and what it is told.
 */

#include "clients.h"
#include "net/dns.h"

struct Lookup {
    RegLookup public;
    char *name;          /* owned; 'public' points at it */
    uint64_t hash;       /* of the name */
    uint64_t targets[4]; /* of names that answers send it on to */
    unsigned next_target;
    Nsec resolved; /* the newest answer with an address; NSEC_NONE */
};

void lookup_free(Lookup *lookup);

/* Takes a question or an answer; a client gets its record with the first that
 * is about SIP. 'vantage' is where the capture stands to who asks. */
void lookups_take(Clients *clients, const NetMeta *meta, const NetDns *dns, RegVantage vantage);

/* Its client sent a REGISTER. */
void lookup_go_on(Lookup *lookup, Nsec now);

/* Whether nothing of the name resolved, as far as was seen. */
bool lookup_has_failed(const Lookup *lookup);
