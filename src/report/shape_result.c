/*
 * The objects of the JSON report that belong to no device: captures, counts,
 * findings, and what was not judged.
 */

#include "shape.h"

static void texts(ReportShaper *shaper, const char *name, const GPtrArray *array)
{
    report_shape_open_list(shaper, name);
    for (unsigned i = 0; array != NULL && i < array->len; i++)
        report_shape_text(shaper, NULL, g_ptr_array_index(array, i));
    report_shape_close_list(shaper);
}

static void link_types(ReportShaper *shaper, const GArray *links)
{
    char text[NET_LINK_TEXT];

    report_shape_open_list(shaper, "link_types");
    for (unsigned i = 0; links != NULL && i < links->len; i++)
        report_shape_text(shaper, NULL, net_link_name(g_array_index(links, uint16_t, i), text));
    report_shape_close_list(shaper);
}

/* All three are null when nothing was compared with it. */
static void shape_clock(ReportShaper *shaper, const CaptureClock *clock)
{
    const CaptureClockPiece *piece =
        clock != NULL ? &g_array_index(clock->pieces, CaptureClockPiece, 0) : NULL;
    Nsec uncertainty = clock != NULL ? capture_clock_uncertainty(clock) : NSEC_NONE;

    if (piece != NULL) {
        report_shape_number(shaper, "clock_offset_seconds", (double)piece->offset / 1e9);
        report_shape_number(shaper, "clock_drift_ppm", piece->drift * 1e6);
    } else {
        report_shape_text(shaper, "clock_offset_seconds", NULL);
        report_shape_text(shaper, "clock_drift_ppm", NULL);
    }
    if (uncertainty != NSEC_NONE)
        report_shape_number(shaper, "clock_uncertainty_seconds", (double)uncertainty / 1e9);
    else
        report_shape_text(shaper, "clock_uncertainty_seconds", NULL);
}

/* Of an interface only: nothing of it can be told of a file. */
static void shape_gaps(ReportShaper *shaper, const CaptureInfo *info)
{
    if (info->gaps == NULL || info->gaps->len == 0)
        return;
    report_shape_open_list(shaper, "gaps");
    for (unsigned i = 0; i < info->gaps->len; i++) {
        const CaptureGap *gap = &g_array_index(info->gaps, CaptureGap, i);

        report_shape_open(shaper, NULL);
        report_shape_time(shaper, "from", gap->from);
        report_shape_time(shaper, "until", gap->until);
        report_shape_text(shaper, "because", gap->because);
        report_shape_close(shaper);
    }
    report_shape_close_list(shaper);
}

void report_shape_capture(ReportShaper *shaper, const RegCaptureSite *site)
{
    const CaptureInfo *info = site->info;

    report_shape_text(shaper, "name", info->name);
    report_shape_text(shaper, "path", info->path);
    report_shape_text(shaper, "format", info->format);
    report_shape_text(shaper, "compression", info->compression);
    link_types(shaper, info->links);
    report_shape_count(shaper, "packets", info->packets);
    report_shape_count(shaper, "bytes", info->bytes);
    report_shape_time(shaper, "first", info->first);
    report_shape_time(shaper, "last", info->last);
    report_shape_text(shaper, "vantage", reg_vantage_name(site->vantage.vantage));
    report_shape_text(shaper, "vantage_because", site->vantage.because);
    shape_clock(shaper, info->clock);
    report_shape_flag(shaper, "complete", info->complete);
    report_shape_text(shaper, "stopped_because", info->stopped_because);
    texts(shaper, "interfaces", info->interfaces);
    texts(shaper, "filters", info->filters);
    texts(shaper, "comments", info->comments);
    report_shape_count(shaper, "cut_frames", info->cut_frames);
    if (info->drops_known)
        report_shape_count(shaper, "dropped", info->dropped_kernel + info->dropped_interface);
    else
        report_shape_text(shaper, "dropped", NULL);
    shape_gaps(shaper, info);
}

static void forgotten(ReportShaper *shaper, const ReportResult *result)
{
    report_shape_open(shaper, "forgotten");
    for (unsigned i = 0; i < result->n_tables; i++) {
        if (result->tables[i].dropped_full > 0)
            report_shape_count(shaper, result->tables[i].name, result->tables[i].dropped_full);
    }
    report_shape_close(shaper);
}

void report_shape_counts(ReportShaper *shaper, const ReportResult *result)
{
    const ReportCounts *counts = &result->counts;

    report_shape_count(shaper, "sip_messages", counts->sip_messages);
    report_shape_count(shaper, "sip_requests", counts->sip_requests);
    report_shape_count(shaper, "sip_responses", counts->sip_responses);
    report_shape_count(shaper, "register_requests", counts->register_requests);
    report_shape_count(shaper, "register_responses", counts->register_responses);
    report_shape_count(shaper, "retransmissions", counts->retransmissions);
    report_shape_count(shaper, "duplicate_packets", counts->duplicate_packets);
    report_shape_count(shaper, "fragments_reassembled", counts->fragments_reassembled);
    report_shape_count(shaper, "stream_gaps", counts->stream_gaps);
    report_shape_count(shaper, "undecoded_packets", counts->undecoded_packets);
    report_shape_count(shaper, "tls_records", counts->tls_records);
    forgotten(shaper, result);
}

