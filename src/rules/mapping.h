#pragma once

/*
 * What the rules about NAT mappings and unanswered requests have in common.
 */

#include "rules/rule.h"

/* Why the silence of the device in an outage proves nothing; NULL: it may be believed. */
const char *outage_doubt(const RegOutage *outage);

/* Whether enough was sent: one datagram may be lost, several hardly. */
bool outage_is_certain(const RegOutage *outage);

/* Whether the sender repeated a request, which it does only without an answer: then it is not the
 * capture that lacks the answer (RFC 3261 section 17.1). */
bool outage_is_repeated(const RegOutage *outage);

/* Whether the device restarted meanwhile: then it may have been off. */
bool outage_is_restart(const RegDevice *device, const RegOutage *outage);

/* Cites a request for the device as 'name'. */
void finding_cite_inbound(Finding *finding, const char *name, const RegInbound *request,
                          bool newest, const char *expected);

/* The finding is about the requests of this outage: when, and how many. */
void finding_take_outage(Finding *finding, const RegOutage *outage);

/* Cites the device's next packet, and the next request that was answered. */
void finding_cite_recovery(Finding *finding, const RegOutage *outage);

/* Whether the NAT lost all its mappings between these two instants. */
bool mapping_was_cleared(const RegNat *nat, Nsec from, Nsec until);

/* "8.0 s to 20 s of silence", "at most 20 s of silence": the longest that the
 * NAT has been seen to bear below 'gone', and 'gone'; g_free() it. */
char *mapping_bounds_text(const RegNat *nat, Nsec gone);

/* How often something should pass to keep a mapping; 'gone' is a silence that was too
 * long, or NSEC_NONE. In seconds. */
unsigned mapping_keepalive(const RegNat *nat, Nsec gone);

/* What to set, and where, with the numbers. */
void mapping_advise(Finding *finding, const RegDevice *device, Nsec gone);
