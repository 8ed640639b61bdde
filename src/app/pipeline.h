#pragma once

/*
 * All stages joined: frames go in, the writers' output comes out.
 *
 * The stages up to the messages run in the thread that pushes, all others in
 * one of their own when there is enough to do. From pipeline_finish() on there
 * is only the caller's thread again.
 */

#include "budget.h"
#include "capture/set.h"
#include "reg/tracker.h"
#include "report/select.h"

typedef struct Pipeline Pipeline;

typedef struct PipelineConfig {
    BudgetWants memory;        /* 'places' is filled in */
    RegVantage vantage;        /* REG_VANTAGE_UNKNOWN: to be inferred */
    const RegSecrets *secrets; /* to check digests with; may be empty */
    ReportSelection selection; /* what the writers and the verdict are told */
    /* In the thread that pushes: the frame in hand, or those before it that it completes, say
     * something. NULL: nobody asks. */
    void (*note)(const NetMeta *meta, void *user);
    void *user;
    bool live;              /* the capture goes on: see pipeline_pulse() */
    RegStability stability; /* with 'live': what the writers are told to be stable */
    size_t queue_bytes;     /* that may wait between the threads; 0: a few MiB */
} PipelineConfig;

/* 'captures' and 'writers' (of ReportWriter) are borrowed. */
Pipeline *pipeline_new(const PipelineConfig *config, const CaptureSet *captures,
                       const GPtrArray *writers);
void pipeline_push(Pipeline *pipeline, const CapturePacket *packet);

/* No frame from before 'now' will come any more: deadlines until then may fire. */
void pipeline_pass(Pipeline *pipeline, Nsec now);

/* Packets may have been lost between these two, for a reason that no frame tells. */
void pipeline_loss(Pipeline *pipeline, RegLoss kind, Nsec from, Nsec until);

/* No frame comes at present: what there is goes on to the analysis. */
void pipeline_flush(Pipeline *pipeline);

/* Calls 'function' in the thread of the analysis when it has taken all that was pushed before,
 * and knows the captures and what was counted as they are now. Does not wait for it. */
void pipeline_call(Pipeline *pipeline, void (*function)(void *user), void *user);

/* Other accounts from the next frame on; takes 'secrets'. */
void pipeline_use_secrets(Pipeline *pipeline, RegSecrets *secrets);

/* About once a second while a capture is watched; 'wall' is CLOCK_REALTIME. Tells the writers
 * how things stand. */
void pipeline_pulse(Pipeline *pipeline, Nsec wall);

/* The files of the writers were moved away. */
void pipeline_reopen(Pipeline *pipeline);

/* The capture is over: calls every writer's end(). */
void pipeline_finish(Pipeline *pipeline);

/* After pipeline_finish(): of Finding, those that were selected, in the order of the report;
 * borrowed. */
const GPtrArray *pipeline_findings(const Pipeline *pipeline);

/* After pipeline_finish(): whether a finding of severity failure is among them. */
bool pipeline_found_failure(const Pipeline *pipeline);

void pipeline_free(Pipeline *pipeline);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Pipeline, pipeline_free)
