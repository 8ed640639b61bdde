#pragma once

/*
 * The tracker's own state, for the files it is written in.
 */

#include "chains.h"
#include "clients.h"
#include "devices.h"
#include "flows.h"
#include "ledger.h"
#include "reg/tracker.h"
#include "sites.h"

struct RegTracker {
    RegConfig config;
    RegSink sink;
    Devices *devices;
    Cache *chains;  /* by number; for their idle time */
    Cache *settled; /* those that were accepted: nothing is awaited but late copies */
    Flows *flows;
    Sites *sites;
    Clients *clients; /* hosts that have sent no REGISTER yet */
    Ledger ledger;
    RegDigest *digest; /* NULL: there are no secrets to check with */
    RegStats stats;
    Nsec now;
};

static inline void tracker_see_time(RegTracker *tracker, Nsec time)
{
    tracker->now = MAX(tracker->now, time);
}

/* Judges a chain, keeps its short record and frees it: the drop function of
 * the table of chains. */
void tracker_close_chain(void *item, CacheDrop why, void *user);

/* Something happened below SIP: whom it concerns. */
void tracker_take_event(RegTracker *tracker, const NetEvent *event);

/* The capture is over: what failed below SIP goes to the devices that it
 * concerns, and to new ones where nobody is known at the address. */
void tracker_blame(RegTracker *tracker);
