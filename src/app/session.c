/*
 * The parts of a run that do not depend on where the packets come from.
 */

#include "session.h"

#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/escape.h"

/* The name of a file comes from whoever sent it. */
int session_complain(const GError *error)
{
    g_autoptr(GString) message = g_string_new(NULL);

    escape_terminal(message, str_of(error->message));
    fprintf(stderr, "whyreg: %s\n", message->str);
    return EXIT_TROUBLE;
}

unsigned session_terminal_width(void)
{
    struct winsize size;

    if (!isatty(STDOUT_FILENO) || ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0)
        return 0;
    return size.ws_col;
}

RegSecrets *session_load_secrets(const Options *options, GError **error)
{
    g_autoptr(RegSecrets) secrets = reg_secrets_new();

    for (unsigned i = 0; i < options->credentials->len; i++) {
        if (!reg_secrets_load(secrets, g_ptr_array_index(options->credentials, i),
                              options->credentials_readable, error))
            return NULL;
    }
    return g_steal_pointer(&secrets);
}

/* no-color.org: the variable is set and not empty. */
bool session_wants_color(unsigned width)
{
    const char *no_color = g_getenv("NO_COLOR");

    return width > 0 && (no_color == NULL || no_color[0] == '\0');
}

/* POSIX: the first of these that says something counts. */
static bool shows_unicode(void)
{
    static const char *const names[] = { "LC_ALL", "LC_CTYPE", "LANG" };

    for (unsigned i = 0; i < G_N_ELEMENTS(names); i++) {
        const char *value = g_getenv(names[i]);

        if (value != NULL && *value != '\0')
            return str_contains_nocase(str_of(value), STR("UTF-8"))
                   || str_contains_nocase(str_of(value), STR("utf8"));
    }
    return false;
}

ReportOptions session_report_options(const Options *options, const GPtrArray *infos,
                                     ReportRedactor *redactor)
{
    unsigned width = session_terminal_width();

    return (ReportOptions){
        .captures = infos,
        .width = width,
        .color = session_wants_color(width),
        .verbose = options->verbose,
        .quiet = options->quiet,
        .ladder = options->ladder,
        .ascii = !shows_unicode(),
        .redactor = redactor,
    };
}

GPtrArray *session_open_writers(const Options *options, const GPtrArray *infos,
                                ReportRedactor *redactor, GError **error)
{
    g_autoptr(GPtrArray) writers = g_ptr_array_new();
    ReportOptions report = session_report_options(options, infos, redactor);

    for (unsigned i = 0; i < options->outputs->len; i++) {
        ReportWriter *writer =
            report_writer_open(g_ptr_array_index(options->outputs, i), &report, error);

        if (writer == NULL) {
            for (unsigned k = 0; k < writers->len; k++)
                report_writer_abandon(g_ptr_array_index(writers, k));
            return NULL;
        }
        g_ptr_array_add(writers, writer);
    }
    return g_steal_pointer(&writers);
}

int session_close_writers(GPtrArray *writers, int status)
{
    for (unsigned i = 0; i < writers->len; i++) {
        g_autoptr(GError) error = NULL;

        if (!report_writer_close(g_ptr_array_index(writers, i), &error))
            status = session_complain(error);
    }
    return status;
}
