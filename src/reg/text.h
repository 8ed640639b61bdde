#pragma once

/*
 * Texts from the wire that are kept: each is a GRefString, shared and never
 * changed. It knows its length, so that two texts which differ only behind a
 * NUL byte stay different.
 */

#include <glib.h>

#include "base/str.h"

static inline Str text_view(char *text)
{
    return text != NULL ? (Str){ text, g_ref_string_length(text) } : STR_NONE;
}

static inline bool text_equal(char *a, char *b)
{
    return a == b || (a != NULL && b != NULL && str_equal(text_view(a), text_view(b)));
}

static inline void text_clear(char **slot)
{
    g_clear_pointer(slot, g_ref_string_release);
}

/* Replaces the text when it changed; STR_NONE is no news. */
static inline void text_set(char **slot, Str text)
{
    if (!str_present(text) || (*slot != NULL && str_equal(text_view(*slot), text)))
        return;
    text_clear(slot);
    *slot = g_ref_string_new_len(text.data, (gssize)text.len);
}

/* Texts that thousands of devices have in common, like User-Agent: each place holds the one that
 * came last, so that no choice of texts makes it grow. Zeroed in the beginning. */
#define TEXT_SHARED 256

typedef struct SharedTexts {
    char *texts[TEXT_SHARED];
} SharedTexts;

/* As text_set(), with the same text of another device where that is at hand. */
void text_share(SharedTexts *shared, char **slot, Str text);
void text_share_clear(SharedTexts *shared);

/* Bytes of memory, roughly: the length, its counter and the allocator's share. */
static inline size_t text_bytes(char *text)
{
    return text != NULL ? g_ref_string_length(text) + 32 : 0;
}
