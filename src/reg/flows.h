#pragma once

/*
 * The paths over which devices registered, and what passes on them.
 *
 * A path is known by the device's end of it, as seen at the capture. Every
 * packet in either direction is life of a NAT's mapping, so all of them are
 * noted here, whether SIP or not.
 */

#include "devices.h"
#include "nats.h"
#include "sip/framer.h"

typedef struct FlowEnd {
    NetEndpoint device;
    NetTransport transport;
} FlowEnd;

/* Packets of the device that follow each other closer than this are one burst;
 * no NAT in use forgets a mapping that fast. */
#define FLOW_BURST (5 * NSEC_SEC)

/* One flow (RFC 5626 section 3.1); several accounts of a gateway may share it. */
typedef struct Flow {
    CacheItem item;
    FlowEnd end;
    NetEndpoint server; /* of the newest REGISTER */
    uint32_t place;     /* CapturePlace it was seen at */
    bool outside;       /* beyond the NAT of its device */
    bool proxied;       /* the end is a proxy's: what passes there is not the device's own */
    Nsec made;
    unsigned n_devices;
    Device *newest;  /* that registered over it; NULL: it has moved on */
    Device *waiting; /* others that wait for a sign of life, see flow_wait() */
    RegNat *nat;     /* that it goes through, or NULL */

    uint64_t keepalives;
    Nsec first_keepalive;
    Nsec last_keepalive;
    uint64_t pings_in; /* keep-alives from the server */

    /* Times of the newest packets; NSEC_NONE: there was none. */
    Nsec last_out;       /* of the device to the server ... */
    Nsec last_in;        /* ... and back */
    Nsec last_any;       /* with whomever the device spoke over this port */
    Nsec last_said;      /* the newest of the device that was more than an empty TCP segment */
    CaptureRef last_ref; /* between device and server */

    Nsec quiet;   /* the silence that the newest packet ended; NSEC_NONE: nothing was before it */
    Nsec unheard; /* the same, since the device's last packet before it */
    CaptureRef quiet_ref; /* the packet before that silence */
    NatCertainty found;   /* in which state that silence found the mapping */

    Nsec burst_from; /* the device's newest burst */
    Nsec burst_until;
    bool burst_is_new; /* its first packet has certainly made the mapping */
    bool heard_server; /* something came back in that burst */
    bool streams;      /* and the device sent once more, late enough */

    /* The newest silence of more than a second that the device ended. */
    Nsec pause;
    Nsec pause_until;
    CaptureRef pause_ref; /* the packet before it */

    NetEndpoint told; /* its address outside, by the newest answer that told it */
    NetEndpoint told_by;
    Nsec told_at;
    CaptureRef told_ref;
} Flow;

typedef struct Flows Flows;

Flows *flows_new(void);
void flows_free(Flows *flows);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Flows, flows_free)

/* The device registers over this path from now on, with a request that was seen on the hops
 * of 'step' too (NULL: nowhere else). Where it leaves another path of the same kind for it,
 * that stands in 'left' (only endpoints, times and refs of it are of use); returns false when
 * it was on this path already or left none. */
bool flows_bind(Flows *flows, Device *device, const RegStep *step, const SipTxn *txn, Flow *left);
void flows_unbind(Flows *flows, Device *device); /* it is forgotten */

/* The device's hop that is farthest from it; NULL: none of its own. */
Flow *device_path(const Device *device);

/* Whether 'end' is the device's own on one of its hops. */
bool device_has_end(const Device *device, const NetEndpoint *end, NetTransport transport);

/* Writes the keep-alives since the device came to its flow into its record. */
void flows_settle(Device *device);

/* A packet of a path in either direction; 'empty': a TCP segment without data. NULL when it
 * does not go between a device and the server that it registers with. 'outgoing': sent by the
 * device. */
Flow *flows_packet(Flows *flows, const NetMeta *meta, bool empty, bool *outgoing);

/* The same packet was a keep-alive. */
void flow_keepalive(Flow *flow, Nsec time, bool outgoing);

/* Between exactly these: another port of the server is another mapping to many NATs. */
bool flow_is_between(const Flow *flow, const NetFlow *ends);

/* In which state its mapping is after the newest packet. */
NatCertainty flow_certainty(const Flow *flow);

/* A packet of any device of the flow counts for all; only the newest one is told for nothing.
 * Another one is in the list of those that wait, until flow_next_waiting() takes it out. */
void flow_wait(Flow *flow, Device *device);
Device *flow_next_waiting(Flow *flow); /* NULL: nobody */

/* The path with this end on the device's side; NULL: none. */
Flow *flows_find(const Flows *flows, const NetEndpoint *device, NetTransport transport);

/* Who registered last over the flow with these ends, in either direction; NULL:
 * nobody. */
Device *flows_device(const Flows *flows, const NetFlow *ends);
CacheStats flows_stats(const Flows *flows);
