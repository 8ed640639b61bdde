/*
 * "When was it not registered, and why?"
 *
 * A registration that ran out, one that another device took, and one that the
 * registrar forgot although it had promised more.
 */

#include "events.h"
#include "reg/interval.h"

/* The binding that ran out at that time. */
static const RegBinding *binding_over_at(const RegDevice *device, Nsec time)
{
    for (unsigned i = device->n_bindings; i > 0; i--) {
        const RegBinding *binding = &device->bindings[i - 1];

        if (binding->end == REG_BINDING_LAPSED && binding->until == time)
            return binding;
    }
    return NULL;
}

static void add_lapse(GArray *events, const RegBinding *binding, const RegInterval *lapse, Nsec end)
{
    char span[NSEC_TEXT];
    char clock[NSEC_TEXT];
    bool over = lapse->until < end;

    nsec_to_span(reg_events_elapsed(lapse->from, lapse->until), span);
    reg_events_add(events, REG_EVENT_LAPSED, lapse->from,
                   over
                       ? g_strdup_printf("registration ran out (granted %u s): unreachable for "
                                         "%s, until %s",
                                         binding->granted, span, nsec_to_clock(lapse->until, clock))
                       : g_strdup_printf("registration ran out (granted %u s): unreachable "
                                         "since, %s until the capture ends",
                                         binding->granted, span));
}

/* Another binding stood when this one ran out, so nobody missed it. */
static void add_older_lapse(GArray *events, const RegBinding *binding)
{
    reg_events_add(events, REG_EVENT_LAPSED, binding->until,
                   g_strdup_printf("an older binding ran out: %s",
                                   binding->contact ? binding->contact : "no Contact"));
}

static bool opens_lapse(const GArray *row, const RegBinding *binding)
{
    for (unsigned i = 0; i < row->len; i++) {
        const RegInterval *interval = &g_array_index(row, RegInterval, i);

        if (interval->state == REG_INTERVAL_LAPSED && interval->from == binding->until)
            return true;
    }
    return false;
}

static void add_lapses(GArray *events, const RegDevice *device, Nsec end)
{
    g_autoptr(GArray) row = reg_intervals_new(device, end);

    for (unsigned i = 0; i < row->len; i++) {
        const RegInterval *interval = &g_array_index(row, RegInterval, i);
        const RegBinding *binding =
            interval->state == REG_INTERVAL_LAPSED ? binding_over_at(device, interval->from) : NULL;

        if (binding != NULL)
            add_lapse(events, binding, interval, end);
    }
    for (unsigned i = 0; i < device->n_bindings; i++) {
        const RegBinding *binding = &device->bindings[i];

        if (binding->end == REG_BINDING_LAPSED && binding->until < end
            && !opens_lapse(row, binding))
            add_older_lapse(events, binding);
    }
}

static void add_eviction(GArray *events, const RegEviction *eviction)
{
    RegEvent *event = reg_events_add(
        events, REG_EVENT_TAKEN, eviction->first_time,
        eviction->count <= 1
            ? g_strdup_printf("its place is taken by another device of the account, d%" //
                              G_GUINT64_FORMAT,
                              eviction->by)
            : g_strdup_printf("its place is taken by another device of the account %u times, at "
                              "last by d%" G_GUINT64_FORMAT,
                              eviction->count, eviction->by));

    event->until = eviction->last_time;
    event->count = eviction->count;
    reg_event_cite(event, eviction->first);
    if (eviction->count > 1)
        reg_event_cite(event, eviction->last);
}

static void add_forgotten(GArray *events, const RegForgotten *forgotten)
{
    char clock[NSEC_TEXT];
    RegEvent *event = reg_events_add(
        events, REG_EVENT_REGISTRAR_FORGOT, forgotten->time,
        g_strdup_printf("the registrar answers %u to %s for it, although the binding was granted "
                        "until %s",
                        forgotten->status, sip_method_name(forgotten->method),
                        nsec_to_clock(forgotten->until, clock)));

    event->until = forgotten->last;
    event->count = forgotten->count;
    reg_event_cite(event, forgotten->request);
    reg_event_cite(event, forgotten->answer);
}

void reg_events_add_bindings(GArray *events, const RegDevice *device, Nsec end)
{
    const RegLife *life = device->life;

    add_lapses(events, device, end);
    if (life != NULL && life->evicted != NULL)
        add_eviction(events, life->evicted);
    if (life != NULL && life->forgotten != NULL)
        add_forgotten(events, life->forgotten);
}
