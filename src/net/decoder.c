/*
 * From frame to payload: asks one header reader after the other, and counts
 * under one name each what comes of a frame.
 */

#include "net/decoder.h"

#include <glib.h>

#include "defrag.h"
#include "duplicate.h"
#include "ether.h"
#include "icmp.h"
#include "link.h"
#include "tcp.h"
#include "tunnel.h"
#include "udp.h"

#define MAX_TUNNELS 4

/* Headers of one frame, IP and others. Four tunnels need half of them. */
#define MAX_LAYERS 32

/* How often deadlines are looked at while frames come. */
#define TICK (100 * NSEC_MSEC)

const NetConfig net_config_default = {
    .max_fragments = 4096,
    .max_fragment_bytes = 8 << 20,
    .max_streams = 65536,
    .max_stream_bytes = 32 << 20,
    .fragment_idle = 30 * NSEC_SEC,
    .stream_idle = 135 * 60 * NSEC_SEC, /* RFC 5382 REQ-5 asks NATs for 2 h 4 min */
    .duplicate_window = 10 * NSEC_MSEC,
};

/* One frame on its way. */
typedef struct Frame {
    bool cut; /* the capture does not hold all of it */
    unsigned n_ip;
    NetMeta meta;
    NetIp ip;
} Frame;

struct NetDecoder {
    NetConfig config;
    NetSink sink;
    NetStats stats;
    NetDefrag *defrag;
    NetDuplicates *duplicates;
    NetTcp *tcp;
    Nsec ticked;
    Frame frame; /* the one in hand: large enough that making it anew would cost time */
};

NetDecoder *net_decoder_new(const NetConfig *config, const NetSink *sink)
{
    NetDecoder *decoder = g_new0(NetDecoder, 1);

    decoder->config = *config;
    decoder->sink = *sink;
    decoder->duplicates = net_duplicate_new(&decoder->config, &decoder->sink, &decoder->stats);
    decoder->defrag = net_defrag_new(&decoder->config, &decoder->sink, &decoder->stats);
    decoder->tcp =
        net_tcp_new(&decoder->config, &decoder->sink, &decoder->stats, decoder->duplicates);
    return decoder;
}

void net_decoder_free(NetDecoder *decoder)
{
    if (decoder == NULL)
        return;
    net_tcp_free(decoder->tcp);
    net_defrag_free(decoder->defrag);
    net_duplicate_free(decoder->duplicates);
    g_free(decoder);
}

/* Nothing in the frame can be used. A header that the snapshot length cut off
 * is nobody's fault. */
static NetLayerKind count_broken(NetDecoder *decoder, const Frame *frame)
{
    decoder->stats.undecoded++;
    if (!frame->cut)
        decoder->stats.malformed++;
    return NET_LAYER_DONE;
}

static NetLayerKind count_other(NetDecoder *decoder, const Frame *frame)
{
    if (frame->n_ip > 0)
        decoder->stats.other++;
    else
        decoder->stats.undecoded++;
    return NET_LAYER_DONE;
}

static void describe(NetDecoder *decoder, Frame *frame)
{
    const NetIp *ip = &frame->ip;
    NetMeta *meta = &frame->meta;

    meta->ip_size = ip->size;
    meta->ip_id = ip->version == 4 ? (uint16_t)ip->id : 0;
    meta->ttl = ip->ttl;
    if (frame->n_ip > 1)
        meta->anomalies |= NET_TUNNELLED;
    if (net_ip_is_truncated(ip) && !(meta->anomalies & NET_TRUNCATED)) {
        meta->anomalies |= NET_TRUNCATED;
        decoder->stats.truncated++;
    }
}

