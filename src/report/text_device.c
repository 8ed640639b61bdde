/*
 * One device: who it is, what it did in which order, and what is wrong.
 */

#include "base/escape.h"
#include "part.h"
#include "text.h"

#define EVENTS_MAX 40       /* of one device; the middle of more is left out */
#define NAME_COLUMNS_MAX 16 /* of a capture, in front of its frame numbers */
#define CLOCK_COLUMNS 12    /* "12:00:00.000" */

const char *report_text_account(const RegDevice *device)
{
    return device->aor != NULL && *device->aor != '\0' ? device->aor : "(no account named)";
}

static void print_identity(ReportText *text, const ReportSubject *subject)
{
    const RegDevice *device = subject->device;
    g_autoptr(GString) line = g_string_new(NULL);
    char address[NET_ENDPOINT_TEXT];

    report_page_print(text->page, REPORT_BOLD, "", 4, "%s%s%s", report_text_account(device),
                      text->unjudged ? "" : ": ",
                      text->unjudged ? "" : reg_state_name(subject->state));
    if (device->n_addresses > 0)
        g_string_append(line,
                        net_endpoint_to_text(&device->addresses[device->n_addresses - 1], address));
    if (device->n_public_addresses > 0)
        g_string_append_printf(
            line, " (outside %s)",
            net_endpoint_to_text(&device->public_addresses[device->n_public_addresses - 1],
                                 address));
    if (device->server.addr.version != 0)
        g_string_append_printf(line, " to %s over %s",
                               net_endpoint_to_text(&device->server, address),
                               device->transport == NET_UDP ? "UDP" : "TCP");
    if (device->user_agent != NULL)
        g_string_append_printf(line, ", %s", device->user_agent);
    if (line->len > 0)
        report_page_wrap(text->page, REPORT_PLAIN, "  ", 4, line->str);
}

static void append_some(GString *line, uint64_t n, const char *what)
{
    if (n > 0)
        g_string_append_printf(line, ", %" G_GUINT64_FORMAT " %s", n, what);
}

/* "6 attempts, 6 accepted" */
static void print_attempts(ReportText *text, const RegDevice *device)
{
    g_autofree char *attempts = report_page_count(device->n_attempts, "attempt", "attempts");
    g_autoptr(GString) line = g_string_new(attempts);

    append_some(line, device->n_accepted, "accepted");
    append_some(line, device->n_refused, "refused");
    append_some(line, device->n_unanswered, "unanswered");
    if (device->n_bindings == 0)
        g_string_append(line, "; not registered at any time");
    report_page_wrap(text->page, REPORT_PLAIN, "  ", 4, line->str);
}

void report_text_label(const ReportText *text, const RegEvent *event, GString *label)
{
    const GPtrArray *captures = text->base.captures;

    g_string_truncate(label, 0);
    if (event->n_frames == 0)
        return;

    CaptureRef ref = event->frames[event->n_frames - 1];

    if (captures->len > 1 && ref.capture < captures->len) {
        const CaptureInfo *info = g_ptr_array_index(captures, ref.capture);
        g_autoptr(GString) name = g_string_new(NULL);

        escape_terminal(name, str_of(info->name));
        report_page_cell(text->page, label, name->str, NAME_COLUMNS_MAX, false);
        g_string_append_c(label, ':');
    }
    g_string_append_printf(label, "%" G_GUINT64_FORMAT, ref.frame);
}

static unsigned label_columns(const ReportText *text, const GArray *events)
{
    g_autoptr(GString) label = g_string_new(NULL);
    unsigned columns = strlen("frame");

    for (unsigned i = 0; i < events->len; i++) {
        report_text_label(text, &g_array_index(events, RegEvent, i), label);
        columns = MAX(columns, escape_columns(label->str));
    }
    return columns;
}

static const char *arrow(const RegEvent *event)
{
    if (event->missing)
        return "??";
    switch (event->direction) {
    case REG_DIRECTION_TO_SERVER:
        return "->";
    case REG_DIRECTION_TO_DEVICE:
        return "<-";
    case REG_DIRECTION_NONE:
        return "--";
    }
    return "--";
}

