/*
 * The journal, syslog and --on-change hear the same events; they differ in the
 * kind of note that goes to the attendant, and in what they leave out.
 */

#include "host/events.h"

#include <string.h>
#include <syslog.h>
#include <unistd.h>

#include "attendant_post.h"
#include "base/cache.h"
#include "base/hash.h"
#include "host/error.h"

#define JOURNAL_SOCKET "/run/systemd/journal/socket"

/* Devices that were told to be lost, and have not come back. */
#define LOST_ITEMS 65536

/* What kind of event an entry is about, for "journalctl MESSAGE_ID=". */
#define ID_FINDING "4351ca34d2cd445f9f57c9dae0527767"
#define ID_RESOLVED "07f20d36e7154b789fbb58c7cab75415"
#define ID_CHANGE "881b303fd8334aeb89965e9ce665a27c"

typedef struct Lost {
    CacheItem item;
    uint64_t device;
} Lost;

typedef struct Events {
    ReportWriter base;
    HostAttendant *attendant;
    NoteKind kind;
    unsigned facility; /* of syslog, as it is sent: 3 is "daemon" */
    Cache *lost;
    uint64_t dropped;
} Events;

/* --- what all of them have in common -------------------------------------- */

static void post(Events *events, Note *note)
{
    events->dropped += !attendant_post(events->attendant, note);
}

static uint64_t events_dropped(const ReportWriter *writer)
{
    return ((const Events *)writer)->dropped;
}

/* The line for people, and how urgent it is: the fields are for programs. */
static void add_line(const Events *events, Note *note, int priority, const char *id, char *line)
{
    g_autofree char *message = line;

    note_add(note, "MESSAGE", message);
    note_add_number(note, "PRIORITY", (uint64_t)priority);
    if (events->kind == NOTE_JOURNAL)
        note_add(note, "MESSAGE_ID", id);
    if (events->kind == NOTE_SYSLOG)
        note_add_number(note, "SYSLOG_FACILITY", events->facility);
}

static int priority_of(FindingSeverity severity)
{
    switch (severity) {
    case FINDING_FAILURE:
        return LOG_ERR;
    case FINDING_WARNING:
        return LOG_WARNING;
    case FINDING_NOTE:
        break;
    }
    return LOG_NOTICE;
}

/* "alice@example.com: ", or nothing for what is about no account or says it itself. */
static char *whose(const char *aor, const char *text)
{
    bool says_it = aor == NULL || *aor == '\0' || g_str_has_prefix(text, aor);

    return says_it ? g_strdup("") : g_strconcat(aor, ": ", NULL);
}

static void events_finding(ReportWriter *writer, const Finding *finding)
{
    Events *events = (Events *)writer;
    g_autofree char *who = whose(finding->aor, finding->summary);
    Note note;

    note_begin(&note, events->kind);
    add_line(events, &note, priority_of(finding->rule->severity), ID_FINDING,
             g_strdup_printf("%s%s (%s, %s) [%s]", who, finding->summary,
                             finding_severity_name(finding->rule->severity),
                             finding_grade_name(finding->grade), finding->rule->id));
    note_add_finding(&note, finding);
    note_add(&note, "WHYREG_AOR", finding->aor);
    if (finding->device != 0)
        note_add_device_id(&note, finding->device);
    note_add_time(&note, "WHYREG_TIME", finding->until);
    note_add_time(&note, "WHYREG_SINCE", finding->from);
    post(events, &note);
}

static void events_resolved(ReportWriter *writer, const ReportResolved *resolved)
{
    Events *events = (Events *)writer;
    const Finding *finding = resolved->finding;
    g_autofree char *who = whose(finding->aor, "");
    char span[NSEC_TEXT];
    Note note;

    note_begin(&note, events->kind);
    add_line(events, &note, LOG_NOTICE, ID_RESOLVED,
             g_strdup_printf("%s%s after %s: %s [%s]", who,
                             resolved->lost ? "not known any more" : "resolved",
                             nsec_to_span(nsec_since(resolved->from, resolved->time), span),
                             resolved->because, finding->rule->id));
    note_add_resolved(&note, resolved);
    post(events, &note);
}

/* --- devices that are lost, and come back --------------------------------- */

static uint64_t hash_device(const void *key)
{
    return hash_bytes(key, sizeof(uint64_t));
}

static bool same_device(const void *a, const void *b)
{
    return *(const uint64_t *)a == *(const uint64_t *)b;
}

static void drop_lost(void *item, CacheDrop why, void *user)
{
    g_free(item);
}

static bool was_lost(const Events *events, uint64_t device)
{
    return cache_peek(events->lost, &device) != NULL;
}

static void keep_lost(const Events *events, uint64_t device, Nsec now)
{
    Lost *lost = g_new0(Lost, 1);

    lost->device = device;
    cache_add(events->lost, lost, &lost->device, sizeof *lost, now);
}

static void forget_lost(const Events *events, uint64_t device)
{
    void *lost = cache_peek(events->lost, &device);

    if (lost != NULL)
        cache_remove(events->lost, lost);
}

