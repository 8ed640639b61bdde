/*
 * "I called, and it did not ring."
 *
 * Whether a request arrived is told by its answer, and by what the device does
 * next.
 */

#include "inbound.h"

#include "base/hash.h"
#include "outages.h"
#include "rivals.h"
#include "ways.h"

/* An answer that is going to come has come by then (T2, RFC 3261 section 17.1.2.2). */
#define PATIENCE (4 * NSEC_SEC)

/* An ICMP error that quotes too little to name a request is about one sent just before. */
#define ICMP_DELAY (4 * NSEC_SEC)

struct Inbound {
    Inbound *next; /* of the same device */
    Inbounds *all;
    Device *device; /* NULL: it was forgotten, or the request made room for a newer one */
    unsigned n_txns;
    uint64_t call; /* what its sightings on all hops have in common */
    uint32_t cseq;
    RegInbound public;
    Nsec epoch; /* the device's last packet before it */
    NatCertainty state;
    bool bound;        /* when it was sent */
    bool certain;      /* its way is the path, whose silences are known */
    bool contradicted; /* a later one got through before the device had sent anything */
    bool prompt;       /* its own answer was the first thing that the device sent after it */
    Nsec replied;      /* the first answer of any kind; NSEC_NONE */
    CaptureRef worked_ref;
    Nsec back; /* the first packet of the device after it */
    CaptureRef back_ref;
    Nsec works;
    CaptureRef works_ref;
    bool back_registers;
    bool back_moved;
    bool back_bound;
};

struct Inbounds {
    const Flows *flows;
    const Names *names;
    const Sites *sites;
    const Ledger *ledger;
    GHashTable *targets; /* where the newest request to an end went, for ICMP errors */
};

static guint target_hash(gconstpointer key)
{
    return (guint)net_endpoint_hash(key);
}

static gboolean target_equal(gconstpointer a, gconstpointer b)
{
    return net_endpoint_equal(a, b);
}

Inbounds *inbounds_new(const Flows *flows, const Names *names, const Sites *sites,
                       const Ledger *ledger)
{
    Inbounds *inbounds = g_new0(Inbounds, 1);

    *inbounds =
        (Inbounds){ flows, names, sites, ledger, g_hash_table_new(target_hash, target_equal) };
    return inbounds;
}

void inbounds_free(Inbounds *inbounds)
{
    if (inbounds == NULL)
        return;
    g_hash_table_unref(inbounds->targets);
    g_free(inbounds);
}

/* --- whose it is ---------------------------------------------------------- */

/* Nobody answers an ACK, and a CANCEL is answered by the next hop (RFC 3261
 * section 9.1). One that came behind its own answer is decided. */
static bool wants_answer(const SipTxn *txn)
{
    return txn->request != NULL && txn->status == 0 && txn->method != SIP_METHOD_REGISTER
           && txn->method != SIP_METHOD_ACK && txn->method != SIP_METHOD_CANCEL;
}

static Inbound *find_sighting(const Device *device, const SipMessage *request)
{
    uint64_t call = hash_str(request->call_id);
    Inbound *inbound = device->inbound;

    while (inbound != NULL
           && (inbound->call != call || inbound->cseq != request->cseq
               || inbound->public.method != request->method))
        inbound = inbound->next;
    return inbound;
}

static void take_out(Inbound *inbound)
{
    Inbound **at = &inbound->device->inbound;

    while (*at != inbound)
        at = &(*at)->next;
    *at = inbound->next;
    inbound->device->n_inbound--;
    inbound->device = NULL;
}

static void let_go(Inbound *inbound)
{
    GHashTable *targets = inbound->all->targets;

    if (inbound->device != NULL)
        take_out(inbound);
    if (g_hash_table_lookup(targets, &inbound->public.to) == inbound)
        g_hash_table_remove(targets, &inbound->public.to);
    g_free(inbound);
}

/* --- on its way ----------------------------------------------------------- */

