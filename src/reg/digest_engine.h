#pragma once

/*
 * What reg_digest_new() makes, for the files that work with it.
 */

#include "digest_search.h"

struct RegDigest {
    RegHasher hasher;
    RegScratch scratch;
    RegDigestChoices choices;
    RegDigestScene scene;
    RegDigestSearch search;
};

/* 'properties' as in reg_hasher_init(). */
RegDigest *reg_digest_new_with(const char *properties);

/* Leaves no secret behind, and nothing for the next call. */
void reg_digest_wipe(RegDigest *digest);