static NetLayerKind give_datagram(NetDecoder *decoder, const NetMeta *meta, Str bytes)
{
    const NetSink *sink = &decoder->sink;

    if (sink->wanted != NULL && !sink->wanted(bytes, &meta->flow, sink->user))
        return NET_LAYER_NONE;
    if (net_duplicate_is_copy(decoder->duplicates, meta, NET_PROTOCOL_UDP, 0, bytes))
        return NET_LAYER_DONE;
    decoder->stats.datagrams++;

    NetPayload payload = { .kind = NET_DATAGRAM, .meta = *meta, .bytes = bytes };

    if (meta->anomalies & NET_REASSEMBLED)
        payload.parts = net_defrag_parts(decoder->defrag, &payload.n_parts);
    if (sink->payload != NULL)
        sink->payload(&payload, sink->user);
    return NET_LAYER_DONE;
}

static NetLayerKind on_udp(NetDecoder *decoder, Frame *frame, NetLayer *next)
{
    const NetIp *ip = &frame->ip;
    NetMeta *meta = &frame->meta;
    NetUdp udp;

    if (!net_udp_read(ip->payload, ip->payload_len, &udp))
        return NET_LAYER_BROKEN;

    NetLayerKind inner = net_tunnel_read_udp(udp.dst_port, udp.bytes, next);

    if (inner != NET_LAYER_NONE)
        return inner;
    meta->flow.transport = NET_UDP;
    meta->flow.src.port = udp.src_port;
    meta->flow.dst.port = udp.dst_port;
    if (udp.length_lies && !ip->unsized)
        meta->anomalies |= NET_LENGTH_LIES;
    return give_datagram(decoder, meta, udp.bytes);
}

static NetLayerKind on_tcp(NetDecoder *decoder, Frame *frame)
{
    NetMeta *meta = &frame->meta;
    NetSegment segment;

    if (!net_segment_read(frame->ip.payload, frame->ip.payload_len, &segment))
        return NET_LAYER_BROKEN;
    meta->flow.transport = NET_TCP;
    meta->flow.src.port = segment.src_port;
    meta->flow.dst.port = segment.dst_port;
    meta->ip_size = 0;
    net_tcp_push(decoder->tcp, meta, &segment);
    return NET_LAYER_DONE;
}

static NetLayerKind on_icmp(NetDecoder *decoder, const Frame *frame)
{
    const NetMeta *meta = &frame->meta;
    const NetIp *ip = &frame->ip;
    NetEvent event = { 0 };

    switch (net_icmp_read(ip, &event)) {
    case NET_ICMP_OTHER:
        return NET_LAYER_NONE;
    case NET_ICMP_BROKEN:
        return NET_LAYER_BROKEN;
    case NET_ICMP_ERROR:
        break;
    }
    if (net_duplicate_is_copy(decoder->duplicates, meta, ip->protocol, 0, ip->payload))
        return NET_LAYER_DONE;

    NetFlow quoted = event.meta.flow;

    event.meta = *meta;
    event.meta.flow = quoted;
    event.reporter = meta->flow.src.addr;
    decoder->stats.icmp_errors++;
    if (decoder->sink.event != NULL)
        decoder->sink.event(&event, decoder->sink.user);
    return NET_LAYER_DONE;
}

static NetLayerKind on_protocol(NetDecoder *decoder, Frame *frame, NetLayer *next)
{
    const NetIp *ip = &frame->ip;

    switch (ip->protocol) {
    case NET_PROTOCOL_UDP:
        return on_udp(decoder, frame, next);
    case NET_PROTOCOL_TCP:
        return on_tcp(decoder, frame);
    case NET_PROTOCOL_ICMP:
        return ip->version == 4 ? on_icmp(decoder, frame) : NET_LAYER_NONE;
    case NET_PROTOCOL_ICMPV6:
        return ip->version == 6 ? on_icmp(decoder, frame) : NET_LAYER_NONE;
    case NET_PROTOCOL_IPV4:
    case NET_PROTOCOL_IPV6:
        return net_layer_set(next, NET_LAYER_IP, 0, ip->payload);
    case NET_PROTOCOL_GRE:
        return net_tunnel_read_gre(ip->payload, next);
    case NET_PROTOCOL_MPLS:
        return net_layer_set(next, NET_LAYER_ETHER, NET_ETHER_MPLS, ip->payload);
    default:
        return NET_LAYER_NONE;
    }
}

