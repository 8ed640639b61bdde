#pragma once

/*
 * Trying one account on one answer: as it is, with one ingredient exchanged,
 * with two.
 */

#include "digest_choices.h"

/* Of hashes, and of bytes in them. This many take a millisecond; as many of a
 * 60 KiB realm would take half a second. */
#define REG_SEARCH_HASHES 3000
#define REG_SEARCH_BYTES ((size_t)512 << 10)

typedef struct RegDigestSearch {
    RegHasher *hasher;
    RegDigestChoices *choices;
    const RegDigestScene *scene;
    RegHashSum answer;     /* what the device sent; len 0: no hex digits */
    bool declared;         /* the algorithm it names is known */
    unsigned shared;       /* choices that do not depend on the account; 0: not made yet */
    size_t shared_scratch; /* and their texts */
    RegDigestRecipe shape; /* what the message says */

    const RegSecret *secret; /* the account, and whether it may be expected to fit */
    bool expected;
    RegDigestRecipe base;
    bool computable; /* the account's HA1 is of the algorithm named */
    RegHashSum ha1;
    RegHashSum ha2;
    RegHashSum response;

    const RegDigestChoice *first; /* what fitted */
    const RegDigestChoice *second;
} RegDigestSearch;

/* Takes up an account: 'user' is the name it is tried with. */
void reg_search_begin(RegDigestSearch *search, const RegSecret *secret, Str user, bool expected);

/* Each is true when the answer fits, and has set what made it fit. */
bool reg_search_plain(RegDigestSearch *search);
bool reg_search_singles(RegDigestSearch *search);
bool reg_search_pairs(RegDigestSearch *search);
