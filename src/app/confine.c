/*
 * Only what the command line names can be needed, so nothing else can be opened: a capture that
 * breaks the program that reads it finds itself in an empty room.
 */

#include "confine.h"

#include <stdio.h>

#include "host/events.h"
#include "host/privileges.h"
#include "host/sandbox.h"

/* "json:FILE" and "jsonl" as -o takes them; what has no target goes to standard output. */
static const char *target_of(const char *output)
{
    const char *colon = strchr(output, ':');

    return colon != NULL ? colon + 1 : "-";
}

static bool is_path(const char *source)
{
    return !g_str_has_prefix(source, "fd:") && !g_str_has_prefix(source, "env:");
}

bool confine_begin(const Options *options, GError **error)
{
    g_autoptr(GPtrArray) words = g_ptr_array_new();

    for (unsigned i = 0; i < options->files->len; i++)
        g_ptr_array_add(words, g_array_index(options->files, OptionsFile, i).path);
    for (unsigned i = 0; i < options->outputs->len; i++)
        g_ptr_array_add(words, g_ptr_array_index(options->outputs, i));
    for (unsigned i = 0; i < options->credentials->len; i++)
        g_ptr_array_add(words, g_ptr_array_index(options->credentials, i));
    if (options->evidence != NULL)
        g_ptr_array_add(words, options->evidence);
    g_ptr_array_add(words, NULL);
    if (options->command == OPTIONS_WATCH)
        host_protect_outputs();
    return host_protect((char *const *)words->pdata, error);
}

/* What names stand for in a filter. Those of hosts are not asked of a name server. */
static void allow_names(HostSandbox *sandbox)
{
    static const char *const paths[] = { "/etc/hosts",      "/etc/services",      "/etc/protocols",
                                         "/etc/ethers",     "/etc/nsswitch.conf", "/etc/host.conf",
                                         "/etc/resolv.conf" };

    for (unsigned i = 0; i < G_N_ELEMENTS(paths); i++)
        host_sandbox_allow_reading(sandbox, paths[i]);
}

static void allow_outputs(HostSandbox *sandbox, const Options *options)
{
    for (unsigned i = 0; i < options->outputs->len; i++)
        host_sandbox_allow_output(sandbox, target_of(g_ptr_array_index(options->outputs, i)));
}

static bool enter(const HostSandbox *sandbox, unsigned calls, const Options *options,
                  GError **error)
{
    const char *outside = host_sandbox_impossible();
    const char *weaker = NULL;

    if (outside != NULL) {
        if (options->verbose)
            fprintf(stderr, "whyreg: no sandbox: %s\n", outside);
        return true;
    }
    if (!host_sandbox_enter(sandbox, calls, &weaker, error))
        return false;
    if (weaker != NULL && !options->quiet)
        fprintf(stderr, "whyreg: the sandbox is not whole: %s\n", weaker);
    return true;
}

bool confine_reading(const Options *options, GError **error)
{
    g_autoptr(HostSandbox) sandbox = host_sandbox_new();

    for (unsigned i = 0; i < options->files->len; i++) {
        const char *path = g_array_index(options->files, OptionsFile, i).path;

        if (options->follow)
            host_sandbox_allow_reading_again(sandbox, path);
        else
            host_sandbox_allow_reading(sandbox, path);
    }
    for (unsigned i = 0; i < options->credentials->len; i++) {
        const char *source = g_ptr_array_index(options->credentials, i);

        if (is_path(source))
            host_sandbox_allow_reading(sandbox, source);
    }
    if (options->filter != NULL)
        allow_names(sandbox);
    allow_outputs(sandbox, options);
    if (options->evidence != NULL)
        host_sandbox_allow_output(sandbox, options->evidence);
    if (!host_privileges_drop(NULL, HOST_NEEDS_FILES, error))
        return false;
    return options->no_sandbox || enter(sandbox, HOST_CALLS_FILES, options, error);
}

/* Where interfaces come and go, and what the library asks of each. */
static void allow_interfaces(HostSandbox *sandbox)
{
    static const char *const paths[] = { "/sys/class/net", "/sys/devices", "/proc/net",
                                         "/proc/self/net", "/proc/self/statm" };

    for (unsigned i = 0; i < G_N_ELEMENTS(paths); i++)
        host_sandbox_allow_reading(sandbox, paths[i]);
}

static void allow_upkeep(HostSandbox *sandbox, const char *path)
{
    if (path != NULL)
        host_sandbox_allow_upkeep(sandbox, path);
}

/* A stream goes on at the end of its file, after a look at it, and begins a new one on SIGHUP. */
static void allow_streams(HostSandbox *sandbox, const Options *options)
{
    for (unsigned i = 0; i < options->outputs->len; i++) {
        const char *output = g_ptr_array_index(options->outputs, i);
        const char *target = target_of(output);

        if (host_events_knows(output) || g_str_equal(target, "-"))
            continue;
        host_sandbox_allow_output(sandbox, target);
        host_sandbox_allow_upkeep(sandbox, target);
    }
}

bool confine_watching(const Options *options, GError **error)
{
    const WatchOptions *watch = &options->watch;
    g_autoptr(HostSandbox) sandbox = host_sandbox_new();
    unsigned calls = HOST_CALLS_WATCH | (watch->listen != NULL ? HOST_CALLS_SERVE : 0);

    for (unsigned i = 0; i < options->credentials->len; i++) {
        const char *source = g_ptr_array_index(options->credentials, i);

        if (is_path(source))
            host_sandbox_allow_reading_again(sandbox, source);
    }
    if (options->filter != NULL)
        allow_names(sandbox);
    allow_interfaces(sandbox);
    allow_streams(sandbox, options);
    allow_upkeep(sandbox, options->evidence);
    allow_upkeep(sandbox, watch->history);
    allow_upkeep(sandbox, watch->metrics_file);
    if (!host_privileges_drop(watch->user, HOST_NEEDS_PACKETS, error))
        return false;
    return watch->no_sandbox || enter(sandbox, calls, options, error);
}
