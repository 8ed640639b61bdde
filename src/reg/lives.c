/*
 * Silences, moves and connections of one device.
 *
 * Nothing here grows with the capture: the newest few of each kind are kept,
 * and sums of the rest.
 */

#include "lives.h"

#include "agenda.h"
#include "sip/value.h"

Life *life_of(Device *device)
{
    if (device->life != NULL)
        return device->life;

    Life *life = g_new0(Life, 1);

    life->public.traffic.longest = life->public.traffic.longest_unheard = NSEC_NONE;
    life->public.steady = NSEC_NONE;
    life->server.accepted = life->server.silent = life->covered_to = NSEC_NONE;
    device->life = life;
    device->public.life = &life->public;
    return life;
}

void life_free(Life *life)
{
    if (life == NULL)
        return;
    if (life->nat != NULL)
        nats_release(life->nat);
    g_free(life->answered);
    g_free(life->outages);
    g_free(life->moves);
    g_free(life->disconnect);
    g_free(life->forgotten);
    g_free(life->evicted);
    g_free(life->server_move);
    g_free(life);
}

size_t life_bytes(const Life *life)
{
    if (life == NULL)
        return 0;
    return sizeof(Life) + life->public.n_outages * sizeof(RegOutage)
           + life->public.n_moves * sizeof(RegMove)
           + (life->answered != NULL ? sizeof(RegInbound) : 0)
           + (life->disconnect != NULL ? sizeof(RegDisconnect) : 0)
           + (life->forgotten != NULL ? sizeof(RegForgotten) : 0)
           + (life->evicted != NULL ? sizeof(RegEviction) : 0)
           + (life->server_move != NULL ? sizeof(RegServerMove) : 0);
}

bool life_is_bound(const Device *device, Nsec time)
{
    const RegBinding *newest = device_newest_binding(device);

    return newest != NULL && newest->end == REG_BINDING_OPEN && newest->since <= time
           && newest->until >= time;
}

/* --- silences ------------------------------------------------------------- */

/* The silence that this NAT certainly survives, of a mapping in this state; 0: not known. */
static Nsec survived(const RegNat *nat, NatCertainty certainty)
{
    RegNatState state = certainty == NAT_STATE_STREAM ? REG_NAT_STREAM : REG_NAT_FRESH;
    Nsec at_least, at_most;

    if (nat == NULL || !reg_nat_bounds(nat, state, &at_least, &at_most) || at_least == NSEC_NONE)
        return 0;
    return at_least;
}

/* Never counts a moment twice, whatever is told in which order. */
static void cover(Life *life, Nsec from, Nsec until)
{
    from = MAX(from, life->covered_to);
    if (until <= from)
        return;
    life->public.covered = nsec_after(life->public.covered, nsec_since(from, until));
    life->covered_to = until;
}

void life_cover(Device *device, Nsec from, Nsec until)
{
    const RegBinding *newest = device_newest_binding(device);

    if (newest != NULL && from != NSEC_NONE)
        cover(life_of(device), MAX(from, newest->since), MIN(until, newest->until));
}

typedef struct Silence {
    Nsec from;     /* the last packet either way ... */
    Nsec last_out; /* ... and the device's last one */
    Nsec until;
    CaptureRef ref; /* the packet that ended it; frame 0: none did */
    NatCertainty state;
} Silence;

/* What of a silence lies in the time of a binding. */
static void note_silence(Life *life, const RegBinding *binding, const Silence *silence)
{
    RegTraffic *traffic = &life->public.traffic;
    Nsec until = MIN(silence->until, binding->until);
    Nsec quiet = nsec_since(silence->from, until);
    Nsec unheard = nsec_since(MAX(silence->last_out, binding->since), until);

    if (quiet > traffic->longest) {
        traffic->longest = quiet;
        traffic->longest_from = silence->from;
        traffic->longest_ref = until == silence->until ? silence->ref : (CaptureRef){ 0 };
    }
    traffic->longest_unheard = MAX(traffic->longest_unheard, unheard);
    /* Whether packets from outside prolong it is up to the NAT (RFC 4787 section 4.3). */
    cover(life, silence->from,
          MIN(until, nsec_after(silence->last_out, survived(life->nat, silence->state))));
}