static NetLayerKind on_fragment(NetDecoder *decoder, Frame *frame, NetLayer *next)
{
    switch (net_defrag_push(decoder->defrag, &frame->ip, &frame->meta)) {
    case NET_DEFRAG_HELD:
        return NET_LAYER_DONE;
    case NET_DEFRAG_BROKEN:
        return NET_LAYER_BROKEN;
    case NET_DEFRAG_WHOLE:
        break;
    }
    if (!net_ip_read_extensions(&frame->ip))
        return NET_LAYER_BROKEN;
    if (frame->ip.fragment) /* a fragment inside a fragment */
        return NET_LAYER_NONE;
    return on_protocol(decoder, frame, next);
}

static NetLayerKind on_ip(NetDecoder *decoder, Frame *frame, Str packet, NetLayer *next)
{
    if (frame->n_ip > MAX_TUNNELS)
        return NET_LAYER_NONE;
    if (!net_ip_read(packet, &frame->ip, &frame->meta.flow))
        return NET_LAYER_BROKEN;
    decoder->stats.deepest_tunnel = MAX(decoder->stats.deepest_tunnel, frame->n_ip);
    frame->n_ip++;
    describe(decoder, frame);
    if (frame->ip.fragment)
        return on_fragment(decoder, frame, next);
    return on_protocol(decoder, frame, next);
}

static NetLayerKind step(NetDecoder *decoder, Frame *frame, NetLayerKind kind, NetLayer *layer)
{
    switch (kind) {
    case NET_LAYER_LINK:
        return net_link_read(layer->type, layer->bytes, layer);
    case NET_LAYER_ETHER:
        return net_ether_read(layer->type, layer->bytes, layer);
    case NET_LAYER_IP:
        return on_ip(decoder, frame, layer->bytes, layer);
    case NET_LAYER_BROKEN:
        return count_broken(decoder, frame);
    case NET_LAYER_NONE:
        return count_other(decoder, frame);
    case NET_LAYER_DONE:
        break;
    }
    return NET_LAYER_DONE;
}

void net_decoder_push(NetDecoder *decoder, const CapturePacket *packet)
{
    NetLayer layer = { .type = packet->link, .bytes = packet->bytes };
    NetLayerKind kind = NET_LAYER_LINK;
    Nsec now = MAX(packet->time, 0); /* before 1970 there were no captures */
    Frame *frame = &decoder->frame;

    frame->cut = packet->wire_len > packet->bytes.len;
    frame->n_ip = 0;
    frame->meta = (NetMeta){ .ref = packet->ref, .first_ref = packet->ref, .time = now };
    if (!packet->no_time && (now - decoder->ticked >= TICK || now < decoder->ticked))
        net_decoder_advance(decoder, now);
    decoder->stats.frames++;
    for (unsigned i = 0; i < MAX_LAYERS && kind != NET_LAYER_DONE; i++)
        kind = step(decoder, frame, kind, &layer);
    if (kind != NET_LAYER_DONE)
        count_other(decoder, frame);
}

void net_decoder_advance(NetDecoder *decoder, Nsec now)
{
    decoder->ticked = MAX(now, 0);
    net_defrag_advance(decoder->defrag, decoder->ticked);
    net_tcp_advance(decoder->tcp, decoder->ticked);
}

void net_decoder_finish(NetDecoder *decoder)
{
    net_defrag_finish(decoder->defrag);
    net_tcp_finish(decoder->tcp);
}

const NetStats *net_decoder_stats(const NetDecoder *decoder)
{
    return &decoder->stats;
}

unsigned net_decoder_tables(const NetDecoder *decoder, CacheStats *tables, unsigned max)
{
    unsigned n = 0;

    if (n < max)
        tables[n++] = net_defrag_table(decoder->defrag);
    if (n < max)
        tables[n++] = net_duplicate_table(decoder->duplicates);
    return n + net_tcp_tables(decoder->tcp, tables + n, max - n);
}
