/*
 * The framer: who gets which payload, and what is kept between two of them.
 *
 * Three tables. One knows each direction of a connection that is of interest,
 * for as long as the connection lives. One holds the bytes that wait for the
 * rest of their message; they are given up after a while, or when there are too
 * many of them. One has the TLS handshakes that are watched.
 */

#include "sip/framer.h"

#include "base/hash.h"
#include "datagram.h"
#include "start_line.h"
#include "stream.h"

/* Two directions for each of the 65,536 connections that the net layer knows;
 * 32 s is timer F, after which nobody waits for the message. */
const SipFramerConfig sip_framer_config_default = {
    .max_streams = 131072,
    .max_handshakes = 4096,
    .buffered_bytes = 16 * 1024 * 1024,
    .handshake_bytes = 8 * 1024 * 1024,
    .idle = 32 * NSEC_SEC,
};

static uint64_t hash_id(const void *key)
{
    return hash_bytes(key, sizeof(uint64_t));
}

static bool equal_id(const void *a, const void *b)
{
    return *(const uint64_t *)a == *(const uint64_t *)b;
}

static void drop_unfinished(void *item, CacheDrop why, void *user)
{
    SipUnfinished *unfinished = item;

    if (why != CACHE_DROP_REMOVED)
        sip_stream_give_up(user, unfinished, why == CACHE_DROP_IDLE ? 0 : SIP_CUT_SHORT);
    unfinished->stream->unfinished = NULL;
    g_byte_array_unref(unfinished->bytes);
    g_byte_array_unref(unfinished->fragments);
    g_free(unfinished);
}

static void drop_stream(void *item, CacheDrop why, void *user)
{
    SipStream *stream = item;

    /* What waits is lost bytes as well. */
    if (why != CACHE_DROP_REMOVED || stream->kind != SIP_STREAM_REFUSED)
        sip_stream_gap(user, stream);
    if (stream->unfinished != NULL)
        cache_remove(((SipFramer *)user)->unfinished, stream->unfinished);
    g_free(stream);
}

SipFramer *sip_framer_new(const SipFramerConfig *config, const SipSink *sink)
{
    SipFramer *framer = g_new0(SipFramer, 1);

    framer->config = *config;
    framer->sink = *sink;
    framer->frame = g_byte_array_new();
    framer->handshakes = sip_handshakes_new(config);
    framer->unfinished = cache_new(&(CacheConfig){
        .name = "sip.unfinished",
        .max_items = config->max_streams,
        .max_bytes = config->buffered_bytes,
        .idle = config->idle,
        .hash = hash_id,
        .equal = equal_id,
        .drop = drop_unfinished,
        .user = framer,
    });
    framer->streams = cache_new(&(CacheConfig){
        .name = "sip.streams",
        .max_items = config->max_streams,
        .max_bytes = config->stream_bytes,
        .hash = hash_id,
        .equal = equal_id,
        .drop = drop_stream,
        .user = framer,
    });
    return framer;
}

void sip_framer_free(SipFramer *framer)
{
    if (framer == NULL)
        return;

    /* Nobody listens any more. */
    framer->sink = (SipSink){ .user = NULL };
    cache_free(framer->streams);
    cache_free(framer->unfinished);
    cache_free(framer->handshakes);
    g_byte_array_unref(framer->frame);
    g_free(framer);
}

void sip_framer_deliver(SipFramer *framer, SipMessage *message)
{
    framer->stats.messages++;
    framer->stats.cut_short += (message->anomalies & SIP_CUT_SHORT) != 0;
    if (framer->sink.message != NULL)
        framer->sink.message(message, framer->sink.user);
    else
        sip_message_unref(message);
}

void sip_framer_keepalive(SipFramer *framer, const NetMeta *meta, SipKeepalive kind)
{
    framer->stats.keepalives++;
    if (framer->sink.keepalive != NULL)
        framer->sink.keepalive(meta, kind, framer->sink.user);
}

bool sip_framer_reverse_is(const SipFramer *framer, const SipStream *stream, SipStreamKind kind)
{
    const SipStream *reverse = cache_peek(framer->streams, &stream->reverse);

    return reverse != NULL && reverse->kind == kind;
}

