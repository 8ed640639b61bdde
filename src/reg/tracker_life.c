/*
 * What happens to a device between its REGISTERs: packets on its path, a path
 * that becomes another one, requests for it and for its account.
 */

#include "binding.h"
#include "identity.h"
#include "lives.h"
#include "rivals.h"
#include "state.h"

/* --- packets -------------------------------------------------------------- */

/* What arrives beside the device has passed its NAT. Slow answers are life too; only what
 * ends a silence shows that the NAT let it in. Where the capture shows the outside as well,
 * that is the better place. */
static void note_alive(const RegTracker *tracker, const Device *device, const Flow *flow,
                       const NetMeta *meta)
{
    if (flow->outside || flow != device_path(device) || flow->nat == NULL
        || flow->quiet == NSEC_NONE || flow->quiet <= NSEC_SEC)
        return;
    if (ledger_between(&tracker->ledger, meta->time - flow->quiet, meta->time) == 0)
        nats_alive(flow->nat, flow->quiet, flow->found);
}

/* What passes on a flow of several accounts is life for all of them. */
static void hear_others(Flow *flow, const NetMeta *meta, const SipMessage *message)
{
    for (Device *device; (device = flow_next_waiting(flow)) != NULL;) {
        if (device != flow->newest)
            inbound_heard(device, meta, message);
    }
}

/* A device's host acknowledges segments by itself, whatever the device does. */
static Flow *see_packet(RegTracker *tracker, const NetMeta *meta, const SipMessage *message,
                        bool empty)
{
    bool outgoing;
    Flow *flow = flows_packet(tracker->flows, meta, empty, &outgoing);
    Device *device = flow != NULL && !flow->proxied ? flow->newest : NULL;

    if (flow == NULL || flow->proxied)
        return NULL;
    if (device != NULL && device->life != NULL) {
        if (!outgoing)
            note_alive(tracker, device, flow, meta);
        life_packet(device, flow, meta, outgoing);
        if (outgoing && !empty)
            inbound_heard(device, meta, message);
    }
    if (outgoing && !empty)
        hear_others(flow, meta, message);
    return flow;
}

void tracker_see_message(RegTracker *tracker, const SipMessage *message)
{
    see_packet(tracker, &message->meta, message, false);
}

static RegTraffic *traffic_of(const Flow *flow)
{
    Device *device = flow != NULL ? flow->newest : NULL;

    return device != NULL && device->life != NULL ? &device->life->public.traffic : NULL;
}

void tracker_see_keepalive(RegTracker *tracker, const NetMeta *meta, SipKeepalive kind)
{
    Flow *flow = see_packet(tracker, meta, NULL, false);
    RegTraffic *traffic = traffic_of(flow);

    if (flow != NULL)
        flow_keepalive(flow, meta->time, net_endpoint_equal(&meta->flow.src, &flow->end.device));
    if (traffic != NULL)
        traffic->kinds[kind]++;
}

void tracker_see_segment(RegTracker *tracker, const NetMeta *meta)
{
    Flow *flow = see_packet(tracker, meta, NULL, true);
    RegTraffic *traffic = traffic_of(flow);

    /* One that follows data closely acknowledges it. */
    if (traffic != NULL && flow->quiet != NSEC_NONE && flow->quiet > NSEC_SEC)
        traffic->pings++;
}

/* --- the path ------------------------------------------------------------- */

/* By its Via the phone itself is at another address than its packets come from
 * (RFC 3581), or the same REGISTER was seen nearer to the phone. */
static bool is_outside(const Device *device, const Flow *flow, const OwnEnd *own)
{
    if (flow->proxied)
        return false;
    if (own->named.addr.version != 0)
        return true;
    for (unsigned i = 0; i < DEVICE_HOPS; i++) {
        const Flow *other = device->hops[i];

        if (other != NULL && other != flow && net_addr_is_private(&other->end.device.addr)
            && !net_addr_is_private(&flow->end.device.addr)
            && net_addr_equal(&other->server.addr, &flow->server.addr))
            return true;
    }
    return false;
}

/* Its own endpoint did not change: then somebody else changed what is seen. */
static bool kept_own_end(const Device *device, const Flow *flow, const NetEndpoint *own_before)
{
    const RegDevice *public = &device->public;

    if (!flow->outside || public->n_addresses == 0
        || !net_endpoint_equal(&public->addresses[public->n_addresses - 1], own_before))
        return false;
    for (unsigned i = 0; i < DEVICE_HOPS; i++) {
        const Flow *other = device->hops[i];

        if (other != NULL && other != flow && !other->outside && !other->proxied)
            return nsec_since(other->made, flow->made) > NSEC_SEC;
    }
    return true;
}

static RegMoveKind kind_of_move(const Device *device, const Flow *left, const Flow *flow,
                                const NetEndpoint *own_before)
{
    if (flow->end.transport == NET_TCP || left->end.transport == NET_TCP)
        return REG_MOVE_STREAM;
    if (!kept_own_end(device, flow, own_before))
        return REG_MOVE_DEVICE;
    return net_addr_equal(&left->end.device.addr, &flow->end.device.addr) ? REG_MOVE_MAPPING
                                                                          : REG_MOVE_ADDRESS;
}

static void set_nat(RegTracker *tracker, Device *device, Flow *flow, const NetAddr *address,
                    Nsec now)
{
    if (flow->nat == NULL || !net_addr_equal(&flow->nat->address, address)
        || !net_addr_equal(&flow->nat->server, &flow->server.addr)) {
        RegNat *before = flow->nat;

        flow->nat = nats_find(tracker->nats, address, &flow->server.addr, flow->end.transport, now);
        nats_release(before);
    }
    life_set_nat(device, flow->nat);
}

