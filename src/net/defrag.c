/*
 * Puts datagrams together.
 *
 * A REGISTER with credentials and a long list of codecs does not fit into one
 * packet, and the answer to "why does it work without a password" is often
 * that its second fragment never arrives. So what stays incomplete is told.
 */

#include "defrag.h"

#include "base/hash.h"
#include "pieces.h"
#include "wire.h"

#define MAX_SIZE 65535
#define MAX_PIECES 64
#define N_SHARES 1024
#define N_DONE 1024

/* For IPv6 the protocol does not count (RFC 8200 section 4.5). */
typedef struct Key {
    NetAddr src;
    NetAddr dst;
    uint32_t id;
    uint32_t place;
    uint8_t protocol;
} Key;

/* What the sources of one hash value hold, oldest first. */
typedef struct Share {
    GQueue datagrams;
    size_t bytes;
} Share;

typedef struct Datagram {
    CacheItem item;
    Key key;
    GList link; /* in the share */
    Share *share;
    NetPieces pieces;
    NetMeta last;     /* of the newest fragment */
    uint32_t end;     /* length of the whole payload; 0: the last fragment is missing */
    uint32_t have;    /* bytes */
    uint32_t headers; /* bytes in front of the payload */
    uint16_t n;       /* fragments, without copies */
    uint8_t protocol;
    bool spoiled; /* must not be put together: RFC 5722, or too many pieces */
    bool whole;
} Datagram;

/* A datagram that became whole a moment ago: a mirror port may show its
 * fragments once more. */
typedef struct Done {
    uint64_t hash;
    Nsec time;
} Done;

struct NetDefrag {
    const NetConfig *config;
    const NetSink *sink;
    NetStats *stats;
    Cache *datagrams;
    Share shares[N_SHARES];
    Done done[N_DONE];
    char whole[MAX_SIZE];
    CaptureRef parts[MAX_PIECES]; /* of the newest whole datagram */
    unsigned n_parts;
};

static uint64_t hash_key(const void *data)
{
    const Key *key = data;
    uint64_t words[4] = {
        net_addr_hash(&key->src),
        net_addr_hash(&key->dst),
        (uint64_t)key->place << 32 | key->id,
        key->protocol,
    };

    return hash_bytes(words, sizeof(words));
}

static bool equal_keys(const void *a, const void *b)
{
    const Key *x = a;
    const Key *y = b;

    return x->id == y->id && x->place == y->place && x->protocol == y->protocol
           && net_addr_equal(&x->src, &y->src) && net_addr_equal(&x->dst, &y->dst);
}

static Key key_of(const NetIp *ip, const NetMeta *meta)
{
    return (Key){
        .src = meta->flow.src.addr,
        .dst = meta->flow.dst.addr,
        .id = ip->id,
        .place = meta->ref.place,
        .protocol = ip->version == 4 ? ip->protocol : 0,
    };
}

static Share *share_of(NetDefrag *defrag, const NetAddr *src)
{
    NetAddr prefix = { .version = src->version };

    memcpy(prefix.bytes, src->bytes, src->version == 4 ? 3 : 8);
    return &defrag->shares[net_addr_hash(&prefix) % N_SHARES];
}

static bool is_udp_or_tcp(const Datagram *datagram)
{
    return datagram->protocol == NET_PROTOCOL_UDP || datagram->protocol == NET_PROTOCOL_TCP;
}

/* What the first fragment tells of the flow; the bytes behind its header. */
static Str read_first(const Datagram *datagram, NetFlow *flow)
{
    const NetPiece *first = datagram->pieces.first;

    if (first == NULL || first->start != 0)
        return STR_NONE;

    Str bytes = net_piece_bytes(first);
    bool tcp = datagram->protocol == NET_PROTOCOL_TCP;

    flow->src.port = net_wire_be16(bytes, 0);
    flow->dst.port = net_wire_be16(bytes, 2);
    return str_from(bytes, tcp ? (net_wire_u8(bytes, 12) >> 4) * 4u : 8);
}

static void report_incomplete(NetDefrag *defrag, const Datagram *datagram)
{
    NetEvent event = { .kind = NET_EVENT_FRAGMENTS, .meta = datagram->last };
    const NetPiece *first = datagram->pieces.first;
    NetStats *stats = defrag->stats;

    event.meta.flow = (NetFlow){
        .src.addr = datagram->key.src,
        .dst.addr = datagram->key.dst,
        .transport = datagram->protocol == NET_PROTOCOL_TCP ? NET_TCP : NET_UDP,
    };
    event.bytes = read_first(datagram, &event.meta.flow);
    event.first_only = str_present(event.bytes);
    event.meta.fragments = datagram->n;
    event.meta.ip_size = datagram->end > 0 ? datagram->headers + datagram->end : 0;
    if (first != NULL)
        event.meta.first_ref = first->meta.ref;
    stats->fragments_incomplete++;
    stats->fragments_first_only += event.first_only && datagram->n == 1;
    if (defrag->sink->event != NULL && is_udp_or_tcp(datagram))
        defrag->sink->event(&event, defrag->sink->user);
}

