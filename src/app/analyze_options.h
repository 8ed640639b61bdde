#pragma once

/*
 * The options of the analysis. Those of its keys that other commands list in
 * tables of their own mean the same there.
 */

#include <argp.h>

#include "options.h"

enum {
    ANALYZE_VANTAGE = 256,
    ANALYZE_FOLLOW,
    ANALYZE_CREDENTIALS,
    ANALYZE_READABLE,
    ANALYZE_REDACT,
    ANALYZE_LADDER,
    ANALYZE_DEVICE,
    ANALYZE_FINDING,
    ANALYZE_SINCE,
    ANALYZE_UNTIL,
    ANALYZE_NO_SANDBOX,
    ANALYZE_MEMORY,
};

/* For the parser of a command whose input is an Options. */
error_t analyze_options_parse(int key, char *argument, struct argp_state *state);

extern const struct argp analyze_options_parser;
extern const struct argp analyze_options_compare;