/* Null: it is the whole. */
void report_shape_part(ReportShaper *shaper, const char *name, const ReportPart *part)
{
    if (part == NULL) {
        report_shape_text(shaper, name, NULL);
        return;
    }
    report_shape_open(shaper, name);
    texts(shaper, "devices", part->devices);
    texts(shaper, "findings", part->findings);
    report_shape_time(shaper, "since", part->since);
    report_shape_time(shaper, "until", part->until != NSEC_MAX ? part->until : NSEC_NONE);
    report_shape_count(shaper, "devices_left_out", part->devices_left_out);
    report_shape_count(shaper, "findings_left_out", part->findings_left_out);
    report_shape_close(shaper);
}

void report_shape_capture_name(ReportShaper *shaper, const char *name, uint32_t index)
{
    const GPtrArray *captures = report_shape_captures(shaper);
    bool known = index < captures->len;

    if (!report_shaper_is_compact(shaper))
        report_shape_text(shaper, name,
                          known ? ((const CaptureInfo *)g_ptr_array_index(captures, index))->name
                                : NULL);
    else if (known && index > 0)
        report_shape_count(shaper, name, index);
}

void report_shape_ref(ReportShaper *shaper, CaptureRef ref, Nsec time)
{
    bool shown = ref.frame != 0;

    report_shape_capture_name(shaper, "capture", shown ? ref.capture : UINT32_MAX);
    if (shown)
        report_shape_count(shaper, "frame", ref.frame);
    else
        report_shape_text(shaper, "frame", NULL);
    report_shape_time(shaper, "time", time);
}

void report_shape_packet(ReportShaper *shaper, const char *name, CaptureRef ref, Nsec time)
{
    if (ref.frame == 0) {
        report_shape_text(shaper, name, NULL);
        return;
    }
    report_shape_open(shaper, name);
    report_shape_ref(shaper, ref, time);
    report_shape_close(shaper);
}

static void evidence(ReportShaper *shaper, const Finding *finding)
{
    report_shape_open_list(shaper, "evidence");
    for (unsigned i = 0; i < finding->facts->len; i++) {
        const FindingFact *fact = &g_array_index(finding->facts, FindingFact, i);

        report_shape_open(shaper, NULL);
        report_shape_ref(shaper, fact->ref, fact->time);
        report_shape_text(shaper, "what", fact->name);
        report_shape_text(shaper, "seen", fact->seen);
        report_shape_text(shaper, "expected", fact->expected);
        report_shape_close(shaper);
    }
    report_shape_close_list(shaper);
}

static void rejected(ReportShaper *shaper, const Finding *finding)
{
    report_shape_open_list(shaper, "rejected");
    for (unsigned i = 0; i < finding->rejected->len; i++) {
        const FindingRejected *other = &g_array_index(finding->rejected, FindingRejected, i);

        report_shape_open(shaper, NULL);
        report_shape_text(shaper, "id", other->id);
        report_shape_text(shaper, "because", other->because);
        report_shape_close(shaper);
    }
    report_shape_close_list(shaper);
}

void report_shape_finding(ReportShaper *shaper, const Finding *finding)
{
    const Rule *rule = finding->rule;

    report_shape_text(shaper, "id", rule->id);
    report_shape_text(shaper, "area", rule->area);
    report_shape_text(shaper, "title", rule->title);
    report_shape_text(shaper, "severity", finding_severity_name(rule->severity));
    report_shape_text(shaper, "grade", finding_grade_name(finding->grade));
    report_shape_device_id(shaper, "device", finding->device);
    report_shape_text(shaper, "aor", finding->aor);
    report_shape_time(shaper, "from", finding->from);
    report_shape_time(shaper, "until", finding->until);
    report_shape_count(shaper, "count", finding->count);
    report_shape_text(shaper, "summary", finding->summary != NULL ? finding->summary : rule->title);
    evidence(shaper, finding);
    if (finding->rewrites != NULL)
        report_shape_diff(shaper, finding->rewrites);
    rejected(shaper, finding);
    report_shape_text(shaper, "settle", finding->settle);
    report_shape_text(shaper, "advice", finding_advice(finding));
    report_shape_text(shaper, "reference", rule->reference);
}

void report_shape_abstention(ReportShaper *shaper, const RuleAbstention *abstention)
{
    report_shape_text(shaper, "id", abstention->rule->id);
    report_shape_text(shaper, "because", abstention->because);
    report_shape_count(shaper, "times", abstention->times);
}
