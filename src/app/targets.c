/*
 * Where output goes: not twice to one place, and never over a capture that is read.
 */

#include "targets.h"

#include <sys/stat.h>

#include "host/events.h"

/* "json" and "json:-" both go to standard output; "journal" and "syslog" go where they say. */
static const char *target_of(const char *output)
{
    const char *colon = strchr(output, ':');

    if (host_events_knows(output))
        return output;
    return colon != NULL ? colon + 1 : "-";
}

void targets_add(struct argp_state *state, Options *options, const char *output)
{
    for (unsigned i = 0; i < options->outputs->len; i++) {
        const char *other = g_ptr_array_index(options->outputs, i);

        if (g_str_equal(target_of(other), target_of(output)))
            argp_error(state, "two outputs to %s: '%s' and '%s'",
                       g_str_equal(target_of(output), "-") ? "standard output" : target_of(output),
                       other, output);
    }
    g_ptr_array_add(options->outputs, g_strdup(output));
}

/* "phone.pcap" behind -w is the file to write, as in tcpdump, and must not be the one to read. */
static void check_target(struct argp_state *state, const Options *options, const char *target)
{
    struct stat written, read;

    if (g_str_equal(target, "-") || stat(target, &written) != 0 || !S_ISREG(written.st_mode))
        return;
    for (unsigned i = 0; i < options->files->len; i++) {
        const char *path = g_array_index(options->files, OptionsFile, i).path;

        if (stat(path, &read) == 0 && read.st_dev == written.st_dev
            && read.st_ino == written.st_ino)
            argp_error(state, "%s is a capture that is read: not written over", target);
    }
}

/* Frames are read again for it, and nothing can be hidden in them. */
static void check_evidence(struct argp_state *state, const Options *options)
{
    for (unsigned i = 0; i < options->files->len; i++) {
        const char *path = g_array_index(options->files, OptionsFile, i).path;
        struct stat found;

        if (g_str_equal(path, "-") || (stat(path, &found) == 0 && !S_ISREG(found.st_mode)))
            argp_error(state, "--write reads the captures twice: give a file, not \"%s\"", path);
    }
    if (options->outputs->len == 0 && g_str_equal(options->evidence, "-"))
        argp_error(state, "a report and --write both go to standard output");
    if (options->follow)
        argp_error(state, "--write reads the captures twice: not with --follow");
    if (options->redact)
        argp_error(state, "--write keeps frames as they are: not with --redact");
}

void targets_check(struct argp_state *state, const Options *options)
{
    for (unsigned i = 0; i < options->outputs->len; i++) {
        const char *target = target_of(g_ptr_array_index(options->outputs, i));

        check_target(state, options, target);
        if (options->evidence != NULL && g_str_equal(target, options->evidence))
            argp_error(state, "a report and --write both go to %s",
                       g_str_equal(target, "-") ? "standard output" : target);
    }
    if (options->evidence != NULL)
        check_target(state, options, options->evidence);
    if (options->evidence != NULL)
        check_evidence(state, options);
}

/* What goes to other programs of this machine is not for passing on, and has no tokens. */
static bool tells_names(const Options *options)
{
    for (unsigned i = 0; i < options->outputs->len; i++) {
        if (host_events_knows(g_ptr_array_index(options->outputs, i)))
            return true;
    }
    return options->watch.on_change != NULL || options->watch.listen != NULL;
}

/* What is rotated or written over and over is a file. */
void targets_check_watch(struct argp_state *state, const Options *options)
{
    const WatchOptions *watch = &options->watch;
    bool rotated = watch->rotate_bytes > 0 || watch->rotate_time > 0 || watch->rotate_files > 0;

    if (rotated && options->evidence == NULL)
        argp_error(state, "-C, -G and -W are of the files that --write makes");
    if (options->redact && tells_names(options))
        argp_error(state, "journal, syslog, --on-change and --listen tell names as they are: not "
                          "with --redact");
    if (options->evidence == NULL)
        return;
    if (g_str_equal(options->evidence, "-"))
        argp_error(state, "--write needs a file or a directory");
    if (options->redact)
        argp_error(state, "--write keeps frames as they are: not with --redact");
}
