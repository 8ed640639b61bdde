/*
 * frames -> payloads -> messages | messages -> transactions -> chains -> findings
 *
 * Two halves, in two threads when there is enough to do, and a queue of events
 * between them. What somebody asks of the analysis goes the same way as the
 * frames, so that it is answered as of the frame in hand.
 */

#include "pipeline.h"

#include "pipeline_back.h"
#include "pipeline_front.h"

/* Between the threads, unless somebody says otherwise: what is in flight stays in the
 * processors' shared cache. */
#define QUEUE_BYTES (4 * 1024 * 1024)

struct Pipeline {
    PipelineFront *front;
    PipelineBack *back;
    Pool *pool; /* of messages, which the front makes and the back lets go of */
};

static Budget divide_memory(const PipelineConfig *config, const CaptureSet *captures)
{
    BudgetWants wants = config->memory;
    uint32_t places = 0;

    for (unsigned i = 0; i < capture_set_size(captures); i++)
        places |= 1u << capture_set_info(captures, i)->place;
    wants.places = (unsigned)__builtin_popcount(places);
    return budget_divide(&wants);
}

Pipeline *pipeline_new(const PipelineConfig *config, const CaptureSet *captures,
                       const GPtrArray *writers)
{
    Pipeline *p = g_new0(Pipeline, 1);
    Budget budget = divide_memory(config, captures);

    p->back = pipeline_back_new(config, &budget, captures, writers);
    p->pool = pool_new();
    p->front = pipeline_front_new(
        &(PipelineFrontConfig){
            .queue_bytes = config->queue_bytes > 0 ? config->queue_bytes : QUEUE_BYTES,
            .budget = &budget,
            .pool = p->pool,
            .note = config->note,
            .note_user = config->user,
            .take = pipeline_back_take,
            .user = p->back,
        },
        captures);
    return p;
}

void pipeline_push(Pipeline *p, const CapturePacket *packet)
{
    pipeline_front_push(p->front, packet);
}

void pipeline_pass(Pipeline *p, Nsec now)
{
    pipeline_front_pass(p->front, now);
}

void pipeline_loss(Pipeline *p, RegLoss kind, Nsec from, Nsec until)
{
    pipeline_front_loss(p->front, &(PipelineLoss){ kind, from, until });
}

void pipeline_flush(Pipeline *p)
{
    pipeline_front_flush(p->front);
}

void pipeline_call(Pipeline *p, void (*function)(void *user), void *user)
{
    pipeline_front_call(p->front, &(PipelineCall){ function, user });
}

/* --- asked of the analysis, in its thread ---------------------------------- */

typedef struct Accounts {
    PipelineBack *back;
    RegSecrets *secrets;
} Accounts;

static void use_secrets(void *user)
{
    g_autofree Accounts *accounts = user;

    pipeline_back_use_secrets(accounts->back, accounts->secrets);
}

void pipeline_use_secrets(Pipeline *p, RegSecrets *secrets)
{
    Accounts *accounts = g_new(Accounts, 1);

    *accounts = (Accounts){ p->back, secrets };
    pipeline_call(p, use_secrets, accounts);
}

typedef struct Pulse {
    PipelineBack *back;
    Nsec wall;
} Pulse;

static void beat(void *user)
{
    g_autofree Pulse *pulse = user;

    pipeline_back_pulse(pulse->back, pulse->wall);
}

void pipeline_pulse(Pipeline *p, Nsec wall)
{
    Pulse *pulse = g_new(Pulse, 1);

    *pulse = (Pulse){ p->back, wall };
    pipeline_call(p, beat, pulse);
}

static void reopen(void *user)
{
    pipeline_back_reopen(user);
}

void pipeline_reopen(Pipeline *p)
{
    pipeline_call(p, reopen, p->back);
}

/* --- the end -------------------------------------------------------------- */

/* From the front to the back: what a stage lets go of, the next one takes. */
void pipeline_finish(Pipeline *p)
{
    pipeline_front_finish(p->front);
    pipeline_back_finish(p->back);
}

const GPtrArray *pipeline_findings(const Pipeline *p)
{
    return pipeline_back_findings(p->back);
}

bool pipeline_found_failure(const Pipeline *p)
{
    const GPtrArray *found = pipeline_findings(p);

    for (unsigned i = 0; i < found->len; i++) {
        const Finding *finding = g_ptr_array_index(found, i);

        if (finding->rule->severity == FINDING_FAILURE)
            return true;
    }
    return false;
}

void pipeline_free(Pipeline *p)
{
    if (p == NULL)
        return;
    pipeline_front_free(p->front);
    pipeline_back_free(p->back);
    pool_free(p->pool);
    g_free(p);
}
