/*
 * The tracker: from transactions to attempts, devices and bindings.
 *
 * It learns of a transaction when its request is first seen and of the answer
 * when that comes, so that its picture is always up to date; a chain is judged
 * once, when nothing can be added to it any more.
 */

#include "reg/tracker.h"

#include "base/hash.h"
#include "binding.h"
#include "lives.h"
#include "outages.h"
#include "state.h"

const RegConfig reg_config_default = {
    .max_chains = 131072,
    .max_devices = 1048576,
    .max_bytes = (size_t)4096 * 1024 * 1024,
    .max_attempts_kept = 16,
    .chain_idle = 32 * NSEC_SEC,  /* timer F, RFC 3261 section 17.1.2.2 */
    .settled_idle = 3 * NSEC_SEC, /* the first two copies of a request come within 1.5 s */
    .vantage = REG_VANTAGE_UNKNOWN,
};

static uint64_t chain_hash(const void *key)
{
    return hash_bytes(key, sizeof(uint64_t));
}

static bool chain_equal(const void *a, const void *b)
{
    return *(const uint64_t *)a == *(const uint64_t *)b;
}

static void forget_device(Device *device, void *user)
{
    RegTracker *tracker = user;

    while (device->open != NULL) {
        device->open->losses |= REG_LOSS_FORGOTTEN;
        cache_remove(device->open->table, device->open);
    }
    inbound_forget(device);
    names_forget(tracker->names, device);
    flows_unbind(tracker->flows, device);
}

static Cache *new_table(RegTracker *tracker, const char *name, Nsec idle)
{
    return cache_new(&(CacheConfig){
        .name = name,
        .max_items = tracker->config.max_chains,
        .idle = idle,
        .hash = chain_hash,
        .equal = chain_equal,
        .drop = tracker_close_chain,
        .user = tracker,
    });
}

RegTracker *reg_tracker_new(const RegConfig *config, const RegSink *sink)
{
    RegTracker *tracker = g_new0(RegTracker, 1);

    tracker->config = *config;
    tracker->sink = *sink;
    tracker->now = NSEC_NONE;
    tracker->sites = sites_new();
    tracker->clients = clients_new();
    tracker->crowds = crowds_new();
    tracker->pairs = pairs_new();
    if (config->secrets != NULL && reg_secrets_size(config->secrets) > 0)
        tracker->digest = reg_digest_new();
    tracker->nats = nats_new();
    tracker->names = names_new();
    tracker->flows = flows_new();
    tracker->devices = devices_new(config->max_devices, config->max_bytes, forget_device, tracker);
    tracker->inbounds =
        inbounds_new(tracker->flows, tracker->names, tracker->sites, &tracker->ledger);
    tracker->chains = new_table(tracker, "reg.chains", config->chain_idle);
    tracker->settled = new_table(tracker, "reg.settled_chains", config->settled_idle);
    return tracker;
}

void reg_tracker_free(RegTracker *tracker)
{
    if (tracker == NULL)
        return;
    tracker->sink = (RegSink){ 0 };
    cache_free(tracker->settled);
    cache_free(tracker->chains);
    devices_free(tracker->devices);
    flows_free(tracker->flows);
    names_free(tracker->names);
    nats_free(tracker->nats);
    inbounds_free(tracker->inbounds);
    crowds_free(tracker->crowds);
    sites_free(tracker->sites);
    clients_free(tracker->clients);
    pairs_free(tracker->pairs);
    reg_digest_free(tracker->digest);
    g_free(tracker);
}

void reg_tracker_add_capture(RegTracker *tracker, const CaptureInfo *info)
{
    sites_add_capture(tracker->sites, info);
    pairs_add_place(tracker->pairs, info->place);
}

void reg_tracker_message(RegTracker *tracker, SipMessage *message)
{
    tracker_see_time(tracker, message->meta.time);
    tracker_see_message(tracker, message);
    sites_message(tracker->sites, message);
    pairs_message(tracker->pairs, message);
    if (message->anomalies & SIP_CUT_SHORT)
        ledger_add(&tracker->ledger, REG_LOSS_TRUNCATED, message->meta.time);
    if (message->is_request)
        clients_go_on(tracker->clients, &message->meta.flow.src.addr, message->meta.time);
}

void reg_tracker_keepalive(RegTracker *tracker, const NetMeta *meta, SipKeepalive kind)
{
    tracker_see_time(tracker, meta->time);
    tracker_see_keepalive(tracker, meta, kind);
}

