/*
 * A frame that completes a message is no evidence without those that hold the
 * rest of it: IP fragments, segments of a TCP stream. They came before it, and
 * which ones they are is known only when the message is complete. So frames that
 * may be such parts are held back for a while, and what turns out to be one is
 * written with the frame that needs it, in the order in which it was captured.
 */

#include "evidence.h"

#include "net/decoder.h"
#include "net/dns.h"
#include "sip/framer.h"

/* What is held back: more than passes on a busy link while one message does. */
#define HELD_FRAMES 16384
#define HELD_BYTES (16 << 20)

/* Captures from different places hold the same packets: each place reads its own. */
#define PLACES (CAPTURE_PLACE_SERVER + 1)

typedef struct Held {
    CapturePacket packet; /* in the queue its bytes are a copy */
    CaptureRef whole;     /* the cited frame that it is, or is a part of; frame 0: none */
    NetFlow flow;         /* of the stream whose bytes it carries, with 'turn' */
    uint64_t turn;        /* when its bytes' turn came in the stream; 0: it did not */
} Held;

typedef struct Place {
    struct Collector *collector;
    NetDecoder *net;
    SipFramer *framer;
} Place;

typedef struct Collector {
    ReportEvidence *evidence;
    Place places[PLACES];
    Held now;     /* the frame in hand */
    GQueue held;  /* of Held, the oldest first */
    size_t bytes; /* in all of these */
    uint64_t turns;
} Collector;

static bool is_frame(const Held *held, CaptureRef ref)
{
    return held->packet.ref.frame == ref.frame && held->packet.ref.capture == ref.capture;
}

/* NULL: it is no longer held. */
static Held *find(Collector *collector, CaptureRef ref)
{
    if (is_frame(&collector->now, ref))
        return &collector->now;
    for (GList *link = collector->held.tail; link != NULL; link = link->prev) {
        if (is_frame(link->data, ref))
            return link->data;
    }
    return NULL;
}

static void mark(Held *part, CaptureRef whole)
{
    if (part != NULL)
        part->whole = whole;
}

typedef struct Run {
    const NetMeta *meta; /* of what these bytes make */
    uint64_t first;      /* turns */
    uint64_t last;
} Run;

static void mark_within(Held *held, const Run *run)
{
    if (held->turn >= run->first && held->turn <= run->last
        && net_flow_equal(&held->flow, &run->meta->flow))
        mark(held, run->meta->ref);
}

/* The stream's bytes from those of one frame to those of another. */
static void mark_run(Collector *collector, const NetMeta *meta)
{
    if (!report_evidence_wants(collector->evidence, meta->ref))
        return;

    const Held *first = find(collector, meta->first_ref);
    const Held *last = find(collector, meta->ref);

    if (first == NULL || last == NULL || first == last || first->turn == 0)
        return;

    Run run = { meta, first->turn, last->turn };

    for (GList *link = collector->held.head; link != NULL; link = link->next)
        mark_within(link->data, &run);
    mark_within(&collector->now, &run);
}

static bool on_wanted(Str bytes, const NetFlow *flow, void *user)
{
    return sip_framer_wants(bytes, flow) || net_dns_looks_like(bytes, flow);
}

static NetInterest on_payload(const NetPayload *payload, void *user)
{
    Place *place = user;
    Collector *collector = place->collector;

    if (payload->kind == NET_DATAGRAM) {
        for (unsigned i = 0; i < payload->n_parts; i++) {
            if (report_evidence_wants(collector->evidence, payload->meta.ref))
                mark(find(collector, payload->parts[i]), payload->meta.ref);
        }
        return NET_INTERESTED;
    }
    if (payload->kind == NET_STREAM_DATA) {
        Held *held = find(collector, payload->meta.ref);

        if (held != NULL) {
            held->flow = payload->meta.flow;
            held->turn = ++collector->turns;
        }
    }
    return sip_framer_push(place->framer, payload);
}

static void on_message(SipMessage *message, void *user)
{
    if (message->meta.flow.transport == NET_TCP)
        mark_run(user, &message->meta);
    sip_message_unref(message);
}

static bool on_tls(const NetMeta *meta, bool client_hello, void *user)
{
    return true;
}

static void on_handshake(const SipTlsSight *sight, void *user)
{
    mark_run(user, sight->meta);
}

static void let_go(Collector *collector)
{
    Held *oldest = g_queue_pop_head(&collector->held);

    if (oldest->whole.frame != 0)
        report_evidence_add(collector->evidence, &oldest->packet, oldest->whole);
    collector->bytes -= oldest->packet.bytes.len;
    g_free((char *)oldest->packet.bytes.data);
    g_free(oldest);
}

static void hold(Collector *collector)
{
    Held *held = g_memdup2(&collector->now, sizeof(collector->now));
    Str bytes = held->packet.bytes;

    held->packet.bytes.data = g_memdup2(bytes.data, bytes.len);
    g_queue_push_tail(&collector->held, held);
    collector->bytes += bytes.len;
    while (collector->held.length > HELD_FRAMES || collector->bytes > HELD_BYTES)
        let_go(collector);
}

/* True: the frame is one of those that are cited. */
static bool take(Collector *collector, const CapturePacket *packet)
{
    Place *place = &collector->places[packet->ref.place];
    const NetStats *stats = net_decoder_stats(place->net);
    uint64_t parts = stats->fragments + stats->tcp_segments;
    bool wanted = report_evidence_wants(collector->evidence, packet->ref);

    collector->now = (Held){ .packet = *packet };
    net_decoder_push(place->net, packet);
    if (!packet->no_time)
        sip_framer_advance(place->framer, packet->time);
    if (wanted && collector->now.whole.frame == 0)
        collector->now.whole = packet->ref;
    if (wanted || stats->fragments + stats->tcp_segments != parts)
        hold(collector);
    return wanted;
}

static void open_place(Place *place, Collector *collector)
{
    place->collector = collector;
    place->framer = sip_framer_new(&sip_framer_config_default,
                                   &(SipSink){ on_message, NULL, on_tls, on_handshake, collector });
    place->net =
        net_decoder_new(&net_config_default, &(NetSink){ on_wanted, on_payload, NULL, place });
}

/* What is still under way is told before all that is held goes. */
static void finish(Collector *collector)
{
    for (unsigned i = 0; i < PLACES; i++) {
        net_decoder_finish(collector->places[i].net);
        sip_framer_finish(collector->places[i].framer);
    }
    while (collector->held.length > 0)
        let_go(collector);
}

bool evidence_collect(ReportEvidence *evidence, CaptureSet *captures)
{
    Collector collector = { .evidence = evidence };
    unsigned missing = report_evidence_size(evidence);
    CapturePacket packet;

    for (unsigned i = 0; i < PLACES; i++)
        open_place(&collector.places[i], &collector);
    while (missing > 0 && capture_set_next(captures, &packet) == CAPTURE_FRAME)
        missing -= take(&collector, &packet);
    finish(&collector);
    for (unsigned i = 0; i < PLACES; i++) {
        net_decoder_free(collector.places[i].net);
        sip_framer_free(collector.places[i].framer);
    }
    return missing == 0;
}
