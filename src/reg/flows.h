#pragma once

/*
 * The pairs of endpoints over which devices registered, and what keeps the
 * path between them open.
 */

#include "devices.h"
#include "sip/framer.h"

/* One flow (RFC 5626 section 3.1); several accounts of a gateway may share it. */
typedef struct Flow {
    CacheItem item;
    NetFlow ends; /* from the device to the server */
    unsigned n_devices;
    Device *newest; /* that registered over it; NULL: it has moved on */
    uint64_t keepalives;
    Nsec first_keepalive;
    Nsec last_keepalive;
} Flow;

typedef struct Flows Flows;

Flows *flows_new(void);
void flows_free(Flows *flows);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Flows, flows_free)

/* The device registers over this flow from now on; NULL: it is forgotten. */
void flows_bind(Flows *flows, Device *device, const NetFlow *ends, Nsec now);

/* Writes the keep-alives since the device came to its flow into its record. */
void flows_settle(Device *device);

/* Counts it when some device registered over this flow, in either direction. */
void flows_keepalive(Flows *flows, const NetMeta *meta);

/* Who registered last over the flow with these ends, in either direction; NULL:
 * nobody. */
Device *flows_device(const Flows *flows, const NetFlow *ends);
CacheStats flows_stats(const Flows *flows);
