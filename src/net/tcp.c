/*
 * TCP connections.
 *
 * A registration over TCP fails below SIP as often as in it: the SYN stays
 * unanswered, a firewall resets the idle connection, the phone never notices.
 * So openings and ends are told, and not only the bytes.
 *
 * There are two tables. Connections that only began, or that are over, live in
 * a small one and briefly: a SYN flood cannot push out a phone that has been
 * connected for hours.
 */

#include "tcp.h"

#include "ip.h"
#include "stream.h"

/* SYNs are repeated after 1, 3, 7, 15, 31 and 63 s: the longest pause is 32 s. */
#define BRIEF_IDLE (75 * NSEC_SEC)

/* Nothing genuine is further from what is expected: a segment that is belongs
 * to another connection between the same ports, or is forged. */
#define MAX_STRAY (1 << 20)

/* For a RST that is behind, while no acknowledgment was seen. */
#define MAX_BEHIND 65535

/* What was on its way when the connection was reset has arrived after this. */
#define RESET_IS_OVER (1 * NSEC_SEC)

struct NetTcp {
    const NetSink *sink;
    NetStats *stats;
    NetDuplicates *duplicates;
    NetStreams streams;
    Cache *tables[2]; /* lasting, brief */
    uint64_t next_number;
};

static uint64_t hash_key(const void *data)
{
    const NetConnectionKey *key = data;

    return net_flow_pair_hash(&key->flow) + key->place;
}

static bool equal_keys(const void *a, const void *b)
{
    const NetConnectionKey *x = a;
    const NetConnectionKey *y = b;

    return x->place == y->place && net_flow_pair_equal(&x->flow, &y->flow);
}

static void end_both(NetTcp *tcp, NetConnection *connection)
{
    net_stream_end(&tcp->streams, connection, 0);
    net_stream_end(&tcp->streams, connection, 1);
}

static void drop_connection(void *item, CacheDrop why, void *user)
{
    end_both(user, item);
    g_free(item);
}

static Cache *new_table(NetTcp *tcp, const char *name, size_t share, Nsec idle)
{
    const NetConfig *config = tcp->streams.config;

    return cache_new(&(CacheConfig){
        .name = name,
        .max_items = MAX(config->max_streams / share, 1),
        .max_bytes = config->max_connection_bytes / share,
        .idle = idle,
        .hash = hash_key,
        .equal = equal_keys,
        .drop = drop_connection,
        .user = tcp,
    });
}

NetTcp *net_tcp_new(const NetConfig *config, const NetSink *sink, NetStats *stats,
                    NetDuplicates *duplicates)
{
    NetTcp *tcp = g_new0(NetTcp, 1);

    tcp->sink = sink;
    tcp->stats = stats;
    tcp->duplicates = duplicates;
    tcp->streams = (NetStreams){ .config = config, .sink = sink, .stats = stats };
    tcp->tables[false] = new_table(tcp, "net.streams", 1, config->stream_idle);
    tcp->tables[true] = new_table(tcp, "net.half_open", 4, BRIEF_IDLE);
    tcp->next_number = 1;
    return tcp;
}

void net_tcp_free(NetTcp *tcp)
{
    if (tcp == NULL)
        return;
    cache_free(tcp->tables[false]);
    cache_free(tcp->tables[true]);
    g_free(tcp);
}

static uint64_t take_numbers(NetTcp *tcp)
{
    uint64_t number = tcp->next_number;

    tcp->next_number += 2;
    return number;
}

static NetConnection *find(const NetTcp *tcp, const NetMeta *meta)
{
    NetConnectionKey key = { .flow = meta->flow, .place = meta->ref.place };
    NetConnection *connection = cache_peek(tcp->tables[false], &key);

    return connection != NULL ? connection : cache_peek(tcp->tables[true], &key);
}

static NetConnection *add(NetTcp *tcp, const NetMeta *meta, bool brief)
{
    NetConnection *connection = g_new0(NetConnection, 1);

    connection->key = (NetConnectionKey){ .flow = meta->flow, .place = meta->ref.place };
    connection->brief = brief;
    connection->number = take_numbers(tcp);
    cache_add(tcp->tables[brief], connection, &connection->key, sizeof(NetConnection), meta->time);
    return connection;
}

/* The same ports, another connection. */
static void restart(NetTcp *tcp, NetConnection *connection)
{
    end_both(tcp, connection);
    memset(connection->side, 0, sizeof(connection->side));
    connection->number = take_numbers(tcp);
    connection->stray = 0;
    connection->reset = false;
}