SipUnfinished *sip_framer_unfinished(SipFramer *framer, SipStream *stream, const NetMeta *meta)
{
    if (stream->unfinished != NULL)
        return stream->unfinished;

    SipUnfinished *unfinished = g_new(SipUnfinished, 1);

    *unfinished = (SipUnfinished){
        .id = stream->id,
        .stream = stream,
        .bytes = g_byte_array_new(),
        .fragments = g_byte_array_new(),
        .meta = *meta,
    };
    stream->unfinished = unfinished;
    cache_add(framer->unfinished, unfinished, &unfinished->id, sizeof(*unfinished), meta->time);
    return unfinished;
}

/* One datagram is one message (RFC 3261 section 18.3). */
static void push_datagram(SipFramer *framer, const NetPayload *payload)
{
    const NetMeta *meta = &payload->meta;
    Str bytes = payload->bytes;
    uint32_t anomalies = 0;
    SipKeepalive kind;

    if (!sip_looks_like_message(bytes)) {
        if (sip_datagram_is_keepalive(bytes, &kind)) {
            sip_framer_keepalive(framer, meta, kind);
            return;
        }

        size_t start = sip_start_line_behind_junk(bytes);
        bool cut = (meta->anomalies & NET_TRUNCATED) != 0 && sip_start_line_is_cut(bytes);

        if (start == 0 && !cut) {
            framer->stats.not_sip++;
            return;
        }
        anomalies = start > 0 ? SIP_JUNK_BEFORE : SIP_CUT_SHORT;
        bytes = str_from(bytes, start);
    }
    sip_framer_deliver(
        framer, sip_message_parse_in(framer->config.pool, &framer->head, meta, bytes, anomalies));
}

/* A stream that began before we looked may be in the middle of anything. */
static SipStream *add_stream(SipFramer *framer, const NetPayload *payload)
{
    SipStream *stream = g_new(SipStream, 1);

    *stream = (SipStream){
        .id = payload->stream,
        .reverse = payload->reverse,
        .lost = (payload->meta.anomalies & (NET_MIDSTREAM | NET_AFTER_GAP)) != 0,
    };
    cache_add(framer->streams, stream, &stream->id, sizeof(*stream), payload->meta.time);
    return stream;
}

static NetInterest push_data(SipFramer *framer, SipStream *stream, const NetPayload *payload)
{
    if (payload->bytes.len == 0)
        return NET_INTERESTED;
    if (stream == NULL)
        stream = add_stream(framer, payload);
    sip_stream_push(framer, stream, payload);

    bool refused = stream->kind == SIP_STREAM_REFUSED;

    if (refused)
        cache_remove(framer->streams, stream);
    cache_advance(framer->unfinished, payload->meta.time);
    return refused ? NET_NOT_INTERESTED : NET_INTERESTED;
}

NetInterest sip_framer_push(SipFramer *framer, const NetPayload *payload)
{
    if (payload->kind == NET_DATAGRAM) {
        push_datagram(framer, payload);
        return NET_INTERESTED;
    }

    SipStream *stream = cache_get(framer->streams, &payload->stream, payload->meta.time);

    switch (payload->kind) {
    case NET_DATAGRAM:
        break;
    case NET_STREAM_DATA:
        return push_data(framer, stream, payload);
    case NET_STREAM_GAP:
        if (stream != NULL)
            sip_stream_gap(framer, stream);
        sip_handshake_gap(framer, payload);
        break;
    case NET_STREAM_END:
        if (stream != NULL)
            cache_remove(framer->streams, stream);
        break;
    }
    return NET_INTERESTED;
}

void sip_framer_advance(SipFramer *framer, Nsec now)
{
    cache_advance(framer->unfinished, now);
    cache_advance(framer->handshakes, now);
}

void sip_framer_finish(SipFramer *framer)
{
    cache_clear(framer->streams);
}

const SipFramerStats *sip_framer_stats(const SipFramer *framer)
{
    return &framer->stats;
}

unsigned sip_framer_tables(const SipFramer *framer, CacheStats *tables, unsigned max)
{
    const Cache *caches[] = { framer->streams, framer->unfinished, framer->handshakes };
    unsigned n = 0;

    for (; n < G_N_ELEMENTS(caches) && n < max; n++)
        tables[n] = cache_stats(caches[n]);
    return n;
}
