/*
 * Finding one account among a hundred thousand without walking through all of
 * them: chains of array positions, by a keyed hash of the text.
 */

#include "text_index.h"

#include <glib.h>

#include "base/hash.h"

void reg_text_index_clear(RegTextIndex *index)
{
    g_free(index->heads);
    g_free(index->next);
    *index = (RegTextIndex){ .heads = NULL };
}

static uint32_t *chain_of(const RegTextIndex *index, Str text)
{
    return &index->heads[hash_str(text) & index->mask];
}

void reg_text_index_build(RegTextIndex *index, const void *items, uint32_t n, RegTextKey key)
{
    uint32_t chains = 16;

    while (chains < n)
        chains *= 2;
    reg_text_index_clear(index);
    *index = (RegTextIndex){
        .items = items,
        .key = key,
        .mask = chains - 1,
        .heads = g_new(uint32_t, chains),
        .next = g_new(uint32_t, MAX(n, 1)),
    };
    memset(index->heads, 0xff, chains * sizeof(*index->heads)); /* all of them NONE */

    /* From the last to the first, so that each chain is in the array's order. */
    for (uint32_t i = n; i-- > 0;) {
        uint32_t *head = chain_of(index, key(items, i));

        index->next[i] = *head;
        *head = i;
    }
}

static uint32_t skip_others(const RegTextIndex *index, uint32_t i, Str text)
{
    while (i != REG_TEXT_INDEX_NONE && !str_equal(index->key(index->items, i), text))
        i = index->next[i];
    return i;
}

uint32_t reg_text_index_first(const RegTextIndex *index, Str text)
{
    if (index->heads == NULL)
        return REG_TEXT_INDEX_NONE;
    return skip_others(index, *chain_of(index, text), text);
}

uint32_t reg_text_index_next(const RegTextIndex *index, uint32_t i)
{
    return skip_others(index, index->next[i], index->key(index->items, i));
}