static bool is_over(const NetConnection *connection)
{
    return connection->side[0].ended && connection->side[1].ended;
}

static void move(NetTcp *tcp, NetConnection *connection, bool brief, Nsec now)
{
    if (brief == connection->brief)
        return;
    cache_take(tcp->tables[connection->brief], connection);
    connection->brief = brief;
    cache_add(tcp->tables[brief], connection, &connection->key, sizeof(NetConnection), now);
}

static void tell(const NetTcp *tcp, NetEventKind kind, const NetMeta *meta, bool copy)
{
    if (tcp->sink->event != NULL)
        tcp->sink->event(&(NetEvent){ .kind = kind, .meta = *meta, .copy = copy }, tcp->sink->user);
}

/* Whether a SYN opens another connection than the one that is known. A SYN
 * that the capture shows behind the first data does not. */
static bool is_another(const NetConnection *connection, unsigned side, const NetSegment *segment)
{
    const NetStream *own = &connection->side[side];
    const NetStream *other = &connection->side[side ^ 1];

    if (own->started)
        return own->first != segment->seq;
    if (segment->flags & NET_TCP_ACK)
        return false;
    return is_over(connection) || (other->started && !other->syn);
}

static void on_syn(NetTcp *tcp, NetConnection *connection, unsigned side, const NetMeta *meta,
                   const NetSegment *segment)
{
    NetStream *own = &connection->side[side];
    NetStream *other = &connection->side[side ^ 1];
    bool accepts = (segment->flags & NET_TCP_ACK) != 0;

    if (is_another(connection, side, segment)) {
        restart(tcp, connection);
        move(tcp, connection, true, meta->time);
    }
    tell(tcp, accepts ? NET_EVENT_ACCEPT : NET_EVENT_CONNECT, meta, own->syn);
    if (!own->started)
        net_stream_start(own, segment->seq, true);
    own->syn = true;
    if (accepts && !other->started)
        net_stream_start(other, segment->ack - 1, true);
    if (accepts)
        net_stream_acked(&tcp->streams, connection, side ^ 1, segment->ack);
    if (segment->len > 0) /* TCP Fast Open, RFC 7413 */
        net_stream_push(&tcp->streams, connection, side, meta, segment->seq + 1, segment->len,
                        segment->bytes);
}

/* A RST that the receiver would not believe (RFC 5961 section 3) ends nothing:
 * anybody can send one. */
static bool is_believable(const NetConnection *connection, unsigned side, const NetSegment *segment)
{
    const NetStream *own = &connection->side[side];
    const NetStream *other = &connection->side[side ^ 1];
    uint32_t oldest = own->has_ack ? own->acked : own->next - MAX_BEHIND;

    if (own->started)
        return net_pieces_distance(oldest, segment->seq) >= 0
               && net_pieces_distance(own->next, segment->seq) <= MAX_STRAY;
    if (!other->started || (segment->flags & NET_TCP_ACK) == 0)
        return true;

    int64_t off = net_pieces_distance(other->next, segment->ack);

    return ABS(off) <= MAX_BEHIND;
}

static void on_reset(NetTcp *tcp, NetConnection *connection, unsigned side, const NetMeta *meta,
                     const NetSegment *segment)
{
    if (!is_believable(connection, side, segment)) {
        tcp->stats->tcp_outside++;
        return;
    }
    if (segment->flags & NET_TCP_ACK)
        net_stream_acked(&tcp->streams, connection, side ^ 1, segment->ack);
    tell(tcp, NET_EVENT_RESET, meta, connection->reset);
    end_both(tcp, connection);
    connection->reset = true;
    move(tcp, connection, true, meta->time);
}

/* Whether to go on with a segment that does not fit the connection as it is
 * known. Two strays that follow each other, or a stray twice, belong to a
 * connection whose SYN the capture missed. */
static bool accept_misfit(NetTcp *tcp, NetConnection *connection, unsigned side,
                          const NetSegment *segment, Nsec idle)
{
    const NetStream *own = &connection->side[side];
    int64_t off = own->started ? net_pieces_distance(own->next, segment->seq) : 0;
    uint32_t end = segment->seq + segment->len;
    bool stray = ABS(off) > MAX_STRAY;
    bool again =
        connection->stray != 0 && (segment->seq == connection->stray || end == connection->stray);

    if (!stray && !is_over(connection))
        return true;
    if (segment->len > 0
        && (stray ? again || is_over(connection) : off >= 0 && idle > RESET_IS_OVER)) {
        restart(tcp, connection);
        return true;
    }
    if (segment->len > 0) {
        tcp->stats->tcp_outside++;
        connection->stray = stray ? end : 0;
    }
    return false;
}

