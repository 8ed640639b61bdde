#pragma once

/*
 * Runs the rules, silences umbrellas, folds repeats and hands out what was
 * found.
 */

#include "base/cache.h"
#include "rules/rule.h"

typedef struct RuleEngine RuleEngine;

/* A rule that abstained for one reason. */
typedef struct RuleAbstention {
    const Rule *rule;
    const char *because; /* constant text */
    uint64_t times;
} RuleAbstention;

typedef struct RuleSink {
    /* A rule fired on a subject for the first time; borrowed. */
    void (*finding)(const Finding *finding, void *user);
    /* What each rule said of a chain, by its place in the table, and the findings of those that
     * fired (Finding): with those that a narrower rule silences. */
    void (*chain)(const RegChain *chain, const RuleVerdict *verdicts, const GPtrArray *fired,
                  void *user);
    void *user;
} RuleSink;

RuleEngine *rule_engine_new(const Rule *const *table, const RuleSink *sink);
void rule_engine_free(RuleEngine *engine);
void rule_engine_limit(RuleEngine *engine, size_t max_bytes); /* of findings; 0: their number */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RuleEngine, rule_engine_free)

/* True: at least one failure or warning was found on it. */
bool rule_engine_chain(RuleEngine *engine, const RegChain *chain);
void rule_engine_device(RuleEngine *engine, const RegDevice *device, Nsec now);
void rule_engine_site(RuleEngine *engine, const RegSite *site);

/* After the last subject: drops what a narrower finding on the same device
 * explains or what is a scanner's, and orders the rest. 'lossy' captures make
 * what rests on absence weaker. */
void rule_engine_finish(RuleEngine *engine);

/* In the order of the report; Finding pointers, borrowed. */
const GPtrArray *rule_engine_findings(const RuleEngine *engine);
/* The table of findings, for what it forgot. */
CacheStats rule_engine_table(const RuleEngine *engine);

/* Sorted by rule id, then reason; RuleAbstention, borrowed. */
const GArray *rule_engine_abstentions(RuleEngine *engine);

/* One rule on one subject, with the vantage and the needs checked first. This
 * is what the tests call. */
RuleVerdict rule_apply_chain(const Rule *rule, const RegChain *chain, Finding *finding);
RuleVerdict rule_apply_device(const Rule *rule, const RegDevice *device, Nsec now,
                              Finding *finding);

/* Whom it is about, where the rule did not say it; and when, if it left that open. */
void rule_name_device(Finding *finding, const RegDevice *device, Nsec from, Nsec until);

/* Tells captures and sources apart. */
uint64_t rule_site_key(const RegSite *site);

/* Whether 'narrower' explains all that 'umbrella' says; both are about the same subject. */
bool rule_explains(const Finding *narrower, const Finding *umbrella);
