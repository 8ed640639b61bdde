#pragma once

/*
 * Every set of credentials in the captures, of every method, with the
 * challenge that it answers.
 */

#include "capture/set.h"
#include "sip/value.h"

#define DIGEST_SCAN_CHALLENGES 16

/* All borrowed: gone when the visit is over. */
typedef struct DigestSighting {
    const SipMessage *request;
    const SipHeader *header; /* Authorization or Proxy-Authorization */
    SipAuth auth;
    const SipMessage *issuer; /* the answer that its nonce came in; NULL: not captured */
    bool next;                /* and it came there as a nextnonce (RFC 7616 section 3.5) */
    const SipMessage *challenges[DIGEST_SCAN_CHALLENGES]; /* 'issuer' and those of its Call-ID, */
    unsigned n_challenges;                                /* newest first */
} DigestSighting;

/* Reads the captures to their end. */
void digest_scan(CaptureSet *captures, void (*visit)(const DigestSighting *sighting, void *user),
                 void *user);
