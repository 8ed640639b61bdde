/*
 * The memory of the last packets.
 *
 * Not a Cache, because nothing has to be remembered for longer than a few
 * milliseconds: a ring of bytes, and small buckets of entries that point into
 * it. What is overwritten is forgotten. The bytes themselves are compared,
 * which is as cheap as hashing them and cannot be fooled.
 */

#include "duplicate.h"

#include <glib.h>

#include "base/hash.h"

#define RING_BYTES (1u << 20)
#define N_BUCKETS 2048
#define N_WAYS 4

#define WINDOW_WITHOUT_ID (200 * NSEC_USEC)

typedef struct Entry {
    Nsec time;
    uint32_t at; /* where in the ring the bytes are */
    uint32_t len : 24;
    uint32_t ttl : 8;
} Entry;

/* Most packets are no copy, and to say so touches the tags only: a tag is the hash of
 * everything but the bytes, 0 for no entry. */
typedef struct Bucket {
    uint64_t tags[N_WAYS];
    Entry entries[N_WAYS];
    uint32_t next; /* the way that is overwritten next: the oldest */
} Bucket;

struct NetDuplicates {
    Nsec window;
    const NetSink *sink;
    NetStats *stats;
    uint32_t end; /* of the newest bytes in the ring */
    Bucket buckets[N_BUCKETS];
    char ring[RING_BYTES];
};

NetDuplicates *net_duplicate_new(const NetConfig *config, const NetSink *sink, NetStats *stats)
{
    NetDuplicates *duplicates = g_new0(NetDuplicates, 1);

    duplicates->window = config->duplicate_window;
    duplicates->sink = sink;
    duplicates->stats = stats;
    return duplicates;
}

void net_duplicate_free(NetDuplicates *duplicates)
{
    g_free(duplicates);
}

static uint64_t hash_packet(const NetMeta *meta, uint8_t protocol, uint64_t sequence, size_t len)
{
    const NetFlow *flow = &meta->flow;
    size_t n = flow->src.addr.version == 4 ? 4 : 16;
    uint64_t words[7] = {
        sequence,
        (uint64_t)meta->ref.place << 32 | (uint32_t)len,
        (uint64_t)meta->ip_id << 48 | (uint64_t)flow->src.port << 32
            | (uint32_t)flow->dst.port << 16 | protocol << 8 | flow->src.addr.version,
    };

    memcpy(words + 3, flow->src.addr.bytes, n);
    memcpy((char *)(words + 3) + n, flow->dst.addr.bytes, n);
    return hash_bytes(words, 24 + 2 * n);
}

/* Bytes that do not fit before the ring's end go to its beginning. */
static uint32_t keep(NetDuplicates *duplicates, Str bytes)
{
    uint32_t at = RING_BYTES - duplicates->end >= bytes.len ? duplicates->end : 0;

    if (bytes.len > 0)
        memcpy(duplicates->ring + at, bytes.data, bytes.len);
    duplicates->end = at + (uint32_t)bytes.len;
    return at;
}

/* What was overwritten since does not compare equal. */
static bool has_bytes(const NetDuplicates *duplicates, const Entry *entry, Str bytes)
{
    return str_equal((Str){ duplicates->ring + entry->at, entry->len }, bytes);
}

static bool is_recent(const NetDuplicates *duplicates, const Entry *entry, const NetMeta *meta)
{
    Nsec window = duplicates->window;

    if (meta->ip_id == 0)
        window = meta->time == 0 ? -1 : MIN(window, WINDOW_WITHOUT_ID);
    return ABS(meta->time - entry->time) <= window;
}

static const Entry *find(const NetDuplicates *duplicates, const Bucket *bucket, uint64_t tag,
                         const NetMeta *meta, Str bytes)
{
    for (unsigned i = 0; i < N_WAYS; i++) {
        const Entry *entry = &bucket->entries[i];

        if (bucket->tags[i] == tag && is_recent(duplicates, entry, meta)
            && has_bytes(duplicates, entry, bytes))
            return entry;
    }
    return NULL;
}

static void add(NetDuplicates *duplicates, Bucket *bucket, uint64_t tag, const NetMeta *meta,
                Str bytes)
{
    unsigned way = bucket->next++ % N_WAYS;

    bucket->tags[way] = tag;
    bucket->entries[way] = (Entry){
        .time = meta->time,
        .at = keep(duplicates, bytes),
        .len = (uint32_t)bytes.len & 0xffffff,
        .ttl = meta->ttl,
    };
}

static void report(NetDuplicates *duplicates, const Entry *first, const NetMeta *meta)
{
    const NetSink *sink = duplicates->sink;

    duplicates->stats->duplicates++;
    duplicates->stats->duplicates_routed += first->ttl != meta->ttl;
    if (sink->event != NULL)
        sink->event(&(NetEvent){ .kind = NET_EVENT_DUPLICATE, .meta = *meta }, sink->user);
}

bool net_duplicate_is_copy(NetDuplicates *duplicates, const NetMeta *meta, uint8_t protocol,
                           uint64_t sequence, Str bytes)
{
    if (duplicates->window <= 0 || bytes.len > RING_BYTES / 8)
        return false;

    uint64_t hash = hash_packet(meta, protocol, sequence, bytes.len);
    Bucket *bucket = &duplicates->buckets[hash % N_BUCKETS];
    uint64_t tag = hash | UINT64_C(1) << 63;
    const Entry *first = find(duplicates, bucket, tag, meta, bytes);

    if (first != NULL) {
        report(duplicates, first, meta);
        return true;
    }
    add(duplicates, bucket, tag, meta, bytes);
    return false;
}

CacheStats net_duplicate_table(const NetDuplicates *duplicates)
{
    return (CacheStats){
        .name = "net.duplicates",
        .items = N_BUCKETS * N_WAYS,
        .bytes = sizeof(*duplicates),
    };
}