static void look_at_path(Inbound *inbound, const Flow *flow)
{
    inbound->public.quiet = flow->quiet;
    inbound->public.unheard = flow->unheard;
    inbound->state = flow->found;
    inbound->certain = true;
    inbound->epoch = flow->last_said;
    inbound->worked_ref = flow->quiet_ref;
}

static void see_hop(Inbound *inbound, const SipTxn *txn, const Flow *flow)
{
    bool outside = flow == NULL || flow->outside;

    inbound->public.seen_outside |= outside;
    inbound->public.seen_inside |= !outside;
    if (flow != NULL && flow_is_between(flow, &txn->hop) && (!inbound->certain || flow->outside))
        look_at_path(inbound, flow);
}

static Inbound *begin(Inbounds *inbounds, Device *device, RegWay way, const SipTxn *txn)
{
    const SipMessage *request = txn->request;
    Inbound *inbound = g_new0(Inbound, 1);

    *inbound = (Inbound){
        .all = inbounds,
        .device = device,
        .call = hash_str(request->call_id),
        .cseq = request->cseq,
        .epoch = device->public.last_heard,
        .bound = life_is_bound(device, request->meta.time),
        .replied = NSEC_NONE,
        .back = NSEC_NONE,
        .works = NSEC_NONE,
        .public = {
            .method = txn->method,
            .way = way,
            .transport = txn->hop.transport,
            .from = txn->hop.src,
            .to = txn->hop.dst,
            .sent = request->meta.time,
            .last_sent = request->meta.time,
            .answered = NSEC_NONE,
            .request = request->meta.ref,
            .last = request->meta.ref,
            .quiet = NSEC_NONE,
            .unheard = nsec_since(device->public.last_heard, request->meta.time),
        },
    };
    /* The first of a row tell since when, the newest whether it still is so. */
    if (device->n_inbound == DEVICE_INBOUND)
        take_out(device->inbound);
    inbound->next = device->inbound;
    device->inbound = inbound;
    device->n_inbound++;
    g_hash_table_replace(inbounds->targets, &inbound->public.to, inbound);
    return inbound;
}

void inbounds_opened(Inbounds *inbounds, SipTxn *txn)
{
    if (!wants_answer(txn))
        return;

    RegWay way;
    Flow *flow = flows_find(inbounds->flows, &txn->hop.dst, txn->hop.transport);
    Device *device = ways_find(inbounds->names, flow, txn, &way);

    if (device == NULL || device->life == NULL)
        return;
    if (way == REG_WAY_FLOW && txn->request->to_tag.len == 0)
        rivals_reached(device, txn->request->meta.time);

    Inbound *inbound = find_sighting(device, txn->request);

    if (inbound == NULL)
        inbound = begin(inbounds, device, way, txn);
    inbound->n_txns++;
    txn->owner = inbound;
    see_hop(inbound, txn, flow);
    if (flow != NULL && flow->newest != device)
        flow_wait(flow, device);
}

void inbounds_copied(Inbounds *inbounds, SipTxn *txn, const SipMessage *copy)
{
    Inbound *inbound = txn->owner;

    if (inbound == NULL || !copy->is_request)
        return;
    if (copy->meta.time >= inbound->public.last_sent) {
        inbound->public.last_sent = copy->meta.time;
        inbound->public.last = copy->meta.ref;
    }
    inbound->public.copies = MAX(inbound->public.copies, txn->request_copies);
}

/* Whether the error quotes this request, as far as it can be read. */
static bool is_quoted(const Inbound *inbound, const NetEvent *event)
{
    const NetFlow *flow = &event->meta.flow;
    const RegInbound *public = &inbound->public;

    if (public->transport != flow->transport || !net_endpoint_equal(&public->from, &flow->src))
        return false;
    if (!sip_looks_like_message(event->bytes))
        return nsec_since(public->last_sent, event->meta.time) < ICMP_DELAY;

    g_autoptr(SipMessage) quoted = sip_message_parse(&event->meta, event->bytes, SIP_CUT_SHORT);

    return quoted->is_request
           && (quoted->call_id.len == 0 || hash_str(quoted->call_id) == inbound->call);
}

