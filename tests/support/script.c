/*
 * Cuts the text of a scenario into lines and words, and keeps book of the
 * words that were understood.
 */

#include "script.h"

#include <string.h>

GQuark scenario_error_quark(void)
{
    return g_quark_from_static_string("scenario-error");
}

static void word_free(void *item)
{
    ScriptWord *word = item;

    g_free(word->key);
    g_string_free(word->value, TRUE);
    g_free(word);
}

static void line_free(void *item)
{
    ScriptLine *line = item;

    g_ptr_array_unref(line->words);
    g_free(line);
}

static ScriptLine *line_new(unsigned number)
{
    ScriptLine *line = g_new0(ScriptLine, 1);

    line->number = number;
    line->words = g_ptr_array_new_with_free_func(word_free);
    return line;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

/* What stands behind a backslash; gives where to read on. */
static const char *read_escape(const char *at, GString *value)
{
    static const char names[] = "nrt";
    static const char bytes[] = "\n\r\t";
    const char *known = *at != '\0' ? strchr(names, *at) : NULL;

    if (*at == 'x' && g_ascii_isxdigit(at[1]) && g_ascii_isxdigit(at[2])) {
        g_string_append_c(value, (char)(g_ascii_xdigit_value(at[1]) * 16 //
                                        + g_ascii_xdigit_value(at[2])));
        return at + 3;
    }
    if (*at == '\0')
        return at;
    g_string_append_c(value, known != NULL ? bytes[known - names] : *at);
    return at + 1;
}

/* From the opening quote to behind the closing one; NULL: there is none. */
static const char *read_quoted(const char *at, const char *end, GString *value)
{
    for (at++; at < end && *at != '"';) {
        if (*at == '\\')
            at = read_escape(at + 1, value);
        else
            g_string_append_c(value, *at++);
    }
    return at < end ? at + 1 : NULL;
}

/* One word; NULL when its quote does not end on this line. */
static const char *read_word(const char *at, const char *end, ScriptLine *line)
{
    ScriptWord *word = g_new0(ScriptWord, 1);
    bool quoted = false;

    word->value = g_string_new(NULL);
    g_ptr_array_add(line->words, word);
    while (at != NULL && at < end && !is_blank(*at)) {
        if (*at == '"') {
            quoted = true;
            at = read_quoted(at, end, word->value);
        } else if (*at == '=' && !quoted && word->key == NULL && word->value->len > 0) {
            word->key = g_strdup(word->value->str);
            g_string_truncate(word->value, 0);
            at++;
        } else {
            g_string_append_c(word->value, *at++);
        }
    }
    return at;
}

static bool read_words(const char *at, const char *end, ScriptLine *line, GError **error)
{
    while (at < end) {
        if (is_blank(*at)) {
            at++;
            continue;
        }
        if (*at == '#')
            return true;
        at = read_word(at, end, line);
        if (at == NULL)
            return script_fail(line, error, "a quote is not closed");
    }
    return true;
}

GPtrArray *script_read(const char *text, GError **error)
{
    g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func(line_free);

    for (unsigned number = 1; *text != '\0'; number++) {
        const char *end = strchrnul(text, '\n');
        ScriptLine *line = line_new(number);

        g_ptr_array_add(lines, line);
        if (!read_words(text, end, line, error))
            return NULL;
        if (line->words->len == 0)
            g_ptr_array_remove_index(lines, lines->len - 1);
        text = *end == '\n' ? end + 1 : end;
    }
    return g_steal_pointer(&lines);
}

void script_rewind(ScriptLine *line)
{
    for (unsigned i = 0; i < line->words->len; i++)
        ((ScriptWord *)g_ptr_array_index(line->words, i))->taken = false;
}

Str script_take_bytes(ScriptLine *line)
{
    for (unsigned i = 0; i < line->words->len; i++) {
        ScriptWord *word = g_ptr_array_index(line->words, i);

        if (word->key == NULL && !word->taken) {
            word->taken = word->understood = true;
            return (Str){ word->value->str, word->value->len };
        }
    }
    return STR_NONE;
}

const char *script_take(ScriptLine *line)
{
    return script_take_bytes(line).data;
}

bool script_flag(ScriptLine *line, const char *name)
{
    for (unsigned i = 0; i < line->words->len; i++) {
        ScriptWord *word = g_ptr_array_index(line->words, i);

        if (word->key == NULL && g_str_equal(word->value->str, name)) {
            word->taken = word->understood = true;
            return true;
        }
    }
    return false;
}

bool script_has(const ScriptLine *line, const char *name)
{
    for (unsigned i = 0; i < line->words->len; i++) {
        const ScriptWord *word = g_ptr_array_index(line->words, i);

        if (word->key == NULL && g_str_equal(word->value->str, name))
            return true;
    }
    return false;
}

const char *script_option_next(ScriptLine *line, const char *key, unsigned *cursor)
{
    while (*cursor < line->words->len) {
        ScriptWord *word = g_ptr_array_index(line->words, (*cursor)++);

        if (word->key != NULL && g_str_equal(word->key, key)) {
            word->understood = true;
            return word->value->str;
        }
    }
    return NULL;
}

const char *script_option(ScriptLine *line, const char *key)
{
    unsigned cursor = 0;

    return script_option_next(line, key, &cursor);
}

const char *script_option_or(ScriptLine *line, const char *key, const char *otherwise)
{
    const char *said = script_option(line, key);

    return said != NULL ? said : otherwise;
}

bool script_number(ScriptLine *line, const char *key, uint64_t max, uint64_t *value, GError **error)
{
    const char *text = script_option(line, key);

    if (text == NULL || g_ascii_string_to_unsigned(text, 10, 0, max, value, NULL))
        return true;
    return script_fail(line, error, "'%s' wants a number up to %" G_GUINT64_FORMAT ", not '%s'",
                       key, max, text);
}

/* A year is more than any scenario needs and far from overflow. */
#define LONGEST (366.0 * 86400.0)

bool script_time(const char *text, Nsec *time)
{
    char *end = NULL;

    if (text == NULL || (!g_ascii_isdigit(*text) && *text != '.'))
        return false;

    double seconds = g_ascii_strtod(text, &end);

    if (*end != '\0' || seconds > LONGEST)
        return false;
    *time = (Nsec)(seconds * (double)NSEC_SEC + 0.5);
    return true;
}

bool script_take_time(ScriptLine *line, Nsec *time, GError **error)
{
    const char *text = script_take(line);

    return script_time(text, time)
           || script_fail(line, error, "'%s' is no time in seconds", text != NULL ? text : "");
}

bool script_fail(const ScriptLine *line, GError **error, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);

    g_autofree char *message = g_strdup_vprintf(format, arguments);

    va_end(arguments);
    g_set_error(error, SCENARIO_ERROR, 0, "line %u: %s", line->number, message);
    return false;
}

bool script_finish(const ScriptLine *line, GError **error)
{
    for (unsigned i = 0; i < line->words->len; i++) {
        const ScriptWord *word = g_ptr_array_index(line->words, i);

        if (!word->understood)
            return script_fail(line, error, "nobody understands '%s'",
                               word->key != NULL ? word->key : word->value->str);
    }
    return true;
}