void life_packet(Device *device, const Flow *flow, const NetMeta *meta, bool outgoing)
{
    if (outgoing)
        device->public.last_heard = MAX(device->public.last_heard, meta->time);
    if (flow != device_path(device) || flow->quiet == NSEC_NONE || flow->unheard == NSEC_NONE
        || !life_is_bound(device, meta->time - flow->quiet))
        return;
    note_silence(life_of(device), device_newest_binding(device),
                 &(Silence){ .from = meta->time - flow->quiet,
                             .last_out = meta->time - flow->unheard,
                             .until = meta->time,
                             .ref = meta->ref,
                             .state = flow->found });
}

/* --- moves ---------------------------------------------------------------- */

static void add_move(Device *device, const RegMove *move)
{
    Life *life = life_of(device);
    RegLife *public = &life->public;

    if (public->n_moves == REG_MOVES) {
        public->moves_forgotten++;
        memmove(life->moves, life->moves + 1, --public->n_moves * sizeof(RegMove));
    }
    life->moves = g_renew(RegMove, life->moves, public->n_moves + 1);
    public->moves = life->moves;
    life->moves[public->n_moves++] = *move;
    if (move->kind == REG_MOVE_MAPPING || move->kind == REG_MOVE_ADDRESS)
    public->n_mapping_moves++;
}

/* What the change of a mapping tells about the NAT: the old one died after the
 * device's last packet over it. */
static void tell_nat(Device *device, const RegMove *move, Nsec last_out, NatCertainty certainty)
{
    RegNat *nat = life_of(device)->nat;

    if (nat != NULL && (move->kind == REG_MOVE_MAPPING || move->kind == REG_MOVE_ADDRESS))
        nats_moved(nat, device->public.id, last_out, certainty, move);
}

void life_move(Device *device, RegMoveKind kind, const Flow *left, Flow *flow, CaptureRef ref,
               Nsec time)
{
    RegMove move = {
        .kind = kind,
        .from = left->end.device,
        .to = flow->end.device,
        .time = time,
        .quiet = nsec_since(left->last_out, time),
        .before = left->last_ref,
        .after = ref,
    };

    add_move(device, &move);
    tell_nat(device, &move, left->last_out, flow_certainty(left));
    /* Another account of the same device may have come here before. */
    if (flow->made == time)
        flow->burst_is_new = kind == REG_MOVE_MAPPING || kind == REG_MOVE_ADDRESS;
}

/* Between the last answer that told the old address and the first packet of this burst the
 * device was silent: so that is when the mapping went, and this packet made the new one. */
static bool knows_silence(const Flow *flow)
{
    return flow->pause != NSEC_NONE && flow->pause_until == flow->burst_from
           && flow->told_at >= flow->pause_until - flow->pause;
}

static void move_told(Device *device, Flow *flow, const NetEndpoint *seen, const NetMeta *meta)
{
    bool known = knows_silence(flow);
    Nsec last_out = known ? flow->pause_until - flow->pause : NSEC_NONE;
    RegMove move = {
        .kind = net_addr_equal(&flow->told.addr, &seen->addr) ? REG_MOVE_MAPPING : REG_MOVE_ADDRESS,
        .from = flow->told,
        .to = *seen,
        .time = meta->time,
        .quiet = known ? flow->pause : NSEC_NONE,
        .before = known ? flow->pause_ref : flow->told_ref,
        .after = meta->ref,
        .told = true,
    };

    add_move(device, &move);
    tell_nat(device, &move, last_out, NAT_STATE_OPEN);
    flow->burst_is_new = known;
}