void reg_tracker_event(RegTracker *tracker, const NetEvent *event)
{
    tracker_see_time(tracker, event->meta.time);
    sites_event(tracker->sites, event);
    if (event->kind == NET_EVENT_GAP)
        ledger_add(&tracker->ledger, REG_LOSS_GAP, event->meta.time);
    else if (event->kind == NET_EVENT_FRAGMENTS)
        ledger_add(&tracker->ledger, REG_LOSS_FRAGMENTS, event->meta.time);
    tracker_take_event(tracker, event);
}

void reg_tracker_loss(RegTracker *tracker, RegLoss kind, Nsec time)
{
    ledger_add(&tracker->ledger, kind, time);
}

void reg_tracker_advance(RegTracker *tracker, Nsec now)
{
    tracker_see_time(tracker, now);
    cache_advance(tracker->settled, now);
    cache_advance(tracker->chains, now);
    devices_advance(tracker->devices);
}

/* How a binding ended whose time ran out; when the capture's clock was set
 * since, nobody knows whether it did. */
static RegBindingEnd end_of_time(const RegTracker *tracker, const Device *device)
{
    const RegBinding *newest = device_newest_binding(device);
    bool clock_set =
        newest != NULL
        && (ledger_between(&tracker->ledger, newest->since, tracker->now) & REG_LOSS_CLOCK);

    return clock_set ? REG_BINDING_UNKNOWN : REG_BINDING_LAPSED;
}

/* The end of the captures of those places that show it. */
static Nsec watched_until(const RegTracker *tracker, const Device *device)
{
    Nsec until = NSEC_NONE;

    for (unsigned i = 0; i < DEVICE_HOPS; i++) {
        if (device->hops[i] != NULL)
            until = MAX(until, sites_watched_until(tracker->sites, device->hops[i]->place));
    }
    return until != NSEC_NONE ? MIN(until, tracker->now) : tracker->now;
}

static void finish_device(RegTracker *tracker, Device *device)
{
    const Flow *flow = device->hops[0];
    Nsec end = watched_until(tracker, device);

    device->public.unwatched = tracker->now - end;
    flows_settle(device);
    life_finish(device, end);
    outages_finish(device);
    binding_finish(device, end, end_of_time(tracker, device), tracker->sink.binding,
                   tracker->sink.user);
    if (flow == NULL)
        return;
    /* A gateway may have failed with all of its accounts at first. */
    if (sites_registers(tracker->sites, &flow->end.device.addr))
        device->public.scanner = false;
    else if (sites_is_scanner(tracker->sites, &flow->end.device.addr))
        device->public.scanner = true;
}

void reg_tracker_finish(RegTracker *tracker, const NetStats *net)
{
    cache_clear(tracker->settled);
    cache_clear(tracker->chains);
    tracker_blame(tracker);

    g_autoptr(GPtrArray) devices = devices_all(tracker->devices);

    for (unsigned i = 0; i < devices->len; i++)
        finish_device(tracker, g_ptr_array_index(devices, i));
    tracker->stats.devices = devices->len;
    tracker->stats.devices_forgotten = devices_forgotten(tracker->devices);
    sites_finish(tracker->sites, net);
    crowds_finish(tracker->crowds, tracker->sites, devices);
}

Nsec reg_tracker_now(const RegTracker *tracker)
{
    return tracker->now;
}

void reg_tracker_each_device(const RegTracker *tracker,
                             void (*visit)(const RegDevice *device, void *user), void *user)
{
    g_autoptr(GPtrArray) devices = devices_all(tracker->devices);

    for (unsigned i = 0; i < devices->len; i++) {
        const Device *device = g_ptr_array_index(devices, i);

        visit(&device->public, user);
    }
}

void reg_tracker_each_site(const RegTracker *tracker,
                           void (*visit)(const RegSite *site, void *user), void *user)
{
    sites_each(tracker->sites, visit, user);
    nats_each(tracker->nats, visit, user);
    crowds_each(tracker->crowds, visit, user);
}

const RegCaptureSite *reg_tracker_capture(const RegTracker *tracker, unsigned index)
{
    return sites_capture(tracker->sites, index);
}

const RegStats *reg_tracker_stats(const RegTracker *tracker)
{
    return &tracker->stats;
}

unsigned reg_tracker_tables(const RegTracker *tracker, CacheStats *tables, unsigned max)
{
    const CacheStats own[] = { devices_stats(tracker->devices), cache_stats(tracker->chains),
                               cache_stats(tracker->settled),   flows_stats(tracker->flows),
                               clients_stats(tracker->clients), nats_stats(tracker->nats) };
    unsigned n = MIN(max, (unsigned)G_N_ELEMENTS(own));

    memcpy(tables, own, n * sizeof(*own));
    n += pairs_tables(tracker->pairs, tables + n, max - n);
    n += crowds_tables(tracker->crowds, tables + n, max - n);
    return n + sites_tables(tracker->sites, tables + n, max - n);
}
