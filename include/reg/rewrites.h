#pragma once

/*
 * What becomes of a phone's messages between two places.
 *
 * One record for each phone (its address and port at the inner place) and pair
 * of places: how many of its messages were seen at both, and what was different
 * about them. Two places are two captures, or the two sides of a NAT in one.
 * A record grows until the captures end; whoever cites it keeps a reference.
 */

#include <glib.h>

#include "sip/diff.h"

/* Where a message was seen at both places. */
typedef struct RegPairSeen {
    CaptureRef inside; /* frame 0: never */
    CaptureRef outside;
    Nsec inside_time;
    Nsec outside_time;
    SipMethod method;
    uint16_t status;  /* 0: a request */
    bool outward;     /* went from the inside to the outside */
    bool packet_kept; /* the IP ID is the same and the TTL fell: edited, not sent anew */
} RegPairSeen;

/* One part of one header that was changed, in one direction. */
typedef struct RegRewrite {
    SipWhere where;
    SipHeaderId header;
    SipPart part;
    bool outward;
    bool request;
    bool mapping; /* changed as the packet's own address, at least once */
    char *name;   /* "Contact", "Request-URI", "SDP c=" */
    char *param;  /* NULL but for SIP_PART_PARAM */
    char *inside; /* of the first one; NULL: it is not there */
    char *outside;
    uint32_t methods; /* bit set, 1 << SipMethod */
    uint32_t count;
    RegPairSeen first;
} RegRewrite;

#define REG_REWRITES 24

/* Messages that were whole in front of the box and damaged behind it. */
typedef struct RegDamage {
    uint32_t kinds; /* of SipDamage; 0: none */
    uint32_t count;
    RegPairSeen first;
} RegDamage;

/* Reference counted. */
typedef struct RegRewrites {
    NetEndpoint inside;  /* the phone's, at the inner place */
    NetEndpoint outside; /* the same at the outer place, the newest */
    NetEndpoint server;
    NetTransport transport;
    uint32_t inside_place; /* CapturePlace; both the same: in one capture */
    uint32_t outside_place;
    uint32_t pairs; /* messages seen at both places and compared */
    uint32_t classes[SIP_DIFF_CLASSES];
    RegPairSeen examples[SIP_DIFF_CLASSES]; /* the first of each */
    uint32_t algs; /* whose addresses were edited as a NAT's mapping, damaged ones too */
    unsigned n_changes;
    RegRewrite changes[REG_REWRITES];
    bool more; /* changes of further kinds */
    RegDamage damage;
    uint32_t seen[2][2][SIP_HEADER_COUNT + 1]; /* see reg_rewrite_chances() */
} RegRewrites;

RegRewrites *reg_rewrites_ref(RegRewrites *rewrites);
RegRewrites *reg_rewrites_copy(const RegRewrites *rewrites); /* with texts of its own */
void reg_rewrites_unref(RegRewrites *rewrites);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RegRewrites, reg_rewrites_unref)

/* Of how many messages of that direction and kind the header could have been
 * changed: those that have it on either side. */
uint32_t reg_rewrite_chances(const RegRewrites *rewrites, const RegRewrite *rewrite);

/* "Contact", "Via received", "SDP c=": what was changed; g_free() it. */
char *reg_rewrite_subject(const RegRewrite *rewrite);

/* "REGISTER", "401 to REGISTER"; g_free() it. */
char *reg_pair_message(const RegPairSeen *seen);
