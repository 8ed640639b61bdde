/*
 * "Yealink SIP-T46S 66.86.0.15", ten thousand times.
 *
 * The place of a text is told by its hash. Two texts with one place push each
 * other out, which costs a copy and nothing else: whoever has a text has a
 * reference of its own.
 */

#include "text.h"

#include "base/hash.h"

void text_share(SharedTexts *shared, char **slot, Str text)
{
    if (!str_present(text) || (*slot != NULL && str_equal(text_view(*slot), text)))
        return;

    char **place = &shared->texts[hash_str(text) % TEXT_SHARED];

    text_set(place, text);
    text_clear(slot);
    *slot = g_ref_string_acquire(*place);
}

void text_share_clear(SharedTexts *shared)
{
    for (unsigned i = 0; i < TEXT_SHARED; i++)
        text_clear(&shared->texts[i]);
}
