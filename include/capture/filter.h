#pragma once

/*
 * Capture filters and what they hide.
 *
 * "udp port 5060" looks complete and is not: the later fragments of a large
 * REGISTER have no port numbers, tagged frames do not match at all, and the
 * ICMP error that explains the silence is no UDP.
 */

#include <glib.h>
#include <stdbool.h>

#include "base/str.h"

typedef enum FilterGap {
    FILTER_HIDES_FRAGMENTS = 1 << 0,
    FILTER_HIDES_TAGGED = 1 << 1,
    FILTER_HIDES_ICMP = 1 << 2,
    FILTER_HIDES_TCP = 1 << 3, /* "udp ..." without tcp */
} FilterGap;

/* What a filter expression leaves out although it selects by port. A guess
 * from the words of the text; 0 when it does not select by port. */
unsigned filter_gaps(const char *expression);

/* A sentence for the user, or NULL when nothing is hidden; g_free() it. */
char *filter_warning(const char *expression);

/* Everything that a registration can need, on links without tags ("any", raw
 * IP); and on Ethernet, where "vlan" moves all offsets behind it, so that the
 * whole comes once more. Portrange stands for UDP, TCP and SCTP. */
#define FILTER_WANTED \
    "portrange 5060-5061 or port 53 or icmp or icmp6 or (ip[6:2] & 0x1fff != 0) or (ip6 proto 44)"
#define FILTER_WANTED_TAGGED FILTER_WANTED " or (vlan and (" FILTER_WANTED "))"

/* The same with more ports (of uint16_t; NULL: none) on which SIP is spoken; g_free() it. */
char *filter_wanted(const GArray *ports, bool tagged);
