#pragma once

/*
 * DNS messages for scenarios.
 */

#include <glib.h>

/* One question and, unless 'answer' is NULL, what is said to it: the name of
 * an rcode, an address, or the name that an SRV or NAPTR record points at.
 * NULL: the type or the answer makes no sense. */
GByteArray *dns_message(const char *type, const char *name, const char *answer);
