#pragma once

/*
 * The live half of the analysis: once a second, what has changed.
 *
 * Devices are looked at, findings begin to stand and are over, and every
 * writer is told. Nothing here changes what the report at the end says.
 */

#include "reg/review.h"
#include "report/select.h"
#include "rules/standing.h"

typedef struct Review Review;

/* All borrowed. */
typedef struct ReviewConfig {
    RegTracker *tracker;
    const GPtrArray *writers; /* of ReportWriter */
    const ReportSelection *selection;
    RegStability stability;
    size_t max_findings; /* that stand at the same time; 0: the usual limit */
} ReviewConfig;

Review *review_new(const ReviewConfig *config);
void review_free(Review *review);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Review, review_free)

/* As in RuleSink and RegSink. */
void review_chain(Review *review, const RegChain *chain, const RuleVerdict *verdicts,
                  const GPtrArray *fired);
void review_forgotten(Review *review, uint64_t device);

/* 'result' has counters, captures and tables; 'wall' is CLOCK_REALTIME. */
void review_pulse(Review *review, const ReportResult *result, Nsec wall);

CacheStats review_table(const Review *review);
