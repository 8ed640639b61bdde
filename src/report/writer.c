/*
 * Opens a writer by what the user wrote after -o, and ends it.
 */

#include "report/writer.h"

#include <string.h>

#include "formats.h"

G_DEFINE_QUARK(whyreg - report - error, report_error)

static const struct {
    const char *name;
    bool in_place; /* read while it is written: a line is complete in itself */
    bool streams;  /* writes while a capture is watched, not only at its end */
    ReportWriter *(*make)(ReportOutput *output, const ReportOptions *options);
} formats[] = {
    { "text", false, true, report_text_new },  { "html", false, false, report_html_new },
    { "json", false, false, report_json_new }, { "jsonl", true, true, report_jsonl_new },
    { "csv", false, false, report_csv_new },
};

static bool find_format(Str name, size_t *index)
{
    for (size_t i = 0; i < G_N_ELEMENTS(formats); i++) {
        if (str_equal(name, str_of(formats[i].name))) {
            *index = i;
            return true;
        }
    }
    return false;
}

static void refuse_format(Str name, GError **error)
{
    g_autoptr(GString) known = g_string_new(NULL);
    g_autofree char *asked = g_strndup(name.data, name.len);

    for (size_t i = 0; i < G_N_ELEMENTS(formats); i++)
        g_string_append_printf(known, "%s%s", i > 0 ? ", " : "", formats[i].name);
    g_set_error(error, REPORT_ERROR, REPORT_ERROR_FORMAT,
                "there is no report format \"%s\"; the formats are %s", asked, known->str);
}

static ReportOutput *open_output(size_t format, const char *target, bool live, GError **error)
{
    if (live && formats[format].streams)
        return report_output_open_stream(target, error);
    return report_output_open(target, formats[format].in_place, error);
}

ReportWriter *report_writer_open(const char *spec, const ReportOptions *options, GError **error)
{
    const char *target = strchr(spec, ':');
    Str name = target != NULL ? (Str){ spec, (size_t)(target - spec) } : str_of(spec);
    size_t index = 0;

    if (!find_format(name, &index)) {
        refuse_format(name, error);
        return NULL;
    }

    target = target != NULL ? target + 1 : "-";
    if (*target == '\0') {
        g_set_error(error, REPORT_ERROR, REPORT_ERROR_FORMAT, "\"%s\" names no file", spec);
        return NULL;
    }

    ReportOutput *output = open_output(index, target, options->live, error);

    if (output == NULL)
        return NULL;

    ReportOptions own = *options;

    /* The terminal is standard output; a file is for everybody. */
    if (strcmp(target, "-") != 0) {
        own.color = false;
        own.width = 0;
    }
    return own.redactor != NULL ? report_redact_new(output, &own, formats[index].make)
                                : formats[index].make(output, &own);
}

void report_writer_start(ReportWriter *writer)
{
    if (writer->output != NULL)
        report_output_start(writer->output);
    if (writer->ops->start != NULL)
        writer->ops->start(writer);
}

void report_writer_reopen(ReportWriter *writer)
{
    if (writer->output != NULL)
        report_output_reopen(writer->output);
    if (writer->ops->reopen != NULL)
        writer->ops->reopen(writer);
}

uint64_t report_writer_dropped(const ReportWriter *writer)
{
    uint64_t dropped = writer->output != NULL ? report_output_dropped(writer->output) : 0;

    return dropped + (writer->ops->dropped != NULL ? writer->ops->dropped(writer) : 0);
}

void report_writer_abandon(ReportWriter *writer)
{
    ReportOutput *output = writer->output;

    writer->ops->free(writer);
    if (output != NULL)
        report_output_abandon(output);
}

bool report_writer_close(ReportWriter *writer, GError **error)
{
    ReportOutput *output = writer->output;

    writer->ops->free(writer);
    return output == NULL || report_output_close(output, error);
}
