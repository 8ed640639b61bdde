#pragma once

/*
 * "Is that still so?" Which findings hold now, on whom, while a capture goes on.
 *
 * A finding begins to stand when its rule fires, and is told once; that the
 * rule fires again is counted. It is over when later packets show the
 * contrary. Where they do not, it stands: a rule that abstains changes nothing.
 *
 * - About an attempt that failed: over with the answer that accepts the device
 *   afterwards.
 * - About an attempt that succeeded: over with a later one of the same kind on
 *   which the rule is clean.
 * - About a device: over when the rule does not fire any more; a failure also
 *   when the device has been stable since, and what is about registering when
 *   it was accepted since.
 * - About a capture, a source or a NAT: over when nothing was added to it for
 *   ten minutes.
 *
 * Notes are told like all others, once. They are nothing to be mended, so they
 * are never over and are counted nowhere.
 */

#include "base/cache.h"
#include "reg/condition.h"
#include "rules/engine.h"

typedef struct RuleStanding RuleStanding;

/* A finding that is over. */
typedef struct RuleOver {
    const Finding *finding; /* as it was told last, with what was counted since */
    Nsec from;
    Nsec time;
    const char *because; /* constant text */
    bool lost;           /* nobody knows */
} RuleOver;

typedef struct RuleStandingSink {
    void (*begins)(const Finding *finding, void *user);
    void (*over)(const RuleOver *over, void *user);
    void *user;
} RuleStandingSink;

typedef struct RuleStandingConfig {
    const Rule *const *table;
    RegStability stability;
    size_t max_findings; /* that stand at the same time; 0: the usual limit */
} RuleStandingConfig;

RuleStanding *rule_standing_new(const RuleStandingConfig *config, const RuleStandingSink *sink);
void rule_standing_free(RuleStanding *standing); /* tells nothing */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RuleStanding, rule_standing_free)

/* What the engine said of a chain, see RuleSink. */
void rule_standing_chain(RuleStanding *standing, const RegChain *chain, const RuleVerdict *verdicts,
                         const GPtrArray *fired);

/* A device was looked at: asks the rules about it. */
void rule_standing_device(RuleStanding *standing, const RegDevice *device,
                          const RegStanding *stands, Nsec now);

void rule_standing_site(RuleStanding *standing, const RegSite *site, Nsec now);

/* After all sites: what was not among them any more is over. */
void rule_standing_sites_end(RuleStanding *standing, Nsec now);

/* The device is not known any more. */
void rule_standing_forget(RuleStanding *standing, uint64_t device, Nsec now);

/* The worst that stands on the device, or NULL; borrowed until the next call. */
const Finding *rule_standing_worst(const RuleStanding *standing, uint64_t device);

/* On how many subjects the rule of that place in the table stands; none for a note. */
uint64_t rule_standing_count(const RuleStanding *standing, unsigned rule);

CacheStats rule_standing_table(const RuleStanding *standing);
