/*
 * Explanations and lessons are read in a terminal of 80 columns, often in a
 * split one beside Wireshark.
 */

#include "prose.h"

#include <glib.h>
#include <string.h>

#define WIDTH 80
#define INDENT 2
#define ITEM_INDENT 4

/* Words from 'column' on; each further line begins 'indent' columns in. */
static void print_words(FILE *stream, const char *text, size_t column, int indent)
{
    g_auto(GStrv) words = g_strsplit(text, " ", -1);

    for (unsigned i = 0; words[i] != NULL; i++) {
        size_t len = strlen(words[i]);

        if (i > 0 && column + 1 + len > WIDTH) {
            fprintf(stream, "\n%*s", indent, "");
            column = (size_t)indent;
        } else if (i > 0) {
            fputc(' ', stream);
            column++;
        }
        fputs(words[i], stream);
        column += len;
    }
    fputc('\n', stream);
}

void prose_print(FILE *stream, const char *label, const char *text)
{
    if (label != NULL)
        fprintf(stream, "\n%s\n", label);
    fprintf(stream, "%*s", INDENT, "");
    print_words(stream, text, INDENT, INDENT);
}

void prose_print_line(FILE *stream, const char *label, const char *line)
{
    if (label != NULL)
        fprintf(stream, "\n%s\n", label);
    fprintf(stream, "%*s%s\n", INDENT, "", line);
}

void prose_print_item(FILE *stream, const char *name, const char *text)
{
    if (text == NULL)
        return;
    fprintf(stream, "%*s%s: ", INDENT, "", name);
    print_words(stream, text, INDENT + strlen(name) + 2, ITEM_INDENT);
}
