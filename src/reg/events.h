#pragma once

/*
 * The pieces that a timeline is put together from.
 */

#include "reg/timeline.h"

/* Appends an event and takes 'text'; borrowed until the next one is added. */
RegEvent *reg_events_add(GArray *events, RegEventKind kind, Nsec time, char *text);

/* Two frames of different captures have no common name: the first one stays. */
void reg_event_cite(RegEvent *event, CaptureRef ref);

Nsec reg_events_known(Nsec time, Nsec otherwise);

/* Clocks of damaged captures differ by more than a difference can hold. */
Nsec reg_events_elapsed(Nsec from, Nsec until);

/* nsec_to_span() cuts, and a mean of 53.9996 s is 54 s to everybody. */
const char *reg_events_interval(Nsec interval, char text[NSEC_TEXT]);

/* "OPTIONS", "OPTIONS sent 4 times" */
char *reg_events_sent(const char *what, uint64_t n);

void reg_events_add_below(GArray *events, const RegDevice *device);
void reg_events_add_bindings(GArray *events, const RegDevice *device, Nsec end);
void reg_events_add_inbound(GArray *events, const RegDevice *device, Nsec end);
void reg_events_add_moves(GArray *events, const RegDevice *device);
void reg_events_add_keepalives(GArray *events, const RegDevice *device);
