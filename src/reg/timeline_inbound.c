/*
 * "Did anybody reach it?"
 *
 * What was sent toward a device and whether it answered: every time in which
 * it did not is told with its end, the answered requests are one event.
 */

#include "events.h"

static char *requests_text(const RegOutage *outage)
{
    const char *first = sip_method_name(outage->first.method);
    const char *last = sip_method_name(outage->last.method);

    if (outage->requests <= 1)
        return reg_events_sent(first, (uint64_t)outage->first.copies + 1);
    if (first == last)
        return g_strdup_printf("%u %s", outage->requests, first);
    return g_strdup_printf("%u requests, %s first and %s last", outage->requests, first, last);
}

/* Where they went, when that was not back over the path of the registration. */
static const char *way_text(RegWay way)
{
    switch (way) {
    case REG_WAY_FLOW:
        break;
    case REG_WAY_OTHER_SOURCE:
        return " from another host than it registered with";
    case REG_WAY_OLD_FLOW:
        return " to an address that it had before";
    case REG_WAY_CONTACT:
        return " to the address in its Contact";
    }
    return "";
}

static char *silence_text(const RegOutage *outage, Nsec end)
{
    Nsec from = outage->first.sent;
    char span[NSEC_TEXT];
    char clock[NSEC_TEXT];

    if (outage->cut)
        return g_strdup("and the capture ends");
    if (outage->losses != 0)
        return g_strdup("no answer in this capture, which does not show everything");
    if (!outage->bound)
        return g_strdup("no answer");
    if (outage->back != NSEC_NONE)
        return g_strdup_printf("no answer: unreachable for %s, until %s",
                               nsec_to_span(reg_events_elapsed(from, outage->back), span),
                               nsec_to_clock(outage->back, clock));
    if (end == NSEC_NONE)
        return g_strdup("no answer: unreachable");
    return g_strdup_printf("no answer: unreachable since, %s until the capture ends",
                           nsec_to_span(reg_events_elapsed(from, end), span));
}

static void add_back(GArray *events, const RegOutage *outage)
{
    g_autoptr(GString) text = g_string_new("heard from again");
    char span[NSEC_TEXT];

    if (outage->back_registers)
        g_string_append(text, ": REGISTER");
    if (outage->back_moved)
        g_string_append(text, outage->back_registers ? " from another public address or port"
                                                     : ", from another public address or port");
    if (outage->works != NSEC_NONE)
        g_string_append_printf(text, "; the next request, %s later, is answered",
                               nsec_to_span(reg_events_elapsed(outage->back, outage->works), span));

    RegEvent *event = reg_events_add(events, REG_EVENT_BACK, outage->back,
                                     g_string_free(g_steal_pointer(&text), FALSE));

    reg_event_cite(event, outage->back_ref);
}

static void add_outage(GArray *events, const RegOutage *outage, Nsec end)
{
    bool open = outage->cut || outage->losses != 0;
    g_autofree char *requests = requests_text(outage);
    g_autofree char *silence = silence_text(outage, end);
    RegEvent *event =
        reg_events_add(events, open ? REG_EVENT_INBOUND : REG_EVENT_UNREACHABLE, outage->first.sent,
                       g_strdup_printf("%s%s, %s", requests, way_text(outage->first.way), silence));

    event->until = outage->last.last_sent;
    event->count = MAX(outage->requests, 1);
    reg_event_cite(event, outage->first.request);
    if (outage->requests > 1)
        reg_event_cite(event, outage->last.request);
    if (!open && outage->back != NSEC_NONE)
        add_back(events, outage);
}

static char *answered_text(const RegLife *life)
{
    const RegInbound *newest = life->answered;
    const char *method = sip_method_name(newest->method);
    Nsec all = reg_events_elapsed(life->first_answered, newest->answered);
    char span[NSEC_TEXT];

    if (life->inbound_answered <= 1)
        return g_strdup_printf("%s answered: %u", method, newest->status);
    if (!life->answered_alike)
        return g_strdup_printf("%" G_GUINT64_FORMAT " requests answered, at last %s: %u",
                               life->inbound_answered, method, newest->status);
    return g_strdup_printf("%" G_GUINT64_FORMAT " %s answered, every %s on average",
                           life->inbound_answered, method,
                           reg_events_interval(all / (Nsec)(life->inbound_answered - 1), span));
}

static void add_answered(GArray *events, const RegLife *life)
{
    const RegInbound *newest = life->answered;
    RegEvent *event =
        reg_events_add(events, REG_EVENT_INBOUND, life->first_answered, answered_text(life));

    event->until = newest->answered;
    event->count = MAX(life->inbound_answered, 1);
    reg_event_cite(event, newest->request);
    reg_event_cite(event, newest->answer);
}

void reg_events_add_inbound(GArray *events, const RegDevice *device, Nsec end)
{
    const RegLife *life = device->life;

    if (life == NULL)
        return;
    if (life->outages_forgotten > 0)
        reg_events_add(events, REG_EVENT_FORGOTTEN, device->first_seen,
                       g_strdup_printf("%" G_GUINT64_FORMAT
                                       " earlier times without an answer are not kept",
                                       life->outages_forgotten))
            ->count = life->outages_forgotten;
    for (unsigned i = 0; i < life->n_outages; i++)
        add_outage(events, &life->outages[i], end);
    if (life->answered != NULL)
        add_answered(events, life);
}
