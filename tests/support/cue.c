/*
 * Reads the times of a scenario.
 */

#include "cue.h"

/* A scenario is read by people: what needs more is a mistake in "every". */
#define MOST_CUES 100000
#define DEEPEST 4

void cue_list_init(CueList *list)
{
    *list = (CueList){ .cues = g_sequence_new(g_free) };
}

void cue_list_clear(CueList *list)
{
    g_clear_pointer(&list->cues, g_sequence_free);
}

static int compare_cues(const void *left, const void *right, void *user)
{
    const Cue *a = left;
    const Cue *b = right;

    if (a->time != b->time)
        return a->time < b->time ? -1 : 1;
    return (a->order > b->order) - (a->order < b->order);
}

void cue_list_add(CueList *list, Cue cue)
{
    cue.order = list->added++;
    g_sequence_insert_sorted(list->cues, g_memdup2(&cue, sizeof(cue)), compare_cues, NULL);
}

bool cue_list_take(CueList *list, Cue *cue)
{
    GSequenceIter *first = g_sequence_get_begin_iter(list->cues);

    if (g_sequence_iter_is_end(first))
        return false;
    *cue = *(const Cue *)g_sequence_get(first);
    g_sequence_remove(first);
    return true;
}

static bool read_at(CueList *list, ScriptLine *line, Nsec base, GError **error)
{
    const char *text = script_take(line);
    bool relative = text != NULL && *text == '+';
    Nsec time = 0;

    if (!script_time(relative ? text + 1 : text, &time))
        return script_fail(line, error, "'%s' is no time in seconds", text != NULL ? text : "");
    list->last = (relative ? list->last : base) + time;
    cue_list_add(list, (Cue){ .time = list->last, .began = list->last, .line = line, .head = 2 });
    return true;
}

/* "every SECONDS", which is more than none. */
static bool take_period(ScriptLine *line, Nsec *period, GError **error)
{
    if (!script_take_time(line, period, error))
        return false;
    return *period > 0 || script_fail(line, error, "nothing can happen every 0 seconds");
}

static bool take_word(ScriptLine *line, const char *word, GError **error)
{
    return g_strcmp0(script_take(line), word) == 0
           || script_fail(line, error, "a '%s' is missing", word);
}

static bool read_every(CueList *list, ScriptLine *line, Nsec base, GError **error)
{
    Nsec from = 0;
    Nsec to = 0;
    Nsec period = 0;

    if (!take_period(line, &period, error) || !take_word(line, "from", error)
        || !script_take_time(line, &from, error) || !take_word(line, "to", error)
        || !script_take_time(line, &to, error))
        return false;
    if (to < from)
        return script_fail(line, error, "this ends before it begins");
    if ((to - from) / period > MOST_CUES)
        return script_fail(line, error, "more often than %d times", MOST_CUES);
    for (Nsec time = from; time <= to; time += period) {
        list->last = base + time;
        cue_list_add(list,
                     (Cue){ .time = list->last, .began = list->last, .line = line, .head = 6 });
    }
    return true;
}

static bool read_end(CueList *list, ScriptLine *line, Nsec base, GError **error)
{
    Nsec time = 0;

    if (!script_take_time(line, &time, error))
        return false;
    cue_list_add(list, (Cue){ .time = base + time, .line = line, .head = 2 });
    return true;
}

static bool read_line(CueList *list, ScriptLine *line, Nsec base, GError **error)
{
    script_rewind(line);

    const char *word = script_take(line);

    if (word == NULL)
        return script_fail(line, error, "a line begins with a word of its own");
    if (list->added > MOST_CUES)
        return script_fail(line, error, "more than %d events", MOST_CUES);
    if (g_str_equal(word, "at"))
        return read_at(list, line, base, error);
    if (g_str_equal(word, "every"))
        return read_every(list, line, base, error);
    if (g_str_equal(word, "end"))
        return read_end(list, line, base, error);
    cue_list_add(list, (Cue){ .time = list->last, .line = line, .head = 1 });
    return true;
}

typedef struct Reading {
    CueList *list;
    const GPtrArray *lines;
} Reading;

/* Lines of the text, from one up to, but not including, the other. */
typedef struct Block {
    unsigned first;
    unsigned end;
    Nsec base;
    unsigned depth;
} Block;

static ScriptLine *line_at(const Reading *r, unsigned index)
{
    return g_ptr_array_index(r->lines, index);
}

static bool is_word(const ScriptLine *line, unsigned index, const char *word)
{
    const ScriptWord *w = index < line->words->len ? g_ptr_array_index(line->words, index) : NULL;

    return w != NULL && w->key == NULL && g_str_equal(w->value->str, word);
}

/* The line with the "}" that belongs to the "{" in line 'open'; 'end': none. */
static unsigned closing(const Reading *r, unsigned open, unsigned end)
{
    unsigned depth = 0;

    for (unsigned i = open; i < end; i++) {
        const ScriptLine *line = line_at(r, i);

        if (is_word(line, line->words->len - 1, "{"))
            depth++;
        else if (is_word(line, 0, "}") && --depth == 0)
            return i;
    }
    return end;
}

typedef struct Repeat {
    uint64_t times;
    Nsec period;
    Nsec from;
} Repeat;

static bool read_repeat(ScriptLine *line, Repeat *repeat, GError **error)
{
    script_rewind(line);
    script_take(line); /* "repeat" */

    const char *times = script_take(line);

    if (times == NULL || !g_ascii_string_to_unsigned(times, 10, 1, 100000, &repeat->times, NULL))
        return script_fail(line, error, "repeat wants a number of times");
    if (!take_word(line, "every", error) || !take_period(line, &repeat->period, error))
        return false;
    if (script_flag(line, "from") && !script_take_time(line, &repeat->from, error))
        return false;
    return take_word(line, "{", error);
}

static bool read_block(Reading *r, const Block *block, GError **error);

/* Leaves 'at' behind the closing brace. */
static bool read_repeat_block(Reading *r, const Block *block, unsigned *at, GError **error)
{
    ScriptLine *line = line_at(r, *at);
    unsigned end = closing(r, *at, block->end);
    Block inner = { .first = *at + 1, .end = end, .depth = block->depth + 1 };
    Repeat repeat = { 0 };

    if (!read_repeat(line, &repeat, error))
        return false;
    if (end == block->end)
        return script_fail(line, error, "this repeat has no closing '}'");
    if (inner.depth > DEEPEST)
        return script_fail(line, error, "repeats more than %d deep", DEEPEST);
    for (uint64_t i = 0; i < repeat.times; i++) {
        inner.base = block->base + repeat.from + (Nsec)i * repeat.period;
        if (!read_block(r, &inner, error))
            return false;
    }
    script_flag(line_at(r, end), "}");
    *at = end + 1;
    return true;
}

static bool read_block(Reading *r, const Block *block, GError **error)
{
    for (unsigned at = block->first; at < block->end;) {
        ScriptLine *line = line_at(r, at);
        bool done = is_word(line, 0, "repeat") ? read_repeat_block(r, block, &at, error)
                                               : read_line(r->list, line, block->base, error);

        if (!done)
            return false;
        if (!is_word(line, 0, "repeat"))
            at++;
    }
    return true;
}

bool cue_list_read(CueList *list, const GPtrArray *lines, GError **error)
{
    Reading reading = { list, lines };

    return read_block(&reading, &(Block){ .end = lines->len }, error);
}
