#pragma once

/*
 * The text of a scenario, cut into lines and words.
 *
 * Words are separated by blanks; "double quotes" keep blanks together and know
 * \n \r \t \" \\ and \x41. "#" begins a comment. A word with "=" before any
 * quote is an option, every other one stands for itself.
 *
 * Whoever reads a line asks for the words it understands. A line may be read
 * many times; in the end script_finish() complains about the words that nobody
 * ever asked for, so that a typing error cannot make a scenario mean something
 * else.
 */

#include <glib.h>
#include <stdbool.h>

#include "base/nsec.h"
#include "base/str.h"

#define SCENARIO_ERROR (scenario_error_quark())
GQuark scenario_error_quark(void);

typedef struct ScriptWord {
    char *key;      /* NULL: not an option */
    GString *value; /* may hold any byte */
    bool taken;     /* in this reading of the line */
    bool understood;
} ScriptWord;

typedef struct ScriptLine {
    unsigned number;
    GPtrArray *words; /* of ScriptWord */
} ScriptLine;

/* Lines with at least one word; free it with g_ptr_array_unref(). NULL with
 * 'error' set, which names the line, when a quote is not closed. */
GPtrArray *script_read(const char *text, GError **error);

/* To read a line once more, from its first word. */
void script_rewind(ScriptLine *line);

/* The next word that stands for itself; NULL: none. */
const char *script_take(ScriptLine *line);
Str script_take_bytes(ScriptLine *line);
bool script_flag(ScriptLine *line, const char *word);
bool script_has(const ScriptLine *line, const char *word); /* without taking it */

/* The value of "key=value", or NULL. */
const char *script_option(ScriptLine *line, const char *key);
const char *script_option_or(ScriptLine *line, const char *key, const char *otherwise);

/* The same for options that may come several times: start with 0. */
const char *script_option_next(ScriptLine *line, const char *key, unsigned *cursor);

/* These leave 'value' alone when the option is not there, and fail when it is
 * no number up to 'max'. */
bool script_number(ScriptLine *line, const char *key, uint64_t max, uint64_t *value,
                   GError **error);

/* "12.5": seconds, to nanoseconds. False: not that. */
bool script_time(const char *text, Nsec *time);
bool script_take_time(ScriptLine *line, Nsec *time, GError **error);

/* False, with 'error' set to "line 12: ...". */
bool script_fail(const ScriptLine *line, GError **error, const char *format, ...)
    G_GNUC_PRINTF(3, 4);
bool script_finish(const ScriptLine *line, GError **error);
