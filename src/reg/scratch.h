#pragma once

/*
 * Room for the many short texts of one search, some of them secret: taken piece
 * by piece, given back and wiped all at once.
 */

#include <stdbool.h>

#include "base/str.h"

typedef struct RegScratch {
    char *bytes;
    size_t size;
    size_t used;
} RegScratch;

void reg_scratch_init(RegScratch *scratch, size_t size);
void reg_scratch_wipe(RegScratch *scratch);  /* empty again, all zero */
void reg_scratch_clear(RegScratch *scratch); /* wiped and freed */

/* NULL when there is not so much left. */
char *reg_scratch_take(RegScratch *scratch, size_t len);

/* Everything that was taken since 'used' was this; wiped. */
void reg_scratch_give_back(RegScratch *scratch, size_t used);

/* The parts one behind the other; STR_NONE when there is no room. */
Str reg_scratch_join(RegScratch *scratch, const Str *parts, unsigned n);
