/*
 * Interfaces are labels: there are as many as the user named. Two captures of
 * one name get different ones, because a series must be there only once.
 */

#include "tally_capture.h"

#include "openmetrics.h"

#define CAPTURE(result, i) ((const RegCaptureSite *)g_ptr_array_index((result)->captures, i))->info

static const OpenMetricsFamily up = {
    .name = "whyreg_capture_up",
    .help = "1 while the interface is listened to, 0 while it is gone or down.",
};
static const OpenMetricsFamily packets = {
    .name = "whyreg_capture_packets",
    .type = OPENMETRICS_COUNTER,
    .help = "Packets that the kernel handed over.",
};
static const OpenMetricsFamily bytes = {
    .name = "whyreg_capture_bytes",
    .type = OPENMETRICS_COUNTER,
    .unit = "bytes",
    .help = "Captured bytes in these packets.",
};
static const OpenMetricsFamily dropped = {
    .name = "whyreg_capture_dropped_packets",
    .type = OPENMETRICS_COUNTER,
    .help = "Packets that were lost before whyreg saw them, by who lost them.",
};
static const OpenMetricsFamily cut = {
    .name = "whyreg_capture_cut_packets",
    .type = OPENMETRICS_COUNTER,
    .help = "Packets that are shorter than on the wire: the snapshot length.",
};
static const OpenMetricsFamily steps = {
    .name = "whyreg_capture_clock_steps",
    .type = OPENMETRICS_COUNTER,
    .help = "Packets with a time of more than a second before that of an earlier one.",
};
static const OpenMetricsFamily newest = {
    .name = "whyreg_capture_last_packet_timestamp_seconds",
    .unit = "seconds",
    .help = "The time of the newest packet; missing before the first.",
};

static const OpenMetricsFamily sip_messages = {
    .name = "whyreg_sip_messages",
    .type = OPENMETRICS_COUNTER,
    .help = "SIP messages of any method.",
};
static const OpenMetricsFamily register_messages = {
    .name = "whyreg_register_messages",
    .type = OPENMETRICS_COUNTER,
    .help = "REGISTER requests and their responses.",
};

typedef struct Count {
    OpenMetricsFamily family;
    size_t offset; /* in ReportCounts */
} Count;

#define COUNT(family_name, member, text)                                    \
    {                                                                       \
        { .name = family_name, .type = OPENMETRICS_COUNTER, .help = text }, \
            offsetof(ReportCounts, member)                                  \
    }

static const Count counts[] = {
    COUNT("whyreg_retransmissions", retransmissions, "REGISTER requests that were sent again."),
    COUNT("whyreg_duplicate_packets", duplicate_packets,
          "Packets that the capture had shown already."),
    COUNT("whyreg_reassembled_datagrams", fragments_reassembled,
          "Datagrams put together from fragments."),
    COUNT("whyreg_stream_gaps", stream_gaps, "Holes in TCP streams that were given up."),
    COUNT("whyreg_undecoded_packets", undecoded_packets, "Packets that could not be read."),
    COUNT("whyreg_tls_records", tls_records, "TLS records, which nobody can look into."),
};

static const OpenMetricsFamily table_items = {
    .name = "whyreg_table_items",
    .help = "What is remembered now.",
};
static const OpenMetricsFamily table_bytes = {
    .name = "whyreg_table_bytes",
    .unit = "bytes",
    .help = "Memory that the items of a table take.",
};
static const OpenMetricsFamily table_forgotten = {
    .name = "whyreg_table_forgotten",
    .type = OPENMETRICS_COUNTER,
    .help = "Items that were let go of: nothing happened for long, or the table was full.",
};

/* --- captures ------------------------------------------------------------- */

/* Borrowed, or in 'own'. */
static const char *label_of(const ReportResult *result, unsigned index, char own[64])
{
    const char *name = CAPTURE(result, index)->name;

    for (unsigned i = 0; i < index; i++) {
        if (!g_str_equal(CAPTURE(result, i)->name, name))
            continue;
        g_snprintf(own, 64, "%.48s#%u", name, index + 1);
        return own;
    }
    return name;
}

static bool is_on(const CaptureInfo *info)
{
    const GArray *gaps = info->gaps;

    if (info->complete || info->stopped_because != NULL)
        return false;
    return gaps == NULL || gaps->len == 0
           || g_array_index(gaps, CaptureGap, gaps->len - 1).until != NSEC_NONE;
}

