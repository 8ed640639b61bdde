/*
 * What happened to a device between its messages: a registration that ran out,
 * an address that changed, keep-alives.
 */

#include "events.h"

/* When the device can be reached again after 'lapsed' ran out: at once when
 * another binding stands, NSEC_NONE when never. */
static Nsec reachable_again(const RegDevice *device, const RegBinding *lapsed)
{
    Nsec again = NSEC_NONE;

    for (unsigned i = 0; i < device->n_bindings; i++) {
        const RegBinding *binding = &device->bindings[i];

        if (binding == lapsed || binding->until <= lapsed->until)
            continue;
        if (binding->since <= lapsed->until)
            return lapsed->until;
        if (again == NSEC_NONE || binding->since < again)
            again = binding->since;
    }
    return again;
}

static bool has_lapsed(const RegBinding *binding, Nsec end)
{
    return binding->end == REG_BINDING_LAPSED && binding->until != NSEC_NONE
           && (end == NSEC_NONE || binding->until <= end);
}

static char *lapse_text(const RegBinding *binding, Nsec again, Nsec end)
{
    char span[NSEC_TEXT];
    char clock[NSEC_TEXT];

    if (again == binding->until)
        return g_strdup_printf("an older binding ran out: %s",
                               binding->contact ? binding->contact : "no Contact");
    if (again != NSEC_NONE)
        return g_strdup_printf("registration ran out (granted %u s): unreachable for %s, until %s",
                               binding->granted,
                               nsec_to_span(reg_events_elapsed(binding->until, again), span),
                               nsec_to_clock(again, clock));
    if (end == NSEC_NONE)
        return g_strdup_printf("registration ran out (granted %u s)", binding->granted);
    return g_strdup_printf("registration ran out (granted %u s): unreachable since, %s until the "
                           "capture ends",
                           binding->granted,
                           nsec_to_span(reg_events_elapsed(binding->until, end), span));
}

/* The same Contact from another source: a NAT gave the device a new address or
 * port, or it opened a new connection. */
static void add_move(GArray *events, const RegBinding *before, const RegBinding *after)
{
    char old_text[NET_ENDPOINT_TEXT];
    char new_text[NET_ENDPOINT_TEXT];

    if (net_endpoint_equal(&before->source, &after->source) || after->since == NSEC_NONE
        || g_strcmp0(before->contact, after->contact) != 0)
        return;
    reg_events_add(events, REG_EVENT_MOVED, after->since,
                   g_strdup_printf("now registered from %s, before from %s",
                                   net_endpoint_to_text(&after->source, new_text),
                                   net_endpoint_to_text(&before->source, old_text)));
}

void reg_events_add_bindings(GArray *events, const RegDevice *device, Nsec end)
{
    for (unsigned i = 0; i < device->n_bindings; i++) {
        const RegBinding *binding = &device->bindings[i];

        if (i > 0)
            add_move(events, &device->bindings[i - 1], binding);
        if (has_lapsed(binding, end)) {
            Nsec again = reachable_again(device, binding);

            reg_events_add(events, REG_EVENT_LAPSED, binding->until,
                           lapse_text(binding, again, end));
        }
    }
}

Nsec reg_timeline_unreachable(const RegDevice *device, Nsec end)
{
    Nsec dark = 0;
    Nsec counted = NSEC_NONE; /* two lapses may share their silence */

    for (unsigned i = 0; i < device->n_bindings; i++) {
        const RegBinding *binding = &device->bindings[i];

        if (!has_lapsed(binding, end))
            continue;

        Nsec from = MAX(binding->until, counted);
        Nsec until = reg_events_known(reachable_again(device, binding), end);

        if (until != NSEC_NONE && until > from) {
            dark = MIN(dark, NSEC_MAX - reg_events_elapsed(from, until))
                   + reg_events_elapsed(from, until);
            counted = until;
        }
    }
    return dark;
}

void reg_events_add_keepalives(GArray *events, const RegDevice *device)
{
    char span[NSEC_TEXT];

    if (device->keepalives == 0 || device->first_keepalive == NSEC_NONE)
        return;

    Nsec last = reg_events_known(device->last_keepalive, device->first_keepalive);
    RegEvent *event = reg_events_add(events, REG_EVENT_KEEPALIVES, device->first_keepalive, NULL);

    event->until = last;
    event->count = device->keepalives;
    event->text =
        device->keepalives == 1
            ? g_strdup("one keep-alive")
            : g_strdup_printf("%" G_GUINT64_FORMAT " keep-alives, every %s on average",
                              device->keepalives,
                              reg_events_interval(reg_events_elapsed(device->first_keepalive, last)
                                                      / (Nsec)(device->keepalives - 1),
                                                  span));
}
