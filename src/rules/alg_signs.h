#pragma once

/*
 * What in the messages of one place tells that a box on the way edits them.
 *
 * A phone behind such a box cannot see what becomes of its requests, but three
 * echoes come back: an answer repeats Via, From and To of its request, it lists
 * the Contact as it was stored, and it says where the request came from. Beside
 * the server it is the other way round: a box that edits some of the addresses
 * leaves others behind. Each such trace is a sign; what they add up to is for the
 * rule to weigh.
 */

#include "alg_view.h"

/* What the rewriting did, as far as this sign tells. */
typedef enum AlgHarm {
    ALG_HIDES_NAT = 1 << 0,  /* the server believes that there is no NAT */
    ALG_WRONG_PORT = 1 << 1, /* the Contact that the server got leads elsewhere */
    ALG_DIGEST = 1 << 2,     /* an input of the digest was changed */
} AlgHarm;

/* One value in one message; 'text' is owned. */
typedef struct AlgValue {
    const SipMessage *message; /* NULL: there is no such value */
    char *text;
} AlgValue;

typedef struct AlgSign {
    const char *id;     /* "AL-2" */
    const char *header; /* that shows it: signs in one header are one witness */
    FindingGrade grade; /* by itself */
    bool digest;        /* the digest was computed, and tells */
    AlgValue was;       /* before the box, where the capture shows it */
    AlgValue is;        /* behind it */
    char *expected;     /* instead of 'is'; owned; NULL: it speaks for itself */
    const char *tells;  /* a clause for a sentence; constant */
    const char *unless; /* what else it could be, likewise; NULL: nothing */
    uint32_t harm;      /* of AlgHarm */
    unsigned steps;     /* of the chain that show it */
} AlgSign;

/* At least as many as there are signatures: each adds one sign, or none. */
#define ALG_SIGNS 16

typedef struct AlgSigns {
    AlgSign signs[ALG_SIGNS];
    unsigned n;
} AlgSigns;

/* Every signature that the chain shows, in the order of the table. */
void alg_signs_find(const RegChain *chain, AlgSigns *signs);
void alg_signs_clear(AlgSigns *signs);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(AlgSigns, alg_signs_clear)

/* The strongest sign of the header; NULL: none is in it. */
const AlgSign *alg_signs_in(const AlgSigns *signs, const char *header);

/* One signature: true when the step shows it; then the sign is filled in but for
 * id and steps, else left alone. */
typedef bool AlgLook(const AlgView *view, AlgSign *sign);

/* Beside the phone: what came back is not what was sent. */
AlgLook alg_look_via_changed;      /* AL-1 */
AlgLook alg_look_branch_changed;   /* AL-1 */
AlgLook alg_look_identity_changed; /* AL-1, in From and To */
AlgLook alg_look_private_received; /* AL-2 */
AlgLook alg_look_no_received;      /* AL-3 */
AlgLook alg_look_public_binding;   /* AL-5 */
AlgLook alg_look_local_answer;     /* AL-19 */
AlgLook alg_look_first_count;      /* AL-23 */

/* Beyond the NAT: the addresses in one message do not go together. */
AlgLook alg_look_private_rest;   /* AL-7 */
AlgLook alg_look_contact_port;   /* AL-8 */
AlgLook alg_look_half_public;    /* AL-9 */
AlgLook alg_look_contact_drift;  /* AL-10 */
AlgLook alg_look_digest_host;    /* AL-13 */
AlgLook alg_look_hashed_host;    /* AL-14 */
AlgLook alg_look_marked_request; /* AL-16 */
AlgLook alg_look_long_silence;   /* AL-20 */
