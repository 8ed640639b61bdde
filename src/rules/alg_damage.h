#pragma once

/*
 * Text that was replaced in part: "203.0.113.9:5060:5060", a parameter that stands
 * twice, an address with too many digits, a line that breaks off; and a
 * Content-Length that no longer fits.
 *
 * What the capture itself cut off is nobody's damage.
 */

#include "sip/message.h"

typedef enum AlgDamageKind {
    ALG_DAMAGE_NONE,
    ALG_DAMAGE_PORT,   /* a second port behind the first */
    ALG_DAMAGE_HOST,   /* digits and dots that are no address */
    ALG_DAMAGE_PARAM,  /* a parameter stands twice */
    ALG_DAMAGE_CUT,    /* a bracket or a header line is not closed */
    ALG_DAMAGE_LENGTH, /* Content-Length and the datagram disagree */
} AlgDamageKind;

typedef struct AlgDamage {
    AlgDamageKind kind;
    SipHeaderId id; /* of the header; OTHER: the start line, or the message as a whole */
    Str value;      /* of the message's bytes */
} AlgDamage;

const char *alg_damage_text(AlgDamageKind kind);        /* a clause: "a port stands twice" */
const char *alg_damage_header(const AlgDamage *damage); /* "Contact", "Request-URI" ... */

/* The first damage of the message, in the order of a reader; kind NONE: it looks whole.
 * Values that 'seen' has as well are passed over; NULL: there is no such message. */
AlgDamage alg_damage_find(const SipMessage *message, const SipMessage *seen);

/* Whether the message is whole in the place where another one is damaged. */
bool alg_damage_spares(const SipMessage *message, const AlgDamage *damage);

/* What should stand there, as far as the message itself tells; g_free() it. NULL: it
 * does not. */
char *alg_damage_expected(const SipMessage *message, const AlgDamage *damage);
