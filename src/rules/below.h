#pragma once

/*
 * What the rules about failures below SIP have in common.
 */

#include "rules/rule.h"

/* The account of a device, or its address when it never named one. */
const char *below_who(const RegDevice *device, char text[NET_ENDPOINT_TEXT]);

/* Whether the device was registered all the while: then nobody missed what
 * failed. 'until' NSEC_NONE: to the end. */
bool below_was_bound(const RegDevice *device, Nsec from, Nsec until, Nsec now);

/* Why a silence between two instants proves nothing; NULL: it may be believed. */
const char *below_loss(uint32_t losses);

/* "3 times" */
#define BELOW_TIMES 32
const char *below_times(uint64_t n, char text[BELOW_TIMES]);

/* The newest request of a chain that ICMP errors are about, when it stayed
 * without an answer: NULL otherwise. */
const RegStep *below_unanswered(const RegChain *chain, const RegIcmp *icmp);

/* Cites the first of the errors with its type, code and sender. */
void below_cite_icmp(Finding *finding, const RegIcmp *icmp);
