#pragma once

/*
 * Finds the items of an array by a text in them, in the order of the array.
 *
 * For arrays that are read once and then only asked: it keeps no copy of a
 * text, so nothing secret is left behind in it. The array must not move or
 * change while the index is used.
 */

#include <stdint.h>

#include "base/str.h"

#define REG_TEXT_INDEX_NONE UINT32_MAX

typedef Str (*RegTextKey)(const void *items, uint32_t i);

typedef struct RegTextIndex {
    const void *items;
    RegTextKey key;
    uint32_t mask;
    uint32_t *heads; /* NULL: empty */
    uint32_t *next;
} RegTextIndex;

/* Frees what the index held before. */
void reg_text_index_build(RegTextIndex *index, const void *items, uint32_t n, RegTextKey key);
void reg_text_index_clear(RegTextIndex *index);

/* The first item of that text, and the next one of the same text. */
uint32_t reg_text_index_first(const RegTextIndex *index, Str text);
uint32_t reg_text_index_next(const RegTextIndex *index, uint32_t i);