ReportStyle report_text_event_style(const RegEvent *event)
{
    if (event->missing)
        return REPORT_RED;
    switch (event->kind) {
    case REG_EVENT_REFUSED:
    case REG_EVENT_LAPSED:
    case REG_EVENT_TAKEN:
    case REG_EVENT_REGISTRAR_FORGOT:
    case REG_EVENT_UNREACHABLE:
    case REG_EVENT_UNANSWERED:
        return REPORT_RED;
    case REG_EVENT_ACCEPTED:
    case REG_EVENT_REFRESHED:
        return REPORT_GREEN;
    default:
        return REPORT_PLAIN;
    }
}

static void print_event(ReportText *text, const RegEvent *event, unsigned columns)
{
    g_autoptr(GString) lead = g_string_new("  ");
    g_autoptr(GString) label = g_string_new(NULL);
    char clock[NSEC_TEXT];

    report_text_label(text, event, label);
    g_string_append_printf(lead, "%-*s", CLOCK_COLUMNS,
                           event->time != NSEC_NONE ? nsec_to_clock(event->time, clock) : "");
    g_string_append_printf(lead, "%*s", (int)(columns + 2 - escape_columns(label->str)), "");
    if (label->len > 0) {
        report_page_style(text->page, lead, REPORT_DIM);
        g_string_append(lead, label->str);
        report_page_unstyle(text->page, lead, REPORT_DIM);
    }
    g_string_append_printf(lead, "  %s ", arrow(event));
    report_page_wrap(text->page, report_text_event_style(event), lead->str, 0, event->text);
}

/* The date stands where it begins to hold. */
static void print_date(ReportText *text, Nsec time, char date[NSEC_TEXT])
{
    char now[NSEC_TEXT];

    if (time == NSEC_NONE)
        return;
    nsec_to_text(time, now);
    *strchr(now, 'T') = '\0';
    if (strcmp(now, date) == 0)
        return;
    g_strlcpy(date, now, NSEC_TEXT);
    report_page_print(text->page, REPORT_DIM, "  ", 0, "%s, times in UTC", date);
}

/* What did not happen, and what somebody has to have thought about. */
static bool is_conclusion(const RegEvent *event)
{
    switch (event->kind) {
    case REG_EVENT_LAPSED:
    case REG_EVENT_TAKEN:
    case REG_EVENT_REGISTRAR_FORGOT:
    case REG_EVENT_BACK:
    case REG_EVENT_MOVED:
        return true;
    default:
        return event->missing;
    }
}

static void drop_conclusions(GArray *events)
{
    for (unsigned i = events->len; i-- > 0;) {
        if (is_conclusion(&g_array_index(events, RegEvent, i)))
            g_array_remove_index(events, i);
    }
}

static void print_timeline(ReportText *text, const RegDevice *device)
{
    g_autoptr(GArray) events =
        report_part_timeline(text->result->part, device, report_device_end(text->result, device));

    if (text->unjudged)
        drop_conclusions(events);

    unsigned columns = label_columns(text, events);
    unsigned skip_from = events->len;
    unsigned skip_to = events->len;
    char date[NSEC_TEXT] = "";

    if (!text->verbose && events->len > EVENTS_MAX + 1) {
        skip_from = EVENTS_MAX / 2;
        skip_to = events->len - EVENTS_MAX / 2;
    }
    for (unsigned i = 0; i < events->len; i++) {
        const RegEvent *event = &g_array_index(events, RegEvent, i);

        if (i == skip_from) {
            report_page_print(text->page, REPORT_DIM, "  ", 0, "... %u more events ...",
                              skip_to - skip_from);
            i = skip_to - 1;
            continue;
        }
        print_date(text, event->time, date);
        print_event(text, event, columns);
    }
}

void report_text_device(ReportText *text, const ReportSubject *subject)
{
    print_identity(text, subject);
    if (text->unjudged) {
        print_timeline(text, subject->device);
        report_page_blank(text->page);
        return;
    }
    if (!text->quiet) {
        print_attempts(text, subject->device);
        report_text_life(text, subject->device);
        report_page_blank(text->page);
        print_timeline(text, subject->device);
        if (text->ladder)
            report_text_ladders(text, subject->device);
        report_text_digests(text, subject->device);
    }
    report_page_blank(text->page);
    for (unsigned i = 0; subject->findings != NULL && i < subject->findings->len; i++) {
        report_text_finding(text, g_ptr_array_index(subject->findings, i));
        report_page_blank(text->page);
    }
}
