/*
 * Opens the captures, runs them through the pipeline, closes the outputs, and
 * tells the result by the exit status.
 */

#include <signal.h>
#include <stdio.h>

#include "align.h"
#include "capture/filter.h"
#include "confine.h"
#include "digest.h"
#include "evidence.h"
#include "explain.h"
#include "history.h"
#include "lesson.h"
#include "net/decoder.h"
#include "options.h"
#include "pipeline.h"
#include "progress.h"
#include "report.h"
#include "session.h"
#include "state.h"
#include "watch.h"

/* How often a followed file is looked at again. */
#define FOLLOW_INTERVAL (G_USEC_PER_SEC / 5)

/* Frames between two looks at the clock and at the signal. */
#define STRIDE 4096

static volatile sig_atomic_t interrupted;

static void on_interrupt(int number)
{
    interrupted = 1;
}

/* The first interrupt ends the reading and the report is still written; the
 * second one ends the program. */
static void set_signals(void)
{
    struct sigaction stop = { .sa_handler = on_interrupt, .sa_flags = (int)SA_RESETHAND };

    sigaction(SIGINT, &stop, NULL);
    sigaction(SIGTERM, &stop, NULL);
    signal(SIGPIPE, SIG_IGN);
}

/* A file of which no frame can be read is refused, rather than reported to
 * hold no registration. */
static bool can_read(const CaptureInfo *info, GError **error)
{
    char text[NET_LINK_TEXT];

    for (unsigned i = 0; i < info->links->len; i++) {
        if (net_link_is_known(g_array_index(info->links, uint16_t, i)))
            return true;
    }
    if (info->links->len == 0)
        return true;
    g_set_error(error, CAPTURE_ERROR, CAPTURE_ERROR_FORMAT,
                "cannot read %s: its frames are of link type %s, which whyreg does not know",
                info->path, net_link_name(g_array_index(info->links, uint16_t, 0), text));
    return false;
}

static CaptureSet *open_captures(const Options *options, GError **error)
{
    g_autoptr(CaptureSet) captures =
        capture_set_new(&(CaptureOptions){ .filter = options->filter, .follow = options->follow });

    for (unsigned i = 0; i < options->files->len; i++) {
        const OptionsFile *file = &g_array_index(options->files, OptionsFile, i);

        if (!capture_set_add(captures, file->path, file->place, error)
            || !can_read(capture_set_info(captures, i), error))
            return NULL;
    }
    return g_steal_pointer(&captures);
}

static void read_captures(CaptureSet *captures, Pipeline *pipeline, bool quiet)
{
    Progress progress = progress_start(quiet);
    CaptureStatus status = CAPTURE_FRAME;
    CapturePacket packet;

    while (!interrupted && status != CAPTURE_END) {
        for (unsigned i = 0; i < STRIDE; i++) {
            status = capture_set_next(captures, &packet);
            if (status != CAPTURE_FRAME)
                break;
            pipeline_push(pipeline, &packet);
        }
        if (status == CAPTURE_IDLE) {
            pipeline_flush(pipeline);
            g_usleep(FOLLOW_INTERVAL);
        }
        progress_show(&progress, captures);
    }
    progress_end(&progress);
}

static void warn_about_filter(const Options *options)
{
    g_autofree char *warning = options->filter ? filter_warning(options->filter) : NULL;

    if (warning != NULL && !options->quiet)
        fprintf(stderr, "whyreg: %s\n", warning);
}

/* The same captures once more, with the clocks that were found for them. */
static CaptureSet *open_again(const Options *options, const GPtrArray *infos, GError **error)
{
    CaptureSet *captures = open_captures(options, error);

    for (unsigned i = 0; captures != NULL && i < infos->len; i++) {
        const CaptureInfo *info = g_ptr_array_index(infos, i);

        if (info->clock != NULL)
            capture_set_mend_clock(captures, i, info->clock);
    }
    return captures;
}

/* The frames that the findings cite, from a second reading. */
static int write_evidence(ReportEvidence *evidence, const Options *options,
                          const Pipeline *pipeline, const GPtrArray *infos, int status)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(CaptureSet) captures = open_again(options, infos, &error);

    if (captures == NULL) {
        report_evidence_abandon(evidence);
        return session_complain(error);
    }
    report_evidence_choose(evidence, pipeline_findings(pipeline), infos);
    if (!evidence_collect(evidence, captures)) {
        fprintf(stderr, "whyreg: the captures changed while they were read: %s is not complete\n",
                options->evidence);
        status = EXIT_TROUBLE;
    }
    return report_evidence_close(evidence, &error) ? status : session_complain(error);
}

/* Reads the captures, which are open, and writes what was asked for. Takes 'evidence', which
 * may be NULL. */
