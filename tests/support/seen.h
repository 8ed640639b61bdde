#pragma once

/*
 * What the program's decoder and framer make of a scenario.
 *
 * A scenario that cannot be read fails the test that asked.
 */

#include "net/decoder.h"
#include "scenario.h"
#include "sip/framer.h"

typedef struct Seen {
    NetDecoder *net;
    SipFramer *framer;
    GPtrArray *messages; /* of SipMessage */
    GArray *events;      /* of NetEvent, without their bytes */
    GArray *keepalives;  /* of SipKeepalive */
    unsigned tls;        /* directions */
} Seen;

Seen *seen_new(const char *text);
void seen_free(Seen *seen);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Seen, seen_free)

const SipMessage *seen_message(const Seen *seen, unsigned index); /* there must be one */
unsigned seen_events(const Seen *seen, NetEventKind kind);

Scenario *seen_scenario(const char *text);
