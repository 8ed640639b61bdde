/*
 * Reassembly of one direction.
 *
 * Most segments arrive in order, and their bytes go to the sink from where
 * they lie in the frame. Only what is ahead of a hole is copied. Of bytes that
 * arrive twice the first copy counts; when copies disagree, somebody injects
 * or a device rewrites, and that is marked.
 */

#include "stream.h"

#include "base/hash.h"

#define MAX_SEGMENTS 64
#define MAX_WAITING (32 * 1024)
#define MAX_WAIT (5 * NSEC_SEC)

/* RFC 7323: no window is larger than this. */
#define MAX_WINDOW (1 << 30)

struct NetHole {
    GList link; /* in NetStreams.holes */
    NetConnection *connection;
    unsigned side;
    Nsec since;
    NetPieces pieces; /* never empty */
};

NetFlow net_stream_flow(const NetConnection *connection, unsigned side)
{
    return side == 0 ? connection->key.flow : net_flow_reverse(&connection->key.flow);
}

void net_stream_start(NetStream *stream, uint32_t first, bool syn)
{
    stream->started = true;
    stream->syn = syn;
    stream->first = first;
    stream->next = first + 1;
    if (ABS((int64_t)net_pieces_distance(stream->next, stream->acked)) > MAX_WINDOW)
        stream->has_ack = false; /* it spoke of something else */
}

static void open_hole(NetStreams *streams, NetConnection *connection, unsigned side)
{
    NetHole *hole = g_new0(NetHole, 1);

    hole->link.data = hole;
    hole->connection = connection;
    hole->side = side;
    hole->since = streams->now;
    g_queue_push_tail_link(&streams->holes, &hole->link);
    connection->side[side].hole = hole;
}

static void close_hole(NetStreams *streams, NetStream *stream)
{
    NetHole *hole = g_steal_pointer(&stream->hole);

    if (hole == NULL)
        return;
    streams->waiting -= hole->pieces.memory;
    g_queue_unlink(&streams->holes, &hole->link);
    net_pieces_clear(&hole->pieces);
    g_free(hole);
}

static void refuse(NetStreams *streams, NetStream *stream)
{
    stream->refused = true;
    close_hole(streams, stream);
}

static void emit(NetStreams *streams, NetConnection *connection, unsigned side, NetPayload payload)
{
    NetStream *stream = &connection->side[side];

    payload.stream = connection->number + side;
    payload.reverse = connection->number + (side ^ 1);
    payload.meta.anomalies |= (stream->syn ? 0 : NET_MIDSTREAM);
    stream->had_data = true;
    if (streams->sink->payload != NULL
        && streams->sink->payload(&payload, streams->sink->user) == NET_NOT_INTERESTED)
        refuse(streams, stream);
}

/* 'missing' bytes are lost for good; 'meta' is of the packet that shows it. */
static void lose(NetStreams *streams, NetConnection *connection, unsigned side, const NetMeta *meta,
                 uint32_t missing, bool by_capture)
{
    NetStream *stream = &connection->side[side];
    NetEvent event = {
        .kind = NET_EVENT_GAP, .meta = *meta, .missing = missing, .by_capture = by_capture
    };

    streams->stats->gaps++;
    streams->stats->gap_bytes += missing;
    streams->stats->gaps_by_capture += by_capture;
    stream->next += missing;
    stream->after_gap = true;
    stream->last_len = 0;
    if (streams->sink->event != NULL)
        streams->sink->event(&event, streams->sink->user);
    emit(streams, connection, side,
         (NetPayload){ .kind = NET_STREAM_GAP, .meta = *meta, .missing = missing });
}

static void remember(NetStream *stream, Str bytes)
{
    stream->last_len = bytes.len <= UINT16_MAX ? (uint16_t)bytes.len : 0;
    stream->last_hash = (uint32_t)hash_str(bytes);
}

/* Bytes in order. What a cut frame does not hold is lost, by the capture. */
static void deliver(NetStreams *streams, NetConnection *connection, unsigned side,
                    const NetMeta *meta, uint32_t len, Str bytes)
{
    NetStream *stream = &connection->side[side];
    NetPayload payload = { .kind = NET_STREAM_DATA, .meta = *meta, .bytes = bytes };

    if (bytes.len > 0) {
        payload.meta.anomalies |=
            (stream->after_gap ? NET_AFTER_GAP : 0) | (stream->overlaps ? NET_OVERLAP : 0);
        stream->after_gap = false;
        stream->overlaps = false;
        stream->next += (uint32_t)bytes.len;
        remember(stream, bytes);
        emit(streams, connection, side, payload);
    }
    if (stream->refused)
        stream->next += len - (uint32_t)bytes.len;
    else if (len > bytes.len)
        lose(streams, connection, side, meta, len - (uint32_t)bytes.len, true);
}

/* What the hole hid is in order now. */
static void drain(NetStreams *streams, NetConnection *connection, unsigned side)
{
    NetStream *stream = &connection->side[side];
    bool moved = false;

    while (stream->hole != NULL && stream->hole->pieces.first->start == stream->next) {
        NetPieces *pieces = &stream->hole->pieces;
        size_t before = pieces->memory;
        g_autofree NetPiece *piece = net_pieces_pop(pieces);

        streams->waiting -= before - pieces->memory;
        if (pieces->first == NULL)
            close_hole(streams, stream);
        deliver(streams, connection, side, &piece->meta, piece->len, net_piece_bytes(piece));
        moved = true;
    }
    if (moved && stream->hole != NULL) { /* another hole, which has all its time */
        stream->hole->since = streams->now;
        g_queue_unlink(&streams->holes, &stream->hole->link);
        g_queue_push_tail_link(&streams->holes, &stream->hole->link);
    }
}