static void tell_change(Events *events, const ReportChange *change, bool back)
{
    g_autofree char *who = whose(change->device->aor, "");
    Note note;

    note_begin(&note, events->kind);
    add_line(events, &note, back ? LOG_NOTICE : LOG_WARNING, ID_CHANGE,
             g_strdup_printf("%s%s: %s", who, back ? "stable again" : "lost",
                             change->to.because != NULL ? change->to.because : "nobody knows why"));
    note_add_change(&note, change);
    post(events, &note);
}

static void events_change(ReportWriter *writer, const ReportChange *change)
{
    Events *events = (Events *)writer;
    uint64_t device = change->device->id;
    bool known = was_lost(events, device);

    if (change->to.condition == REG_CONDITION_LOST && !known) {
        keep_lost(events, device, change->time);
        tell_change(events, change, false);
    } else if (change->to.condition == REG_CONDITION_STABLE && known) {
        forget_lost(events, device);
        tell_change(events, change, true);
    }
}

static void events_forgotten(ReportWriter *writer, uint64_t device)
{
    forget_lost((Events *)writer, device);
}

static void events_free(ReportWriter *writer)
{
    Events *events = (Events *)writer;

    if (events->lost != NULL)
        cache_free(events->lost);
    g_free(events);
}

static const ReportWriterOps log_ops = {
    .name = "log",
    .finding = events_finding,
    .resolved = events_resolved,
    .change = events_change,
    .forgotten = events_forgotten,
    .dropped = events_dropped,
    .free = events_free,
};

static Events *events_new(HostAttendant *attendant, NoteKind kind, const ReportWriterOps *ops)
{
    Events *events = g_new0(Events, 1);

    events->base.ops = ops;
    events->attendant = attendant;
    events->kind = kind;
    return events;
}

static Events *log_new(HostAttendant *attendant, NoteKind kind)
{
    Events *events = events_new(attendant, kind, &log_ops);
    const CacheConfig config = {
        .name = "host.lost",
        .max_items = LOST_ITEMS,
        .hash = hash_device,
        .equal = same_device,
        .drop = drop_lost,
    };

    events->lost = cache_new(&config);
    return events;
}

/* --- -o ------------------------------------------------------------------- */

static const struct {
    const char *name;
    int facility;
} facilities[] = {
    { "daemon", LOG_DAEMON }, { "user", LOG_USER },     { "auth", LOG_AUTH },
    { "local0", LOG_LOCAL0 }, { "local1", LOG_LOCAL1 }, { "local2", LOG_LOCAL2 },
    { "local3", LOG_LOCAL3 }, { "local4", LOG_LOCAL4 }, { "local5", LOG_LOCAL5 },
    { "local6", LOG_LOCAL6 }, { "local7", LOG_LOCAL7 },
};

bool host_events_knows(const char *spec)
{
    return g_str_equal(spec, "journal") || g_str_equal(spec, "syslog")
           || g_str_has_prefix(spec, "syslog:");
}

static ReportWriter *open_journal(HostAttendant *attendant, GError **error)
{
    if (access(JOURNAL_SOCKET, F_OK) == 0)
        return &log_new(attendant, NOTE_JOURNAL)->base;
    g_set_error(error, HOST_ERROR, HOST_ERROR_START, "there is no journal on this machine");
    return NULL;
}

static ReportWriter *open_syslog(const char *facility, HostAttendant *attendant, GError **error)
{
    for (size_t i = 0; i < G_N_ELEMENTS(facilities); i++) {
        if (!g_str_equal(facility, facilities[i].name))
            continue;

        Events *events = log_new(attendant, NOTE_SYSLOG);

        events->facility = (unsigned)facilities[i].facility >> 3;
        return &events->base;
    }
    g_set_error(error, HOST_ERROR, HOST_ERROR_FORMAT,
                "there is no syslog facility \"%s\" for programs; there are daemon, user, auth and "
                "local0 to local7",
                facility);
    return NULL;
}

ReportWriter *host_events_open(const char *spec, HostAttendant *attendant, GError **error)
{
    if (g_str_equal(spec, "journal"))
        return open_journal(attendant, error);

    const char *colon = strchr(spec, ':');

    return open_syslog(colon != NULL ? colon + 1 : "daemon", attendant, error);
}

/* --- --on-change ---------------------------------------------------------- */

/* A device that appears has not changed: only when it is in trouble already is it told. */
static bool is_told(const ReportChange *change)
{
    bool appeared =
        change->from.condition == REG_CONDITION_UNKNOWN && change->from.since == NSEC_NONE;

    return !appeared || change->to.condition == REG_CONDITION_LOST
           || change->to.condition == REG_CONDITION_DANGER;
}

static void on_change_change(ReportWriter *writer, const ReportChange *change)
{
    Events *events = (Events *)writer;
    Note note;

    if (!is_told(change))
        return;
    note_begin(&note, events->kind);
    note_add_change(&note, change);
    post(events, &note);
}

static const ReportWriterOps on_change_ops = {
    .name = "on-change",
    .change = on_change_change,
    .dropped = events_dropped,
    .free = events_free,
};

ReportWriter *host_on_change_new(HostAttendant *attendant)
{
    return &events_new(attendant, NOTE_COMMAND, &on_change_ops)->base;
}
