/*
 * "From when until when was the phone registered, and could anybody reach it?"
 *
 * The bindings tell when it was registered: bindings of one device may
 * overlap, and it stays registered until the last of them is over. The
 * outages and the end of its connection tell when it was registered for
 * nothing. What is left between is a lapse, a removal, or not known; that the
 * capture ends is none of these.
 */

#include "reg/interval.h"

#include "events.h"

const char *reg_interval_state_name(RegIntervalState state)
{
    static const char *const names[] = {
        [REG_INTERVAL_UNKNOWN] = "unknown",           [REG_INTERVAL_REGISTERED] = "registered",
        [REG_INTERVAL_UNREACHABLE] = "unreachable",   [REG_INTERVAL_LAPSED] = "lapsed",
        [REG_INTERVAL_UNREGISTERED] = "unregistered",
    };

    return names[state];
}

/* What began: it opens one interval and closes the one before. */
typedef struct Turn {
    RegIntervalState state;
    const char *by;
    CaptureRef ref;
} Turn;

/* A device that reconnects does so at once. */
#define RECONNECT (2 * NSEC_SEC)

static const char taken[] = "taken by another device";

static RegInterval *last_of(GArray *row)
{
    return row->len > 0 ? &g_array_index(row, RegInterval, row->len - 1) : NULL;
}

/* Up to 'until' it is as 'turn' says, from where the row ends. */
static void go_on(GArray *row, Nsec from, Nsec until, const Turn *turn)
{
    RegInterval *last = last_of(row);

    if (until <= from)
        return;
    if (last != NULL && last->state == turn->state) {
        last->until = until;
        return;
    }
    if (last != NULL) {
        last->closed_by = turn->by;
        last->closed_ref = turn->ref;
    }
    g_array_append_val(row, ((RegInterval){ .state = turn->state,
                                            .from = from,
                                            .until = until,
                                            .opened_by = turn->by,
                                            .closed_by = "capture ends",
                                            .opened_ref = turn->ref }));
}

/* What follows a binding that no other one continues. */
static Turn turn_after(const RegBinding *binding)
{
    switch (binding->end) {
    case REG_BINDING_LAPSED:
        return (Turn){ .state = REG_INTERVAL_LAPSED, .by = "granted time ran out" };
    case REG_BINDING_REMOVED:
        return (Turn){ REG_INTERVAL_UNREGISTERED, "removed", binding->ended_by };
    case REG_BINDING_REPLACED:
        if (binding->taken_by != 0)
            return (Turn){ REG_INTERVAL_UNREGISTERED, taken, binding->ended_by };
        break;
    case REG_BINDING_UNKNOWN:
        return (Turn){ .by = "the clock was set" };
    case REG_BINDING_OPEN:
    case REG_BINDING_REFRESHED:
        break;
    }
    return (Turn){ .by = "not known" };
}

/* When the record of the device begins. */
static Nsec beginning(const RegDevice *device)
{
    Nsec from = device->first_seen;

    for (unsigned i = 0; i < device->n_bindings; i++)
        from = MIN(from, device->bindings[i].since);
    return from;
}

/* The row as far as the bindings tell it. */
static GArray *registrations(const RegDevice *device, Nsec end)
{
    GArray *row = g_array_new(false, false, sizeof(RegInterval));
    Nsec at = beginning(device);
    Turn before = { .by = device->bindings_forgotten > 0 ? "not kept" : "first message" };

    for (unsigned i = 0; i < device->n_bindings; i++) {
        const RegBinding *binding = &device->bindings[i];
        Turn accepted = { REG_INTERVAL_REGISTERED, "accepted", binding->made_by };
        Nsec since = MIN(binding->since, end);
        Nsec until = MIN(binding->until, end);

        go_on(row, at, since, &before);
        go_on(row, MAX(at, since), until, &accepted);
        if (binding->until >= at)
            before = turn_after(binding);
        at = MAX(at, MAX(since, until));
    }
    go_on(row, at, end, &before);
    return row;
}

/* A time in which a registered device could not be reached. */
typedef struct Dark {
    Nsec from;
    Nsec until; /* NSEC_MAX: it goes on */
    Turn begin;
    Turn end;
} Dark;

static Dark dark_of_outage(const RegOutage *outage)
{
    bool lost = outage->losses != 0;

    return (Dark){
        .from = outage->first.sent,
        .until = outage->back != NSEC_NONE ? outage->back : NSEC_MAX,
        .begin = { lost ? REG_INTERVAL_UNKNOWN : REG_INTERVAL_UNREACHABLE,
                   lost ? "no answer seen, and packets were lost" : "request unanswered",
                   outage->first.request },
        .end = { REG_INTERVAL_REGISTERED, "heard from again", outage->back_ref },
    };
}

/* A NAT that the capture shows, or one that must be there: a private address
 * does not get any further without. */
static bool is_behind_nat(const RegDevice *device)
{
    const NetAddr *own =
        device->n_addresses > 0 ? &device->addresses[device->n_addresses - 1].addr : NULL;

    if (device->life != NULL && device->life->nat != NULL)
        return true;
    return own != NULL && net_addr_is_private(own) && device->server.addr.version != 0
           && !net_addr_is_private(&device->server.addr);
}

/* Nobody can open a connection to who is behind a NAT: with the one that it
 * registered over, the way is gone. One that is opened again at once is not. */
static bool is_cut_off(const RegDevice *device)
{
    const RegDisconnect *disconnect = device->life->disconnect;

    return disconnect != NULL && is_behind_nat(device)
           && (disconnect->over == NSEC_NONE
               || reg_events_elapsed(disconnect->time, disconnect->over) > RECONNECT);
}

