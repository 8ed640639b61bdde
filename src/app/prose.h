#pragma once

/*
 * Labelled paragraphs on standard output, for texts of our own.
 */

#include <stdio.h>

/* The label, if any, on a line of its own, and the text wrapped and indented below it. */
void prose_print(FILE *stream, const char *label, const char *text);

/* The same for a line that somebody copies: it is not wrapped. */
void prose_print_line(FILE *stream, const char *label, const char *line);

/* "  phone: ..." wrapped, with the following lines further in. Nothing for NULL. */
void prose_print_item(FILE *stream, const char *name, const char *text);