bool tally_capture_is_on(const ReportResult *result)
{
    for (unsigned i = 0; i < result->captures->len; i++) {
        if (is_on(CAPTURE(result, i)))
            return true;
    }
    return false;
}

static uint64_t count_of(const CaptureInfo *info, const OpenMetricsFamily *family)
{
    if (family == &up)
        return is_on(info);
    if (family == &packets)
        return info->packets;
    if (family == &bytes)
        return info->bytes;
    if (family == &cut)
        return info->cut_frames;
    return info->clock_steps;
}

static void print_family(const ReportResult *result, const OpenMetricsFamily *family, GString *out)
{
    char own[64];

    openmetrics_family(out, family);
    for (unsigned i = 0; i < result->captures->len; i++)
        openmetrics_count(out, family,
                          &(OpenMetricsLabels){ "interface", label_of(result, i, own), NULL, NULL },
                          count_of(CAPTURE(result, i), family));
}

static void print_drops(const ReportResult *result, GString *out)
{
    char own[64];

    openmetrics_family(out, &dropped);
    for (unsigned i = 0; i < result->captures->len; i++) {
        const CaptureInfo *info = CAPTURE(result, i);
        OpenMetricsLabels labels = { "interface", label_of(result, i, own), "by", "kernel" };

        if (!info->drops_known)
            continue;
        openmetrics_count(out, &dropped, &labels, info->dropped_kernel);
        labels.second_value = "interface";
        openmetrics_count(out, &dropped, &labels, info->dropped_interface);
    }
}

static void print_newest(const ReportResult *result, GString *out)
{
    char own[64];

    openmetrics_family(out, &newest);
    for (unsigned i = 0; i < result->captures->len; i++) {
        const CaptureInfo *info = CAPTURE(result, i);

        if (info->first != NSEC_NONE)
            openmetrics_billionths(
                out, &newest,
                &(OpenMetricsLabels){ "interface", label_of(result, i, own), NULL, NULL },
                info->latest);
    }
}

/* --- what is in them ------------------------------------------------------ */

static void print_kinds(const OpenMetricsFamily *family, uint64_t requests, uint64_t responses,
                        GString *out)
{
    openmetrics_family(out, family);
    openmetrics_count(out, family, &(OpenMetricsLabels){ "kind", "request", NULL, NULL }, requests);
    openmetrics_count(out, family, &(OpenMetricsLabels){ "kind", "response", NULL, NULL },
                      responses);
}

static void print_messages(const ReportCounts *all, GString *out)
{
    print_kinds(&sip_messages, all->sip_requests, all->sip_responses, out);
    print_kinds(&register_messages, all->register_requests, all->register_responses, out);
    for (size_t i = 0; i < G_N_ELEMENTS(counts); i++)
        openmetrics_single(out, &counts[i].family,
                           *(const uint64_t *)((const char *)all + counts[i].offset));
}

static void print_tables(const ReportResult *result, GString *out)
{
    openmetrics_family(out, &table_items);
    for (unsigned i = 0; i < result->n_tables; i++)
        openmetrics_count(out, &table_items,
                          &(OpenMetricsLabels){ "table", result->tables[i].name, NULL, NULL },
                          result->tables[i].items);
    openmetrics_family(out, &table_bytes);
    for (unsigned i = 0; i < result->n_tables; i++)
        openmetrics_count(out, &table_bytes,
                          &(OpenMetricsLabels){ "table", result->tables[i].name, NULL, NULL },
                          result->tables[i].bytes);
    openmetrics_family(out, &table_forgotten);
    for (unsigned i = 0; i < result->n_tables; i++) {
        OpenMetricsLabels labels = { "table", result->tables[i].name, "because", "idle" };

        openmetrics_count(out, &table_forgotten, &labels, result->tables[i].dropped_idle);
        labels.second_value = "full";
        openmetrics_count(out, &table_forgotten, &labels, result->tables[i].dropped_full);
    }
}

void tally_capture_print(const ReportResult *result, GString *out)
{
    print_family(result, &up, out);
    print_family(result, &packets, out);
    print_family(result, &bytes, out);
    print_drops(result, out);
    print_family(result, &cut, out);
    print_family(result, &steps, out);
    print_newest(result, out);
    print_messages(&result->counts, out);
    print_tables(result, out);
}
