#pragma once

/*
 * The life of one device as the history has it: everything that was written
 * about it in a period, in one row by time.
 */

#include "store/reader.h"

/* One line of it. */
typedef struct ChronicleEvent {
    Nsec from;
    Nsec until;       /* the same when it is a moment; NSEC_NONE: it goes on */
    const char *kind; /* "interval", "attempt", "binding", "finding", "loss" */
    const char *name; /* "lost", "refresh accepted" ... */
    uint64_t count;
    char *text;
} ChronicleEvent;

typedef struct Chronicle {
    const StoreDevice *device;
    StoreLife life;
    GArray *intervals; /* of the structs of store/reader.h */
    GArray *attempts;
    GArray *bindings;
    GArray *findings;
    GArray *events; /* of ChronicleEvent, by time */
} Chronicle;

/* 'losses' (of StoreLoss): those that concern every device are in it. */
Chronicle *chronicle_new(StoreReader *reader, const StoreDevice *device, const GArray *losses,
                         StorePeriod period);
void chronicle_free(Chronicle *chronicle);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Chronicle, chronicle_free)
