/*
 * Flows live exactly as long as a device registers over them: the table is
 * bounded by that of the devices, which point into it, and must not forget
 * anything by itself.
 */

#include "flows.h"

#include "base/hash.h"

struct Flows {
    Cache *flows;
};

static uint64_t end_hash(const void *key)
{
    const FlowEnd *end = key;

    return hash_mix(net_endpoint_hash(&end->device), end->transport);
}

static bool end_equal(const void *a, const void *b)
{
    const FlowEnd *x = a, *y = b;

    return x->transport == y->transport && net_endpoint_equal(&x->device, &y->device);
}

static void drop_flow(void *item, CacheDrop why, void *user)
{
    Flow *flow = item;

    if (flow->nat != NULL)
        nats_release(flow->nat);
    g_free(flow);
}

Flows *flows_new(void)
{
    Flows *flows = g_new0(Flows, 1);

    flows->flows = cache_new(&(CacheConfig){
        .name = "reg.flows",
        .max_items = SIZE_MAX, /* a device has DEVICE_HOPS of them at most */
        .hash = end_hash,
        .equal = end_equal,
        .drop = drop_flow,
    });
    return flows;
}

void flows_free(Flows *flows)
{
    if (flows == NULL)
        return;
    cache_free(flows->flows);
    g_free(flows);
}

Flow *flows_find(const Flows *flows, const NetEndpoint *device, NetTransport transport)
{
    FlowEnd end = { .device = *device, .transport = transport };

    return cache_peek(flows->flows, &end); /* its age does not matter */
}

/* --- who registers over which --------------------------------------------- */

/* From now on it leads to this server: what was known of the way to another one does not
 * hold for it. */
static void begin_anew(Flow *flow, const NetEndpoint *server, Nsec now)
{
    flow->server = *server;
    flow->last_out = flow->last_any = flow->last_said = now;
    flow->last_in = flow->quiet = flow->unheard = NSEC_NONE;
    flow->pause = flow->pause_until = flow->told_at = NSEC_NONE;
    flow->burst_from = flow->burst_until = now;
    flow->burst_is_new = flow->heard_server = flow->streams = false;
    flow->found = NAT_STATE_OPEN;
}

static Flow *take_flow(Flows *flows, const SipTxn *txn)
{
    Flow *flow = flows_find(flows, &txn->hop.src, txn->hop.transport);

    if (flow == NULL) {
        flow = g_new0(Flow, 1);
        flow->end = (FlowEnd){ .device = txn->hop.src, .transport = txn->hop.transport };
        flow->place = txn->place;
        flow->made = txn->opened;
        flow->first_keepalive = flow->last_keepalive = NSEC_NONE;
        cache_add(flows->flows, flow, &flow->end, sizeof(Flow), txn->opened);
    }
    flow->n_devices++;
    return flow;
}

static void stop_waiting(Device *device)
{
    if (device->waits_on == NULL)
        return;
    *device->waiting_link = device->next_waiting;
    if (device->next_waiting != NULL)
        device->next_waiting->waiting_link = device->waiting_link;
    device->waits_on = NULL;
}

void flow_wait(Flow *flow, Device *device)
{
    if (device->waits_on != NULL)
        return;
    device->waits_on = flow;
    device->next_waiting = flow->waiting;
    device->waiting_link = &flow->waiting;
    if (flow->waiting != NULL)
        flow->waiting->waiting_link = &device->next_waiting;
    flow->waiting = device;
}

Device *flow_next_waiting(Flow *flow)
{
    Device *device = flow->waiting;

    if (device != NULL)
        stop_waiting(device);
    return device;
}

static void leave_flow(Flows *flows, Device *device, unsigned hop)
{
    Flow *flow = device->hops[hop];

    if (hop == 0)
        flows_settle(device);
    device->hops[hop] = NULL;
    if (device->waits_on == flow)
        stop_waiting(device);
    if (flow->newest == device)
        flow->newest = NULL;
    if (--flow->n_devices == 0)
        cache_remove(flows->flows, flow);
}

/* Whether the same request was seen there as well: then it is another hop, and not one that
 * the device has left. */
static bool carries(const Flow *flow, const RegStep *step)
{
    for (unsigned i = 0; step != NULL && i < step->n_sightings; i++) {
        if (net_endpoint_equal(&step->sightings[i]->hop.src, &flow->end.device))
            return true;
    }
    return false;
}