static Dark dark_of_disconnect(const RegDisconnect *disconnect)
{
    return (Dark){
        .from = disconnect->time,
        .until = disconnect->over != NSEC_NONE ? disconnect->over : NSEC_MAX,
        .begin = { REG_INTERVAL_UNREACHABLE, "connection closed", disconnect->ref },
        .end = { .state = REG_INTERVAL_REGISTERED, .by = "registers again" },
    };
}

static int by_beginning(const void *a, const void *b)
{
    const Dark *one = a, *other = b;

    return (one->from > other->from) - (one->from < other->from);
}

/* In order of time; they may overlap. */
static GArray *darks_new(const RegDevice *device)
{
    GArray *darks = g_array_new(false, false, sizeof(Dark));
    const RegLife *life = device->life;

    for (unsigned i = 0; i < life->n_outages; i++) {
        const RegOutage *outage = &life->outages[i];
        Dark dark = dark_of_outage(outage);

        if (reg_outage_is_proof(outage) || (outage->losses != 0 && !outage->cut))
            g_array_append_val(darks, dark);
    }
    if (is_cut_off(device)) {
        Dark dark = dark_of_disconnect(life->disconnect);

        g_array_append_val(darks, dark);
    }
    g_array_sort(darks, by_beginning);
    return darks;
}

/* Since when the outages are kept. */
static Nsec kept_since(const RegLife *life)
{
    return life->outages_forgotten > 0 && life->n_outages > 0 ? life->outages[0].first.sent
                                                              : NSEC_NONE;
}

/* One registered interval, with the dark times in it. */
static void add_registered(GArray *row, const RegInterval *whole, const GArray *darks, Nsec kept)
{
    Turn forgotten = { .by = "older outages are not kept" };
    Turn open = { REG_INTERVAL_REGISTERED, whole->opened_by, whole->opened_ref };
    Nsec at = CLAMP(kept, whole->from, whole->until);

    go_on(row, whole->from, at, &forgotten);
    for (unsigned i = 0; i < darks->len; i++) {
        const Dark *dark = &g_array_index(darks, Dark, i);
        Nsec from = MIN(MAX(dark->from, at), whole->until);
        Nsec until = MIN(dark->until, whole->until);

        if (until <= from)
            continue;
        go_on(row, at, from, &open);
        go_on(row, from, until, &dark->begin);
        open = dark->end;
        at = until;
    }
    go_on(row, at, whole->until, &open);
}

static GArray *with_darks(const GArray *known, const RegDevice *device)
{
    GArray *row = g_array_new(false, false, sizeof(RegInterval));
    g_autoptr(GArray) darks = darks_new(device);

    for (unsigned i = 0; i < known->len; i++) {
        const RegInterval *interval = &g_array_index(known, RegInterval, i);
        Turn turn = { interval->state, interval->opened_by, interval->opened_ref };

        if (interval->state == REG_INTERVAL_REGISTERED)
            add_registered(row, interval, darks, kept_since(device->life));
        else
            go_on(row, interval->from, interval->until, &turn);
    }
    return row;
}

GArray *reg_intervals_new(const RegDevice *device, Nsec end)
{
    g_autoptr(GArray) known = registrations(device, end);

    return device->life != NULL ? with_darks(known, device) : g_steal_pointer(&known);
}

static void add(Nsec *sum, Nsec span)
{
    if (__builtin_add_overflow(*sum, MAX(span, 0), sum))
        *sum = NSEC_MAX;
}

/* What of the row is as 'state' says. */
static Nsec time_in(const GArray *row, RegIntervalState state)
{
    Nsec sum = 0;

    for (unsigned i = 0; i < row->len; i++) {
        const RegInterval *interval = &g_array_index(row, RegInterval, i);

        if (interval->state == state)
            add(&sum, reg_events_elapsed(interval->from, interval->until));
    }
    return sum;
}

/* Somebody else took it; what the device gave up itself is nobody's loss. */
static Nsec time_taken(const GArray *row)
{
    Nsec sum = 0;

    for (unsigned i = 0; i < row->len; i++) {
        const RegInterval *interval = &g_array_index(row, RegInterval, i);

        if (interval->opened_by == taken)
            add(&sum, reg_events_elapsed(interval->from, interval->until));
    }
    return sum;
}

static void set_reachable(RegAvailability *sums, const RegDevice *device)
{
    Nsec covered = device->life != NULL ? device->life->covered : 0;

    sums->reachable_most = sums->reachable_least = sums->registered - sums->unreachable;
    if (is_behind_nat(device))
        sums->reachable_least = CLAMP(covered, 0, sums->reachable_most);
}

RegAvailability reg_device_availability(const RegDevice *device, Nsec end)
{
    g_autoptr(GArray) known = registrations(device, end);
    RegAvailability sums = {
        .registered = device->registered_before,
        .lapsed = time_in(known, REG_INTERVAL_LAPSED),
    };

    add(&sums.lapsed, device->lapsed_before);
    add(&sums.registered, time_in(known, REG_INTERVAL_REGISTERED));
    if (device->life != NULL) {
        g_autoptr(GArray) row = with_darks(known, device);

        sums.unreachable = device->life->dark_before;
        add(&sums.unreachable, time_in(row, REG_INTERVAL_UNREACHABLE));
        sums.unreachable = MIN(sums.unreachable, sums.registered);
    }
    sums.watched = sums.registered;
    add(&sums.watched, sums.lapsed);
    add(&sums.watched, time_taken(known));
    set_reachable(&sums, device);
    return sums;
}
