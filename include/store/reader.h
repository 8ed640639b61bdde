#pragma once

/*
 * What the history knows, for those who ask: never writes, and sees the
 * database as it was when it was opened, whatever is written meanwhile.
 *
 * Texts belong to the reader and live as long as it. Lists are GArrays of the
 * structs below; g_array_unref() them. A list that an error cut short is told by
 * store_reader_failed().
 */

#include <glib.h>
#include <stdbool.h>

#include "base/nsec.h"

typedef struct StoreReader StoreReader;

/* NULL with 'error' set: it cannot be read, or not by this whyreg. */
StoreReader *store_reader_open(const char *path, GError **error);
void store_reader_free(StoreReader *reader);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(StoreReader, store_reader_free)

/* True, with 'error' set: something could not be read. */
bool store_reader_failed(const StoreReader *reader, GError **error);

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

/* Of StoreRun, oldest first. */
GArray *store_reader_runs(StoreReader *reader, StorePeriod period);

/* False: there is none. */
bool store_reader_newest_run(StoreReader *reader, StoreRun *run);

/* Until when what the history says is known: the newest run's newest time. */
Nsec store_reader_now(StoreReader *reader);

/* Whether somebody writes it now, by the age of the heartbeat. */
#define STORE_HEARTBEAT (10 * NSEC_SEC)
bool store_run_is_alive(const StoreRun *run, Nsec wall);

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

GArray *store_reader_captures(StoreReader *reader, int64_t run); /* of StoreCapture */

/* A time for which nothing, or not everything, is known. */
typedef struct StoreLoss {
    const char *kind; /* "blind", "dropped_kernel" ... as in docs/history.md */
    const char *what; /* or NULL */
    Nsec from;
    Nsec until;
    uint64_t count;
} StoreLoss;

GArray *store_reader_losses(StoreReader *reader, StorePeriod period); /* of StoreLoss */

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

/* All devices; of StoreDevice, by account. */
GArray *store_reader_devices(StoreReader *reader);

/* Those that one pattern means: an account with or without its host, an address with or without
 * port, and with "*" and "?" or when there is no such account or address also a Contact, an
 * instance, a user agent. */
GArray *store_reader_find(StoreReader *reader, const char *pattern);

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

/* Of one device, in time order, as far as they reach into the period. */
GArray *store_reader_intervals(StoreReader *reader, int64_t device, StorePeriod period);
GArray *store_reader_attempts(StoreReader *reader, int64_t device, StorePeriod period);
GArray *store_reader_bindings(StoreReader *reader, int64_t device, StorePeriod period);

/* 'device' 0: of all devices and of none; the worst first. */
GArray *store_reader_findings(StoreReader *reader, int64_t device, StorePeriod period);

/* How the time of a period was spent. */
typedef struct StoreLife {
    int64_t device;
    Nsec watched;    /* without what is not known, and without what the device gave up itself */
    Nsec registered; /* of that */
    Nsec reachable;  /* of that: registered, and nothing spoke against it */
    uint64_t findings;
    uint64_t failures; /* of these, of that severity */
} StoreLife;

/* Of StoreLife, by device: those with an interval or a finding in the period. 'device' 0: all. */
GArray *store_reader_lives(StoreReader *reader, int64_t device, StorePeriod period);

/* NULL: there is none of that device. */
const StoreLife *store_life_find(const GArray *lives, int64_t device);

/* Final answers that ended attempts, "403 Forbidden", and how often. */
typedef struct StoreRefusal {
    const char *answer;
    uint64_t attempts;
    uint64_t devices;
} StoreRefusal;

GArray *store_reader_refusals(StoreReader *reader,
                              StorePeriod period); /* the most frequent first */