static void leave_path(Device *device, const Flow *left, Flow *flow, const SipTxn *txn,
                       const NetEndpoint *own_before)
{
    RegMoveKind kind = kind_of_move(device, left, flow, own_before);

    inbound_heard(device, &txn->request->meta, txn->request);
    if (flow->proxied || left->proxied)
        return;
    inbound_moved(device, kind, txn->opened);
    life_move(device, kind, left, flow, txn->request->meta.ref, txn->opened);
}

void tracker_bind_path(RegTracker *tracker, Device *device, const RegStep *step, const SipTxn *txn,
                       const OwnEnd *own)
{
    Flow left;
    bool leaves = flows_bind(tracker->flows, device, step, txn, &left);
    Flow *flow = flows_find(tracker->flows, &txn->hop.src, txn->hop.transport);

    if (flow->last_ref.frame == 0)
        flow->last_ref = txn->request->meta.ref;
    flow->proxied = sip_message_via_count(txn->request) > 1;
    flow->outside = is_outside(device, flow, own);
    life_registers(device, txn->opened);
    if (leaves && device->life != NULL)
        leave_path(device, &left, flow, txn, &own->before);
    if (flow->outside && device->life != NULL)
        set_nat(tracker, device, flow, &flow->end.device.addr, txn->opened);
}

/* RFC 3261 section 18.2.1, RFC 3581 section 4. */
/* Where the capture shows the outside itself, answers tell nothing new. */
void tracker_see_told(RegTracker *tracker, Device *device, const SipMessage *answer)
{
    RegDevice *public = &device->public;
    const NetMeta *meta = &answer->meta;
    Flow *flow = flows_find(tracker->flows, &meta->flow.dst, meta->flow.transport);
    SipVia via = sip_message_via(answer);
    NetEndpoint seen = { .port = via.rport };

    if (!net_addr_parse(via.received, &seen.addr)
        || net_addr_equal(&seen.addr, &meta->flow.dst.addr))
        return;
    device_add_endpoint(public->public_addresses, &public->n_public_addresses, &seen);
    if (flow == NULL || flow->outside || flow != device_path(device) || flow->newest != device
        || device->life == NULL || via.rport == 0)
        return;
    life_told(device, flow, &seen, answer);
    if (flow->end.transport == NET_UDP)
        set_nat(tracker, device, flow, &seen.addr, meta->time);
}

/* --- bindings ------------------------------------------------------------- */

void tracker_accept_binding(RegTracker *tracker, Device *device, const RegStep *step,
                            const SipTxn *txn)
{
    Flow *path = device_path(device);

    binding_accept(device, step, txn, tracker->sink.binding, tracker->sink.user);
    if (step->removes || step->queries)
        return;
    life_accepted(device, step, txn);
    rivals_listed(device, step, txn, tracker->sink.binding, tracker->sink.user);
    names_bind(tracker->names, device, &txn->hop.dst.addr);
    if (path != NULL && path->outside)
        set_nat(tracker, device, path, &path->end.device.addr, txn->answered);
}

static bool had_request(const Device *device, Nsec since)
{
    const RegLife *life = device->public.life;

    return inbound_since(device, since)
           || (life != NULL && life->answered != NULL && life->answered->sent >= since);
}

static void forget_at(Device *device, const SipTxn *txn)
{
    Life *life = life_of(device);
    const RegBinding *newest = device_newest_binding(device);
    RegForgotten *forgotten = life->forgotten;

    if (forgotten == NULL) {
        forgotten = life->forgotten = g_new0(RegForgotten, 1);
        *forgotten = (RegForgotten){ .method = txn->method,
                                     .status = txn->status,
                                     .request = txn->opened_ref,
                                     .answer = txn->answer->meta.ref,
                                     .time = txn->answered,
                                     .until = newest->until,
                                     .granted = newest->renewed_by };
        life->public.forgotten = forgotten;
    }
    forgotten->count++;
    forgotten->last = txn->answered;
    agenda_wake(device);
}

/* "Not found", "gone" and "temporarily unavailable": what a registrar says of an
 * account without a binding (RFC 3261 sections 16.5, 21.4.5 and 21.4.18). */
static bool is_unbound(uint16_t status)
{
    return status == 404 || status == 410 || status == 480;
}

/* What asks for a device, and begins no sooner than with this. */
static bool asks_for_device(SipMethod method)
{
    return method == SIP_METHOD_INVITE || method == SIP_METHOD_MESSAGE
           || method == SIP_METHOD_OPTIONS || method == SIP_METHOD_REFER;
}

/* The devices of the account that the answer names, newest first; NULL: none is known. */
static Device *find_account(const RegTracker *tracker, const SipMessage *answer)
{
    SipNameAddr to = sip_name_addr_parse(sip_message_first(answer, SIP_HEADER_TO));
    g_autofree char *aor = sip_uri_to_aor(&to.uri);
    Device *device = devices_peek(tracker->devices, aor);

    if (device == NULL)
        device = names_by_alias(tracker->names, &to.uri);
    return device != NULL ? device_siblings(device) : NULL;
}

void tracker_see_refusal(RegTracker *tracker, const SipTxn *txn)
{
    bool tells = txn->request_seen && is_unbound(txn->status) && asks_for_device(txn->method);
    Device *first = tells ? find_account(tracker, txn->answer) : NULL;

    for (Device *device = first; device != NULL; device = device->next) {
        if (had_request(device, txn->opened))
            return; /* it may have refused by itself */
        if (device_has_end(device, &txn->hop.src, txn->hop.transport))
            return; /* who calls itself hears all kinds of things */
    }
    for (Device *device = first; device != NULL; device = device->next) {
        if (life_is_bound(device, txn->answered)
            && net_addr_equal(&device->public.server.addr, &txn->hop.dst.addr))
            forget_at(device, txn);
    }
}
