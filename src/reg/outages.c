/*
 * Requests that went unanswered in one silence of the device belong together:
 * whatever kept the first from it kept the others too.
 */

#include "outages.h"

#include "agenda.h"

/* The same packet on the other side of the NAT has passed by then. */
#define SIGHTING NSEC_SEC

/* One lost packet is no proof. */
static bool is_certain(const RegOutage *outage)
{
    return outage->requests >= 2 || outage->first.copies > 0;
}

/* A request from somewhere else may be filtered (RFC 4787 section 5), and one to an old
 * address shows nothing of the new one. */
bool reg_outage_is_proof(const RegOutage *outage)
{
    bool at_home = outage->first.way == REG_WAY_FLOW || outage->first.way == REG_WAY_CONTACT;

    return at_home && is_certain(outage) && !outage->cut && outage->losses == 0;
}

/* --- what it tells of the NAT --------------------------------------------- */

/* That the device came back by itself, in time, shows that it had not been switched off; that
 * it answers such requests at other times, that it does not ignore them. Requests that went
 * on without an answer after it was back had another fate. */
static void tell_nat(const Life *life, RegOutage *outage)
{
    const RegInbound *first = &outage->first;

    if (outage->measured || life->nat == NULL || first->way != REG_WAY_FLOW
        || first->transport != NET_UDP || !first->seen_outside || first->unheard == NSEC_NONE)
        return;
    if (outage->back == NSEC_NONE || !outage->bound || !reg_outage_is_proof(outage)
        || outage->last.last_sent > outage->back || (life->answers & 1u << first->method) == 0)
        return;
    outage->measured = true;
    nats_dead(life->nat, first->unheard, outage->streamed ? NAT_STATE_STREAM : NAT_STATE_OPEN,
              first->sent);
}

/* --- the list ------------------------------------------------------------- */

static Nsec length_of(const RegOutage *outage)
{
    bool over = outage->bound && outage->back != NSEC_NONE;

    return over && reg_outage_is_proof(outage) ? nsec_since(outage->first.sent, outage->back) : 0;
}

static void take_out(Life *life, unsigned at)
{
    unsigned n = --life->public.n_outages;

    memmove(&life->outages[at], &life->outages[at + 1], (n - at) * sizeof(RegOutage));
}

static void drop_oldest(Life *life)
{
    RegLife *public = &life->public;

    if (!life->outages[0].back_moved)
        tell_nat(life, &life->outages[0]);
    public->dark_before = nsec_after(public->dark_before, length_of(&life->outages[0]));
    public->outages_forgotten++;
    take_out(life, 0);
}

/* Transactions are let go of in another order than they began. */
static RegOutage *insert(Life *life, Nsec sent)
{
    RegLife *public = &life->public;

    if (public->n_outages == REG_OUTAGES)
        drop_oldest(life);

    unsigned at = public->n_outages++;

    life->outages = g_renew(RegOutage, life->outages, public->n_outages);
    public->outages = life->outages;
    for (; at > 0 && life->outages[at - 1].first.sent > sent; at--)
        life->outages[at] = life->outages[at - 1];
    return &life->outages[at];
}

/* The device's silence tells for requests over its path. Requests that are sent somewhere
 * else are not brought nearer by what it sends: there the next answer counts. */
static bool belongs_to(const RegOutage *outage, const Unanswered *unanswered)
{
    const RegInbound *request = unanswered->request;

    if (outage->first.way != request->way)
        return false;
    if (request->way == REG_WAY_FLOW)
        return outage->worked_until == unanswered->epoch;
    return outage->works == NSEC_NONE || request->sent < outage->works;
}

static RegOutage *find(Life *life, const Unanswered *unanswered)
{
    for (unsigned i = life->public.n_outages; i-- > 0;) {
        if (belongs_to(&life->outages[i], unanswered))
            return &life->outages[i];
    }
    return NULL;
}