static int judge(const Options *options, CaptureSet *captures, const RegSecrets *secrets,
                 ReportEvidence *evidence)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(ReportEvidence) unwritten = evidence;
    g_autoptr(GPtrArray) infos = g_ptr_array_new();

    for (unsigned i = 0; i < capture_set_size(captures); i++)
        g_ptr_array_add(infos, (gpointer)capture_set_info(captures, i));

    g_autoptr(ReportRedactor) redactor = options->redact ? report_redactor_new() : NULL;
    g_autoptr(GPtrArray) writers = session_open_writers(options, infos, redactor, &error);

    if (writers == NULL)
        return session_complain(error);

    ReportSelection selection = { options->devices, options->findings, options->since,
                                  options->until };
    g_autoptr(Pipeline) pipeline =
        pipeline_new(&(PipelineConfig){ .memory = { .bytes = options->memory_bytes },
                                        .vantage = options->vantage,
                                        .secrets = secrets,
                                        .selection = selection },
                     captures, writers);

    read_captures(captures, pipeline, options->quiet);
    pipeline_finish(pipeline);

    int status =
        session_close_writers(writers, pipeline_found_failure(pipeline) ? EXIT_FOUND : EXIT_CLEAN);

    if (evidence == NULL)
        return status;
    return write_evidence(g_steal_pointer(&unwritten), options, pipeline, infos, status);
}

/* All that can be wrong with what was asked for is said before the reading begins. */
static int analyze(const Options *options)
{
    g_autoptr(GError) error = NULL;

    if (!confine_begin(options, &error) || !confine_reading(options, &error))
        return session_complain(error);

    g_autoptr(CaptureSet) captures = open_captures(options, &error);

    if (captures == NULL)
        return session_complain(error);

    g_autoptr(RegSecrets) secrets = session_load_secrets(options, &error);

    if (secrets == NULL)
        return session_complain(error);
    warn_about_filter(options);

    g_autoptr(ReportEvidence) evidence = NULL;

    if (options->evidence != NULL)
        evidence = report_evidence_open(options->evidence, &error);
    if (error != NULL
        || (align_is_needed(captures)
            && !align_captures(captures, &(CaptureOptions){ .filter = options->filter },
                               &interrupted, &error)))
        return session_complain(error);
    return judge(options, captures, secrets, g_steal_pointer(&evidence));
}

static int explain(const Options *options)
{
    if (explain_print(stdout, options->explain))
        return EXIT_CLEAN;
    fprintf(
        stderr,
        "whyreg: there is no finding or status code '%s'; 'whyreg explain' lists the findings\n",
        options->explain);
    return EXIT_TROUBLE;
}

static int lesson(const Options *options)
{
    unsigned width = session_terminal_width();

    return lesson_print(options->lesson, width, session_wants_color(width)) ? EXIT_CLEAN
                                                                            : EXIT_TROUBLE;
}

static int digest_outcome(const Options *options, DigestOutcome outcome)
{
    if (outcome != DIGEST_NOT_FOUND)
        return outcome == DIGEST_DIFFERS ? EXIT_FOUND : EXIT_CLEAN;
    if (digest_options_by_hand(&options->digest))
        fprintf(stderr, "whyreg: no account for the user '%s' was supplied\n",
                options->digest.user);
    else
        fprintf(stderr, "whyreg: there are no credentials in frame %" G_GUINT64_FORMAT "\n",
                options->digest.frame);
    return EXIT_TROUBLE;
}

static int digest(const Options *options)
{
    g_autoptr(GError) error = NULL;

    if (!confine_begin(options, &error) || !confine_reading(options, &error))
        return session_complain(error);

    g_autoptr(RegSecrets) secrets = session_load_secrets(options, &error);

    if (secrets == NULL)
        return session_complain(error);
    if (digest_options_by_hand(&options->digest))
        return digest_outcome(options, digest_print_values(stdout, secrets, &options->digest));

    g_autoptr(CaptureSet) captures = open_captures(options, &error);

    if (captures == NULL)
        return session_complain(error);
    return digest_outcome(options,
                          digest_print_captures(stdout, captures, secrets, &options->digest));
}

int main(int argc, char **argv)
{
    g_autoptr(Options) options = options_parse(argc, argv);

    switch (options->command) {
    case OPTIONS_EXPLAIN:
        return explain(options);
    case OPTIONS_DIGEST:
        return digest(options);
    case OPTIONS_LESSON:
        return lesson(options);
    case OPTIONS_WATCH:
        return watch(options);
    case OPTIONS_HISTORY:
        return history_print(&options->past);
    case OPTIONS_REPORT:
        return report_print(&options->past);
    case OPTIONS_STATE:
        return state_print(&options->past);
    case OPTIONS_ANALYZE:
        break;
    }
    set_signals();
    return analyze(options);
}
