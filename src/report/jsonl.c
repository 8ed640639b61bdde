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

static void jsonl_end(ReportWriter *writer, const ReportResult *result)
{
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
    .free = jsonl_free,
};

ReportWriter *report_jsonl_new(ReportOutput *output, const ReportOptions *options)
{
    JsonlWriter *jsonl = g_new0(JsonlWriter, 1);

    jsonl->base =
        (ReportWriter){ .ops = &jsonl_ops, .output = output, .captures = options->captures };
    jsonl->shaper = report_shaper_new(options->captures);
    return &jsonl->base;
}
