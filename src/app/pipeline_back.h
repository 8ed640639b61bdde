#pragma once

/*
 * The back of the pipeline: events to findings.
 *
 * Transactions, devices, rules and writers. All of it runs in one thread: the
 * one that takes the events, and from pipeline_back_finish() on the one that
 * calls it.
 */

#include "pipeline.h"
#include "pipeline_event.h"

typedef struct PipelineBack PipelineBack;

/* All is borrowed; 'config' and 'budget' for the call only. */
PipelineBack *pipeline_back_new(const PipelineConfig *config, const Budget *budget,
                                const CaptureSet *captures, const GPtrArray *writers);
void pipeline_back_free(PipelineBack *back);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PipelineBack, pipeline_back_free)

/* 'user' is the PipelineBack. Takes what the event owns. */
void pipeline_back_take(PipelineEvent *event, void *user);

/* As the functions of pipeline.h, in the thread of the analysis. */
void pipeline_back_use_secrets(PipelineBack *back, RegSecrets *secrets);
void pipeline_back_pulse(PipelineBack *back, Nsec wall);
void pipeline_back_reopen(PipelineBack *back);

/* The last event was taken: judges what is open and calls every writer's end(). */
void pipeline_back_finish(PipelineBack *back);

/* After that: of Finding, those that were selected; borrowed. */
const GPtrArray *pipeline_back_findings(const PipelineBack *back);
