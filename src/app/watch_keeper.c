/*
 * A stalled output is no reason to start anew: it would lose what was learned
 * and stall again. So the watchdog is fed by frames and analysis alone, and
 * what outputs lose is a number among the statistics.
 */

#include "watch_keeper.h"

#include "say.h"

typedef struct KeeperWriter {
    ReportWriter base;
    HostService *service;
    gint asked; /* atomic */
    Nsec told;  /* CLOCK_REALTIME: when the status was told last */
} KeeperWriter;

/* People look at a status now and then. */
#define STATUS_INTERVAL (5 * NSEC_SEC)

static void append_captures(GString *text, const ReportResult *result)
{
    for (unsigned i = 0; i < result->captures->len; i++) {
        const RegCaptureSite *site = g_ptr_array_index(result->captures, i);
        const CaptureInfo *info = site->info;

        g_string_append_printf(text,
                               "  %s: %" G_GUINT64_FORMAT " packets, %" G_GUINT64_FORMAT
                               " bytes, %" G_GUINT64_FORMAT
                               " dropped by the kernel, %" G_GUINT64_FORMAT
                               " by the interface, %" G_GUINT64_FORMAT " cut\n",
                               info->name, info->packets, info->bytes, info->dropped_kernel,
                               info->dropped_interface, info->cut_frames);
    }
}

static void append_tables(GString *text, const ReportResult *result)
{
    for (unsigned i = 0; i < result->n_tables; i++) {
        const CacheStats *table = &result->tables[i];

        if (table->items == 0 && table->dropped_full == 0)
            continue;
        g_string_append_printf(text,
                               "  table %s: %zu, %zu KiB, %" G_GUINT64_FORMAT
                               " pushed out, %" G_GUINT64_FORMAT " idle\n",
                               table->name, table->items, table->bytes / 1024, table->dropped_full,
                               table->dropped_idle);
    }
}

static void append_conditions(GString *text, const ReportPulse *pulse, const char *separator)
{
    for (unsigned i = 0; i < REG_CONDITIONS; i++)
        g_string_append_printf(text, "%s%" G_GUINT64_FORMAT " %s", i > 0 ? separator : "",
                               pulse->conditions[i], reg_condition_name(i));
}

char *watch_keeper_statistics(const ReportPulse *pulse)
{
    const ReportResult *result = pulse->result;
    const ReportCounts *counts = &result->counts;
    GString *text = g_string_new("whyreg: statistics");
    char time[NSEC_TEXT];

    g_string_append_printf(text, " at %s\n", nsec_to_text(pulse->wall, time));
    append_captures(text, result);
    g_string_append_printf(text,
                           "  SIP: %" G_GUINT64_FORMAT " messages, %" G_GUINT64_FORMAT
                           " REGISTER requests, %" G_GUINT64_FORMAT " answers, %" G_GUINT64_FORMAT
                           " retransmissions\n",
                           counts->sip_messages, counts->register_requests,
                           counts->register_responses, counts->retransmissions);
    g_string_append(text, "  devices: ");
    append_conditions(text, pulse, ", ");
    g_string_append_c(text, '\n');
    for (unsigned i = 0; pulse->open != NULL && i < pulse->open->len; i++) {
        const ReportOpen *open = &g_array_index(pulse->open, ReportOpen, i);

        g_string_append_printf(text, "  stands: %s on %" G_GUINT64_FORMAT "\n", open->rule->id,
                               open->devices);
    }
    append_tables(text, result);
    g_string_append_printf(text, "  outputs: %" G_GUINT64_FORMAT " records dropped\n",
                           pulse->outputs_dropped);
    return g_string_free(text, FALSE);
}

static void print_statistics(const ReportPulse *pulse)
{
    g_autofree char *text = watch_keeper_statistics(pulse);

    say_text(text);
}

static void tell_status(KeeperWriter *keeper, const ReportPulse *pulse)
{
    g_autoptr(GString) text = g_string_new("devices: ");
    uint64_t dropped = 0;

    keeper->told = pulse->wall;
    for (unsigned i = 0; i < pulse->result->captures->len; i++) {
        const RegCaptureSite *site = g_ptr_array_index(pulse->result->captures, i);

        dropped += site->info->dropped_kernel + site->info->dropped_interface;
    }
    append_conditions(text, pulse, ", ");
    g_string_append_printf(text, "; %" G_GUINT64_FORMAT " packets dropped", dropped);
    host_service_status(keeper->service, text->str);
}

static void on_pulse(ReportWriter *writer, const ReportPulse *pulse)
{
    KeeperWriter *keeper = (KeeperWriter *)writer;

    host_service_alive(keeper->service);
    if (pulse->wall < keeper->told || pulse->wall - keeper->told >= STATUS_INTERVAL)
        tell_status(keeper, pulse);
    if (g_atomic_int_compare_and_exchange(&keeper->asked, 1, 0))
        print_statistics(pulse);
}

static void on_free(ReportWriter *writer)
{
    g_free(writer);
}

static const ReportWriterOps keeper_ops = {
    .name = "keeper",
    .pulse = on_pulse,
    .free = on_free,
};

ReportWriter *watch_keeper_new(HostService *service)
{
    KeeperWriter *keeper = g_new0(KeeperWriter, 1);

    keeper->base.ops = &keeper_ops;
    keeper->service = service;
    return &keeper->base;
}

void watch_keeper_ask(ReportWriter *keeper)
{
    g_atomic_int_set(&((KeeperWriter *)keeper)->asked, 1);
}
