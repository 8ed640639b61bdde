/*
 * Frames to events: the half of the pipeline that needs nothing but the frames.
 *
 * Reading and decoding are a quarter of the work and run beside the rest. What
 * the analysis sees does not depend on that: everything comes to it through one
 * queue, in order, also how far the captures had been read at that point.
 */

#include "pipeline_front.h"

#include <sched.h>

#include "base/hash.h"
#include "base/queue.h"

/* Deadlines are seconds long. Looking at them for every frame is waste. */
#define TICK (100 * NSEC_MSEC)

/* Captures of several interfaces are out of order by milliseconds; a second is
 * a clock that was set. */
#define CLOCK_STEP NSEC_SEC

/* Captures from different places hold the same packets; each place has a
 * decoder of its own, so that they are not taken for duplicates. */
#define PLACES (CAPTURE_PLACE_SERVER + 1)

/* Of an event with this member, and no larger one. */
#define SIZE_WITH(member) (offsetof(PipelineEvent, member) + sizeof(((PipelineEvent *)0)->member))

typedef struct Place {
    PipelineFront *front;
    NetDecoder *net; /* NULL: no capture was taken here */
    SipFramer *framer;
} Place;

struct PipelineFront {
    Place places[PLACES];
    const CaptureSet *captures;
    PipelineFrontConfig config;
    NetConfig decoding;
    SipFramerConfig framing;
    Queue *queue;
    uint64_t *told;   /* by capture: so many packets of it the back knows of */
    uint32_t current; /* the capture of the frame in hand */
    Nsec now;
    Nsec ticked;
    bool timeless; /* the first frames have no time */
};

/* --- to the queue --------------------------------------------------------- */

static PipelineEvent *add_plain(PipelineFront *front, PipelineEventKind kind, size_t size)
{
    PipelineEvent *event = queue_add(front->queue, size, 0);

    event->kind = kind;
    return event;
}

static void add_reach(PipelineFront *front, uint32_t index)
{
    const CaptureInfo *info = capture_set_info(front->captures, index);

    front->told[index] = info->packets;
    add_plain(front, PIPELINE_REACH, SIZE_WITH(reach))->reach = (PipelineReach){
        .capture = index,
        .packets = info->packets,
        .first = info->first,
        .last = info->last,
        .latest = info->latest,
    };
}

static void tell_reach(PipelineFront *front, uint32_t index)
{
    if (front->told[index] != capture_set_info(front->captures, index)->packets)
        add_reach(front, index);
}

/* An event that a frame has brought, behind how far its capture has been read. */
static PipelineEvent *add(PipelineFront *front, PipelineEventKind kind, size_t size, size_t held)
{
    tell_reach(front, front->current);

    PipelineEvent *event = queue_add(front->queue, size, held);

    event->kind = kind;
    return event;
}

/* The same with bytes behind it, which move there. */
static PipelineEvent *add_with(PipelineFront *front, PipelineEventKind kind, size_t size,
                               Str *bytes)
{
    PipelineEvent *event = add(front, kind, size + bytes->len, 0);
    char *copy = (char *)event + size;

    if (bytes->len > 0)
        memcpy(copy, bytes->data, bytes->len);
    if (str_present(*bytes))
        bytes->data = copy;
    return event;
}

/* --- from the stages ------------------------------------------------------ */

static bool on_wanted(Str bytes, const NetFlow *flow, void *user)
{
    return sip_framer_wants(bytes, flow) || net_dns_looks_like(bytes, flow);
}

static void note(const PipelineFront *front, const NetMeta *meta)
{
    if (front->config.note != NULL)
        front->config.note(meta, front->config.note_user);
}

static NetInterest on_payload(const NetPayload *payload, void *user)
{
    Place *place = user;
    Str bytes = payload->bytes;

    if (payload->kind != NET_DATAGRAM || !net_dns_looks_like(bytes, &payload->meta.flow))
        return sip_framer_push(place->framer, payload);

    PipelineEvent *event = add_with(place->front, PIPELINE_DNS, SIZE_WITH(dns), &bytes);

    event->dns = (PipelineDns){ payload->meta, bytes };
    note(place->front, &payload->meta);
    return NET_INTERESTED;
}

