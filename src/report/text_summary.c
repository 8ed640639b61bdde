/*
 * The two things that somebody reads who reads nothing else: one sentence, and
 * one row for each device.
 */

#include "table.h"
#include "text.h"

#define ROWS_MAX 50

static const char *const severity_words[] = { "NOTE", "WARNING", "FAILURE" };

static void say_finding(ReportText *text, const Finding *finding)
{
    const char *summary = finding->summary != NULL ? finding->summary : finding->rule->title;
    bool named = finding->aor == NULL || strstr(summary, finding->aor) != NULL;

    report_page_print(text->page, REPORT_BOLD, "", 4, "%s: %s%s%s",
                      severity_words[finding->rule->severity], named ? "" : finding->aor,
                      named ? "" : ": ", summary);
}

/* No frame was looked at: because there is none, or because of something that
 * was said above already. */
static const char *why_no_packet(const ReportText *text)
{
    const GPtrArray *captures = text->result->captures;
    bool whole = true;
    uint64_t frames = 0;

    for (unsigned i = 0; i < captures->len; i++) {
        const RegCaptureSite *site = g_ptr_array_index(captures, i);

        frames += site->info->packets;
        whole = whole && site->info->complete;
    }
    if (frames > 0)
        return ": the filter let no frame pass.";
    return whole ? ": it holds no packet." : ": no packet of it could be read.";
}

/* What there was instead of registrations. */
static void say_nothing_registered(ReportText *text)
{
    const ReportCounts *counts = &text->result->counts;
    g_autofree char *records = report_page_count(counts->tls_records, "record", "records");
    g_autofree char *messages = report_page_count(counts->sip_messages, "message", "messages");
    g_autofree char *requests =
        report_page_count(counts->register_requests, "REGISTER request", "REGISTER requests");
    g_autoptr(GString) line = g_string_new("No SIP registration in this capture");

    if (text->result->net->frames == 0)
        g_string_append(line, why_no_packet(text));
    else if (counts->register_requests > 0)
        g_string_append_printf(line, " could be put together from %s.", requests);
    else if (counts->sip_messages > 0)
        g_string_append_printf(line, ", but %s of other SIP.", messages);
    else
        g_string_append(line, ", nor any other SIP.");
    if (counts->tls_records > 0)
        g_string_append_printf(
            line, " There is TLS (%s), which may hold it and cannot be read here.", records);
    report_page_wrap(text->page, REPORT_BOLD, "", 4, line->str);
}

typedef struct StateCounts {
    unsigned of[REG_STATE_DEREGISTERED + 1];
    unsigned lapsed_before; /* registered or not now, it ran out at least once */
    unsigned total;
    unsigned scanned;
} StateCounts;

static StateCounts count_states(const ReportText *text)
{
    StateCounts counts = { 0 };

    for (unsigned i = 0; i < text->subjects->len; i++) {
        const ReportSubject *subject = REPORT_SUBJECT(text, i);

        if (subject->device->scanner) {
            counts.scanned++;
        } else {
            counts.of[subject->state]++;
            counts.lapsed_before +=
                subject->state != REG_STATE_LAPSED && report_subject_has_lapsed(subject);
            counts.total++;
        }
    }
    return counts;
}

/* "3 devices registered, 1 refused" */
static void append_states(GString *line, const StateCounts *counts)
{
    static const RegState order[] = { REG_STATE_REGISTERED, REG_STATE_REFUSED,
                                      REG_STATE_UNANSWERED, REG_STATE_UNREACHABLE,
                                      REG_STATE_LAPSED,     REG_STATE_DEREGISTERED,
                                      REG_STATE_UNKNOWN };
    bool first = true;

    for (size_t i = 0; i < G_N_ELEMENTS(order); i++) {
        unsigned n = counts->of[order[i]];
        const char *state =
            order[i] == REG_STATE_UNKNOWN ? "in an unknown state" : reg_state_name(order[i]);

        if (n == 0)
            continue;
        if (first)
            g_string_append_printf(line, "%u device%s %s", n, n == 1 ? "" : "s", state);
        else
            g_string_append_printf(line, ", %u %s", n, state);
        first = false;
    }
}

