#pragma once

/*
 * All stages joined: frames go in, the writers' output comes out.
 */

#include "capture/set.h"
#include "reg/tracker.h"
#include "report/select.h"

typedef struct Pipeline Pipeline;

typedef struct PipelineConfig {
    RegVantage vantage;        /* REG_VANTAGE_UNKNOWN: to be inferred */
    const RegSecrets *secrets; /* to check digests with; may be empty */
    ReportSelection selection; /* what the writers and the verdict are told */
} PipelineConfig;

/* 'captures' and 'writers' (of ReportWriter) are borrowed. */
Pipeline *pipeline_new(const PipelineConfig *config, const CaptureSet *captures,
                       const GPtrArray *writers);
void pipeline_push(Pipeline *pipeline, const CapturePacket *packet);

/* The capture is over: calls every writer's end(). */
void pipeline_finish(Pipeline *pipeline);

/* After pipeline_finish(): of Finding, those that were selected, in the order of the report;
 * borrowed. */
const GPtrArray *pipeline_findings(const Pipeline *pipeline);

/* After pipeline_finish(): whether a finding of severity failure is among them. */
bool pipeline_found_failure(const Pipeline *pipeline);

void pipeline_free(Pipeline *pipeline);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Pipeline, pipeline_free)