static void on_event(const NetEvent *net, void *user)
{
    Place *place = user;
    Str bytes = net->bytes;
    PipelineEvent *event = add_with(place->front, PIPELINE_NET, SIZE_WITH(net), &bytes);

    event->net = *net;
    event->net.bytes = bytes;
    if (net->kind != NET_EVENT_ALIVE)
        note(place->front, &net->meta);
}

static void on_message(SipMessage *message, void *user)
{
    note(user, &message->meta);
    add(user, PIPELINE_MESSAGE, SIZE_WITH(message), sip_message_size(message))->message = message;
}

static void on_keepalive(const NetMeta *meta, SipKeepalive kind, void *user)
{
    add(user, PIPELINE_KEEPALIVE, SIZE_WITH(keepalive), 0)->keepalive =
        (PipelineKeepalive){ *meta, kind };
}

static bool on_tls(const NetMeta *meta, bool client_hello, void *user)
{
    add(user, PIPELINE_TLS, SIZE_WITH(tls), 0)->tls = *meta;
    return reg_tracker_wants_handshake(&meta->flow);
}

static void on_handshake(const SipTlsSight *sight, void *user)
{
    size_t held = (sight->other != NULL ? 2 : 1) * sizeof(NetTlsSeen);

    note(user, sight->meta);
    add(user, PIPELINE_HANDSHAKE, SIZE_WITH(handshake), held)->handshake = (PipelineHandshake){
        .meta = *sight->meta,
        .fresh = sight->fresh,
        .seen = net_tls_seen_copy(sight->seen),
        .other = sight->other != NULL ? net_tls_seen_copy(sight->other) : NULL,
    };
}

/* --- all that is known ---------------------------------------------------- */

/* Both structs hold nothing but counters. */
static void add_counters(void *sum, const void *counters, size_t size)
{
    uint64_t *to = sum;
    const uint64_t *from = counters;

    for (size_t i = 0; i < size / sizeof(*to); i++)
        to[i] += from[i];
}

static void add_place(const Place *place, PipelineCounts *counts)
{
    CacheStats *tables = counts->tables;
    unsigned n = counts->n_tables;

    add_counters(&counts->net, net_decoder_stats(place->net), sizeof(counts->net));
    add_counters(&counts->sip, sip_framer_stats(place->framer), sizeof(counts->sip));
    n += net_decoder_tables(place->net, tables + n, REPORT_TABLES - n);
    n += sip_framer_tables(place->framer, tables + n, REPORT_TABLES - n);
    counts->n_tables = n;
}

static void tell_all(PipelineFront *front)
{
    PipelineCounts counts = { .n_tables = 0 };

    for (unsigned i = 0; i < capture_set_size(front->captures); i++)
        add_plain(front, PIPELINE_CAPTURE, SIZE_WITH(capture))->capture =
            (PipelineCapture){ i, capture_info_copy(capture_set_info(front->captures, i)) };
    for (unsigned i = 0; i < PLACES; i++) {
        if (front->places[i].net != NULL)
            add_place(&front->places[i], &counts);
    }
    add_plain(front, PIPELINE_COUNTS, SIZE_WITH(counts))->counts = counts;
}

/* --- the front itself ----------------------------------------------------- */

static bool has_two_processors(void)
{
    cpu_set_t processors;

    return sched_getaffinity(0, sizeof(processors), &processors) == 0 && CPU_COUNT(&processors) > 1;
}

static void open_place(PipelineFront *front, CapturePlace number)
{
    Place *place = &front->places[number];

    if (place->net != NULL)
        return;
    place->front = front;
    place->framer = sip_framer_new(
        &front->framing, &(SipSink){ on_message, on_keepalive, on_tls, on_handshake, front });
    place->net =
        net_decoder_new(&front->decoding, &(NetSink){ on_wanted, on_payload, on_event, place });
}

static void take(void *record, void *user)
{
    const PipelineFrontConfig *config = user;

    config->take(record, config->user);
}

/* The message was written by the other processor and comes over in pieces of 64 bytes, for
 * each of which the analysis would stand still otherwise: 5 % of its time. */
static void expect(const void *record)
{
    const PipelineEvent *event = record;

    if (event->kind != PIPELINE_MESSAGE)
        return;
    for (size_t at = 0; at < sizeof(SipMessage) + 256; at += 64)
        __builtin_prefetch((const char *)event->message + at);
}