/* Both on the same side of a NAT and toward the same server: the one took the
 * place of the other. */
static bool is_alike(const Flow *flow, const NetFlow *ends)
{
    return net_addr_equal(&flow->server.addr, &ends->dst.addr)
           && net_addr_is_private(&flow->end.device.addr) == net_addr_is_private(&ends->src.addr);
}

/* The hop in whose place the new one comes; DEVICE_HOPS: in nobody's. Of two that are alike,
 * as with a NAT behind another, the one whose address is the same. */
static unsigned hop_left_for(const Device *device, const RegStep *step, const NetFlow *ends)
{
    unsigned found = DEVICE_HOPS;

    for (unsigned i = 0; i < DEVICE_HOPS; i++) {
        const Flow *flow = device->hops[i];

        if (flow == NULL || carries(flow, step) || !is_alike(flow, ends))
            continue;
        if (net_addr_equal(&flow->end.device.addr, &ends->src.addr))
            return i;
        if (found == DEVICE_HOPS)
            found = i;
    }
    return found;
}

static unsigned free_hop(const Device *device)
{
    unsigned hop = 0;

    while (hop < DEVICE_HOPS - 1 && device->hops[hop] != NULL)
        hop++;
    return hop;
}

static bool go_on(Device *device, const SipTxn *txn)
{
    for (unsigned i = 0; i < DEVICE_HOPS; i++) {
        Flow *flow = device->hops[i];

        if (flow == NULL || flow->end.transport != txn->hop.transport
            || !net_endpoint_equal(&flow->end.device, &txn->hop.src))
            continue;
        flow->newest = device;
        if (!net_endpoint_equal(&flow->server, &txn->hop.dst))
            begin_anew(flow, &txn->hop.dst, txn->opened);
        return true;
    }
    return false;
}

static void come_to(Flows *flows, Device *device, unsigned hop, const SipTxn *txn)
{
    Flow *flow = take_flow(flows, txn);

    flow->newest = device;
    if (!net_endpoint_equal(&flow->server, &txn->hop.dst))
        begin_anew(flow, &txn->hop.dst, txn->opened);
    device->hops[hop] = flow;
    if (hop == 0)
        device->keepalives_found = flow->keepalives;
}

bool flows_bind(Flows *flows, Device *device, const RegStep *step, const SipTxn *txn, Flow *left)
{
    if (go_on(device, txn))
        return false;

    unsigned hop = hop_left_for(device, step, &txn->hop);
    bool leaves = hop < DEVICE_HOPS;

    if (leaves) {
        *left = *device->hops[hop];
        left->nat = NULL;
    } else {
        hop = free_hop(device);
    }
    if (device->hops[hop] != NULL)
        leave_flow(flows, device, hop);
    come_to(flows, device, hop, txn);
    return leaves;
}

void flows_unbind(Flows *flows, Device *device)
{
    for (unsigned i = 0; i < DEVICE_HOPS; i++) {
        if (device->hops[i] != NULL)
            leave_flow(flows, device, i);
    }
}

Flow *device_path(const Device *device)
{
    Flow *path = NULL;

    for (unsigned i = 0; i < DEVICE_HOPS; i++) {
        Flow *flow = device->hops[i];

        if (flow != NULL && !flow->proxied && (path == NULL || flow->outside))
            path = flow;
    }
    return path;
}

bool device_has_end(const Device *device, const NetEndpoint *end, NetTransport transport)
{
    for (unsigned i = 0; i < DEVICE_HOPS; i++) {
        const Flow *flow = device->hops[i];

        if (flow != NULL && net_endpoint_equal(&flow->end.device, end)
            && flow->end.transport == transport)
            return true;
    }
    return false;
}

void flows_settle(Device *device)
{
    const Flow *flow = device->hops[0];
    RegDevice *public = &device->public;

    if (flow == NULL || flow->keepalives == device->keepalives_found)
        return;
    public->keepalives += flow->keepalives - device->keepalives_found;
    device->keepalives_found = flow->keepalives;
    if (public->first_keepalive == NSEC_NONE)
    public->first_keepalive = flow->first_keepalive;
    public->last_keepalive = MAX(public->last_keepalive, flow->last_keepalive);
}

/* --- what passes ---------------------------------------------------------- */

/* Linux counts a mapping as a stream from two seconds after its first packet on; the rest is
 * for the way between the NAT and the capture. */