void inbounds_icmp(Inbounds *inbounds, const NetEvent *event)
{
    Inbound *inbound = g_hash_table_lookup(inbounds->targets, &event->meta.flow.dst);

    if (inbound == NULL || inbound->public.icmp.frame != 0 || !is_quoted(inbound, event))
        return;
    inbound->public.icmp = event->meta.ref;
    inbound->public.icmp_type = event->icmp_type;
    inbound->public.icmp_code = event->icmp_code;
    inbound->public.icmp_reporter = event->reporter;
}

/* --- what the device does ------------------------------------------------- */

/* The path was open for this one. So it was for those before it, unless the device sent
 * something in between, which may have opened it again. */
static void tell_others(const Inbound *inbound, const Delivered *delivered)
{
    for (Inbound *other = inbound->device->inbound; other != NULL; other = other->next) {
        if (other == inbound || other->public.way != inbound->public.way
            || other->public.sent > delivered->sent)
            continue;
        if (other->back == NSEC_NONE || other->back > delivered->sent) {
            other->contradicted = true;
        } else if (other->works == NSEC_NONE) {
            other->works = delivered->sent;
            other->works_ref = delivered->ref;
        }
    }
}

static void tell_nat(const Inbound *inbound)
{
    const RegInbound *public = &inbound->public;
    const Life *life = inbound->device->life;

    if (life->nat != NULL && public->quiet != NSEC_NONE && public->seen_outside
        && ledger_between(inbound->all->ledger, public->sent - public->quiet, public->sent) == 0)
        nats_alive(life->nat, public->quiet, inbound->state);
}

/* It has it: its first answer of any kind shows that. */
static void deliver(Inbound *inbound, Nsec time)
{
    const RegInbound *public = &inbound->public;
    Delivered delivered = { public, public->sent, public->request };

    if (inbound->replied != NSEC_NONE)
        return;
    inbound->replied = time;
    inbound->prompt = inbound->back == NSEC_NONE || inbound->back >= time;
    if (!inbound->prompt) { /* which copy it was is open: the newest one at the latest */
        delivered.sent = public->last_sent;
        delivered.ref = public->last;
    }
    tell_others(inbound, &delivered);
    outages_delivered(inbound->device, &delivered);
    if (!inbound->prompt || !inbound->certain)
        return;
    tell_nat(inbound);
    if (inbound->bound)
        life_cover(inbound->device, public->sent - public->unheard, public->sent);
}

static bool is_answer_to(const SipMessage *message, const Inbound *inbound)
{
    return message != NULL && !message->is_request && message->cseq == inbound->cseq
           && message->method == inbound->public.method
           && hash_str(message->call_id) == inbound->call;
}

void inbound_heard(Device *device, const NetMeta *meta, const SipMessage *message)
{
    bool registers =
        message != NULL && message->is_request && message->method == SIP_METHOD_REGISTER;
    Inbound *replied = NULL;

    outages_back(device, meta, registers);
    for (Inbound *inbound = device->inbound; inbound != NULL; inbound = inbound->next) {
        if (meta->time < inbound->public.sent)
            continue;
        if (inbound->replied == NSEC_NONE && is_answer_to(message, inbound))
            replied = inbound;
        if (inbound->back != NSEC_NONE)
            continue;
        inbound->back = meta->time;
        inbound->back_ref = meta->ref;
        inbound->back_registers = registers;
        inbound->back_bound = life_is_bound(device, meta->time);
    }
    if (replied != NULL)
        deliver(replied, meta->time);
}

void inbound_moved(Device *device, RegMoveKind kind, Nsec time)
{
    for (Inbound *inbound = device->inbound; inbound != NULL; inbound = inbound->next)
        inbound->back_moved |= inbound->back != NSEC_NONE && inbound->back <= time
                               && nsec_since(inbound->back, time) < NSEC_SEC;
    outages_moved(device, kind, time);
}

static void count_answered(Inbound *inbound, Nsec time)
{
    inbound->public.answered = time;
    deliver(inbound, time);
    life_answered(inbound->device, &inbound->public);
}

