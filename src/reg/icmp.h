#pragma once

/*
 * Collecting ICMP errors.
 */

#include "reg/below.h"

/* Counts the error with those like it; one of another kind or from somebody
 * else is left out. */
void icmp_add(RegIcmp *icmp, const NetEvent *event);

/* Of an event that has not been counted yet. */
RegIcmpKind icmp_kind_of(const NetEvent *event);
