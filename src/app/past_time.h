#pragma once

/*
 * Points in time, as people name them who look back.
 */

#include <stdbool.h>

#include "base/nsec.h"

/* "2026-01-31T12:00:00Z", "2026-01-31", "12:00" (the newest that is over), "-2h", "-90s", "-7d",
 * "now", "today", "yesterday"; all in UTC. With 'since', which is NSEC_NONE when it is not known,
 * also "+15m" behind it. False: none of them. */
bool past_time_parse(const char *text, Nsec now, Nsec since, Nsec *time);

/* "2026-01-31T12:00:00Z"; NULL for NSEC_NONE. */
const char *past_stamp(Nsec time, char text[NSEC_TEXT]);

/* "99.87 %", rounded down: 100 % has no exception. NULL: of nothing; else g_free() it. */
char *past_percent(Nsec part, Nsec whole);
