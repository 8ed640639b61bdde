/*
 * A search makes two hundred texts and forgets them. One piece of memory for
 * all of them costs nothing to share out and is easily wiped; what does not fit
 * is not tried, so that a 60 KiB realm cannot make it grow.
 */

#include "scratch.h"

#include <glib.h>

void reg_scratch_init(RegScratch *scratch, size_t size)
{
    *scratch = (RegScratch){ .bytes = g_malloc0(size), .size = size };
}

void reg_scratch_give_back(RegScratch *scratch, size_t used)
{
    explicit_bzero(scratch->bytes + used, scratch->used - used);
    scratch->used = used;
}

void reg_scratch_wipe(RegScratch *scratch)
{
    reg_scratch_give_back(scratch, 0);
}

void reg_scratch_clear(RegScratch *scratch)
{
    reg_scratch_wipe(scratch);
    g_clear_pointer(&scratch->bytes, g_free);
    scratch->size = 0;
}

char *reg_scratch_take(RegScratch *scratch, size_t len)
{
    if (scratch->size - scratch->used < len)
        return NULL;

    char *taken = scratch->bytes + scratch->used;

    scratch->used += len;
    return taken;
}

Str reg_scratch_join(RegScratch *scratch, const Str *parts, unsigned n)
{
    size_t len = 0;

    for (unsigned i = 0; i < n; i++)
        len += parts[i].len;

    char *joined = reg_scratch_take(scratch, len);
    size_t at = 0;

    if (joined == NULL)
        return STR_NONE;
    for (unsigned i = 0; i < n; i++) {
        if (parts[i].len > 0)
            memcpy(joined + at, parts[i].data, parts[i].len);
        at += parts[i].len;
    }
    return (Str){ joined, len };
}
