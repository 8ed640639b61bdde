/*
 * Which messages can still be read when the report is written?
 *
 * Two tables with the same keys. One has the newest messages of the capture.
 * The other has those of attempts that a rule fired on: it is filled once and
 * takes nothing more when it is full, because what came first is what a
 * finding cites.
 */

#include "report/messages.h"

#include "base/cache.h"
#include "base/hash.h"
#include "reg/device.h"
#include "rules/finding.h"

#define MAX_NEWEST_BYTES ((size_t)8 << 20)
#define MAX_CITED_BYTES ((size_t)8 << 20)
#define MAX_FRAMES 65536

/* What goes into a report, so that it can still be sent by mail. */
#define MAX_SHOWN_BYTES ((size_t)4 << 20)

/* Of an attempt that goes on and on, both its ends. */
#define STEPS_AT_EACH_END 4

/* A TCP segment may hold several messages; more than these are no registration. */
#define MESSAGES_OF_A_FRAME 4

typedef struct Key {
    uint32_t capture;
    uint64_t frame;
} Key;

typedef struct Frame {
    CacheItem item;
    Key key;
    SipMessage *messages[MESSAGES_OF_A_FRAME];
    unsigned n;
} Frame;

struct ReportMessages {
    Cache *newest;
    Cache *cited;
};

static uint64_t hash_key(const void *key)
{
    const Key *k = key;

    return hash_mix(hash_bytes(&k->capture, sizeof(k->capture)), k->frame);
}

static bool keys_equal(const void *a, const void *b)
{
    const Key *one = a, *other = b;

    return one->capture == other->capture && one->frame == other->frame;
}

static void drop_frame(void *item, CacheDrop why, void *user)
{
    Frame *frame = item;

    for (unsigned i = 0; i < frame->n; i++)
        sip_message_unref(frame->messages[i]);
    g_free(frame);
}

static Cache *table_new(const char *name, size_t max_bytes)
{
    return cache_new(&(CacheConfig){
        .name = name,
        .max_items = MAX_FRAMES,
        .max_bytes = max_bytes,
        .hash = hash_key,
        .equal = keys_equal,
        .drop = drop_frame,
    });
}

ReportMessages *report_messages_new(void)
{
    ReportMessages *messages = g_new0(ReportMessages, 1);

    messages->newest = table_new("report.newest_messages", MAX_NEWEST_BYTES);
    messages->cited = table_new("report.cited_messages", MAX_CITED_BYTES);
    return messages;
}

void report_messages_free(ReportMessages *messages)
{
    if (messages == NULL)
        return;
    cache_free(messages->newest);
    cache_free(messages->cited);
    g_free(messages);
}

static bool holds(const Frame *frame, const SipMessage *message)
{
    for (unsigned i = 0; i < frame->n; i++) {
        if (frame->messages[i] == message)
            return true;
    }
    return false;
}

static void put(Cache *table, SipMessage *message)
{
    Key key = { message->meta.ref.capture, message->meta.ref.frame };
    size_t size = sip_message_size(message);
    Frame *frame = cache_get(table, &key, message->meta.time);

    if (frame == NULL) {
        frame = g_new0(Frame, 1);
        frame->key = key;
        frame->messages[frame->n++] = sip_message_ref(message);
        cache_add(table, frame, &frame->key, sizeof(Frame) + size, message->meta.time);
    } else if (frame->n < MESSAGES_OF_A_FRAME && !holds(frame, message)) {
        frame->messages[frame->n++] = sip_message_ref(message);
        cache_grow(table, frame, frame->item.bytes + size);
    }
}

void report_messages_add(ReportMessages *messages, SipMessage *message)
{
    put(messages->newest, message);
}

static void keep(ReportMessages *messages, SipMessage *message)
{
    CacheStats stats = cache_stats(messages->cited);

    if (message == NULL)
        return;
    if (stats.items < MAX_FRAMES
        && stats.bytes + sizeof(Frame) + sip_message_size(message) <= MAX_CITED_BYTES)
        put(messages->cited, message);
}

