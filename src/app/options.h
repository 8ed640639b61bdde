#pragma once

/*
 * The command line.
 */

#include <glib.h>
#include <stdbool.h>

#include "capture/set.h"
#include "digest_options.h"
#include "past_options.h"
#include "reg/vantage.h"
#include "report/select.h"
#include "watch_options.h"

typedef enum OptionsCommand {
    OPTIONS_ANALYZE, /* also "compare": the files then have places */
    OPTIONS_EXPLAIN,
    OPTIONS_DIGEST,
    OPTIONS_LESSON,
    OPTIONS_WATCH,
    OPTIONS_HISTORY,
    OPTIONS_REPORT,
    OPTIONS_STATE,
} OptionsCommand;

typedef struct OptionsFile {
    char *path; /* "-" is standard input */
    CapturePlace place;
} OptionsFile;

typedef struct Options {
    OptionsCommand command;
    GArray *files;          /* of OptionsFile */
    char *filter;           /* NULL: none */
    GPtrArray *outputs;     /* of char *, "FORMAT[:TARGET]"; at least one */
    char *evidence;         /* where the frames behind the findings go; NULL: nowhere */
    GPtrArray *credentials; /* of char *: sources for reg_secrets_load() */
    GPtrArray *devices;     /* of char *: what to show, as in ReportSelection */
    GPtrArray *findings;
    ReportWhen since;
    ReportWhen until;
    char *explain; /* NULL: the whole catalogue */
    char *lesson;  /* NULL: the list */
    DigestOptions digest;
    WatchOptions watch;
    PastOptions past;
    uint64_t memory_bytes;     /* for everything that is remembered; 0: as much as it takes */
    RegVantage vantage;        /* REG_VANTAGE_UNKNOWN: auto */
    bool credentials_readable; /* take credentials that others can read */
    bool follow;
    bool ladder;
    bool no_sandbox;
    bool quiet;
    bool redact;
    bool verbose;
} Options;

/* Instead of what is there. */
void options_set(char **text, const char *argument);

/* Prints what is wrong, or help and version, itself; exits then with 2, or 0. */
Options *options_parse(int argc, char **argv);
void options_free(Options *options);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Options, options_free)
