/*
 * The whole result as one JSON document, for scripts. It is written object by
 * object, one to a line, so that a capture with a hundred thousand devices
 * needs no more memory here than one device does.
 */

#include "formats.h"
#include "shape.h"

typedef struct JsonWriter {
    ReportWriter base;
    ReportShaper *shaper;
} JsonWriter;

static void put(JsonWriter *json, const char *text)
{
    report_output_write(json->base.output, text, strlen(text));
}

/* One more object of a list; 'first' is the list's state. */
static void put_object(JsonWriter *json, bool *first)
{
    const GString *object = report_shape_end(json->shaper);

    put(json, *first ? "\n" : ",\n");
    report_output_write(json->base.output, object->str, object->len);
    *first = false;
}

static void put_captures(JsonWriter *json, const ReportResult *result)
{
    bool first = true;

    put(json, "\"captures\":[");
    for (unsigned i = 0; i < result->captures->len; i++) {
        report_shape_begin(json->shaper);
        report_shape_capture(json->shaper, g_ptr_array_index(result->captures, i));
        put_object(json, &first);
    }
    put(json, "\n],\n");
}

static void put_counts(JsonWriter *json, const ReportResult *result)
{
    report_shape_begin(json->shaper);
    report_shape_counts(json->shaper, result);

    const GString *object = report_shape_end(json->shaper);

    put(json, "\"counts\":");
    report_output_write(json->base.output, object->str, object->len);
    put(json, ",\n");
}

static void put_part(JsonWriter *json, const ReportPart *part)
{
    if (part == NULL) {
        put(json, "\"part\":null,\n");
        return;
    }
    report_shape_begin(json->shaper);
    report_shape_part(json->shaper, "part", part);

    const GString *object = report_shape_end(json->shaper);

    /* Without the braces around it. */
    report_output_write(json->base.output, object->str + 1, object->len - 2);
    put(json, ",\n");
}

static void put_devices(JsonWriter *json, const ReportResult *result)
{
    bool first = true;

    put(json, "\"devices\":[");
    for (unsigned i = 0; i < result->devices->len; i++) {
        const RegDevice *device = g_ptr_array_index(result->devices, i);

        if (report_output_failed(json->base.output))
            return;
        if (device->scanner) /* an account that somebody tries is no device */
            continue;
        report_shape_begin(json->shaper);
        report_shape_device(json->shaper, device, report_device_end(result, device));
        put_object(json, &first);
    }
    put(json, "\n],\n");
}

static void put_findings(JsonWriter *json, const ReportResult *result)
{
    bool first = true;

    put(json, "\"findings\":[");
    for (unsigned i = 0; i < result->findings->len; i++) {
        report_shape_begin(json->shaper);
        report_shape_finding(json->shaper, g_ptr_array_index(result->findings, i));
        put_object(json, &first);
    }
    put(json, "\n],\n");
}

static void put_abstentions(JsonWriter *json, const ReportResult *result)
{
    bool first = true;

    put(json, "\"not_judged\":[");
    for (unsigned i = 0; i < result->abstentions->len; i++) {
        report_shape_begin(json->shaper);
        report_shape_abstention(json->shaper,
                                &g_array_index(result->abstentions, RuleAbstention, i));
        put_object(json, &first);
    }
    put(json, "\n]\n");
}

static void json_end(ReportWriter *writer, const ReportResult *result)
{
    JsonWriter *json = (JsonWriter *)writer;

    report_shaper_show(json->shaper, result->part);
    put(json, "{\"schema\":1,\n");
    put_captures(json, result);
    put_counts(json, result);
    put_part(json, result->part);
    put_devices(json, result);
    put_findings(json, result);
    put_abstentions(json, result);
    put(json, "}\n");
    report_output_flush(writer->output);
}

static void json_free(ReportWriter *writer)
{
    JsonWriter *json = (JsonWriter *)writer;

    report_shaper_free(json->shaper);
    g_free(json);
}

static const ReportWriterOps json_ops = {
    .name = "json",
    .end = json_end,
    .free = json_free,
};

ReportWriter *report_json_new(ReportOutput *output, const ReportOptions *options)
{
    JsonWriter *json = g_new0(JsonWriter, 1);

    json->base =
        (ReportWriter){ .ops = &json_ops, .output = output, .captures = options->captures };
    json->shaper = report_shaper_new(options->captures);
    return &json->base;
}