static void say_no_fault(ReportText *text)
{
    StateCounts counts = count_states(text);
    unsigned good = counts.of[REG_STATE_REGISTERED] + counts.of[REG_STATE_DEREGISTERED];
    unsigned unknown = counts.of[REG_STATE_UNKNOWN];
    g_autoptr(GString) line = g_string_new(NULL);

    if (counts.total == 0)
        g_string_append(line, "No registration of a device in this capture");
    else if (unknown == counts.total)
        g_string_append(line, "The capture does not show how it ended: ");
    else if (good + unknown == counts.total && counts.lapsed_before == 0)
        g_string_append(line, "No fault found: ");
    else
        g_string_append(line, "Nothing was found that would explain it: ");
    append_states(line, &counts);
    if (counts.lapsed_before > 0)
        g_string_append_printf(line, ", %u with a lapse before", counts.lapsed_before);
    if (counts.scanned > 0)
        g_string_append_printf(line, "; %u account%s tried by a scanner", counts.scanned,
                               counts.scanned == 1 ? " was" : "s were");
    g_string_append_c(line, '.');
    report_page_wrap(text->page, REPORT_BOLD, "", 4, line->str);
}

void report_text_headline(ReportText *text)
{
    const GPtrArray *findings = text->result->findings;
    const Finding *worst = findings->len > 0 ? g_ptr_array_index(findings, 0) : NULL;

    if (worst != NULL && worst->rule->severity != FINDING_NOTE)
        say_finding(text, worst);
    else if (text->subjects->len == 0)
        say_nothing_registered(text);
    else
        say_no_fault(text);
    report_page_blank(text->page);
}

static char *address_of(const RegDevice *device)
{
    char address[NET_ENDPOINT_TEXT];

    if (device->n_public_addresses > 0)
        return g_strdup(net_endpoint_to_text(
            &device->public_addresses[device->n_public_addresses - 1], address));
    if (device->n_addresses > 0)
        return g_strdup(net_endpoint_to_text(&device->addresses[device->n_addresses - 1], address));
    return NULL;
}

/* Of its newest binding: what the registrar promised last. */
static char *expires_of(const RegDevice *device)
{
    uint32_t granted = device->n_bindings > 0 ? device->bindings[device->n_bindings - 1].granted
                                              : REG_EXPIRES_NONE;

    return granted != REG_EXPIRES_NONE ? g_strdup_printf("%u s", granted) : NULL;
}

static Nsec last_register(const RegDevice *device)
{
    Nsec newest = NSEC_NONE;

    for (unsigned i = 0; i < device->n_attempts_kept; i++) {
        const RegAttempt *attempt = device->attempts[i];

        newest = MAX(newest, attempt->opened);
        for (unsigned s = 0; s < attempt->n_steps; s++)
            newest = MAX(newest, attempt->steps[s].request_time);
    }
    return newest;
}

static void add_row(ReportTable *table, const ReportSubject *subject)
{
    const RegDevice *device = subject->device;
    g_autofree char *address = address_of(device);
    g_autofree char *expires = expires_of(device);
    Nsec newest = last_register(device);
    char clock[NSEC_TEXT];
    const char *cells[] = { report_text_account(device),
                            address,
                            reg_state_name(subject->state),
                            expires,
                            newest != NSEC_NONE ? nsec_to_clock(newest, clock) : NULL,
                            device->user_agent };
    static const ReportStyle styles[] = {
        [FINDING_NOTE] = REPORT_PLAIN,
        [FINDING_WARNING] = REPORT_YELLOW,
        [FINDING_FAILURE] = REPORT_RED,
    };

    report_table_add(table, styles[report_subject_severity(subject)], cells);
}

void report_text_table(ReportText *text)
{
    static const ReportColumn columns[] = {
        { "Account", 13, false }, { "Address", 17, false },       { "State", 10, false },
        { "Expires", 7, true },   { "Last REGISTER", 12, false }, { "User-Agent", 8, false },
    };
    unsigned n = text->verbose ? text->subjects->len : count_states(text).total;
    unsigned shown = text->verbose ? n : MIN(n, ROWS_MAX); /* a scanner's victims come last */
    g_autoptr(ReportTable) table = report_table_new(columns, G_N_ELEMENTS(columns));

    if (n == 0)
        return;
    for (unsigned i = 0; i < shown; i++)
        add_row(table, REPORT_SUBJECT(text, i));
    report_table_print(table, text->page);
    if (shown < n) {
        bool registered = REPORT_SUBJECT(text, shown)->state == REG_STATE_REGISTERED
                          && REPORT_SUBJECT(text, n - 1)->state == REG_STATE_REGISTERED;

        report_page_print(text->page, REPORT_DIM, "", 0, "... and %u more %sdevices", n - shown,
                          registered ? "registered " : "");
    }
    report_page_blank(text->page);
}