static void give_up(NetStreams *streams, NetHole *hole, bool by_capture)
{
    NetConnection *connection = hole->connection;
    unsigned side = hole->side;
    NetStream *stream = &connection->side[side];
    const NetPiece *first = hole->pieces.first;
    NetMeta meta = first->meta;

    lose(streams, connection, side, &meta, first->start - stream->next, by_capture);
    drain(streams, connection, side);
}

static bool is_acked(const NetStream *stream)
{
    uint32_t behind = stream->hole->pieces.first->start;

    return stream->has_ack && net_pieces_distance(behind, stream->acked) >= 0;
}

static void settle(NetStreams *streams, NetConnection *connection, unsigned side)
{
    NetStream *stream = &connection->side[side];

    while (stream->hole != NULL) {
        const NetPieces *pieces = &stream->hole->pieces;
        bool acked = is_acked(stream);

        if (!acked && pieces->count < MAX_SEGMENTS && pieces->memory < MAX_WAITING)
            break;
        give_up(streams, stream->hole, acked);
    }
    if (stream->has_fin && net_pieces_distance(stream->fin, stream->next) >= 0) {
        close_hole(streams, stream); /* nothing can follow the end */
        net_stream_end(streams, connection, side);
    }
}

static void wait_behind_hole(NetStreams *streams, NetConnection *connection, unsigned side,
                             const NetMeta *meta, uint32_t seq, uint32_t len, Str bytes)
{
    NetStream *stream = &connection->side[side];

    if (stream->hole == NULL)
        open_hole(streams, connection, side);

    NetPieces *pieces = &stream->hole->pieces;
    size_t before = pieces->memory;
    NetPiecesChange change = net_pieces_add(pieces, seq, len, bytes, meta);

    streams->waiting += pieces->memory - before;
    streams->stats->tcp_copies += change.added == 0;
    streams->stats->overlaps += change.differs;
    stream->overlaps |= change.differs;
    drain(streams, connection, side);
}

/* A repetition of the newest bytes can be compared with them. */
static void compare_copy(NetStreams *streams, NetStream *stream, uint32_t seq, Str bytes)
{
    size_t len = stream->last_len;

    if (len == 0 || seq != stream->next - stream->last_len || bytes.len < len)
        return;
    if ((uint32_t)hash_str(str_first(bytes, len)) == stream->last_hash)
        return;
    streams->stats->overlaps++;
    stream->overlaps = true;
}

static void push_wanted(NetStreams *streams, NetConnection *connection, unsigned side,
                        const NetMeta *meta, uint32_t seq, uint32_t len, Str bytes)
{
    NetStream *stream = &connection->side[side];
    int32_t old = net_pieces_distance(seq, stream->next);

    if (old > 0) {
        uint32_t skip = (uint32_t)old;

        compare_copy(streams, stream, seq, bytes);
        if (skip >= len) {
            streams->stats->tcp_copies++;
            return;
        }
        seq += skip;
        len -= skip;
        bytes = str_from(bytes, skip);
    }
    if (stream->hole == NULL && seq == stream->next)
        deliver(streams, connection, side, meta, len, bytes);
    else
        wait_behind_hole(streams, connection, side, meta, seq, len, bytes);
}

void net_stream_push(NetStreams *streams, NetConnection *connection, unsigned side,
                     const NetMeta *meta, uint32_t seq, uint32_t len, Str bytes)
{
    NetStream *stream = &connection->side[side];

    if (!stream->started)
        net_stream_start(stream, seq - 1, false);
    if (stream->ended) {
        streams->stats->tcp_outside++;
        return;
    }
    if (!stream->refused)
        push_wanted(streams, connection, side, meta, seq, len, bytes);
    else if (net_pieces_distance(stream->next, seq + len) > 0)
        stream->next = seq + len;
    settle(streams, connection, side);
    while (streams->waiting > streams->config->max_stream_bytes)
        give_up(streams, streams->holes.head->data, false);
}

void net_stream_acked(NetStreams *streams, NetConnection *connection, unsigned side, uint32_t ack)
{
    NetStream *stream = &connection->side[side];

    if (stream->started && ABS((int64_t)net_pieces_distance(stream->next, ack)) > MAX_WINDOW)
        return;
    if (stream->has_ack && net_pieces_distance(stream->acked, ack) <= 0)
        return;
    stream->acked = ack;
    stream->has_ack = true;
    if (stream->hole != NULL)
        settle(streams, connection, side);
}

void net_stream_fin(NetStreams *streams, NetConnection *connection, unsigned side, uint32_t seq)
{
    NetStream *stream = &connection->side[side];

    if (!stream->started)
        net_stream_start(stream, seq - 1, false);
    if (!stream->has_fin) {
        stream->has_fin = true;
        stream->fin = seq;
    }
    settle(streams, connection, side);
}

void net_stream_end(NetStreams *streams, NetConnection *connection, unsigned side)
{
    NetStream *stream = &connection->side[side];

    while (stream->hole != NULL)
        give_up(streams, stream->hole, is_acked(stream));
    if (!stream->ended && stream->had_data) {
        stream->ended = true;
        emit(streams, connection, side,
             (NetPayload){ .kind = NET_STREAM_END,
                           .meta = { .ref = connection->last,
                                     .first_ref = connection->last,
                                     .time = streams->now,
                                     .flow = net_stream_flow(connection, side) } });
    }
    stream->ended = true;
}

void net_stream_advance(NetStreams *streams, Nsec now)
{
    streams->now = now;
    while (streams->holes.head != NULL) {
        NetHole *hole = streams->holes.head->data;

        if (now - hole->since <= MAX_WAIT)
            break;
        give_up(streams, hole, false);
    }
}