#define STREAMS_AFTER (2 * NSEC_SEC + 500 * NSEC_MSEC)
#define FRESH_UNTIL (2 * NSEC_SEC - 200 * NSEC_MSEC)

static void extend_burst(Flow *flow, Nsec time)
{
    if (nsec_since(flow->burst_until, time) > FLOW_BURST) {
        flow->burst_from = time;
        flow->burst_is_new = flow->heard_server = flow->streams = false;
    }
    flow->burst_until = MAX(flow->burst_until, time);
    flow->streams |= flow->heard_server && nsec_since(flow->burst_from, time) > STREAMS_AFTER;
}

static void note_outgoing(Flow *flow, Nsec time, bool empty)
{
    if (flow->quiet != NSEC_NONE && flow->quiet > NSEC_SEC) {
        flow->pause = flow->unheard;
        flow->pause_until = time;
        flow->pause_ref = flow->quiet_ref;
    }
    extend_burst(flow, time);
    flow->last_out = MAX(flow->last_out, time);
    if (!empty)
        flow->last_said = MAX(flow->last_said, time);
}

static void note_packet(Flow *flow, const NetMeta *meta, bool empty, bool outgoing)
{
    Nsec time = meta->time;

    flow->found = flow_certainty(flow);
    flow->quiet = nsec_since(flow->last_any, time);
    flow->unheard = nsec_since(flow->last_out, time);
    flow->quiet_ref = flow->last_ref;
    flow->last_ref = meta->ref;
    flow->last_any = MAX(flow->last_any, time);
    if (outgoing) {
        note_outgoing(flow, time, empty);
    } else {
        flow->heard_server = true;
        flow->last_in = MAX(flow->last_in, time);
    }
}

static bool leads_to(const Flow *flow, const NetEndpoint *server)
{
    return net_endpoint_equal(&flow->server, server);
}

bool flow_is_between(const Flow *flow, const NetFlow *ends)
{
    const NetEndpoint *device = &flow->end.device;

    if (flow->end.transport != ends->transport)
        return false;
    return net_endpoint_equal(device, &ends->src)
               ? leads_to(flow, &ends->dst)
               : net_endpoint_equal(device, &ends->dst) && leads_to(flow, &ends->src);
}

/* To a NAT that does not look at the other end (RFC 4787 section 4.1) it is life too. */
static void note_stranger(Flow *flow, Nsec time)
{
    if (flow != NULL)
        flow->last_any = MAX(flow->last_any, time);
}

Flow *flows_packet(Flows *flows, const NetMeta *meta, bool empty, bool *outgoing)
{
    const NetFlow *ends = &meta->flow;
    Flow *from = flows_find(flows, &ends->src, ends->transport);
    Flow *to = NULL;

    *outgoing = from != NULL && leads_to(from, &ends->dst);
    if (!*outgoing)
        to = flows_find(flows, &ends->dst, ends->transport);
    if (!*outgoing && (to == NULL || !leads_to(to, &ends->src))) {
        note_stranger(from, meta->time);
        note_stranger(to, meta->time);
        return NULL;
    }
    note_packet(*outgoing ? from : to, meta, empty, *outgoing);
    return *outgoing ? from : to;
}

void flow_keepalive(Flow *flow, Nsec time, bool outgoing)
{
    if (flow->keepalives++ == 0)
        flow->first_keepalive = time;
    flow->last_keepalive = time;
    flow->pings_in += !outgoing;
}

/* Packets of the device that follow each other closely pass through one mapping; what lies
 * before them may have been another. */
NatCertainty flow_certainty(const Flow *flow)
{
    if (flow->streams)
        return NAT_STATE_STREAM;
    return flow->burst_is_new && nsec_since(flow->burst_from, flow->last_any) < FRESH_UNTIL
               ? NAT_STATE_FRESH
               : NAT_STATE_OPEN;
}

Device *flows_device(const Flows *flows, const NetFlow *ends)
{
    const Flow *from = flows_find(flows, &ends->src, ends->transport);

    if (from != NULL && net_addr_equal(&from->server.addr, &ends->dst.addr))
        return from->newest;

    const Flow *to = flows_find(flows, &ends->dst, ends->transport);

    return to != NULL && net_addr_equal(&to->server.addr, &ends->src.addr) ? to->newest : NULL;
}

CacheStats flows_stats(const Flows *flows)
{
    return cache_stats(flows->flows);
}
