#pragma once

/*
 * What the history tells, as it was when it was asked. All texts belong to the
 * reader; NULL: not known, or there is none.
 */

#include <stdbool.h>
#include <stdint.h>

#include "base/nsec.h"

/* From 'since' to 'until', both included; NSEC_NONE and NSEC_MAX: without an end. */
typedef struct StorePeriod {
    Nsec since;
    Nsec until;
} StorePeriod;

/* A time of watching. */
typedef struct StoreRun {
    int64_t id;
    Nsec began;
    Nsec seen;      /* the newest packet's time; NSEC_NONE: none yet */
    Nsec heartbeat; /* the newest sign of life, by the clock of the machine */
    Nsec ended;     /* NSEC_NONE: it goes on, or was killed */
    bool clean;     /* it said itself that it ended */
    const char *version;
    const char *host;
    const char *description;
} StoreRun;

typedef struct StoreCapture {
    const char *name;
    const char *stopped; /* NULL, or why it ended */
    const char *vantage;
    Nsec first;
    Nsec last;
    uint64_t packets;
    uint64_t bytes;
    uint64_t dropped_kernel;
    uint64_t dropped_interface;
    bool drops_known;
} StoreCapture;

/* A time for which nothing, or not everything, is known. */
typedef struct StoreLoss {
    const char *kind; /* "blind", "dropped_kernel" ... as in docs/history.md */
    const char *what; /* or NULL */
    Nsec from;
    Nsec until;
    uint64_t count;
} StoreLoss;

typedef struct StoreDevice {
    int64_t id;
    const char *aor; /* "" when no message named it */
    const char *instance;
    const char *contact;
    const char *user_agent;
    const char *address; /* NULL: not known, as all texts above */
    const char *public_address;
    const char *server;
    const char *transport;
    Nsec first_seen;
    Nsec last_seen;

    /* How it stood last. */
    bool current;          /* the newest run knows it; else the rest is of an older one */
    const char *condition; /* as reg_condition_name(); "unknown" when nothing was said */
    const char *state;
    const char *because;
    Nsec since;
    Nsec until;          /* when the registration runs out */
    Nsec good;           /* stable or settling: since when nothing went wrong; else NSEC_NONE */
    const char *finding; /* the worst that stands; NULL */
    const char *summary;
} StoreDevice;

typedef struct StoreInterval {
    const char *condition;
    const char *state;
    const char *because;
    Nsec from;
    Nsec until; /* of one that goes on: store_reader_now() */
    bool open;
} StoreInterval;

typedef struct StoreAttempt {
    Nsec first_opened;
    Nsec opened;
    Nsec closed;
    uint64_t repeated;
    const char *purpose;
    const char *outcome;
    const char *answers; /* "401 200" */
    const char *reason;
    const char *remark;
    const char *call_id;
    const char *steps; /* JSON */
} StoreAttempt;

typedef struct StoreBinding {
    const char *contact;
    const char *source;
    const char *end;
    Nsec since;
    Nsec until;
    Nsec ended;
    uint64_t granted;
    uint64_t refreshes;
} StoreBinding;

typedef struct StoreFinding {
    int64_t device; /* 0: about a capture or a source */
    const char *aor;
    const char *rule;
    const char *severity;
    const char *grade;
    Nsec from;
    Nsec until;
    uint64_t count;
    const char *summary;
    const char *advice;
    const char *settle;
    const char *evidence; /* JSON */
    Nsec resolved;        /* NSEC_NONE: it stands */
    const char *because;
    bool lost; /* nobody knows what became of it */
} StoreFinding;

/* How the time of a period was spent. */
typedef struct StoreLife {
    int64_t device;
    Nsec watched;    /* without what is not known, and without what the device gave up itself */
    Nsec registered; /* of that */
    Nsec reachable;  /* of that: registered, and nothing spoke against it */
    uint64_t findings;
    uint64_t failures; /* of these, of that severity */
} StoreLife;

/* Final answers that ended attempts, "403 Forbidden", and how often. */
typedef struct StoreRefusal {
    const char *answer;
    uint64_t attempts;
    uint64_t devices;
} StoreRefusal;