void report_messages_keep(ReportMessages *messages, const RegChain *chain)
{
    unsigned n = chain->steps->len;

    for (unsigned i = 0; i < n; i++) {
        const RegStep *step = reg_chain_step(chain, i);

        if (i >= STEPS_AT_EACH_END && i + STEPS_AT_EACH_END < n)
            continue;
        for (unsigned k = 0; k < step->n_sightings; k++) {
            keep(messages, step->sightings[k]->request);
            keep(messages, step->sightings[k]->answer);
        }
    }
}

/* What was chosen so far. */
typedef struct Choice {
    const ReportMessages *messages;
    GArray *chosen;
    GHashTable *seen; /* frames of ours, by address */
    size_t bytes;
    uint64_t left_out;
} Choice;

static void choose(Choice *choice, CaptureRef ref)
{
    Key key = { ref.capture, ref.frame };
    const Frame *frame;

    if (ref.frame == 0)
        return;
    frame = cache_peek(choice->messages->cited, &key);
    if (frame == NULL)
        frame = cache_peek(choice->messages->newest, &key);
    if (frame == NULL || choice->bytes >= MAX_SHOWN_BYTES) {
        choice->left_out++;
        return;
    }
    if (!g_hash_table_add(choice->seen, (gpointer)frame))
        return;
    for (unsigned i = 0; i < frame->n; i++) {
        const SipMessage *message = frame->messages[i];
        ReportMessage shown = { message->meta.ref, message->meta.time, message->meta.flow, message,
                                message->raw };

        g_array_append_val(choice->chosen, shown);
        choice->bytes += message->raw.len;
    }
}

static void choose_evidence(Choice *choice, const Finding *finding)
{
    for (unsigned i = 0; i < finding->facts->len; i++)
        choose(choice, g_array_index(finding->facts, FindingFact, i).ref);
    for (unsigned i = 0; finding->rewrites != NULL && i < finding->rewrites->n_changes; i++) {
        choose(choice, finding->rewrites->changes[i].first.inside);
        choose(choice, finding->rewrites->changes[i].first.outside);
    }
}

static void choose_steps(Choice *choice, const RegDevice *device)
{
    for (unsigned i = 0; i < device->n_attempts_kept; i++) {
        const RegAttempt *attempt = device->attempts[i];

        for (unsigned k = 0; k < attempt->n_steps; k++) {
            choose(choice, attempt->steps[k].request);
            choose(choice, attempt->steps[k].answer);
        }
    }
}

/* What happened between attempts. Some of these frames hold no SIP message, so
 * none of them is missed. */
static void choose_life(Choice *choice, const RegLife *life)
{
    uint64_t left_out = choice->left_out;

    for (unsigned i = 0; i < life->n_outages; i++) {
        const RegOutage *outage = &life->outages[i];
        const CaptureRef refs[] = { outage->worked_ref, outage->first.request, outage->last.request,
                                    outage->back_ref, outage->works_ref };

        for (unsigned k = 0; k < G_N_ELEMENTS(refs); k++)
            choose(choice, refs[k]);
    }
    for (unsigned i = 0; i < life->n_moves; i++) {
        choose(choice, life->moves[i].before);
        choose(choice, life->moves[i].after);
    }
    if (life->answered != NULL) {
        choose(choice, life->answered->request);
        choose(choice, life->answered->answer);
    }
    choice->left_out = left_out;
}

static int by_frame(const void *a, const void *b)
{
    const CaptureRef *one = &((const ReportMessage *)a)->ref;
    const CaptureRef *other = &((const ReportMessage *)b)->ref;

    if (one->capture != other->capture)
        return one->capture < other->capture ? -1 : 1;
    return (one->frame > other->frame) - (one->frame < other->frame);
}

GArray *report_messages_select(const ReportMessages *messages, const GPtrArray *findings,
                               const GPtrArray *devices, uint64_t *left_out)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(NULL, NULL);
    Choice choice = { messages, g_array_new(FALSE, FALSE, sizeof(ReportMessage)), seen, 0, 0 };

    for (unsigned i = 0; i < findings->len; i++)
        choose_evidence(&choice, g_ptr_array_index(findings, i));
    for (unsigned i = 0; i < devices->len; i++) {
        const RegDevice *device = g_ptr_array_index(devices, i);

        choose_steps(&choice, device);
        if (device->life != NULL)
            choose_life(&choice, device->life);
    }
    g_array_sort(choice.chosen, by_frame); /* stable: several of one frame stay in order */
    *left_out = choice.left_out;
    return choice.chosen;
}
