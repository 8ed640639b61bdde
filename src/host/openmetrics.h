#pragma once

/*
 * Text in the OpenMetrics format (version 1.0.0), of the part that the older
 * text format of Prometheus has as well: both kinds of readers take it.
 */

#include <glib.h>
#include <stdint.h>

typedef enum OpenMetricsType {
    OPENMETRICS_GAUGE,
    OPENMETRICS_COUNTER, /* its samples end in "_total" */
} OpenMetricsType;

typedef struct OpenMetricsFamily {
    const char *name; /* without "_total"; ends in the unit, when there is one */
    OpenMetricsType type;
    const char *unit; /* NULL: a plain number */
    const char *help;
} OpenMetricsFamily;

/* Up to two; an unused one has no name. */
typedef struct OpenMetricsLabels {
    const char *name;
    const char *value;
    const char *second_name;
    const char *second_value;
} OpenMetricsLabels;

/* The head of a family; its samples follow, and no family comes twice. */
void openmetrics_family(GString *out, const OpenMetricsFamily *family);

/* 'labels' NULL: none. Values may be any text. */
void openmetrics_count(GString *out, const OpenMetricsFamily *family,
                       const OpenMetricsLabels *labels, uint64_t value);

/* Of billionths: seconds from nanoseconds. */
void openmetrics_billionths(GString *out, const OpenMetricsFamily *family,
                            const OpenMetricsLabels *labels, int64_t value);

/* Head and sample at once. */
void openmetrics_single(GString *out, const OpenMetricsFamily *family, uint64_t value);

void openmetrics_end(GString *out);
