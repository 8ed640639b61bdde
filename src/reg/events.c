/*
 * What every event of a timeline has in common: its name, its direction, its
 * frames, and the words for how long something took.
 */

#include "events.h"

static const struct {
    const char *name;
    RegDirection direction;
} kinds[] = {
    [REG_EVENT_FORGOTTEN] = { "forgotten", REG_DIRECTION_NONE },
    [REG_EVENT_REGISTER_SENT] = { "register_sent", REG_DIRECTION_TO_SERVER },
    [REG_EVENT_CREDENTIALS_SENT] = { "credentials_sent", REG_DIRECTION_TO_SERVER },
    [REG_EVENT_CHALLENGED] = { "challenged", REG_DIRECTION_TO_DEVICE },
    [REG_EVENT_ACCEPTED] = { "accepted", REG_DIRECTION_TO_DEVICE },
    [REG_EVENT_REMOVED] = { "removed", REG_DIRECTION_TO_DEVICE },
    [REG_EVENT_REFUSED] = { "refused", REG_DIRECTION_TO_DEVICE },
    [REG_EVENT_UNANSWERED] = { "unanswered", REG_DIRECTION_TO_DEVICE },
    [REG_EVENT_EXPECTED] = { "expected", REG_DIRECTION_TO_SERVER },
    [REG_EVENT_REFRESHED] = { "refreshed", REG_DIRECTION_TO_SERVER },
    [REG_EVENT_REPEATED] = { "repeated", REG_DIRECTION_TO_SERVER },
    [REG_EVENT_LAPSED] = { "lapsed", REG_DIRECTION_NONE },
    [REG_EVENT_TAKEN] = { "taken", REG_DIRECTION_NONE },
    [REG_EVENT_REGISTRAR_FORGOT] = { "registrar_forgot", REG_DIRECTION_NONE },
    [REG_EVENT_INBOUND] = { "inbound", REG_DIRECTION_TO_DEVICE },
    [REG_EVENT_UNREACHABLE] = { "unreachable", REG_DIRECTION_TO_DEVICE },
    [REG_EVENT_BACK] = { "back", REG_DIRECTION_TO_SERVER },
    [REG_EVENT_MOVED] = { "moved", REG_DIRECTION_NONE },
    [REG_EVENT_RESTARTED] = { "restarted", REG_DIRECTION_NONE },
    [REG_EVENT_DISCONNECTED] = { "disconnected", REG_DIRECTION_NONE },
    [REG_EVENT_SERVER_MOVED] = { "server_moved", REG_DIRECTION_NONE },
    [REG_EVENT_KEEPALIVES] = { "keepalives", REG_DIRECTION_TO_SERVER },
    [REG_EVENT_NAME_ASKED] = { "name_asked", REG_DIRECTION_TO_SERVER },
    [REG_EVENT_NAME_REFUSED] = { "name_refused", REG_DIRECTION_TO_DEVICE },
    [REG_EVENT_CONNECTING] = { "connecting", REG_DIRECTION_TO_SERVER },
    [REG_EVENT_CONNECTION_REFUSED] = { "connection_refused", REG_DIRECTION_TO_DEVICE },
    [REG_EVENT_TLS_FAILED] = { "tls_failed", REG_DIRECTION_TO_DEVICE },
    [REG_EVENT_CUT] = { "cut", REG_DIRECTION_NONE },
    [REG_EVENT_CAPTURE_END] = { "capture_end", REG_DIRECTION_NONE },
};

const char *reg_event_name(RegEventKind kind)
{
    return kinds[kind].name;
}

RegEvent *reg_events_add(GArray *events, RegEventKind kind, Nsec time, char *text)
{
    RegEvent event = { .time = time,
                       .until = time,
                       .kind = kind,
                       .direction = kinds[kind].direction,
                       .text = text,
                       .count = 1 };

    g_array_append_val(events, event);
    return &g_array_index(events, RegEvent, events->len - 1);
}

void reg_event_cite(RegEvent *event, CaptureRef ref)
{
    if (ref.frame == 0 || event->n_frames == G_N_ELEMENTS(event->frames))
        return;
    if (event->n_frames > 0 && event->frames[0].capture != ref.capture)
        return;
    event->frames[event->n_frames++] = ref;
}

Nsec reg_events_known(Nsec time, Nsec otherwise)
{
    return time != NSEC_NONE ? time : otherwise;
}

Nsec reg_events_elapsed(Nsec from, Nsec until)
{
    Nsec span;

    return __builtin_sub_overflow(until, from, &span) ? NSEC_MAX : span;
}

const char *reg_events_interval(Nsec interval, char text[NSEC_TEXT])
{
    Nsec unit = interval < 10 * NSEC_SEC ? 100 * NSEC_MSEC : NSEC_SEC;

    if (interval >= NSEC_SEC && interval < NSEC_MAX - unit)
        interval = (interval + unit / 2) / unit * unit;
    return nsec_to_span(interval, text);
}

char *reg_events_sent(const char *what, uint64_t n)
{
    return n <= 1 ? g_strdup(what)
                  : g_strdup_printf("%s sent %" G_GUINT64_FORMAT " times", what, n);
}
