/*
 * Results as they happen, one JSON object to a line, for programs that watch.
 *
 * What is said here early may be withdrawn later: a finding is printed when
 * its rule first fires, and the last line, the coverage, names the findings
 * that stood at the end and how often each was seen.
 */

#include "formats.h"
#include "shape.h"

typedef struct JsonlWriter {
    ReportWriter base;
    ReportShaper *shaper;
    bool verbose;
} JsonlWriter;

static ReportShaper *begin(ReportWriter *writer, const char *type)
{
    ReportShaper *shaper = ((JsonlWriter *)writer)->shaper;

    report_shape_begin(shaper);
    report_shape_text(shaper, "type", type);
    return shaper;
}

/* A line is handed over at once: somebody is waiting for it. */
static void end_line(ReportWriter *writer)
{
    const GString *line = report_shape_end(((JsonlWriter *)writer)->shaper);

    report_output_write(writer->output, line->str, line->len);
    report_output_write(writer->output, "\n", 1);
    report_output_flush(writer->output);
}

static void jsonl_attempt(ReportWriter *writer, const RegDevice *device, const RegAttempt *attempt)
{
    ReportShaper *shaper = begin(writer, "attempt");

    report_shape_device_id(shaper, "device", device->id);
    report_shape_text(shaper, "aor", device->aor);
    report_shape_attempt(shaper, attempt);
    end_line(writer);
}

static void jsonl_binding(ReportWriter *writer, const RegDevice *device, const RegBinding *binding)
{
    ReportShaper *shaper = begin(writer, "binding");

    report_shape_device_id(shaper, "device", device->id);
    report_shape_text(shaper, "aor", device->aor);
    report_shape_binding(shaper, binding);
    end_line(writer);
}

static void jsonl_finding(ReportWriter *writer, const Finding *finding)
{
    report_shape_finding(begin(writer, "finding"), finding);
    end_line(writer);
}

/* --- while a capture is watched ------------------------------------------- */

static void ends(ReportShaper *shaper, const char *name, const NetEndpoint *list, unsigned n)
{
    char text[NET_ENDPOINT_TEXT];

    report_shape_open_list(shaper, name);
    for (unsigned i = 0; i < n; i++)
        report_shape_text(shaper, NULL, net_endpoint_to_text(&list[i], text));
    report_shape_close_list(shaper);
}

static void jsonl_change(ReportWriter *writer, const ReportChange *change)
{
    const RegDevice *device = change->device;
    const RegStanding *to = &change->to;
    ReportShaper *shaper = begin(writer, "state");
    char text[NET_ENDPOINT_TEXT];

    report_shape_device_id(shaper, "device", device->id);
    report_shape_text(shaper, "aor", device->aor);
    report_shape_text(shaper, "from",
                      change->from.since != NSEC_NONE ? reg_condition_name(change->from.condition)
                                                      : NULL);
    report_shape_text(shaper, "to", reg_condition_name(to->condition));
    report_shape_text(shaper, "state", reg_state_name(to->state));
    report_shape_text(shaper, "because", to->because);
    report_shape_time(shaper, "since", to->since);
    report_shape_time(shaper, "until", to->until);
    report_shape_time(shaper, "noticed", change->time);
    report_shape_ref(shaper, to->ref, to->ref.frame != 0 ? to->since : NSEC_NONE);
    report_shape_text(shaper, "finding",
                      change->finding != NULL ? change->finding->rule->id : NULL);
    ends(shaper, "addresses", device->addresses, device->n_addresses);
    ends(shaper, "public_addresses", device->public_addresses, device->n_public_addresses);
    report_shape_text(shaper, "server",
                      device->server.addr.version != 0 ? net_endpoint_to_text(&device->server, text)
                                                       : NULL);
    end_line(writer);
}

static void jsonl_resolved(ReportWriter *writer, const ReportResolved *resolved)
{
    const Finding *finding = resolved->finding;
    ReportShaper *shaper = begin(writer, "resolved");

    report_shape_text(shaper, "id", finding->rule->id);
    report_shape_device_id(shaper, "device", finding->device);
    report_shape_text(shaper, "aor", finding->aor);
    report_shape_text(shaper, "summary", finding->summary);
    report_shape_count(shaper, "count", finding->count);
    report_shape_time(shaper, "from", resolved->from);
    report_shape_time(shaper, "until", resolved->time);
    report_shape_number(shaper, "seconds",
                        (double)nsec_since(resolved->from, resolved->time) / 1e9);
    report_shape_text(shaper, "because", resolved->because);
    report_shape_flag(shaper, "lost", resolved->lost);
    end_line(writer);
}

static void jsonl_forgotten(ReportWriter *writer, uint64_t device)
{
    report_shape_device_id(begin(writer, "forgotten"), "device", device);
    end_line(writer);
}

