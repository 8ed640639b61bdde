/*
 * "What became of its path?"
 *
 * Addresses and connections that changed, a device that started anew, a
 * registrar that went elsewhere, and what kept the path open in between.
 */

#include "events.h"
#include "sip/framer.h"

static const char *cause_of(const RegMove *move)
{
    switch (move->kind) {
    case REG_MOVE_MAPPING:
        return "its own port is the same, the NAT made a new mapping";
    case REG_MOVE_ADDRESS:
        return "the NAT has another address";
    case REG_MOVE_DEVICE:
        return "its own address or port is another";
    case REG_MOVE_STREAM:
        return "a new connection";
    }
    return "";
}

static void add_move(GArray *events, const RegMove *move)
{
    g_autoptr(GString) text = g_string_new(NULL);
    char from[NET_ENDPOINT_TEXT], to[NET_ENDPOINT_TEXT];
    char span[NSEC_TEXT];

    g_string_printf(text, "comes from %s, before from %s: %s", net_endpoint_to_text(&move->to, to),
                    net_endpoint_to_text(&move->from, from), cause_of(move));
    if (move->quiet != NSEC_NONE)
        g_string_append_printf(text, ", after %s of silence", nsec_to_span(move->quiet, span));
    if (move->told)
        g_string_append(text, "; told by the answer's received and rport");

    RegEvent *event = reg_events_add(events, REG_EVENT_MOVED, move->time,
                                     g_string_free(g_steal_pointer(&text), FALSE));

    reg_event_cite(event, move->before);
    reg_event_cite(event, move->after);
}

static void add_disconnect(GArray *events, const RegDisconnect *disconnect)
{
    char span[NSEC_TEXT];
    const char *who = disconnect->by_server ? "server" : "device";
    const char *how = disconnect->reset ? "reset" : "closed";
    RegEvent *event = reg_events_add(
        events, REG_EVENT_DISCONNECTED, disconnect->time,
        disconnect->over == NSEC_NONE
            ? g_strdup_printf("the %s %s the connection, and no REGISTER follows", who, how)
            : g_strdup_printf(
                "the %s %s the connection; next REGISTER after %s", who, how,
                nsec_to_span(reg_events_elapsed(disconnect->time, disconnect->over), span)));

    event->direction = disconnect->by_server ? REG_DIRECTION_TO_DEVICE : REG_DIRECTION_TO_SERVER;
    reg_event_cite(event, disconnect->ref);
}

static void add_server_move(GArray *events, const RegServerMove *move)
{
    char from[NET_ENDPOINT_TEXT], to[NET_ENDPOINT_TEXT];
    RegEvent *event =
        reg_events_add(events, REG_EVENT_SERVER_MOVED, move->moved,
                       g_strdup_printf("the registrar answers at %s, and no longer at %s",
                                       net_endpoint_to_text(&move->to, to),
                                       net_endpoint_to_text(&move->from, from)));

    reg_event_cite(event, move->silent_ref);
    reg_event_cite(event, move->moved_ref);
}

static void add_restarts(GArray *events, const RegLife *life)
{
    if (life->boots == 0)
        return;

    RegEvent *event = reg_events_add(
        events, REG_EVENT_RESTARTED, life->booted_time,
        life->boots == 1 ? g_strdup("a new Call-ID and tag: it started anew")
                         : g_strdup_printf("a new Call-ID and tag: it started anew, %u times "
                                           "in all",
                                           life->boots));

    event->count = life->boots;
    reg_event_cite(event, life->booted);
}

void reg_events_add_moves(GArray *events, const RegDevice *device)
{
    const RegLife *life = device->life;

    if (life == NULL)
        return;
    if (life->moves_forgotten > 0)
        reg_events_add(events, REG_EVENT_FORGOTTEN, device->first_seen,
                       g_strdup_printf("%" G_GUINT64_FORMAT
                                       " earlier changes of address are not kept",
                                       life->moves_forgotten))
            ->count = life->moves_forgotten;
    for (unsigned i = 0; i < life->n_moves; i++)
        add_move(events, &life->moves[i]);
    if (life->disconnect != NULL)
        add_disconnect(events, life->disconnect);
    if (life->server_move != NULL)
        add_server_move(events, life->server_move);
    add_restarts(events, life);
}

static const char *const kinds[] = {
    [SIP_KEEPALIVE_CRLF] = "CRLF",         [SIP_KEEPALIVE_CRLFCRLF] = "double CRLF",
    [SIP_KEEPALIVE_ZEROS] = "zero bytes",  [SIP_KEEPALIVE_STUN] = "STUN",
    [SIP_KEEPALIVE_OTHER] = "a few bytes", [SIP_KEEPALIVE_WEBSOCKET] = "WebSocket ping or pong",
};

/* "CRLF", or "18 CRLF, 3 STUN" when there are several kinds. */
static char *kinds_text(const RegTraffic *traffic)
{
    GString *text = g_string_new(NULL);
    const char *only = NULL;
    unsigned n = 0;

    for (unsigned i = 0; i < G_N_ELEMENTS(kinds); i++) {
        if (traffic->kinds[i] == 0)
            continue;
        g_string_append_printf(text, "%s%" G_GUINT64_FORMAT " %s", n > 0 ? ", " : "",
                               traffic->kinds[i], kinds[i]);
        only = kinds[i];
        n++;
    }
    if (n == 1)
        g_string_assign(text, only);
    return g_string_free(text, FALSE);
}

static char *keepalives_text(const RegDevice *device, Nsec last)
{
    g_autofree char *named = device->life ? kinds_text(&device->life->traffic) : g_strdup("");
    g_autoptr(GString) text = g_string_new(NULL);
    char span[NSEC_TEXT];

    if (device->keepalives == 1)
        g_string_append(text, "one keep-alive");
    else
        g_string_append_printf(text, "%" G_GUINT64_FORMAT " keep-alives", device->keepalives);
    if (named[0] != '\0')
        g_string_append_printf(text, " (%s)", named);
    if (device->keepalives > 1)
        g_string_append_printf(text, ", every %s on average",
                               reg_events_interval(reg_events_elapsed(device->first_keepalive, last)
                                                       / (Nsec)(device->keepalives - 1),
                                                   span));
    if (device->life != NULL && device->life->traffic.server_only)
        g_string_append(text, ", only from the server");
    return g_string_free(g_steal_pointer(&text), FALSE);
}

/* Of empty segments only the number is known. */
static void add_pings(GArray *events, const RegDevice *device)
{
    uint64_t pings = device->life != NULL ? device->life->traffic.pings : 0;

    if (pings == 0)
        return;
    reg_events_add(
        events, REG_EVENT_KEEPALIVES, reg_events_known(device->last_heard, device->last_seen),
        g_strdup_printf("%" G_GUINT64_FORMAT " TCP keep-alive%s", pings, pings == 1 ? "" : "s"))
        ->count = pings;
}

void reg_events_add_keepalives(GArray *events, const RegDevice *device)
{
    add_pings(events, device);
    if (device->keepalives == 0 || device->first_keepalive == NSEC_NONE)
        return;

    Nsec last = reg_events_known(device->last_keepalive, device->first_keepalive);
    RegEvent *event = reg_events_add(events, REG_EVENT_KEEPALIVES, device->first_keepalive,
                                     keepalives_text(device, last));

    event->until = last;
    event->count = device->keepalives;
}
