#pragma once

/*
 * Which devices are to be looked at next.
 *
 * Whatever happens to a device puts it in a list, in constant time and at most
 * once; what only time can change is in a heap, by the time of the next change.
 * Without somebody who looks there is no agenda, and none of this costs
 * anything.
 */

#include "devices.h"
#include "reg/review.h"

typedef struct Agenda Agenda;

/* What is remembered of a device from one look to the next. */
typedef struct Review {
    Device *device;
    Agenda *agenda;
    struct Review *next;  /* in the list; in that order things happened to them */
    struct Review **link; /* NULL: in the list it is not */
    size_t place;         /* in the heap, from 1; 0: not there */
    Nsec due;
    RegStanding standing;
    Nsec judged;
    bool stands; /* it is counted in its condition */
} Review;

Agenda *agenda_new(void);
void agenda_free(Agenda *agenda); /* after the last device */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Agenda, agenda_free)

/* A device that is to be looked at; one that is known already is woken. 'agenda' NULL: nobody
 * looks. */
void agenda_add(Agenda *agenda, Device *device);

/* Something happened to it. */
void agenda_wake(Device *device);

/* It is forgotten. */
void agenda_remove(Device *device);

/* Takes the next one off the agenda, or tells NULL: nothing is to be done at 'now'. */
Review *agenda_take(Agenda *agenda, Nsec now);

/* How it stands now. */
void agenda_stand(Review *review, const RegStanding *standing);

/* Devices in each condition, of REG_CONDITIONS. */
const uint64_t *agenda_conditions(const Agenda *agenda);

/* Not before 'due', unless something happens to it; NSEC_MAX: never. */
void agenda_put(Review *review, Nsec due);
