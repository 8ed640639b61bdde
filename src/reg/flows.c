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

static uint64_t ends_hash(const void *key)
{
    return net_flow_pair_hash(key);
}

static bool ends_equal(const void *a, const void *b)
{
    return net_flow_pair_equal(a, b);
}

static void drop_flow(void *item, CacheDrop why, void *user)
{
    g_free(item);
}

Flows *flows_new(void)
{
    Flows *flows = g_new0(Flows, 1);

    flows->flows = cache_new(&(CacheConfig){
        .name = "reg.flows",
        .max_items = SIZE_MAX, /* a device has one flow */
        .hash = ends_hash,
        .equal = ends_equal,
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

static Flow *take_flow(Flows *flows, const NetFlow *ends, Nsec now)
{
    Flow *flow = cache_peek(flows->flows, ends);

    if (flow == NULL) {
        flow = g_new0(Flow, 1);
        flow->ends = *ends;
        flow->first_keepalive = flow->last_keepalive = NSEC_NONE;
        cache_add(flows->flows, flow, &flow->ends, sizeof(Flow), now);
    }
    flow->n_devices++;
    return flow;
}

void flows_bind(Flows *flows, Device *device, const NetFlow *ends, Nsec now)
{
    Flow *before = device->flow;

    if (before != NULL && before->newest == device)
        before->newest = NULL;
    if (before != NULL && ends != NULL && net_flow_equal(&before->ends, ends)) {
        before->newest = device;
        return;
    }
    flows_settle(device);
    device->flow = ends != NULL ? take_flow(flows, ends, now) : NULL;
    if (device->flow != NULL)
        device->flow->newest = device;
    device->keepalives_found = device->flow != NULL ? device->flow->keepalives : 0;
    if (before != NULL && --before->n_devices == 0)
        cache_remove(flows->flows, before);
}

void flows_settle(Device *device)
{
    const Flow *flow = device->flow;
    RegDevice *public = &device->public;

    if (flow == NULL || flow->keepalives == device->keepalives_found)
        return;
    public->keepalives += flow->keepalives - device->keepalives_found;
    device->keepalives_found = flow->keepalives;
    if (public->first_keepalive == NSEC_NONE)
    public->first_keepalive = flow->first_keepalive;
    public->last_keepalive = MAX(public->last_keepalive, flow->last_keepalive);
}

void flows_keepalive(Flows *flows, const NetMeta *meta)
{
    Flow *flow = cache_peek(flows->flows, &meta->flow); /* its age does not matter */

    if (flow == NULL)
        return;
    if (flow->keepalives++ == 0)
        flow->first_keepalive = meta->time;
    flow->last_keepalive = meta->time;
}

Device *flows_device(const Flows *flows, const NetFlow *ends)
{
    const Flow *flow = cache_peek(flows->flows, ends);

    return flow != NULL ? flow->newest : NULL;
}

CacheStats flows_stats(const Flows *flows)
{
    return cache_stats(flows->flows);
}
