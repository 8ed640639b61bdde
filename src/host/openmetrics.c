/*
 * Numbers for Prometheus and those who speak its language.
 */

#include "openmetrics.h"

#include "base/escape.h"
#include "base/str.h"

void openmetrics_family(GString *out, const OpenMetricsFamily *family)
{
    g_string_append_printf(out, "# HELP %s %s\n# TYPE %s %s\n", family->name, family->help,
                           family->name, family->type == OPENMETRICS_COUNTER ? "counter" : "gauge");
    if (family->unit != NULL)
        g_string_append_printf(out, "# UNIT %s %s\n", family->name, family->unit);
}

static void add_value(GString *out, const char *value)
{
    g_autoptr(GString) text = g_string_new(NULL);

    escape_utf8(text, str_of(value));
    for (const char *at = text->str; *at != '\0'; at++) {
        if (*at == '\n') {
            g_string_append(out, "\\n");
            continue;
        }
        if (*at == '"' || *at == '\\')
            g_string_append_c(out, '\\');
        g_string_append_c(out, *at);
    }
}

static void add_label(GString *out, char before, const char *name, const char *value)
{
    g_string_append_printf(out, "%c%s=\"", before, name);
    add_value(out, value);
    g_string_append_c(out, '"');
}

static void add_name(GString *out, const OpenMetricsFamily *family, const OpenMetricsLabels *labels)
{
    g_string_append(out, family->name);
    if (family->type == OPENMETRICS_COUNTER)
        g_string_append(out, "_total");
    if (labels == NULL)
        return;
    add_label(out, '{', labels->name, labels->value);
    if (labels->second_name != NULL)
        add_label(out, ',', labels->second_name, labels->second_value);
    g_string_append_c(out, '}');
}

void openmetrics_count(GString *out, const OpenMetricsFamily *family,
                       const OpenMetricsLabels *labels, uint64_t value)
{
    add_name(out, family, labels);
    g_string_append_printf(out, " %" G_GUINT64_FORMAT "\n", value);
}

void openmetrics_billionths(GString *out, const OpenMetricsFamily *family,
                            const OpenMetricsLabels *labels, int64_t value)
{
    uint64_t size = value < 0 ? -(uint64_t)value : (uint64_t)value;

    add_name(out, family, labels);
    g_string_append_printf(out, " %s%" G_GUINT64_FORMAT ".%09" G_GUINT64_FORMAT "\n",
                           value < 0 ? "-" : "", size / 1000000000, size % 1000000000);
}

void openmetrics_single(GString *out, const OpenMetricsFamily *family, uint64_t value)
{
    openmetrics_family(out, family);
    openmetrics_count(out, family, NULL, value);
}

void openmetrics_end(GString *out)
{
    g_string_append(out, "# EOF\n");
}
