/*
 * TLS handshakes that somebody wants to hear of.
 *
 * Which connection is worth it, the taker says: most TLS of a capture is the
 * web. A handshake is watched until both sides have sent data; then it is over,
 * and what was kept of it goes. A direction that has ended is kept for a while,
 * because the objection to what it said may still be on its way.
 */

#include "base/hash.h"
#include "stream.h"

typedef struct Handshake {
    CacheItem item;
    uint64_t id; /* of the stream */
    NetTlsStream *tls;
} Handshake;

static uint64_t hash_id(const void *key)
{
    return hash_bytes(key, sizeof(uint64_t));
}

static bool equal_id(const void *a, const void *b)
{
    return *(const uint64_t *)a == *(const uint64_t *)b;
}

static void drop_handshake(void *item, CacheDrop why, void *user)
{
    Handshake *handshake = item;

    net_tls_stream_free(handshake->tls);
    g_free(handshake);
}

Cache *sip_handshakes_new(const SipFramerConfig *config)
{
    return cache_new(&(CacheConfig){
        .name = "sip.handshakes",
        .max_items = MAX(config->max_handshakes, 1),
        .max_bytes = config->handshake_bytes,
        .idle = config->idle,
        .hash = hash_id,
        .equal = equal_id,
        .drop = drop_handshake,
    });
}

static size_t size_of(const Handshake *handshake)
{
    return sizeof(*handshake) + net_tls_stream_size(handshake->tls);
}

void sip_handshake_begin(SipFramer *framer, const SipStream *stream, Nsec now)
{
    Handshake *handshake = g_new0(Handshake, 1);

    handshake->id = stream->id;
    handshake->tls = net_tls_stream_new();
    if (stream->lost)
        net_tls_stream_gap(handshake->tls, 0);
    cache_add(framer->handshakes, handshake, &handshake->id, size_of(handshake), now);
}

static void tell(SipFramer *framer, const Handshake *handshake, const Handshake *other,
                 const NetMeta *meta, uint32_t fresh)
{
    if (fresh == 0 || framer->sink.handshake == NULL)
        return;
    framer->sink.handshake(
        &(SipTlsSight){
            .meta = meta,
            .fresh = fresh,
            .seen = net_tls_stream_seen(handshake->tls),
            .other = other != NULL ? net_tls_stream_seen(other->tls) : NULL,
        },
        framer->sink.user);
}

static bool has_data(const Handshake *handshake)
{
    return handshake != NULL && net_tls_stream_seen(handshake->tls)->n_data > 0;
}

void sip_handshake_push(SipFramer *framer, const SipStream *stream, const SipPiece *piece)
{
    Handshake *handshake = cache_get(framer->handshakes, &stream->id, piece->meta.time);
    Handshake *other = cache_peek(framer->handshakes, &stream->reverse);

    if (handshake == NULL)
        return;

    uint32_t fresh = net_tls_stream_push(handshake->tls, piece->bytes);

    cache_grow(framer->handshakes, handshake, size_of(handshake));
    tell(framer, handshake, other, &piece->meta, fresh);
    if (!has_data(handshake) || !has_data(other))
        return;
    cache_remove(framer->handshakes, handshake);
    cache_remove(framer->handshakes, other);
}

void sip_handshake_gap(SipFramer *framer, const NetPayload *payload)
{
    Handshake *handshake = cache_get(framer->handshakes, &payload->stream, payload->meta.time);
    const Handshake *other = cache_peek(framer->handshakes, &payload->reverse);

    if (handshake != NULL)
        tell(framer, handshake, other, &payload->meta,
             net_tls_stream_gap(handshake->tls, payload->missing));
}
