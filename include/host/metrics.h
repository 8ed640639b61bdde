#pragma once

/*
 * The numbers of a watched capture in the OpenMetrics format: in a file for
 * the textfile collector of node_exporter, and over HTTP. Nothing in them
 * names an account.
 */

#include "report/writer.h"

typedef struct HostMetricsConfig {
    const char *version; /* of the program */
    const char *file;    /* --metrics-file; NULL: none */
    const char *listen;  /* --listen [HOST:]PORT; NULL: none */
    size_t max_devices;  /* that /devices keeps; 0: HOST_METRICS_DEVICES */
} HostMetricsConfig;

#define HOST_METRICS_DEVICES 65536

/* Memory for each of 'max_devices': what a device with its texts commonly takes. */
#define HOST_METRICS_ROW_BYTES 512

/* Binds the address of 'listen', as long as there are the rights to do so, and serves it from
 * report_writer_start() on. /metrics, /healthz and /devices are all it has. */
ReportWriter *host_metrics_new(const HostMetricsConfig *config, GError **error);

/* The descriptor that connections come in on; -1: none. For those who know 'config.listen'
 * only as port 0, and for the sandbox. */
int host_metrics_socket(const ReportWriter *writer);
