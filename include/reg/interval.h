#pragma once

/*
 * The life of a registration as a row of intervals, and the two numbers that
 * it comes down to: how long the device was registered, and how long it could
 * be reached.
 *
 * Both are functions of the device's record and of nothing else, so that every
 * report tells the same.
 */

#include <glib.h>

#include "reg/device.h"

typedef enum RegIntervalState {
    REG_INTERVAL_UNKNOWN,      /* before the first answer, not kept, or hidden by lost packets */
    REG_INTERVAL_REGISTERED,   /* and nothing speaks against reachable */
    REG_INTERVAL_UNREACHABLE,  /* registered, and requests for it got no answer, or its only way is
                                  closed: a connection from behind a NAT */
    REG_INTERVAL_LAPSED,       /* the registration ran out and was not renewed yet */
    REG_INTERVAL_UNREGISTERED, /* removed by the device, or its place was taken */
} RegIntervalState;

const char *reg_interval_state_name(RegIntervalState state); /* "registered" ... */

typedef struct RegInterval {
    RegIntervalState state;
    Nsec from;
    Nsec until;
    const char *opened_by; /* constant text: "accepted", "granted time ran out" ... */
    const char *closed_by; /* what opened the next one; of the last, "capture ends" */
    CaptureRef opened_ref; /* frame 0: no packet did */
    CaptureRef closed_ref;
} RegInterval;

/* From the device's first message to 'end', without gaps or overlaps, of RegInterval;
 * empty when there is no such time. What is no longer kept of the device is UNKNOWN.
 * g_array_unref() it. */
GArray *reg_intervals_new(const RegDevice *device, Nsec end);

/* How much of the time up to 'end' the device was registered, and how much of
 * that it could be reached, at the least and at the most. */
typedef struct RegAvailability {
    Nsec watched; /* since the first grant, without the unknown and without what the
                     device took away itself */
    Nsec registered;
    Nsec lapsed;
    Nsec unreachable;     /* of the registered time, in REG_INTERVAL_UNREACHABLE */
    Nsec reachable_least; /* certainly an open path: there is no NAT, or it kept the mapping */
    Nsec reachable_most;  /* registered, and nothing proves the contrary */
} RegAvailability;

RegAvailability reg_device_availability(const RegDevice *device, Nsec end);
