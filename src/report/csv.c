/*
 * One row for each device, for a spreadsheet or a database (RFC 4180).
 *
 * A spreadsheet takes a cell for a formula that begins like one, and a
 * User-Agent can say "=HYPERLINK(...)". Nothing from the wire can end a row,
 * because control characters are escaped.
 */

#include "base/escape.h"
#include "formats.h"
#include "reg/interval.h"

typedef struct CsvWriter {
    ReportWriter base;
    GString *row;
    GString *cell; /* scratch */
    GString *text; /* scratch: before it is escaped */
} CsvWriter;

static const char header[] =
    "id,aor,state,addresses,public_addresses,server,transport,user_agent,instance,first_seen,"
    "last_seen,granted_seconds,watched_seconds,registered_seconds,unreachable_seconds,"
    "reachable_least_seconds,reachable_most_seconds,attempts,accepted,refused,unanswered,findings";

static void put_comma(CsvWriter *csv)
{
    if (csv->row->len > 0)
        g_string_append_c(csv->row, ',');
}

/* Words from anywhere; NULL is an empty cell. */
static void put_text(CsvWriter *csv, const char *text)
{
    g_string_truncate(csv->cell, 0);
    escape_terminal(csv->cell, str_of(text));
    put_comma(csv);
    escape_csv(csv->row, csv->cell->str);
}

static void put_number(CsvWriter *csv, uint64_t number)
{
    put_comma(csv);
    g_string_append_printf(csv->row, "%" G_GUINT64_FORMAT, number);
}

/* "2026-01-31T12:00:00.123Z": as many digits as a spreadsheet keeps. */
static void put_time(CsvWriter *csv, Nsec time)
{
    char stamp[NSEC_TEXT];

    put_comma(csv);
    if (time == NSEC_NONE)
        return;
    nsec_to_text(time, stamp);
    g_string_append_printf(csv->row, "%.23sZ", stamp);
}

static void put_span(CsvWriter *csv, Nsec span)
{
    put_comma(csv);
    g_string_append_printf(csv->row, "%" G_GINT64_FORMAT ".%03" G_GINT64_FORMAT, span / NSEC_SEC,
                           span % NSEC_SEC / NSEC_MSEC);
}

static void put_endpoints(CsvWriter *csv, const NetEndpoint *all, unsigned n)
{
    char text[NET_ENDPOINT_TEXT];

    g_string_truncate(csv->text, 0);
    for (unsigned i = 0; i < n; i++)
        g_string_append_printf(csv->text, "%s%s", i > 0 ? " " : "",
                               net_endpoint_to_text(&all[i], text));
    put_text(csv, csv->text->str);
}

static void put_device(CsvWriter *csv, const RegDevice *device, RegState state)
{
    char id[24];

    g_snprintf(id, sizeof(id), "d%" G_GUINT64_FORMAT, device->id);
    put_text(csv, id);
    put_text(csv, device->aor);
    put_text(csv, reg_state_name(state));
    put_endpoints(csv, device->addresses, device->n_addresses);
    put_endpoints(csv, device->public_addresses, device->n_public_addresses);
    put_endpoints(csv, &device->server, device->server.addr.version != 0);
    put_text(csv, device->transport == NET_UDP ? "udp" : "tcp");
    put_text(csv, device->user_agent);
    put_text(csv, device->instance);
    put_time(csv, device->first_seen);
    put_time(csv, device->last_seen);
}

/* What the registrar promised last, and how the time was spent. */
static void put_life(CsvWriter *csv, const RegDevice *device, Nsec end)
{
    uint32_t granted = device->n_bindings > 0 ? device->bindings[device->n_bindings - 1].granted
                                              : REG_EXPIRES_NONE;
    RegAvailability life = reg_device_availability(device, end);

    if (granted != REG_EXPIRES_NONE)
        put_number(csv, granted);
    else
        put_comma(csv);
    put_span(csv, life.watched);
    put_span(csv, life.registered);
    put_span(csv, life.unreachable);
    put_span(csv, life.reachable_least);
    put_span(csv, life.reachable_most);
    put_number(csv, device->n_attempts);
    put_number(csv, device->n_accepted);
    put_number(csv, device->n_refused);
    put_number(csv, device->n_unanswered);
}

/* Device id to its findings' ids, the worst first. */
static GHashTable *name_findings(const ReportResult *result)
{
    GHashTable *table = g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL, g_free);

    for (unsigned i = 0; i < result->findings->len; i++) {
        const Finding *finding = g_ptr_array_index(result->findings, i);
        const char *before = g_hash_table_lookup(table, &finding->device);

        g_hash_table_insert(table, (gpointer)&finding->device,
                            before != NULL ? g_strconcat(before, " ", finding->rule->id, NULL)
                                           : g_strdup(finding->rule->id));
    }
    return table;
}

static void end_row(CsvWriter *csv)
{
    g_string_append(csv->row, "\r\n");
    report_output_write(csv->base.output, csv->row->str, csv->row->len);
    g_string_truncate(csv->row, 0);
}

static void csv_end(ReportWriter *writer, const ReportResult *result)
{
    CsvWriter *csv = (CsvWriter *)writer;
    g_autoptr(GHashTable) findings = name_findings(result);

    g_string_assign(csv->row, header);
    end_row(csv);
    for (unsigned i = 0; i < result->devices->len; i++) {
        const RegDevice *device = g_ptr_array_index(result->devices, i);
        Nsec end = report_device_end(result, device);

        if (device->scanner) /* an account that somebody tries is no device */
            continue;
        put_device(csv, device, reg_device_state(device, end));
        put_life(csv, device, end);
        put_text(csv, g_hash_table_lookup(findings, &device->id));
        end_row(csv);
    }
    report_output_flush(writer->output);
}

static void csv_free(ReportWriter *writer)
{
    CsvWriter *csv = (CsvWriter *)writer;

    g_string_free(csv->row, TRUE);
    g_string_free(csv->cell, TRUE);
    g_string_free(csv->text, TRUE);
    g_free(csv);
}

static const ReportWriterOps csv_ops = {
    .name = "csv",
    .end = csv_end,
    .free = csv_free,
};

ReportWriter *report_csv_new(ReportOutput *output, const ReportOptions *options)
{
    CsvWriter *csv = g_new0(CsvWriter, 1);

    csv->base = (ReportWriter){ .ops = &csv_ops, .output = output, .captures = options->captures };
    csv->row = g_string_new(NULL);
    csv->cell = g_string_new(NULL);
    csv->text = g_string_new(NULL);
    return &csv->base;
}
