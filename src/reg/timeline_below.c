/*
 * What a device did before it could send anything: names that it asked for,
 * connections that it tried to open. Which names and servers these are, the
 * finding says.
 */

#include "events.h"

/* A phone sends its REGISTER as soon as it can. */
#define PATIENCE (4 * NSEC_SEC)

static void cite_run(RegEvent *event, const RegFact *fact)
{
    event->until = fact->last_time;
    event->count = fact->count;
    reg_event_cite(event, fact->first);
}

static const char *times(uint64_t n, char text[32])
{
    if (n < 2)
        return "";
    g_snprintf(text, 32, ", %" G_GUINT64_FORMAT " times", n);
    return text;
}

static void add_missing(GArray *events, Nsec time, Nsec watched)
{
    if (watched - time >= PATIENCE)
        reg_events_add(events, REG_EVENT_EXPECTED, time,
                       g_strdup("expected: REGISTER - never sent"))
            ->missing = true;
    else
        reg_events_add(events, REG_EVENT_CAPTURE_END, MAX(time, watched),
                       g_strdup("the capture ends here"));
}

static Nsec add_lookup(GArray *events, const RegLookup *lookup)
{
    char rcode[NET_DNS_WORD], n[32];
    Nsec last = NSEC_NONE;

    if (lookup->asked.count > 0) {
        cite_run(reg_events_add(events, REG_EVENT_NAME_ASKED, lookup->asked.first_time,
                                g_strdup_printf("asks for the address of the registrar%s",
                                                times(lookup->asked.count, n))),
                 &lookup->asked);
        last = lookup->asked.last_time;
    }
    if (lookup->refused.count > 0) {
        cite_run(reg_events_add(events, REG_EVENT_NAME_REFUSED, lookup->refused.first_time,
                                g_strdup_printf("%s, no address%s",
                                                net_dns_rcode_name(lookup->rcode, rcode),
                                                times(lookup->refused.count, n))),
                 &lookup->refused);
        last = MAX(last, lookup->refused.last_time);
    }
    return last;
}

static void add_tls(GArray *events, const RegTls *tls)
{
    const char *side = tls->by_server ? "the server" : "the phone";
    char alert[NET_TLS_WORD];
    char *text;

    if (tls->end == REG_TLS_ALERT)
        text = g_strdup_printf("%s objects: alert %s", side, net_tls_alert_name(tls->alert, alert));
    else if (tls->end == REG_TLS_GAVE_UP)
        text = g_strdup("the phone objects: encrypted alert");
    else
        text = g_strdup_printf("%s ends the handshake", side);

    RegEvent *event = reg_events_add(events, REG_EVENT_TLS_FAILED, tls->failed.last_time, text);

    event->direction = tls->by_server ? REG_DIRECTION_TO_DEVICE : REG_DIRECTION_TO_SERVER;
    reg_event_cite(event, tls->failed.last);
}

static Nsec newest_of(const RegLink *link, const RegFact *begun)
{
    Nsec newest = begun->count > 0 ? begun->last_time : NSEC_NONE;

    if (link->refused.count > 0)
        newest = MAX(newest, link->refused.last_time);
    return link->tls.end != REG_TLS_NO_END ? MAX(newest, link->tls.failed.last_time) : newest;
}

static Nsec add_link(GArray *events, const RegLink *link)
{
    char n[32];
    const RegFact *begun = link->tried.count > 0 ? &link->tried : &link->tls.hello;

    if (begun->count > 0)
        cite_run(reg_events_add(events, REG_EVENT_CONNECTING, begun->first_time,
                                g_strdup_printf("%s to port %u%s",
                                                begun == &link->tried ? "SYN" : "TLS hello",
                                                link->server.port, times(begun->count, n))),
                 begun);
    if (link->refused.count > 0)
        cite_run(
            reg_events_add(events, REG_EVENT_CONNECTION_REFUSED, link->refused.first_time,
                           g_strdup_printf("connection refused%s", times(link->refused.count, n))),
            &link->refused);
    if (link->tls.end != REG_TLS_NO_END)
        add_tls(events, &link->tls);
    return newest_of(link, begun);
}

void reg_events_add_below(GArray *events, const RegDevice *device)
{
    const RegLookup *lookup = device->lookup;
    const RegLink *link = device->link;

    if (lookup != NULL) {
        Nsec last = add_lookup(events, lookup);

        if (lookup->over == NSEC_NONE && link == NULL)
            add_missing(events, last, lookup->watched);
    }
    if (link != NULL) {
        Nsec last = add_link(events, link);

        if (link->over == NSEC_NONE)
            add_missing(events, last, link->watched);
    }
}
