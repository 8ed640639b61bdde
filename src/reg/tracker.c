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
    if (tracker->sink.forgotten != NULL)
        tracker->sink.forgotten(device->public.id, tracker->sink.user);
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

static void limit_tables(RegTracker *tracker, const RegRoom *room)
{
    cache_limit(tracker->chains, room->chains);
    cache_limit(tracker->settled, room->settled_chains);
    sites_limit(tracker->sites, room);
    crowds_limit(tracker->crowds, room);
    clients_limit(tracker->clients, room->clients);
    nats_limit(tracker->nats, room->nats);
    pairs_limit(tracker->pairs, room);
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
    reg_tracker_use_secrets(tracker, config->secrets);
    if (config->stability != NULL)
        tracker->agenda = agenda_new();
    tracker->nats = nats_new();
    tracker->names = names_new();
    tracker->flows = flows_new();
    tracker->devices = devices_new(config->max_devices, config->max_bytes, forget_device, tracker);
    tracker->inbounds =
        inbounds_new(tracker->flows, tracker->names, tracker->sites, &tracker->ledger);
    tracker->chains = new_table(tracker, "reg.chains", config->chain_idle);
    tracker->settled = new_table(tracker, "reg.settled_chains", config->settled_idle);
    limit_tables(tracker, &config->room);
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
    agenda_free(tracker->agenda);
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

/* A login is judged in one go when its chain closes, so nothing of the old ones is held. */
void reg_tracker_use_secrets(RegTracker *tracker, const RegSecrets *secrets)
{
    bool some = secrets != NULL && reg_secrets_size(secrets) > 0;

    tracker->config.secrets = secrets;
    g_clear_pointer(&tracker->digest, reg_digest_free);
    tracker->digest = some ? reg_digest_new() : NULL;
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

/* Anybody can send halves of messages to a server. */
static void note_loss(RegTracker *tracker, const NetEvent *event)
{
    bool gap = event->kind == NET_EVENT_GAP;

    if ((gap || event->kind == NET_EVENT_FRAGMENTS)
        && !sites_is_stranger(tracker->sites, &event->meta.flow))
        ledger_add(&tracker->ledger, gap ? REG_LOSS_GAP : REG_LOSS_FRAGMENTS, event->meta.time);
}

void reg_tracker_event(RegTracker *tracker, const NetEvent *event)
{
    tracker_see_time(tracker, event->meta.time);
    sites_event(tracker->sites, event);
    note_loss(tracker, event);
    tracker_take_event(tracker, event);
}

void reg_tracker_loss(RegTracker *tracker, RegLoss kind, Nsec time)
{
    ledger_add(&tracker->ledger, kind, time);
}

void reg_tracker_blind(RegTracker *tracker, RegLoss kind, Nsec from, Nsec until)
{
    ledger_add_span(&tracker->ledger, kind, from, until);
}

void reg_tracker_advance(RegTracker *tracker, Nsec now)
{
    tracker_see_time(tracker, now);
    cache_advance(tracker->settled, now);
    cache_advance(tracker->chains, now);
    devices_advance(tracker->devices);
    heap_advance(&tracker->heap);
}

/* How a binding ended whose time ran out. When the capture's clock was set since, or packets were
 * lost of which one may have been the refresh, nobody knows whether it did. */
RegBindingEnd tracker_end_of_time(const RegTracker *tracker, const Device *device)
{
    const RegBinding *newest = device_newest_binding(device);

    if (newest == NULL)
        return REG_BINDING_LAPSED;

    uint32_t set = ledger_between(&tracker->ledger, newest->since, tracker->now) & REG_LOSS_CLOCK;
    uint32_t lost =
        ledger_between(&tracker->ledger, newest->renewed, tracker->now) & REG_LOSS_DROPS;

    return set != 0 || lost != 0 ? REG_BINDING_UNKNOWN : REG_BINDING_LAPSED;
}

/* The end of the captures of those places that show it. */
Nsec tracker_watched_until(const RegTracker *tracker, const Device *device)
{
    Nsec until = NSEC_NONE;

    for (unsigned i = 0; i < DEVICE_HOPS; i++) {
        if (device->hops[i] != NULL)
            until = MAX(until, sites_watched_until(tracker->sites, device->hops[i]->place));
    }
    return until != NSEC_NONE ? MIN(until, tracker->now) : tracker->now;
}

/* A gateway may have failed with all of its accounts at first. */
bool tracker_is_scanned(const RegTracker *tracker, const Device *device)
{
    const Flow *flow = device->hops[0];

    if (flow == NULL)
        return device->public.scanner;
    if (sites_registers(tracker->sites, &flow->end.device.addr))
        return false;
    return device->public.scanner || sites_is_scanner(tracker->sites, &flow->end.device.addr);
}

static void finish_device(RegTracker *tracker, Device *device)
{
    Nsec end = tracker_watched_until(tracker, device);

    device->public.unwatched = tracker->now - end;
    flows_settle(device);
    life_finish(device, end);
    outages_finish(device);
    binding_finish(device, end, tracker_end_of_time(tracker, device), tracker->sink.binding,
                   tracker->sink.user);
    device->public.scanner = tracker_is_scanned(tracker, device);
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
