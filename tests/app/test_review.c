/* What is told while a capture is watched, and that watching changes nothing. */

#include "app/review.h"

#include <glib/gstdio.h>

#include "app/pipeline.h"
#include "support/check.h"

#define SAMPLES SOURCE_ROOT "/samples"

/* A writer that notes what it hears. */
typedef struct Listener {
    ReportWriter base;
    GString *end;
    GString *events;
    GHashTable *standing; /* findings that were told and not taken back */
    unsigned twice;       /* told although they stood, or over although they did not */
    unsigned wrong;       /* changes that cannot be */
    uint64_t conditions;
} Listener;

static char *name_of(const Finding *finding)
{
    return g_strdup_printf("%s d%u %s", finding->rule->id, (unsigned)finding->device,
                           finding->device == 0 ? finding->summary : "");
}

static void on_finding(ReportWriter *writer, const Finding *finding)
{
    Listener *listener = (Listener *)writer;

    if (finding->rule->severity != FINDING_NOTE
        && !g_hash_table_add(listener->standing, name_of(finding)))
        listener->twice++;
    g_string_append_printf(listener->events, "%s on d%u\n", finding->rule->id,
                           (unsigned)finding->device);
}

static void on_resolved(ReportWriter *writer, const ReportResolved *resolved)
{
    Listener *listener = (Listener *)writer;
    g_autofree char *name = name_of(resolved->finding);

    if (resolved->finding->device != 0 && !g_hash_table_remove(listener->standing, name))
        listener->twice++;
    g_string_append_printf(listener->events, "%s on d%u is over: %s\n", resolved->finding->rule->id,
                           (unsigned)resolved->finding->device, resolved->because);
}

static void on_change(ReportWriter *writer, const ReportChange *change)
{
    Listener *listener = (Listener *)writer;

    /* In another thread: a failed assertion would end that one. */
    listener->wrong += change->to.because == NULL || change->to.since > change->time;
    listener->wrong +=
        change->from.since != NSEC_NONE && change->from.condition == change->to.condition;
    g_string_append_printf(listener->events, "d%u %s: %s\n", (unsigned)change->device->id,
                           reg_condition_name(change->to.condition), change->to.because);
}

static void on_pulse(ReportWriter *writer, const ReportPulse *pulse)
{
    Listener *listener = (Listener *)writer;
    uint64_t n = 0;

    for (unsigned i = 0; i < REG_CONDITIONS; i++)
        n += pulse->conditions[i];
    listener->conditions = n;
}

static void on_end(ReportWriter *writer, const ReportResult *result)
{
    Listener *listener = (Listener *)writer;
    GString *end = listener->end;

    for (unsigned i = 0; i < result->findings->len; i++) {
        const Finding *finding = g_ptr_array_index(result->findings, i);

        g_string_append_printf(end, "%s d%u %s %u %.3f-%.3f %s\n", finding->rule->id,
                               (unsigned)finding->device, finding_grade_name(finding->grade),
                               finding->count, (double)finding->from / 1e9,
                               (double)finding->until / 1e9, finding->summary);
    }
    for (unsigned i = 0; i < result->devices->len; i++) {
        const RegDevice *device = g_ptr_array_index(result->devices, i);
        Nsec now = report_device_end(result, device);

        g_string_append_printf(end, "d%u %s %u attempts %u bindings\n", (unsigned)device->id,
                               reg_state_name(reg_device_state(device, now)),
                               (unsigned)device->n_attempts, device->n_bindings);
    }
    for (unsigned i = 0; i < result->abstentions->len; i++) {
        const RuleAbstention *one = &g_array_index(result->abstentions, RuleAbstention, i);

        g_string_append_printf(end, "%s %s %u\n", one->rule->id, one->because,
                               (unsigned)one->times);
    }
}

static const ReportWriterOps listener_ops = {
    .name = "listener",
    .finding = on_finding,
    .end = on_end,
    .change = on_change,
    .resolved = on_resolved,
    .pulse = on_pulse,
};

