/*
 * Which outputs there are, and in which order they are opened: what can be
 * wrong with any of them is said before the first packet.
 */

#include "watch_outputs.h"

#include "host/events.h"
#include "host/metrics.h"
#include "session.h"
#include "store/history.h"
#include "watch_evidence.h"
#include "watch_keeper.h"

/* Of all memory, for the frames of late. */
#define EVIDENCE_SHARE 8

/* Likewise, for the devices that /devices shows. */
#define PAGE_SHARE 16

/* Queues are empty but for moments; when a disk stands still they are not. */
#define QUEUES_SHARE 32

static size_t evidence_bytes(const WatchOptions *options)
{
    return options->memory_bytes / EVIDENCE_SHARE;
}

static size_t page_bytes(const WatchOptions *options)
{
    return options->listen != NULL ? options->memory_bytes / PAGE_SHARE : 0;
}

size_t watch_outputs_bytes(const WatchOutputs *outputs, const WatchOptions *options)
{
    return options->memory_bytes / QUEUES_SHARE + page_bytes(options)
           + (outputs->recent != NULL ? evidence_bytes(options) : 0);
}

bool watch_outputs_need_attendant(const Options *options)
{
    for (unsigned i = 0; i < options->outputs->len; i++) {
        if (host_events_knows(g_ptr_array_index(options->outputs, i)))
            return true;
    }
    return options->watch.on_change != NULL;
}

static bool add(WatchOutputs *outputs, ReportWriter *writer)
{
    if (writer == NULL)
        return false;
    g_ptr_array_add(outputs->writers, writer);
    return true;
}

static bool open_reports(WatchOutputs *outputs, const WatchAround *around, GError **error)
{
    ReportOptions report = session_report_options(around->options, around->infos, around->redactor);

    report.live = true;
    for (unsigned i = 0; i < around->options->outputs->len; i++) {
        const char *spec = g_ptr_array_index(around->options->outputs, i);
        ReportWriter *writer = host_events_knows(spec)
                                   ? host_events_open(spec, around->attendant, error)
                                   : report_writer_open(spec, &report, error);

        if (!add(outputs, writer))
            return false;
    }
    return true;
}

static bool open_history(WatchOutputs *outputs, const WatchAround *around, GError **error)
{
    const WatchOptions *o = &around->options->watch;
    g_autoptr(GString) what = g_string_new(NULL);

    if (o->history == NULL)
        return true;
    for (unsigned i = 0; i < around->infos->len; i++) {
        const CaptureInfo *info = g_ptr_array_index(around->infos, i);

        g_string_append_printf(what, "%s%s", i > 0 ? ", " : "", info->name);
    }
    return add(outputs, store_history_new(o->history,
                                          &(StoreOptions){
                                              .max_age = o->history_age,
                                              .max_bytes = o->history_bytes,
                                              .version = WHYREG_VERSION,
                                              .description = what->str,
                                          },
                                          error));
}

static bool open_metrics(WatchOutputs *outputs, const WatchAround *around, GError **error)
{
    const WatchOptions *o = &around->options->watch;
    size_t rows = page_bytes(o) / HOST_METRICS_ROW_BYTES;

    if (o->metrics_file == NULL && o->listen == NULL)
        return true;
    return add(outputs, host_metrics_new(&(HostMetricsConfig){ .version = WHYREG_VERSION,
                                                               .file = o->metrics_file,
                                                               .listen = o->listen,
                                                               .max_devices = rows },
                                         error));
}

static bool open_evidence(WatchOutputs *outputs, const WatchAround *around, GError **error)
{
    const WatchOptions *o = &around->options->watch;

    if (around->options->evidence == NULL)
        return true;

    g_autoptr(GByteArray) head = watch_evidence_head(around->infos);

    outputs->files = watch_files_new(&(WatchFilesConfig){ .path = around->options->evidence,
                                                          .rotate_bytes = o->rotate_bytes,
                                                          .rotate_time = o->rotate_time,
                                                          .keep = o->rotate_files,
                                                          .head = head },
                                     error);
    if (outputs->files == NULL)
        return false;
    outputs->recent = recent_new(evidence_bytes(o));
    return add(outputs, watch_evidence_new(outputs->recent, outputs->files, around->infos));
}

static bool open_all(WatchOutputs *outputs, const WatchAround *around, GError **error)
{
    outputs->keeper = watch_keeper_new(around->service);
    if (around->options->watch.on_change != NULL)
        add(outputs, host_on_change_new(around->attendant));
    return open_reports(outputs, around, error) && open_history(outputs, around, error)
           && open_metrics(outputs, around, error) && open_evidence(outputs, around, error)
           && add(outputs, outputs->keeper);
}

static void abandon(WatchOutputs *outputs)
{
    for (unsigned i = 0; i < outputs->writers->len; i++)
        report_writer_abandon(g_ptr_array_index(outputs->writers, i));
    g_ptr_array_unref(outputs->writers);
    if (outputs->files != NULL)
        watch_files_close(outputs->files, NULL);
    recent_free(outputs->recent);
}

bool watch_outputs_open(WatchOutputs *outputs, const WatchAround *around, GError **error)
{
    *outputs = (WatchOutputs){ .writers = g_ptr_array_new() };
    if (open_all(outputs, around, error))
        return true;
    if (!g_ptr_array_find(outputs->writers, outputs->keeper, NULL))
        report_writer_abandon(outputs->keeper);
    abandon(outputs);
    return false;
}

void watch_outputs_start(const WatchOutputs *outputs)
{
    for (unsigned i = 0; i < outputs->writers->len; i++)
        report_writer_start(g_ptr_array_index(outputs->writers, i));
}

int watch_outputs_close(WatchOutputs *outputs, int status)
{
    g_autoptr(GError) error = NULL;

    status = session_close_writers(outputs->writers, status);
    g_ptr_array_unref(outputs->writers);
    if (outputs->files != NULL && !watch_files_close(outputs->files, &error))
        status = session_complain(error);
    recent_free(outputs->recent);
    return status;
}
