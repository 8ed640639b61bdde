#pragma once

/*
 * The catalogue of findings and the table of status codes, for people.
 */

#include <stdbool.h>
#include <stdio.h>

/* One finding by its id, one status code by its number, or all findings for
 * NULL. False: there is neither. */
bool explain_print(FILE *stream, const char *word);