static void listener_init(Listener *listener)
{
    *listener = (Listener){
        .base = { .ops = &listener_ops },
        .end = g_string_new(NULL),
        .events = g_string_new(NULL),
        .standing = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL),
    };
}

static void listener_clear(Listener *listener)
{
    g_string_free(listener->end, TRUE);
    g_string_free(listener->events, TRUE);
    g_hash_table_unref(listener->standing);
}

/* A second may pass without a packet; of a long silence the first minutes are enough. */
static void pass_time(Pipeline *pipeline, Nsec from, Nsec until)
{
    Nsec step = NSEC_SEC;

    for (Nsec time = from + step; time < until; time += step) {
        pipeline_pass(pipeline, time);
        pipeline_pulse(pipeline, time);
        if (time - from > 100 * NSEC_SEC)
            step = MAX(step, (until - from) / 64);
    }
}

typedef enum Mode {
    FILE_MODE,
    PULSES,     /* while packets come */
    ALL_PULSES, /* and while none comes */
} Mode;

static void push_all(CaptureSet *captures, Pipeline *pipeline, Mode mode)
{
    CapturePacket packet;
    Nsec last = NSEC_NONE;

    while (capture_set_next(captures, &packet) == CAPTURE_FRAME) {
        if (last == NSEC_NONE)
            last = packet.time;
        if (mode == ALL_PULSES)
            pass_time(pipeline, last, packet.time);
        if (mode != FILE_MODE && packet.time / NSEC_SEC != last / NSEC_SEC)
            pipeline_pulse(pipeline, last);
        last = MAX(last, packet.time);
        pipeline_push(pipeline, &packet);
    }
    if (mode != FILE_MODE)
        pipeline_pulse(pipeline, last);
    pipeline_finish(pipeline);
}

static CaptureSet *open_sample(const char *path)
{
    CaptureSet *captures = capture_set_new(&(CaptureOptions){ .filter = NULL });

    assert_true(capture_set_add(captures, path, CAPTURE_PLACE_UNSAID, NULL));
    return captures;
}

static void watch(CaptureSet *captures, Mode mode, ReportWriter *writer)
{
    g_autoptr(GPtrArray) writers = g_ptr_array_new();
    PipelineConfig config = { .live = mode != FILE_MODE, .stability = reg_stability_default };

    g_ptr_array_add(writers, writer);

    g_autoptr(Pipeline) pipeline = pipeline_new(&config, captures, writers);

    push_all(captures, pipeline, mode);
}

static void run(const char *path, Mode mode, Listener *listener)
{
    g_autoptr(CaptureSet) captures = open_sample(path);

    watch(captures, mode, &listener->base);
}

static GPtrArray *list_samples(void)
{
    GPtrArray *paths = g_ptr_array_new_with_free_func(g_free);
    GDir *folder = g_dir_open(SAMPLES, 0, NULL);

    for (const char *name; (name = g_dir_read_name(folder)) != NULL;) {
        if (g_str_has_suffix(name, ".pcap"))
            g_ptr_array_add(paths, g_build_filename(SAMPLES, name, NULL));
    }
    g_dir_close(folder);
    assert_true(paths->len > 50);
    return paths;
}

static void compare(const char *path, Mode mode)
{
    Listener file, live;

    listener_init(&file);
    listener_init(&live);
    run(path, FILE_MODE, &file);
    run(path, mode, &live);
    if (!g_str_equal(file.end->str, live.end->str) || live.twice + live.wrong > 0)
        print_message("%s:\n%s\n", path, live.events->str);
    assert_string_equal(live.end->str, file.end->str);
    assert_int_equal(live.twice, 0);
    assert_int_equal(live.wrong, 0);
    listener_clear(&file);
    listener_clear(&live);
}

static void watching_finds_what_the_file_shows(void **state)
{
    g_autoptr(GPtrArray) paths = list_samples();

    for (unsigned i = 0; i < paths->len; i++)
        compare(g_ptr_array_index(paths, i), PULSES);
}

