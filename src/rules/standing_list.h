#pragma once

/*
 * What stands on each device and site, for the files that decide about it.
 */

#include "rules/standing.h"

typedef struct StandingKey {
    uint64_t device;
    uint64_t site; /* 0 for a device */
} StandingKey;

/* What an attempt was like, as far as another one can be compared with it. */
typedef struct StandingKind {
    bool accepted;
    bool removes;
    bool queries;
    bool challenged;
} StandingKind;

typedef struct StandingEntry {
    Finding *finding;
    unsigned rule;     /* its place in the table */
    StandingKind kind; /* of the newest chain that it was found on */
    bool seen;         /* by the rules, at the newest look at the subject */
} StandingEntry;

/* A device or a site on which something stands. */
typedef struct StandingSubject {
    CacheItem item;
    StandingKey key;
    GArray *entries; /* of StandingEntry */
    bool visited;
} StandingSubject;

struct RuleStanding {
    RuleStandingConfig config;
    RuleStandingSink sink;
    Cache *subjects;
    uint64_t *counts; /* by rule */
    Finding *blank;
    Nsec now;
};

/* The subject, or NULL; made when there is none. */
StandingSubject *standing_find(RuleStanding *standing, const StandingKey *key);
StandingSubject *standing_need(RuleStanding *standing, const StandingKey *key);

/* Lets go of a subject on which nothing stands. */
void standing_clean_up(RuleStanding *standing, StandingSubject *subject);

/* What the rule of that place has found on it; NULL: nothing that stands. */
StandingEntry *standing_entry(const StandingSubject *subject, unsigned rule);

/* Whether something that stands on the subject explains an umbrella. */
bool standing_explains(const StandingSubject *subject, const Finding *umbrella);

/* It begins, is found again ('counts': by one more attempt), and is over. */
void standing_begin(RuleStanding *standing, StandingSubject *subject, unsigned rule,
                    const Finding *finding);
void standing_go_on(StandingEntry *entry, const Finding *again, bool counts);
void standing_end(RuleStanding *standing, StandingSubject *subject, unsigned at, Nsec time,
                  const char *because);
void standing_tell_over(RuleStanding *standing, const Finding *finding, Nsec time,
                        const char *because, bool lost);

/* Not a note. */
bool standing_counts(const Finding *finding);

/* One to write into, which the caller gives back as 'blank'. */
Finding *standing_blank(RuleStanding *standing, const Rule *rule);
