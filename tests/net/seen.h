#pragma once

/*
 * A decoder with a sink that writes down what it is told.
 */

#include "net/decoder.h"
#include "packets.h"
#include "support/check.h"

typedef struct SeenPayload {
    NetPayload payload;
    GString *bytes;
} SeenPayload;

typedef struct SeenEvent {
    NetEvent event;
    GString *bytes;
} SeenEvent;

typedef struct Seen {
    NetConfig config; /* before the first frame */
    NetSink sink;
    NetDecoder *decoder;
    GArray *payloads; /* of SeenPayload */
    GArray *events;   /* of SeenEvent */
    GString *text;    /* all bytes that came out, a hole as "[...]" */
    NetInterest answer;
    uint64_t frame;
    Nsec now;
    unsigned place;
    bool no_time;
} Seen;

static inline NetInterest seen_on_payload(const NetPayload *payload, void *user)
{
    Seen *seen = user;
    SeenPayload copy = { *payload,
                         g_string_new_len(payload->bytes.data, (gssize)payload->bytes.len) };

    g_array_append_val(seen->payloads, copy);
    g_string_append_len(seen->text, payload->bytes.data, (gssize)payload->bytes.len);
    if (payload->kind == NET_STREAM_GAP)
        g_string_append(seen->text, "[...]");
    return seen->answer;
}

static inline void seen_on_event(const NetEvent *event, void *user)
{
    Seen *seen = user;
    SeenEvent copy = { *event, g_string_new_len(event->bytes.data, (gssize)event->bytes.len) };

    g_array_append_val(seen->events, copy);
}

static inline void seen_clear_payload(void *item)
{
    g_string_free(((SeenPayload *)item)->bytes, TRUE);
}

static inline void seen_clear_event(void *item)
{
    g_string_free(((SeenEvent *)item)->bytes, TRUE);
}

static inline Seen *seen_new(void)
{
    Seen *seen = g_new0(Seen, 1);

    seen->config = net_config_default;
    seen->sink.payload = seen_on_payload;
    seen->sink.event = seen_on_event;
    seen->sink.user = seen;
    seen->payloads = g_array_new(FALSE, FALSE, sizeof(SeenPayload));
    seen->events = g_array_new(FALSE, FALSE, sizeof(SeenEvent));
    g_array_set_clear_func(seen->payloads, seen_clear_payload);
    g_array_set_clear_func(seen->events, seen_clear_event);
    seen->text = g_string_new(NULL);
    seen->now = 1000 * NSEC_SEC;
    return seen;
}

static inline void seen_free(Seen *seen)
{
    net_decoder_free(seen->decoder);
    g_array_unref(seen->payloads);
    g_array_unref(seen->events);
    g_string_free(seen->text, TRUE);
    g_free(seen);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Seen, seen_free)

/* The first 'len' bytes of a frame that was 'wire_len' long. */
static inline void seen_push_cut(Seen *seen, uint16_t link, const Packet *packet, size_t len,
                                 size_t wire_len)
{
    g_autofree char *copy = packet_cut(packet, len);

    if (seen->decoder == NULL)
        seen->decoder = net_decoder_new(&seen->config, &seen->sink);
    net_decoder_push(seen->decoder,
                     &(CapturePacket){ .ref = { .place = seen->place, .frame = ++seen->frame },
                                       .time = seen->no_time ? 0 : seen->now,
                                       .no_time = seen->no_time,
                                       .wire_len = (uint32_t)wire_len,
                                       .link = link,
                                       .bytes = { copy, len } });
}

/* Takes the packet. */
static inline void seen_push_link(Seen *seen, uint16_t link, Packet *packet)
{
    seen_push_cut(seen, link, packet, packet->len, packet->len);
    g_byte_array_unref(packet);
}

static inline void seen_push(Seen *seen, Packet *ip)
{
    seen_push_link(seen, 101, ip);
}

static inline void seen_finish(Seen *seen)
{
    net_decoder_finish(seen->decoder);
}

static inline const NetStats *seen_stats(const Seen *seen)
{
    return net_decoder_stats(seen->decoder);
}

static inline const NetPayload *seen_payload(const Seen *seen, unsigned i)
{
    assert_true(i < seen->payloads->len);
    return &g_array_index(seen->payloads, SeenPayload, i).payload;
}

static inline const char *seen_bytes(const Seen *seen, unsigned i)
{
    assert_true(i < seen->payloads->len);
    return g_array_index(seen->payloads, SeenPayload, i).bytes->str;
}

static inline const NetEvent *seen_event(const Seen *seen, unsigned i)
{
    assert_true(i < seen->events->len);
    return &g_array_index(seen->events, SeenEvent, i).event;
}

static inline unsigned seen_count(const Seen *seen, NetPayloadKind kind)
{
    unsigned n = 0;

    for (unsigned i = 0; i < seen->payloads->len; i++)
        n += seen_payload(seen, i)->kind == kind;
    return n;
}

static inline unsigned seen_count_events(const Seen *seen, NetEventKind kind)
{
    unsigned n = 0;

    for (unsigned i = 0; i < seen->events->len; i++)
        n += seen_event(seen, i)->kind == kind;
    return n;
}

/* The equation of net/decoder.h. */
static inline void seen_check_conservation(const Seen *seen)
{
    const NetStats *stats = seen_stats(seen);

    assert_int_equal(stats->frames, stats->undecoded + stats->other + stats->datagrams
                                        + stats->tcp_segments + stats->icmp_errors
                                        + stats->duplicates + stats->fragments
                                        - stats->reassembled);
}
