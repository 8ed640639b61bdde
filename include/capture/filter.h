#pragma once

/*
 * Capture filters and what they hide.
 *
 * "udp port 5060" looks complete and is not: the later fragments of a large
 * REGISTER have no port numbers, tagged frames do not match at all, and the
 * ICMP error that explains the silence is no UDP.
 */

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

/* A filter that selects the SIP ports and hides none of these. */
extern const char *const filter_advice;
