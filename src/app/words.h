#pragma once

/*
 * The words of the command line that are no options: capture files, and a
 * filter behind them.
 */

#include <argp.h>

#include "options.h"

void words_add_file(Options *options, const char *path, CapturePlace place);

/* "client=FILE": the place and where the path begins, NULL without a place; a file that is
 * really called so is taken for one. */
const char *words_path_of_place(const char *word, CapturePlace *place);

/* The rest of the command line, from its word 'first' on. */
void words_take(struct argp_state *state, Options *options, int first);

/* The same where there is nothing but a filter. */
void words_take_filter(struct argp_state *state, Options *options, int first);
