/*
 * Where output goes: not twice to one place, and never over a capture that is read.
 */

#include "targets.h"

#include <sys/stat.h>

/* "json" and "json:-" both go to standard output. */
static const char *target_of(const char *output)
{
    const char *colon = strchr(output, ':');

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