void inbounds_answered(Inbounds *inbounds, SipTxn *txn)
{
    Inbound *inbound = txn->owner;

    if (inbound == NULL || inbound->device == NULL || inbound->public.answered != NSEC_NONE)
        return;
    inbound->public.status = txn->status;
    inbound->public.answer = txn->answer->meta.ref;
    count_answered(inbound, txn->answered);
}

/* --- what became of it ---------------------------------------------------- */

/* Until when the captures of the place that a packet was seen at have gone on; those that
 * nobody named are pieces of one only perhaps. */
static Nsec watched_at(const Inbounds *inbounds, uint32_t place, CaptureRef ref)
{
    return place != CAPTURE_PLACE_UNSAID
               ? sites_watched_until(inbounds->sites, place)
               : sites_capture(inbounds->sites, ref.capture)->info->latest;
}

/* Whether the capture beside the device went on meanwhile and does not have it. */
static bool is_inside_silent(const Inbound *inbound)
{
    const Flow *path = device_path(inbound->device);

    if (!inbound->public.seen_outside || inbound->public.seen_inside || path == NULL
        || !path->outside)
        return false;
    for (unsigned i = 0; i < DEVICE_HOPS; i++) {
        const Flow *flow = inbound->device->hops[i];

        if (flow != NULL && !flow->outside && !flow->proxied)
            return watched_at(inbound->all, flow->place, flow->last_ref)
                   > inbound->public.last_sent;
    }
    return false;
}

/* One that was let go of in time has been waited for. */
static bool is_cut(const Inbound *inbound, SipTxnEnd end, Nsec now)
{
    const RegInbound *public = &inbound->public;
    Nsec patience = public->copies >= 2 ? PATIENCE / 2 : PATIENCE;
    Nsec until = watched_at(inbound->all, public->last.place, public->last);

    return nsec_since(public->sent, end == SIP_TXN_EXPIRED ? until : MIN(until, now)) < patience;
}

static void give_up(Inbound *inbound, SipTxnEnd end, Nsec now)
{
    const RegInbound *public = &inbound->public;
    Unanswered unanswered = {
        .request = public,
        .epoch = inbound->epoch,
        .around = {
            .back = inbound->back,
            .back_ref = inbound->back_ref,
            .back_registers = inbound->back_registers,
            .back_moved = inbound->back_moved,
            .works = inbound->works,
            .works_ref = inbound->works_ref,
            .worked_ref = inbound->worked_ref,
            .inside_silent = is_inside_silent(inbound),
            .bound = inbound->bound && (inbound->back == NSEC_NONE || inbound->back_bound),
            .streamed = inbound->state == NAT_STATE_STREAM,
            .cut = is_cut(inbound, end, now),
            .losses = ledger_between(inbound->all->ledger, public->sent, MAX(now, public->sent)),
        },
    };

    if (end == SIP_TXN_FORGOTTEN)
        unanswered.around.losses |= REG_LOSS_FORGOTTEN;
    if (inbound->contradicted || !inbound->bound)
        life_of(inbound->device)->public.inbound_unanswered++;
    else
        outages_add(inbound->device, &unanswered);
}

/* A phone that rings has it: the final answer may take minutes. */
static void decide(Inbound *inbound, SipTxnEnd end, Nsec now)
{
    if (inbound->device == NULL || inbound->public.answered != NSEC_NONE)
        return;
    if (inbound->replied != NSEC_NONE)
        count_answered(inbound, inbound->replied);
    else
        give_up(inbound, end, now);
}

void inbounds_closed(Inbounds *inbounds, SipTxn *txn, Nsec now)
{
    Inbound *inbound = txn->owner;

    if (inbound == NULL)
        return;
    txn->owner = NULL;
    if (--inbound->n_txns > 0)
        return;
    decide(inbound, txn->end, now);
    let_go(inbound);
}

bool inbound_since(const Device *device, Nsec time)
{
    const Inbound *inbound = device->inbound;

    while (inbound != NULL && inbound->public.sent < time)
        inbound = inbound->next;
    return inbound != NULL;
}

void inbound_forget(Device *device)
{
    while (device->inbound != NULL)
        take_out(device->inbound);
}
