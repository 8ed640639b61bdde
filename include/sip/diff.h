#pragma once

/*
 * The same message seen at two places: what is different about it, and who
 * changes messages like that.
 *
 * "Inside" is nearer to the phone, "outside" nearer to the server, whichever
 * way the message went. Values are compared, not bytes: a header in its
 * compact form is no other header. A change of the bytes alone is told as
 * such.
 */

#include "sip/message.h"

typedef enum SipWhere {
    SIP_WHERE_START_LINE,
    SIP_WHERE_HEADER,
    SIP_WHERE_BODY,
} SipWhere;

/* Which part of a value was changed. The three last ones leave it as it is. */
typedef enum SipPart {
    SIP_PART_ADDRESS, /* host and port */
    SIP_PART_USER,    /* of a URI; of a Call-ID what stands before the "@" */
    SIP_PART_PARAM,
    SIP_PART_VALUE, /* anything else */
    SIP_PART_ADDED, /* the whole value is on the outside only */
    SIP_PART_REMOVED,
    SIP_PART_NAME,   /* the header's: compact or long, capitals */
    SIP_PART_LAYOUT, /* blanks, folding, lists joined or split */
    SIP_PART_ORDER,
} SipPart;

/* Everything borrowed from the two messages, or constant. */
typedef struct SipChange {
    SipWhere where;
    SipHeaderId header;
    SipPart part;
    bool mapping; /* the text was changed just as the packet's own address was */
    Str name;     /* "Contact", "Request-URI", "SDP c=" */
    Str param;    /* with SIP_PART_PARAM */
    Str inside;   /* STR_NONE: it is not there */
    Str outside;
} SipChange;

/* What is wrong with a message that cannot be the fault of a capture. */
typedef enum SipDamage {
    SIP_DAMAGE_LENGTH = 1 << 0,  /* Content-Length does not fit the body */
    SIP_DAMAGE_PARAM = 1 << 1,   /* the same parameter twice in one value */
    SIP_DAMAGE_ADDRESS = 1 << 2, /* no address any more: "192.0.2.1:5060:5060" */
    SIP_DAMAGE_LINE = 1 << 3,    /* a header line that is none, or no end of the headers */
    SIP_DAMAGE_MISSING = 1 << 4, /* without a header that every message must have */
} SipDamage;

#define SIP_DIFF_CHANGES 32

typedef struct SipDiff {
    unsigned n;
    SipChange changes[SIP_DIFF_CHANGES]; /* in the order of the inside message */
    bool more;                           /* there were others */
    bool unsure;                         /* a capture does not hold all of the message */
    int vias_more;                       /* how many Via the outside has more than the inside */
    uint32_t damage_inside;              /* of SipDamage */
    uint32_t damage_outside;
} SipDiff;

typedef enum SipDiffClass {
    SIP_DIFF_CLEAN,      /* not a byte */
    SIP_DIFF_NAT,        /* what a NAT makes a server write into its answers */
    SIP_DIFF_ALG,        /* addresses edited in place */
    SIP_DIFF_PROXY,      /* signed with a Via, or taken off again (RFC 3261 section 16.6) */
    SIP_DIFF_B2BUA,      /* another dialog: tags, Call-ID or branch made anew */
    SIP_DIFF_CORRUPTING, /* whole where it came from and damaged behind */
    SIP_DIFF_RESERIALIZED,
    SIP_DIFF_POLICY, /* headers or values changed that are no addresses */
} SipDiffClass;

#define SIP_DIFF_CLASSES (SIP_DIFF_POLICY + 1)

void sip_diff_compare(const SipMessage *inside, const SipMessage *outside, SipDiff *diff);

/* 'outward': the message went from the inside to the outside. */
SipDiffClass sip_diff_class(const SipDiff *diff, bool outward);

/* Whether addresses in the text follow the packet's and nothing tells of a
 * proxy or another dialog: damage may come with it. */
bool sip_diff_is_alg(const SipDiff *diff);

/* Of SipDamage: what the message has behind the box that it had not in front. */
uint32_t sip_diff_damage(const SipDiff *diff, bool outward);

uint32_t sip_damage_of(const SipMessage *message);
const char *sip_damage_name(SipDamage damage); /* "Content-Length does not fit the body" */
const char *sip_part_name(SipPart part);       /* "address", "added" ... */