PipelineFront *pipeline_front_new(const PipelineFrontConfig *config, const CaptureSet *captures)
{
    PipelineFront *front = g_new0(PipelineFront, 1);
    unsigned n_captures = capture_set_size(captures);

    hash_bytes(NULL, 0); /* draws the key while there is one thread */
    front->captures = captures;
    front->told = g_new0(uint64_t, n_captures);
    front->now = front->ticked = NSEC_NONE;
    front->config = *config;
    front->decoding = config->budget->net;
    front->framing = config->budget->framer;
    front->framing.pool = config->pool;
    front->queue = queue_new(&(QueueConfig){
        .name = "analysis",
        .max_bytes = config->queue_bytes,
        .threaded = has_two_processors(),
        .expect = expect,
        .take = take,
        .user = &front->config,
    });
    for (unsigned i = 0; i < n_captures; i++)
        open_place(front, capture_set_info(captures, i)->place);
    return front;
}

void pipeline_front_free(PipelineFront *front)
{
    if (front == NULL)
        return;
    queue_free(front->queue);
    for (unsigned i = 0; i < PLACES; i++) {
        net_decoder_free(front->places[i].net);
        sip_framer_free(front->places[i].framer);
    }
    g_free(front->told);
    g_free(front);
}

static bool is_tick(const PipelineFront *front)
{
    return front->ticked == NSEC_NONE || front->now - front->ticked >= TICK;
}

static void tick(PipelineFront *front)
{
    front->ticked = front->now;
    for (unsigned i = 0; i < capture_set_size(front->captures); i++)
        tell_reach(front, i);
    for (unsigned i = 0; i < PLACES; i++) {
        if (front->places[i].net == NULL)
            continue;
        net_decoder_advance(front->places[i].net, front->now);
        sip_framer_advance(front->places[i].framer, front->now);
    }
    add_plain(front, PIPELINE_ADVANCE, SIZE_WITH(now))->now = front->now;
}

/* What came before there was a time counts as of 1970: that is no silence of so many years. */
static void begin(PipelineFront *front, Nsec time)
{
    if (front->timeless)
        pipeline_front_loss(front, &(PipelineLoss){ REG_LOSS_CLOCK, 0, time });
}

static void advance(PipelineFront *front, Nsec time)
{
    if (front->now == NSEC_NONE)
        begin(front, time);
    if (front->now != NSEC_NONE && time < front->now - CLOCK_STEP)
        add_plain(front, PIPELINE_CLOCK_STEP, SIZE_WITH(now))->now = front->now;
    front->now = MAX(front->now, time);
    if (is_tick(front))
        tick(front);
}

/* The captures were watched until then, although nothing came. */
void pipeline_front_pass(PipelineFront *front, Nsec now)
{
    if (front->now == NSEC_NONE || now <= front->now)
        return;
    front->now = now;
    if (!is_tick(front))
        return;
    for (unsigned i = 0; i < capture_set_size(front->captures); i++)
        add_reach(front, i);
    tick(front);
}

void pipeline_front_loss(PipelineFront *front, const PipelineLoss *loss)
{
    add_plain(front, PIPELINE_LOSS, SIZE_WITH(loss))->loss = *loss;
}

void pipeline_front_push(PipelineFront *front, const CapturePacket *packet)
{
    front->current = packet->ref.capture;
    if (!packet->no_time)
        advance(front, packet->time);
    else if (front->now == NSEC_NONE)
        front->timeless = true;
    net_decoder_push(front->places[packet->ref.place].net, packet);
}

void pipeline_front_flush(PipelineFront *front)
{
    queue_flush(front->queue);
}

void pipeline_front_call(PipelineFront *front, const PipelineCall *call)
{
    tell_all(front);
    add_plain(front, PIPELINE_CALL, SIZE_WITH(call))->call = *call;
    queue_flush(front->queue);
}

void pipeline_front_finish(PipelineFront *front)
{
    for (unsigned i = 0; i < PLACES; i++) {
        if (front->places[i].net == NULL)
            continue;
        net_decoder_finish(front->places[i].net);
        sip_framer_finish(front->places[i].framer);
    }
    tell_all(front);
    queue_finish(front->queue);
}
