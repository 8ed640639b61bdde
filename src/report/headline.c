/*
 * What somebody reads who reads nothing else: the worst finding, or, when
 * there is none, how many devices are in which state, or what there was
 * instead of registrations.
 */

#include "headline.h"

#include "page.h"

/* With the account in front, unless the sentence names it. */
static char *finding_text(const Finding *finding)
{
    const char *summary = finding->summary != NULL ? finding->summary : finding->rule->title;
    bool named = finding->aor == NULL || strstr(summary, finding->aor) != NULL;

    return named ? g_strdup(summary) : g_strdup_printf("%s: %s", finding->aor, summary);
}

/* No frame was looked at: because there is none, or because of something that
 * the report says elsewhere already. */
static const char *why_no_packet(const GPtrArray *captures)
{
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
static char *nothing_registered(const ReportResult *result)
{
    const ReportCounts *counts = &result->counts;
    g_autofree char *records = report_page_count(counts->tls_records, "record", "records");
    g_autofree char *messages = report_page_count(counts->sip_messages, "message", "messages");
    g_autofree char *requests =
        report_page_count(counts->register_requests, "REGISTER request", "REGISTER requests");
    GString *line = g_string_new("No SIP registration in this capture");

    if (result->net->frames == 0)
        g_string_append(line, why_no_packet(result->captures));
    else if (counts->register_requests > 0)
        g_string_append_printf(line, " could be put together from %s.", requests);
    else if (counts->sip_messages > 0)
        g_string_append_printf(line, ", but %s of other SIP.", messages);
    else
        g_string_append(line, ", nor any other SIP.");
    if (counts->tls_records > 0)
        g_string_append_printf(
            line, " There is TLS (%s), which may hold it and cannot be read here.", records);
    return g_string_free(line, FALSE);
}

typedef struct StateCounts {
    unsigned of[REG_STATE_DEREGISTERED + 1];
    unsigned lapsed_before; /* registered or not now, it ran out at least once */
    unsigned total;
    unsigned scanned;
} StateCounts;

static bool has_lapsed(const RegDevice *device)
{
    for (unsigned i = 0; i < device->n_bindings; i++) {
        if (device->bindings[i].end == REG_BINDING_LAPSED)
            return true;
    }
    return false;
}

static StateCounts count_states(const ReportResult *result)
{
    StateCounts counts = { 0 };

    for (unsigned i = 0; i < result->devices->len; i++) {
        const RegDevice *device = g_ptr_array_index(result->devices, i);
        RegState state = reg_device_state(device, report_device_end(result, device));

        if (device->scanner) {
            counts.scanned++;
        } else {
            counts.of[state]++;
            counts.lapsed_before += state != REG_STATE_LAPSED && has_lapsed(device);
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

static char *no_fault(const ReportResult *result)
{
    StateCounts counts = count_states(result);
    unsigned good = counts.of[REG_STATE_REGISTERED] + counts.of[REG_STATE_DEREGISTERED];
    unsigned unknown = counts.of[REG_STATE_UNKNOWN];
    GString *line = g_string_new(NULL);

    if (counts.total == 0 && result->part != NULL)
        g_string_append(line, "No device fits what was asked for");
    else if (counts.total == 0)
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
    return g_string_free(line, FALSE);
}

ReportHeadline report_headline_make(const ReportResult *result)
{
    const Finding *worst =
        result->findings->len > 0 ? g_ptr_array_index(result->findings, 0) : NULL;

    if (worst != NULL && worst->rule->severity != FINDING_NOTE)
        return (ReportHeadline){ worst->rule->severity, finding_text(worst) };
    if (result->devices->len == 0 && result->part == NULL)
        return (ReportHeadline){ FINDING_NOTE, nothing_registered(result) };
    return (ReportHeadline){ FINDING_NOTE, no_fault(result) };
}

void report_headline_clear(ReportHeadline *headline)
{
    g_clear_pointer(&headline->text, g_free);
}