void life_told(Device *device, Flow *flow, const NetEndpoint *seen, const SipMessage *answer)
{
    const NetMeta *meta = &answer->meta;
    bool known = flow->told_at != NSEC_NONE && net_endpoint_equal(&flow->told_by, &meta->flow.src);

    if (known && !net_endpoint_equal(&flow->told, seen))
        move_told(device, flow, seen, meta);
    flow->told = *seen;
    flow->told_by = meta->flow.src;
    flow->told_at = MAX(flow->told_at, meta->time);
    flow->told_ref = meta->ref;
}

void life_booted(Device *device, const SipTxn *txn)
{
    Life *life = device->life;

    if (life == NULL)
        return;
    life->public.boots++;
    life->public.booted = txn->request->meta.ref;
    life->public.booted_time = txn->opened;
}

void life_set_nat(Device *device, RegNat *nat)
{
    Life *life = life_of(device);

    if (life->nat == nat)
        return;
    if (life->nat != NULL)
        nats_release(life->nat);
    life->nat = nats_keep(nat);
    life->public.nat = nat;
}

void life_answered(Device *device, const RegInbound *request)
{
    Life *life = life_of(device);
    RegLife *public = &life->public;

    if (request->way == REG_WAY_FLOW)
        life->answers |= 1u << request->method;
    if (public->inbound_answered++ == 0) {
        life->answered = g_new(RegInbound, 1);
        public->answered = life->answered;
        public->first_answered = request->answered;
        public->answered_alike = true;
    } else {
        public->answered_alike &= request->method == life->answered->method;
    }
    *life->answered = *request;
}

/* --- connections and servers ---------------------------------------------- */

void life_disconnected(Device *device, const NetEvent *event)
{
    Life *life = life_of(device);
    const NetFlow *ends = &event->meta.flow;

    if (life->disconnect == NULL)
        life->disconnect = g_new0(RegDisconnect, 1);
    else if (life->disconnect->over == NSEC_NONE)
        return; /* the other direction, or another hop, of the same connection */
    *life->disconnect = (RegDisconnect){
        .time = event->meta.time,
        .ref = event->meta.ref,
        .reset = event->kind == NET_EVENT_RESET,
        .by_server = !device_has_end(device, &ends->src, ends->transport),
        .over = NSEC_NONE,
    };
    life->public.disconnect = life->disconnect;
    agenda_wake(device);
}

void life_steady(Device *device, const RegStep *step, const SipTxn *txn)
{
    RegLife *life = &life_of(device)->public;
    const RegBinding *newest = device_newest_binding(device);

    if (step->removes || step->queries)
        return;
    if (life->steady == NSEC_NONE
        || (newest != NULL && newest->end == REG_BINDING_OPEN
            && txn->opened > reg_binding_overdue(newest))) {
        life->steady = txn->answered;
        life->steady_ref = txn->answer->meta.ref;
    }
}

void life_troubled(Device *device, Nsec time, bool recovered)
{
    RegLife *life = device->life != NULL ? &device->life->public : NULL;

    if (life == NULL || (life->steady != NSEC_NONE && life->steady > time))
        return;
    life->steady = recovered ? device->public.last_accepted : NSEC_NONE;
    life->steady_ref = (CaptureRef){ 0 };
}

void life_registers(Device *device, Nsec time)
{
    Life *life = device->life;

    device->public.last_heard = MAX(device->public.last_heard, time);
    if (life != NULL && life->disconnect != NULL && life->disconnect->over == NSEC_NONE)
        life->disconnect->over = time;
}

/* A row of renewals, each asking for less. */
static void note_asked(RegSpiral *spiral, const RegStep *step, const SipTxn *txn)
{
    if (step->asked == REG_EXPIRES_NONE || txn->request == NULL)
        return;

    CaptureRef ref = txn->request->meta.ref;
    bool falls = spiral->newest_ref.frame != 0 && step->asked < spiral->newest;

    if (!falls)
        *spiral = (RegSpiral){ .first = step->asked, .first_ref = ref, .first_time = txn->opened };
    spiral->falls += falls;
    spiral->newest = step->asked;
    spiral->newest_ref = ref;
    spiral->newest_time = txn->opened;
}

