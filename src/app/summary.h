#pragma once

/*
 * Everything of a period that a report of it speaks about.
 */

#include "store/reader.h"

/* One kind of finding, on however many devices. */
typedef struct SummaryFinding {
    const char *rule;
    const char *severity;
    uint64_t devices;
    uint64_t times; /* how often it began */
    uint64_t standing;
    Nsec first;
    Nsec last;
} SummaryFinding;

/* A device and what it lost. */
typedef struct SummaryDevice {
    const StoreDevice *device;
    StoreLife life;
    Nsec lost; /* of the watched time: not registered, or out of reach */
} SummaryDevice;

typedef struct Summary {
    StorePeriod period; /* with an end */
    GArray *runs;       /* of the structs of store/reader.h */
    GArray *losses;
    GArray *captures; /* of the newest run */
    GArray *devices;
    GArray *findings;
    GArray *refusals;
    GArray *kinds; /* of SummaryFinding, the worst first */
    GArray *worst; /* of SummaryDevice that lost any time, the worst first */
    Nsec covered;  /* of the period: somebody was watching */
    StoreLife all; /* the lives of all devices together */
    unsigned seen; /* devices that were watched in that time */
    uint64_t failures;
} Summary;

Summary *summary_new(StoreReader *reader, StorePeriod period);
void summary_free(Summary *summary);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Summary, summary_free)

/* One sentence; g_free() it. It holds words from the wire. */
char *summary_headline(const Summary *summary);
