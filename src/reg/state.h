#pragma once

/*
 * The tracker's own state, for the files it is written in.
 */

#include "agenda.h"
#include "base/heap.h"
#include "chains.h"
#include "clients.h"
#include "crowds.h"
#include "devices.h"
#include "flows.h"
#include "inbound.h"
#include "ledger.h"
#include "names.h"
#include "pairs.h"
#include "reg/tracker.h"
#include "sites.h"

struct RegTracker {
    RegConfig config;
    RegSink sink;
    Devices *devices;
    Cache *chains;  /* by number; for their idle time */
    Cache *settled; /* those that were accepted: nothing is awaited but late copies */
    Flows *flows;
    Nats *nats;
    Names *names;
    Inbounds *inbounds;
    Sites *sites;
    Crowds *crowds;
    Clients *clients; /* hosts that have sent no REGISTER yet */
    Pairs *pairs;     /* the same message at two places */
    Ledger ledger;
    Agenda *agenda;    /* NULL: nobody looks at devices before the end */
    RegDigest *digest; /* NULL: there are no secrets to check with */
    RegStats stats;
    Nsec now;
    Heap heap; /* what grows in it are the tables above */
};

static inline void tracker_see_time(RegTracker *tracker, Nsec time)
{
    tracker->now = MAX(tracker->now, time);
}

/* Judges a chain, keeps its short record and frees it: the drop function of
 * the table of chains. */
void tracker_close_chain(void *item, CacheDrop why, void *user);

/* A packet that may be life of some device's path; the last: a TCP segment without data. */
void tracker_see_message(RegTracker *tracker, const SipMessage *message);
void tracker_see_keepalive(RegTracker *tracker, const NetMeta *meta, SipKeepalive kind);
void tracker_see_segment(RegTracker *tracker, const NetMeta *meta);

/* The device's own end of a path. */
typedef struct OwnEnd {
    NetEndpoint before; /* as it was known before this request */
    NetEndpoint named;  /* as its Via names it; of version 0: as the packet shows it */
} OwnEnd;

/* A REGISTER was seen on a hop: the device's path goes there from now on. 'step': where else
 * it was seen, or NULL. */
void tracker_bind_path(RegTracker *tracker, Device *device, const RegStep *step, const SipTxn *txn,
                       const OwnEnd *own);

/* An answer tells what the server saw of the device. */
void tracker_see_told(RegTracker *tracker, Device *device, const SipMessage *answer);

/* The registrar accepted a step, and so the binding. */
void tracker_accept_binding(RegTracker *tracker, Device *device, const RegStep *step,
                            const SipTxn *txn);

/* A request that is no REGISTER got its answer from a server: whether one of its devices
 * was forgotten there. */
void tracker_see_refusal(RegTracker *tracker, const SipTxn *txn);

/* Something happened below SIP: whom it concerns. */
void tracker_take_event(RegTracker *tracker, const NetEvent *event);

/* The end of the captures of those places that show the device. */
Nsec tracker_watched_until(const RegTracker *tracker, const Device *device);

/* How its newest binding ended, if its time ran out. */
RegBindingEnd tracker_end_of_time(const RegTracker *tracker, const Device *device);

/* Whether it is one account of many that its source tries. */
bool tracker_is_scanned(const RegTracker *tracker, const Device *device);

/* The capture is over: what failed below SIP goes to the devices that it
 * concerns, and to new ones where nobody is known at the address. */
void tracker_blame(RegTracker *tracker);
