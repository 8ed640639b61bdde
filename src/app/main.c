/*
 * Opens the captures, runs them through the pipeline, closes the outputs, and
 * tells the result by the exit status.
 */

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "capture/filter.h"
#include "digest.h"
#include "explain.h"
#include "net/decoder.h"
#include "options.h"
#include "pipeline.h"
#include "progress.h"

enum { EXIT_CLEAN = 0, EXIT_FOUND = 1, EXIT_TROUBLE = 2 };

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

static int complain(const GError *error)
{
    fprintf(stderr, "whyreg: %s\n", error->message);
    return EXIT_TROUBLE;
}

static unsigned terminal_width(void)
{
    struct winsize size;

    if (!isatty(STDOUT_FILENO) || ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0)
        return 0;
    return size.ws_col;
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

static RegSecrets *load_secrets(const Options *options, GError **error)
{
    g_autoptr(RegSecrets) secrets = reg_secrets_new();

    for (unsigned i = 0; i < options->credentials->len; i++) {
        if (!reg_secrets_load(secrets, g_ptr_array_index(options->credentials, i),
                              options->credentials_readable, error))
            return NULL;
    }
    return g_steal_pointer(&secrets);
}

static GPtrArray *open_writers(const Options *options, const GPtrArray *infos,
                               ReportRedactor *redactor, GError **error)
{
    g_autoptr(GPtrArray) writers = g_ptr_array_new();
    unsigned width = terminal_width();
    const char *no_color = g_getenv("NO_COLOR"); /* no-color.org: set and not empty */
    ReportOptions report = {
        .captures = infos,
        .width = width,
        .color = width > 0 && (no_color == NULL || no_color[0] == '\0'),
        .verbose = options->verbose,
        .quiet = options->quiet,
        .redactor = redactor,
    };

    for (unsigned i = 0; i < options->outputs->len; i++) {
        ReportWriter *writer =
            report_writer_open(g_ptr_array_index(options->outputs, i), &report, error);

        if (writer == NULL) {
            for (unsigned k = 0; k < writers->len; k++)
                report_writer_close(g_ptr_array_index(writers, k), NULL);
            return NULL;
        }
        g_ptr_array_add(writers, writer);
    }
    return g_steal_pointer(&writers);
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
        if (status == CAPTURE_IDLE)
            g_usleep(FOLLOW_INTERVAL);
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

static int close_writers(GPtrArray *writers, int status)
{
    for (unsigned i = 0; i < writers->len; i++) {
        g_autoptr(GError) error = NULL;

        if (!report_writer_close(g_ptr_array_index(writers, i), &error))
            status = complain(error);
    }
    return status;
}

/* Passwords must not end up in a core file, nor be read by a debugger. */
static void protect_secrets(void)
{
    struct rlimit none = { 0 };

    setrlimit(RLIMIT_CORE, &none);
    prctl(PR_SET_DUMPABLE, 0);
}

static int analyze(const Options *options)
{
    g_autoptr(GError) error = NULL;

    if (options->credentials->len > 0)
        protect_secrets();

    g_autoptr(CaptureSet) captures = open_captures(options, &error);

    if (captures == NULL)
        return complain(error);

    g_autoptr(RegSecrets) secrets = load_secrets(options, &error);

    if (secrets == NULL)
        return complain(error);
    warn_about_filter(options);

    g_autoptr(GPtrArray) infos = g_ptr_array_new();

    for (unsigned i = 0; i < capture_set_size(captures); i++)
        g_ptr_array_add(infos, (gpointer)capture_set_info(captures, i));

    g_autoptr(ReportRedactor) redactor = options->redact ? report_redactor_new() : NULL;
    g_autoptr(GPtrArray) writers = open_writers(options, infos, redactor, &error);

    if (writers == NULL)
        return complain(error);

    g_autoptr(Pipeline) pipeline =
        pipeline_new(&(PipelineConfig){ options->vantage, secrets }, captures, writers);

    read_captures(captures, pipeline, options->quiet);
    pipeline_finish(pipeline);
    return close_writers(writers, pipeline_found_failure(pipeline) ? EXIT_FOUND : EXIT_CLEAN);
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

    protect_secrets();

    g_autoptr(RegSecrets) secrets = load_secrets(options, &error);

    if (secrets == NULL)
        return complain(error);
    if (digest_options_by_hand(&options->digest))
        return digest_outcome(options, digest_print_values(stdout, secrets, &options->digest));

    g_autoptr(CaptureSet) captures = open_captures(options, &error);

    if (captures == NULL)
        return complain(error);
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
    case OPTIONS_ANALYZE:
        break;
    }
    set_signals();
    return analyze(options);
}