/* RFC 9293 section 3.8.4: one byte before the next, of any value, to which the
 * other side has to answer. Before anything else is known, zero gives it away. */
static bool is_keepalive(const NetStream *own, const NetSegment *segment)
{
    if (segment->len == 0)
        return true;
    if (segment->len > 1)
        return false;
    return own->started ? segment->seq == own->next - 1 : str_equal(segment->bytes, STR("\0"));
}

static void on_segment(NetTcp *tcp, NetConnection *connection, unsigned side, const NetMeta *meta,
                       const NetSegment *segment)
{
    NetStreams *streams = &tcp->streams;
    NetStream *own = &connection->side[side];
    bool fin = (segment->flags & NET_TCP_FIN) != 0;
    bool alive = is_keepalive(own, segment) && !fin;

    if (segment->flags & NET_TCP_ACK)
        net_stream_acked(streams, connection, side ^ 1, segment->ack);
    if (alive && !(own->refused && connection->side[side ^ 1].refused))
        tell(tcp, NET_EVENT_ALIVE, meta, false);
    if (!alive && segment->len > 0)
        net_stream_push(streams, connection, side, meta, segment->seq, segment->len,
                        segment->bytes);
    if (fin) {
        tell(tcp, NET_EVENT_CLOSE, meta, own->has_fin);
        net_stream_fin(streams, connection, side, segment->seq + segment->len);
    }
    move(tcp, connection, is_over(connection), meta->time);
}

/* The first segment of a flow; NULL when it is not worth remembering. */
static NetConnection *meet(NetTcp *tcp, const NetMeta *meta, const NetSegment *segment)
{
    if (segment->flags & NET_TCP_SYN)
        return add(tcp, meta, true);
    if (segment->flags & NET_TCP_RST)
        tell(tcp, NET_EVENT_RESET, meta, false);
    else if (segment->len > 0)
        return add(tcp, meta, false);
    else if (segment->flags & NET_TCP_FIN)
        tell(tcp, NET_EVENT_CLOSE, meta, false);
    return NULL;
}

/* Bytes that nobody wants and acknowledgments need not be remembered. */
static bool is_copy(NetTcp *tcp, const NetConnection *connection, unsigned side,
                    const NetMeta *meta, const NetSegment *segment)
{
    uint8_t control = segment->flags & (NET_TCP_SYN | NET_TCP_RST | NET_TCP_FIN);
    bool refused = connection != NULL && connection->side[side].refused;

    if (control == 0 && (segment->len == 0 || refused))
        return false;
    return net_duplicate_is_copy(tcp->duplicates, meta, NET_PROTOCOL_TCP,
                                 (uint64_t)segment->seq << 32 | (segment->ack ^ segment->flags),
                                 segment->bytes);
}

void net_tcp_push(NetTcp *tcp, const NetMeta *meta, const NetSegment *segment)
{
    NetConnection *connection = find(tcp, meta);
    unsigned side =
        connection != NULL && !net_endpoint_equal(&connection->key.flow.src, &meta->flow.src);

    if (is_copy(tcp, connection, side, meta, segment))
        return;
    tcp->stats->tcp_segments++;
    tcp->streams.now = meta->time;
    if (connection == NULL)
        connection = meet(tcp, meta, segment);
    if (connection == NULL)
        return;

    Nsec idle = meta->time - connection->item.touched;

    cache_touch(tcp->tables[connection->brief], connection, meta->time);
    connection->last = meta->ref;
    if (segment->flags & NET_TCP_SYN)
        on_syn(tcp, connection, side, meta, segment);
    else if (segment->flags & NET_TCP_RST)
        on_reset(tcp, connection, side, meta, segment);
    else if (accept_misfit(tcp, connection, side, segment, idle))
        on_segment(tcp, connection, side, meta, segment);
}

void net_tcp_advance(NetTcp *tcp, Nsec now)
{
    net_stream_advance(&tcp->streams, now);
    cache_advance(tcp->tables[false], now);
    cache_advance(tcp->tables[true], now);
}

void net_tcp_finish(NetTcp *tcp)
{
    cache_clear(tcp->tables[false]);
    cache_clear(tcp->tables[true]);
}

unsigned net_tcp_tables(const NetTcp *tcp, CacheStats *tables, unsigned max)
{
    unsigned n = 0;

    for (unsigned brief = 0; brief < 2 && n < max; brief++)
        tables[n++] = cache_stats(tcp->tables[brief]);
    return n;
}