static void drop_datagram(void *item, CacheDrop why, void *user)
{
    NetDefrag *defrag = user;
    Datagram *datagram = item;

    if (!datagram->whole)
        report_incomplete(defrag, datagram);
    g_queue_unlink(&datagram->share->datagrams, &datagram->link);
    datagram->share->bytes -= datagram->item.bytes;
    net_pieces_clear(&datagram->pieces);
    g_free(datagram);
}

NetDefrag *net_defrag_new(const NetConfig *config, const NetSink *sink, NetStats *stats)
{
    NetDefrag *defrag = g_new0(NetDefrag, 1);

    defrag->config = config;
    defrag->sink = sink;
    defrag->stats = stats;
    defrag->datagrams = cache_new(&(CacheConfig){
        .name = "net.fragments",
        .max_items = config->max_fragments,
        .max_bytes = config->max_fragment_bytes,
        .idle = config->fragment_idle,
        .hash = hash_key,
        .equal = equal_keys,
        .drop = drop_datagram,
        .user = defrag,
    });
    return defrag;
}

void net_defrag_free(NetDefrag *defrag)
{
    if (defrag == NULL)
        return;
    cache_free(defrag->datagrams);
    g_free(defrag);
}

static Datagram *add_datagram(NetDefrag *defrag, const Key *key, Nsec now)
{
    Datagram *datagram = g_new0(Datagram, 1);
    Share *share = share_of(defrag, &key->src);

    datagram->key = *key;
    datagram->share = share;
    datagram->link.data = datagram;
    cache_add(defrag->datagrams, datagram, &datagram->key, sizeof(Datagram), now);
    g_queue_push_tail_link(&share->datagrams, &datagram->link);
    share->bytes += sizeof(Datagram);
    return datagram;
}

/* A flood of first fragments costs its own source the oldest ones, not the
 * fragmented REGISTER of somebody else. */
static void keep_to_share(NetDefrag *defrag, const Datagram *newest)
{
    Share *share = newest->share;
    size_t max_items = MAX(defrag->config->max_fragments / 16, 8);
    size_t max_bytes = defrag->config->max_fragment_bytes / 4;

    while (share->datagrams.length > max_items || share->bytes > max_bytes) {
        Datagram *oldest = share->datagrams.head->data;

        if (oldest == newest)
            break;
        cache_remove(defrag->datagrams, oldest);
    }
}

static void account(NetDefrag *defrag, Datagram *datagram)
{
    size_t bytes = sizeof(Datagram) + datagram->pieces.memory;

    datagram->share->bytes += bytes - datagram->item.bytes;
    cache_grow(defrag->datagrams, datagram, bytes);
}

/* An end that contradicts what is known, or bytes behind it: the first word
 * counts. */
static bool fits_end(Datagram *datagram, const NetIp *ip)
{
    uint32_t end = ip->offset + ip->payload_len;

    if (datagram->end > 0)
        return ip->more ? end <= datagram->end : end == datagram->end;
    if (ip->more)
        return true;
    for (const NetPiece *piece = datagram->pieces.first; piece != NULL; piece = piece->next) {
        if (piece->start + piece->len > end)
            return false;
    }
    datagram->end = end;
    return true;
}

static void mark_overlap(NetDefrag *defrag, Datagram *datagram, const NetIp *ip)
{
    defrag->stats->overlaps++;
    datagram->last.anomalies |= NET_OVERLAP;
    if (ip->version == 6)
        datagram->spoiled = true; /* RFC 5722 section 4 */
}

static void take(NetDefrag *defrag, Datagram *datagram, const NetIp *ip)
{
    if (!fits_end(datagram, ip)) {
        mark_overlap(defrag, datagram, ip);
        return;
    }

    NetPiecesChange change = net_pieces_add(&datagram->pieces, ip->offset, ip->payload_len,
                                            ip->payload, &datagram->last);

    if (change.differs || (ip->version == 6 && change.overlaps && !change.repeats))
        mark_overlap(defrag, datagram, ip);
    if (change.added == 0) {
        defrag->stats->fragment_copies++;
        return;
    }
    if (datagram->pieces.count > MAX_PIECES)
        datagram->spoiled = true;
    if (ip->offset == 0 || datagram->n == 0)
        datagram->protocol = ip->protocol;
    datagram->n++;
    datagram->have += change.added;
    datagram->headers = ip->size - ip->payload_len - (ip->version == 6 ? 8 : 0);
}

