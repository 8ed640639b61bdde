/*
 * A whole capture file through everything, to every kind of report. JSON has
 * to be JSON.
 */

#include <glib.h>
#include <json-glib/json-glib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "app/pipeline.h"
#include "fuzz.h"

/* JSON is looked at; the others only have to come to their end. */
static const char *const others[] = { "jsonl:/dev/null", "html:/dev/null", "text:/dev/null",
                                      "csv:/dev/null" };

static ReportWriter *open_report(const char *spec, const GPtrArray *infos)
{
    ReportOptions options = { .captures = infos, .verbose = true, .ladder = true };
    ReportWriter *writer = report_writer_open(spec, &options, NULL);

    fuzz_check(writer != NULL);
    return writer;
}

static char *folder_of_reports(void)
{
    return g_strdup(access("/dev/shm", W_OK) == 0 ? "/dev/shm" : g_get_tmp_dir());
}

static void check_json(const char *path)
{
    g_autoptr(JsonParser) parser = json_parser_new_immutable();

    fuzz_check(json_parser_load_from_file(parser, path, NULL));
    unlink(path);
}

static void read_all(CaptureSet *captures)
{
    g_autoptr(GPtrArray) writers = g_ptr_array_new();
    g_autoptr(GPtrArray) infos = g_ptr_array_new();
    g_autofree char *folder = folder_of_reports();
    g_autofree char *path = g_strdup_printf("%s/whyreg-fuzz-%d.json", folder, (int)getpid());
    g_autofree char *json = g_strconcat("json:", path, NULL);
    CapturePacket packet;

    g_ptr_array_add(infos, (gpointer)capture_set_info(captures, 0));
    g_ptr_array_add(writers, open_report(json, infos));
    for (size_t i = 0; i < G_N_ELEMENTS(others); i++)
        g_ptr_array_add(writers, open_report(others[i], infos));

    g_autoptr(Pipeline) pipeline = pipeline_new(&(PipelineConfig){ 0 }, captures, writers);

    while (capture_set_next(captures, &packet) == CAPTURE_FRAME)
        pipeline_push(pipeline, &packet);
    pipeline_finish(pipeline);
    for (unsigned i = 0; i < writers->len; i++)
        fuzz_check(report_writer_close(g_ptr_array_index(writers, i), NULL));
    check_json(path);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int fd = memfd_create("capture", 0);
    g_autofree char *path = g_strdup_printf("/dev/fd/%d", fd);
    g_autoptr(CaptureSet) captures = capture_set_new(&(CaptureOptions){ 0 });

    if (write(fd, data, size) == (ssize_t)size
        && capture_set_add(captures, path, CAPTURE_PLACE_UNSAID, NULL))
        read_all(captures);
    close(fd);
    return 0;
}