static void note_server(Life *life, const SipTxn *txn)
{
    LifeServer *known = &life->server;

    if (known->accepted != NSEC_NONE && known->silent != NSEC_NONE
        && !net_addr_equal(&known->server.addr, &txn->hop.dst.addr)) {
        if (life->server_move == NULL)
            life->server_move = g_new0(RegServerMove, 1);
        *life->server_move = (RegServerMove){
            .from = known->server,
            .to = txn->hop.dst,
            .worked = known->accepted,
            .worked_ref = known->accepted_ref,
            .silent = known->silent,
            .silent_ref = known->silent_ref,
            .moved = txn->answered,
            .moved_ref = txn->answer->meta.ref,
        };
        life->public.server_move = life->server_move;
    }
    *known = (LifeServer){ .server = txn->hop.dst,
                           .accepted = txn->answered,
                           .accepted_ref = txn->answer->meta.ref,
                           .heard = txn->answered,
                           .silent = NSEC_NONE };
}

/* RFC 5626 section 4.4.1 and RFC 6223: how often the server wants to hear; 0: it does not say. */
static uint32_t seconds_of(Str text)
{
    uint32_t seconds;

    return sip_number(text, &seconds) == SIP_NUMBER_OK ? seconds : 0;
}

static void note_timers(RegTraffic *traffic, const SipMessage *answer)
{
    Str via = sip_message_first(answer, SIP_HEADER_VIA);
    Str keep;

    traffic->keep = 0;
    if (via.len > 0 && memmem(via.data, via.len, "keep=", 5) != NULL
        && sip_param_find(sip_message_via(answer).params, "keep", &keep))
        traffic->keep = seconds_of(keep);
    traffic->flow_timer = seconds_of(sip_message_first(answer, SIP_HEADER_FLOW_TIMER));
}

void life_accepted(Device *device, const RegStep *step, const SipTxn *txn)
{
    Life *life = life_of(device);

    if (!step->removes && !step->queries)
        note_asked(&life->public.spiral, step, txn);
    note_server(life, txn);
    note_timers(&life->public.traffic, txn->answer);
}

static bool is_at(const LifeServer *known, const SipTxn *txn)
{
    return known->accepted != NSEC_NONE && net_addr_equal(&known->server.addr, &txn->hop.dst.addr);
}

void life_server_heard(Device *device, const SipTxn *txn)
{
    LifeServer *known = device->life != NULL ? &device->life->server : NULL;

    if (known == NULL || !is_at(known, txn))
        return;
    known->heard = MAX(known->heard, txn->answered);
    known->silent = NSEC_NONE;
}

void life_unanswered(Device *device, const SipTxn *txn)
{
    LifeServer *known = device->life != NULL ? &device->life->server : NULL;

    if (known == NULL || txn->request == NULL || !is_at(known, txn) || known->silent != NSEC_NONE
        || txn->opened < known->heard)
        return;
    known->silent = txn->opened;
    known->silent_ref = txn->request->meta.ref;
}

/* --- the end -------------------------------------------------------------- */

static void finish_silence(Device *device, const Flow *path, Nsec now)
{
    const RegBinding *newest = device_newest_binding(device);
    Nsec last = MAX(path->last_any, path->last_out);

    if (newest != NULL && last != NSEC_NONE && life_is_bound(device, last) && now > last)
        note_silence(device->life, newest,
                     &(Silence){ .from = last,
                                 .last_out = path->last_out,
                                 .until = now,
                                 .state = flow_certainty(path) });
}

void life_finish(Device *device, Nsec now)
{
    const Flow *path = device_path(device);

    if (path == NULL || device->life == NULL)
        return;

    RegTraffic *traffic = &device->life->public.traffic;

    finish_silence(device, path, now);
    traffic->server_only = path->pings_in >= 3 && traffic->longest != NSEC_NONE
                           && traffic->longest_unheard / 2 > traffic->longest;
}
