#pragma once

/*
 * The accounts that a digest answer may have been made with.
 */

#include "digest_search.h"

/* Accounts tried on one answer. */
#define REG_CANDIDATES_MAX REG_SECRETS_FEW

/* An expected one belongs to this user in this realm; when none of those fits,
 * the password is wrong. The others are here because their owner may have sent
 * another name. */
typedef struct RegCandidate {
    const RegSecret *secret;
    Str user; /* the name to try it with: what was sent, unless that is a hash */
    bool expected;
} RegCandidate;

typedef struct RegCandidates {
    unsigned n;
    RegCandidate all[REG_CANDIDATES_MAX];
} RegCandidates;

/* Best first. 'secrets' may be NULL. */
void reg_candidates_find(RegDigestSearch *search, const RegSecrets *secrets,
                         RegCandidates *candidates);

/* "alice@example.com" and "alice". */
bool reg_candidate_is_at_domain(Str longer, Str user);
