#pragma once

/*
 * The front of the pipeline: frames to events.
 *
 * Decoders and framers, one pair for each place. It runs in the thread that
 * reads the captures; what it tells is taken in another one, as soon as there
 * is enough of it to be worth a thread.
 */

#include "budget.h"
#include "pipeline_event.h"

typedef struct PipelineFront PipelineFront;

typedef struct PipelineFrontConfig {
    size_t queue_bytes; /* that may wait between the threads */
    const Budget *budget;
    Pool *pool;                                    /* of messages; outlives them */
    void (*note)(const NetMeta *meta, void *user); /* as in PipelineConfig, with 'note_user' */
    void *note_user;
    void (*take)(PipelineEvent *event, void *user);
    void *user;
} PipelineFrontConfig;

/* 'captures' is borrowed. */
PipelineFront *pipeline_front_new(const PipelineFrontConfig *config, const CaptureSet *captures);
void pipeline_front_push(PipelineFront *front, const CapturePacket *packet);

/* No frame from before 'now' will come any more. */
void pipeline_front_pass(PipelineFront *front, Nsec now);
void pipeline_front_loss(PipelineFront *front, const PipelineLoss *loss);

/* No frame comes at present: hands over what there is. */
void pipeline_front_flush(PipelineFront *front);

/* Calls back in the thread of the analysis, after all that was pushed before, and with the
 * captures and counters as they are now. */
void pipeline_front_call(PipelineFront *front, const PipelineCall *call);

/* The captures are over: when it returns all has been taken, and the caller's thread is the
 * only one. */
void pipeline_front_finish(PipelineFront *front);
void pipeline_front_free(PipelineFront *front);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PipelineFront, pipeline_front_free)