static void jsonl_pulse(ReportWriter *writer, const ReportPulse *pulse)
{
    ReportShaper *shaper;

    if (!((JsonlWriter *)writer)->verbose)
        return;
    shaper = begin(writer, "pulse");
    report_shape_time(shaper, "until", pulse->now);
    report_shape_open(shaper, "devices");
    for (unsigned i = 0; i < REG_CONDITIONS; i++)
        report_shape_count(shaper, reg_condition_name(i), pulse->conditions[i]);
    report_shape_close(shaper);
    report_shape_open(shaper, "open");
    for (unsigned i = 0; i < pulse->open->len; i++) {
        const ReportOpen *open = &g_array_index(pulse->open, ReportOpen, i);

        report_shape_count(shaper, open->rule->id, open->devices);
    }
    report_shape_close(shaper);
    report_shape_open(shaper, "counts");
    report_shape_counts(shaper, pulse->result);
    report_shape_close(shaper);
    report_shape_count(shaper, "outputs_dropped", pulse->outputs_dropped);
    end_line(writer);
}

/* --- the end -------------------------------------------------------------- */

/* What became of a device in the end; its attempts and bindings were said. */
static void device_line(ReportWriter *writer, const RegDevice *device, Nsec end)
{
    Nsec now = end != NSEC_NONE ? end : device->last_seen;
    ReportShaper *shaper = begin(writer, "device");

    report_shape_device_id(shaper, "device", device->id);
    report_shape_text(shaper, "aor", device->aor);
    report_shape_text(shaper, "state", reg_state_name(reg_device_state(device, now)));
    report_shape_life(shaper, device, now);
    end_line(writer);
}

static void standing(ReportShaper *shaper, const GPtrArray *findings)
{
    report_shape_open_list(shaper, "findings");
    for (unsigned i = 0; i < findings->len; i++) {
        const Finding *finding = g_ptr_array_index(findings, i);

        report_shape_open(shaper, NULL);
        report_shape_text(shaper, "id", finding->rule->id);
        report_shape_device_id(shaper, "device", finding->device);
        report_shape_text(shaper, "grade", finding_grade_name(finding->grade));
        report_shape_count(shaper, "count", finding->count);
        report_shape_close(shaper);
    }
    report_shape_close_list(shaper);
}

static void not_judged(ReportShaper *shaper, const GArray *abstentions)
{
    report_shape_open_list(shaper, "not_judged");
    for (unsigned i = 0; i < abstentions->len; i++) {
        report_shape_open(shaper, NULL);
        report_shape_abstention(shaper, &g_array_index(abstentions, RuleAbstention, i));
        report_shape_close(shaper);
    }
    report_shape_close_list(shaper);
}

/* Where lines of a watched capture could not be written. */
static void gap_line(GString *line, uint64_t records, const char *because)
{
    g_string_append_printf(
        line, "{\"type\":\"lost\",\"records\":%" G_GUINT64_FORMAT ",\"because\":\"%s\"}\n", records,
        because);
}

static void jsonl_end(ReportWriter *writer, const ReportResult *result)
{
    report_output_linger(writer->output);
    report_shaper_show(((JsonlWriter *)writer)->shaper, result->part);
    for (unsigned i = 0; i < result->devices->len; i++) {
        const RegDevice *device = g_ptr_array_index(result->devices, i);

        if (!device->scanner)
            device_line(writer, device, report_device_end(result, device));
    }

    ReportShaper *shaper = begin(writer, "coverage");

    report_shape_count(shaper, "schema", 1);
    report_shape_open_list(shaper, "captures");
    for (unsigned i = 0; i < result->captures->len; i++) {
        report_shape_open(shaper, NULL);
        report_shape_capture(shaper, g_ptr_array_index(result->captures, i));
        report_shape_close(shaper);
    }
    report_shape_close_list(shaper);
    report_shape_open(shaper, "counts");
    report_shape_counts(shaper, result);
    report_shape_close(shaper);
    report_shape_part(shaper, "part", result->part);
    standing(shaper, result->findings);
    not_judged(shaper, result->abstentions);
    end_line(writer);
}

static void jsonl_free(ReportWriter *writer)
{
    JsonlWriter *jsonl = (JsonlWriter *)writer;

    report_shaper_free(jsonl->shaper);
    g_free(jsonl);
}

static const ReportWriterOps jsonl_ops = {
    .name = "jsonl",
    .attempt = jsonl_attempt,
    .binding = jsonl_binding,
    .finding = jsonl_finding,
    .end = jsonl_end,
    .change = jsonl_change,
    .resolved = jsonl_resolved,
    .forgotten = jsonl_forgotten,
    .pulse = jsonl_pulse,
    .free = jsonl_free,
};

ReportWriter *report_jsonl_new(ReportOutput *output, const ReportOptions *options)
{
    JsonlWriter *jsonl = g_new0(JsonlWriter, 1);

    jsonl->base =
        (ReportWriter){ .ops = &jsonl_ops, .output = output, .captures = options->captures };
    jsonl->shaper = report_shaper_new(options->captures);
    jsonl->verbose = options->verbose;
    report_output_tell_gaps(output, gap_line);
    return &jsonl->base;
}