static void join(RegOutage *outage, const Unanswered *unanswered)
{
    const RegInbound *request = unanswered->request;

    outage->requests++;
    if (request->sent < outage->first.sent) {
        outage->first = *request;
        outage->streamed = unanswered->around.streamed;
    }
    if (request->sent >= outage->last.sent)
        outage->last = *request;
    outage->inside_silent &= unanswered->around.inside_silent;
    outage->bound &= unanswered->around.bound;
    outage->losses |= unanswered->around.losses;
    outage->cut &= unanswered->around.cut;
    if (outage->works == NSEC_NONE) {
        outage->works = unanswered->around.works;
        outage->works_ref = unanswered->around.works_ref;
    }
}

void outages_add(Device *device, const Unanswered *unanswered)
{
    Life *life = life_of(device);
    const RegInbound *request = unanswered->request;
    RegOutage *outage = find(life, unanswered);

    life->public.inbound_unanswered++;
    agenda_wake(device);
    if (outage != NULL) {
        join(outage, unanswered);
    } else {
        outage = insert(life, request->sent);
        *outage = unanswered->around;
        outage->first = outage->last = *request;
        outage->requests = 1;
        outage->worked_until = unanswered->epoch;
    }
}

/* --- what comes after ----------------------------------------------------- */

void outages_back(Device *device, const NetMeta *meta, bool registers)
{
    Life *life = device->life;

    for (unsigned i = 0; life != NULL && i < life->public.n_outages; i++) {
        RegOutage *outage = &life->outages[i];

        if (outage->back != NSEC_NONE) {
            if (!outage->back_moved && nsec_since(outage->back, meta->time) > SIGHTING)
                tell_nat(life, outage);
            continue;
        }
        if (meta->time < outage->last.sent)
            continue;
        outage->back = meta->time;
        outage->back_ref = meta->ref;
        agenda_wake(device);
        outage->back_registers = registers;
        outage->bound &= life_is_bound(device, meta->time);
    }
}

/* A silence that this NAT is known to survive is not what ended it. */
static bool is_long_silence(const RegNat *nat, const RegOutage *outage)
{
    RegNatState state = outage->streamed ? REG_NAT_STREAM : REG_NAT_FRESH;

    return nat != NULL && outage->first.unheard > nat->bounds[state].alive;
}

/* A new port shows that the old mapping was gone when the first request failed, and no later
 * than with the new one. Another address or socket has other reasons. */
void outages_moved(Device *device, RegMoveKind kind, Nsec time)
{
    Life *life = device->life;

    for (unsigned i = 0; life != NULL && i < life->public.n_outages; i++) {
        RegOutage *outage = &life->outages[i];

        if (outage->back == NSEC_NONE || outage->back > time
            || nsec_since(outage->back, time) >= SIGHTING)
            continue;
        outage->back_moved = true;
        if (kind == REG_MOVE_MAPPING && is_long_silence(life->nat, outage))
            tell_nat(life, outage);
    }
}

/* It got through, and nothing of the device had passed since the outage: the path had been
 * open all along. */
static bool is_refuted(const RegOutage *outage, const Delivered *delivered)
{
    return outage->first.way == REG_WAY_FLOW && delivered->request->way == REG_WAY_FLOW
           && outage->last.sent <= delivered->sent
           && (outage->back == NSEC_NONE || outage->back > delivered->sent);
}

static bool is_over(const RegOutage *outage, const Delivered *delivered)
{
    if (outage->works != NSEC_NONE || delivered->sent < outage->last.sent)
        return false;
    return outage->first.way != REG_WAY_FLOW
           || (delivered->request->way == REG_WAY_FLOW && outage->back != NSEC_NONE
               && outage->back <= delivered->sent);
}

void outages_delivered(Device *device, const Delivered *delivered)
{
    Life *life = life_of(device);

    for (unsigned i = life->public.n_outages; i-- > 0;) {
        RegOutage *outage = &life->outages[i];

        if (is_refuted(outage, delivered)) {
            take_out(life, i);
            agenda_wake(device);
        } else if (is_over(outage, delivered)) {
            outage->works = delivered->sent;
            outage->works_ref = delivered->ref;
            agenda_wake(device);
        }
    }
}

void outages_finish(Device *device)
{
    Life *life = device->life;

    for (unsigned i = 0; life != NULL && i < life->public.n_outages; i++) {
        if (!life->outages[i].back_moved)
            tell_nat(life, &life->outages[i]);
    }
}