static void silence_that_is_watched_finds_it_too(void **state)
{
    g_autoptr(GPtrArray) paths = list_samples();

    for (unsigned i = 0; i < paths->len; i++)
        compare(g_ptr_array_index(paths, i), ALL_PULSES);
}

/* --- what is printed ------------------------------------------------------- */

#define LIVE SOURCE_ROOT "/tests/data/live"

static const char *const told[] = {
    "binding_fight",   "binding_lapsed",      "common_cause",
    "never_refreshed", "nat_mapping_expired", "server_unavailable",
};

/* Up to the report at the end: the first empty line. */
static void cut_report(char *text)
{
    char *end = strstr(text, "\n\n");

    if (end != NULL)
        end[1] = '\0';
}

/* The lines that a file would not have. */
static char *keep_live_lines(const char *text)
{
    static const char *const types[] = { "state", "finding", "resolved", "forgotten" };
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    g_autoptr(GString) kept = g_string_new(NULL);

    for (unsigned i = 0; lines[i] != NULL; i++) {
        for (unsigned k = 0; k < G_N_ELEMENTS(types); k++) {
            g_autofree char *type = g_strdup_printf("{\"type\":\"%s\"", types[k]);

            if (g_str_has_prefix(lines[i], type))
                g_string_append_printf(kept, "%s\n", lines[i]);
        }
    }
    return g_string_free(g_steal_pointer(&kept), FALSE);
}

/* What a format says of a sample while that is watched. */
static char *say(const char *sample, const char *format)
{
    g_autofree char *path = g_strdup_printf(SAMPLES "/%s.pcap", sample);
    g_autofree char *folder = g_dir_make_tmp(NULL, NULL);
    g_autofree char *file = g_build_filename(folder, "out", NULL);
    g_autofree char *spec = g_strdup_printf("%s:%s", format, file);
    g_autoptr(CaptureSet) captures = open_sample(path);
    g_autoptr(GPtrArray) infos = g_ptr_array_new();
    g_autofree char *text = NULL;

    g_ptr_array_add(infos, (gpointer)capture_set_info(captures, 0));

    ReportWriter *writer =
        report_writer_open(spec, &(ReportOptions){ .captures = infos, .live = true }, NULL);

    assert_non_null(writer);
    report_writer_start(writer);
    watch(captures, ALL_PULSES, writer);
    assert_true(report_writer_close(writer, NULL));
    assert_true(g_file_get_contents(file, &text, NULL, NULL));
    g_unlink(file);
    g_rmdir(folder);
    if (g_str_equal(format, "jsonl"))
        return keep_live_lines(text);
    cut_report(text);
    return g_steal_pointer(&text);
}

static void lines_are_as_they_were(const char *format, bool update)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(told); i++) {
        g_autofree char *path = g_strdup_printf(LIVE "/%s.%s", told[i], format);
        g_autofree char *said = say(told[i], format);
        g_autofree char *expected = NULL;

        if (update) {
            g_file_set_contents(path, said, -1, NULL);
            continue;
        }
        assert_true(g_file_get_contents(path, &expected, NULL, NULL));
        assert_string_equal(said, expected);
    }
}

static void a_person_reads_a_line_for_each_event(void **state)
{
    lines_are_as_they_were("text", false);
}

static void a_program_reads_an_object_for_each_event(void **state)
{
    lines_are_as_they_were("jsonl", false);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(watching_finds_what_the_file_shows),
        cmocka_unit_test(silence_that_is_watched_finds_it_too),
        cmocka_unit_test(a_person_reads_a_line_for_each_event),
        cmocka_unit_test(a_program_reads_an_object_for_each_event),
    };

    /* After a change of the wording: "test_app_review update", and a look at what changed. */
    if (argc == 2 && g_str_equal(argv[1], "update")) {
        lines_are_as_they_were("text", true);
        lines_are_as_they_were("jsonl", true);
        return 0;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
