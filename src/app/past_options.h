#pragma once

/*
 * The command lines of those who read the history: "whyreg history",
 * "whyreg report" and "whyreg state".
 */

#include <argp.h>
#include <glib.h>
#include <stdbool.h>

#include "store/reader.h"

typedef enum PastFormat { PAST_TEXT, PAST_JSON, PAST_CSV } PastFormat;

typedef struct PastOptions {
    char *history;      /* the database */
    GPtrArray *devices; /* of char *: who is asked about; empty: all */
    char *since;        /* as it was given; NULL */
    char *until;
    StorePeriod period; /* of these two */
    PastFormat format;
    Nsec stable; /* --stable; NSEC_NONE: as the watch has it */
    bool quiet;
} PastOptions;

void past_options_init(PastOptions *options);
void past_options_clear(PastOptions *options);

/* Their input is Options, whose part this is. */
extern const struct argp past_history_parser;
extern const struct argp past_report_parser;
extern const struct argp past_state_parser;