/* The bytes in order, up to the first that a cut frame lacks. */
static Str join(NetDefrag *defrag, const Datagram *datagram, uint32_t *anomalies)
{
    size_t len = 0;

    for (const NetPiece *piece = datagram->pieces.first; piece != NULL; piece = piece->next) {
        memcpy(defrag->whole + piece->start, piece->bytes, piece->captured);
        *anomalies |= piece->meta.anomalies;
        len += piece->captured;
        if (piece->captured < piece->len)
            break;
    }
    return (Str){ defrag->whole, len };
}

static void list_parts(NetDefrag *defrag, const Datagram *datagram)
{
    defrag->n_parts = 0;
    for (const NetPiece *piece = datagram->pieces.first; piece != NULL; piece = piece->next) {
        if (defrag->n_parts < MAX_PIECES)
            defrag->parts[defrag->n_parts++] = piece->meta.ref;
    }
}

static Done *done_slot(NetDefrag *defrag, uint64_t hash)
{
    return &defrag->done[hash % N_DONE];
}

static void give(NetDefrag *defrag, Datagram *datagram, NetIp *ip, NetMeta *meta)
{
    uint64_t hash = datagram->item.hash;

    meta->first_ref = datagram->pieces.first->meta.ref;
    meta->anomalies |= NET_REASSEMBLED | datagram->last.anomalies;
    meta->fragments = datagram->n;
    ip->payload = join(defrag, datagram, &meta->anomalies);
    list_parts(defrag, datagram);
    ip->payload_len = datagram->end;
    ip->size = datagram->headers + datagram->end;
    ip->protocol = datagram->protocol;
    ip->fragment = false;
    ip->more = false;
    ip->offset = 0;
    meta->ip_size = ip->size;
    defrag->stats->reassembled++;
    datagram->whole = true;
    *done_slot(defrag, hash) = (Done){ .hash = hash, .time = meta->time };
    cache_remove(defrag->datagrams, datagram);
}

/* RFC 791: all but the last are multiples of eight. Nothing may end behind
 * 65535 ("ping of death"), and a fragment of nothing has no use. */
static bool is_possible(const NetIp *ip)
{
    return ip->payload_len > 0 && ip->offset + ip->payload_len <= MAX_SIZE
           && (!ip->more || ip->payload_len % 8 == 0);
}

static bool is_done(NetDefrag *defrag, const Key *key, Nsec now)
{
    uint64_t hash = hash_key(key);
    const Done *done = done_slot(defrag, hash);

    return done->hash == hash && ABS(now - done->time) <= defrag->config->duplicate_window;
}

NetDefragResult net_defrag_push(NetDefrag *defrag, NetIp *ip, NetMeta *meta)
{
    Key key = key_of(ip, meta);

    if (!is_possible(ip))
        return NET_DEFRAG_BROKEN;
    defrag->stats->fragments++;
    defrag->stats->later_fragments += ip->offset > 0;
    cache_advance(defrag->datagrams, meta->time);

    Datagram *datagram = cache_get(defrag->datagrams, &key, meta->time);

    if (datagram == NULL && is_done(defrag, &key, meta->time)) {
        defrag->stats->fragment_copies++;
        return NET_DEFRAG_HELD;
    }
    if (datagram == NULL)
        datagram = add_datagram(defrag, &key, meta->time);

    uint32_t anomalies = datagram->last.anomalies;

    datagram->last = *meta;
    datagram->last.anomalies |= anomalies;
    if (!datagram->spoiled)
        take(defrag, datagram, ip);
    if (!datagram->spoiled && datagram->end > 0 && datagram->have == datagram->end) {
        give(defrag, datagram, ip, meta);
        return NET_DEFRAG_WHOLE;
    }
    account(defrag, datagram);
    keep_to_share(defrag, datagram);
    return NET_DEFRAG_HELD;
}

const CaptureRef *net_defrag_parts(const NetDefrag *defrag, unsigned *n_parts)
{
    *n_parts = defrag->n_parts;
    return defrag->parts;
}

void net_defrag_advance(NetDefrag *defrag, Nsec now)
{
    cache_advance(defrag->datagrams, now);
}

void net_defrag_finish(NetDefrag *defrag)
{
    cache_clear(defrag->datagrams);
}

CacheStats net_defrag_table(const NetDefrag *defrag)
{
    return cache_stats(defrag->datagrams);
}
