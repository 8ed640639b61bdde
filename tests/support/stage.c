/*
 * From what somebody does to packets: addresses as the capture sees them, TCP
 * sequence numbers, ICMP quotes.
 */

#include "stage.h"

#include <string.h>

#include "dns.h"
#include "tls.h"

/* One TCP connection. End 0 opened it. */
typedef struct Connection {
    const Host *ends[2];
    uint16_t ports[2];
    uint32_t next[2]; /* the sequence number of the next byte that this end sends */
} Connection;

void stage_init(Stage *stage)
{
    *stage = (Stage){ .connections = g_ptr_array_new_with_free_func(g_free) };
    cast_init(&stage->cast);
    talk_init(&stage->talk);
    wire_tape_init(&stage->tape);
}

void stage_clear(Stage *stage)
{
    g_clear_pointer(&stage->connections, g_ptr_array_unref);
    talk_clear(&stage->talk);
    cast_clear(&stage->cast);
    wire_tape_clear(&stage->tape);
}

/* How this packet travels, unless the line says otherwise. */
static bool plan(Stage *stage, const StageEvent *event, WireHop *hop, GError **error)
{
    Host *from = event->turn.from;
    Host *to = event->turn.to;
    ScriptLine *line = event->turn.line;
    const char *src = script_option(line, "src");
    const char *dst = script_option(line, "dst");
    uint64_t ttl = cast_ttl(&stage->cast, from);
    uint64_t id = ++from->ip_id;
    uint64_t mtu = 0;
    uint64_t lose = 0;

    *hop = (WireHop){ .time = event->time,
                      .src = cast_seen(&stage->cast, from, to),
                      .dst = cast_seen(&stage->cast, to, from),
                      .sender = from,
                      .receiver = to };
    if (!script_number(line, "ttl", UINT8_MAX, &ttl, error)
        || !script_number(line, "id", UINT16_MAX, &id, error)
        || !script_number(line, "mtu", UINT16_MAX, &mtu, error)
        || !script_number(line, "lose", UINT16_MAX, &lose, error))
        return false;
    if (mtu != 0 && mtu < 68)
        return script_fail(line, error, "no network has an MTU below 68");
    if (src != NULL && !host_parse_endpoint(src, &hop->src))
        return script_fail(line, error, "'%s' is no address", src);
    if (dst != NULL && !host_parse_endpoint(dst, &hop->dst))
        return script_fail(line, error, "'%s' is no address", dst);
    if (hop->src.addr.version != hop->dst.addr.version)
        return script_fail(line, error, "%s and %s do not speak the same IP", from->name, to->name);
    hop->ttl = (uint8_t)ttl;
    hop->ip_id = (uint16_t)id;
    hop->mtu = (uint32_t)mtu;
    hop->lose = (uint32_t)lose;
    cast_mac(&stage->cast, from, hop->src_mac);
    cast_mac(&stage->cast, to, hop->dst_mac);
    return true;
}

static bool is_captured(const StageEvent *event)
{
    bool unseen = script_flag(event->turn.line, "unseen");

    return event->turn.from->captured && !unseen;
}

static Connection *find_connection(const Stage *stage, const Host *from, const Host *to,
                                   unsigned *end)
{
    for (unsigned i = stage->connections->len; i > 0; i--) {
        Connection *c = g_ptr_array_index(stage->connections, i - 1);

        for (*end = 0; *end < 2; (*end)++) {
            bool same = c->ends[*end] == from && c->ends[1 - *end] == to;

            if (same && c->ports[*end] == from->own.port && c->ports[1 - *end] == to->own.port)
                return c;
        }
    }
    return NULL;
}

static Connection *open_connection(Stage *stage, const Host *from, const Host *to)
{
    Connection *c = g_new0(Connection, 1);
    uint32_t start = ++stage->n_connections * 0x01000000;

    *c = (Connection){ .ends = { from, to },
                       .ports = { from->own.port, to->own.port },
                       .next = { start, start + 0x00800000 } };
    g_ptr_array_add(stage->connections, c);
    return c;
}

static bool send_segment(Stage *stage, const StageEvent *event, uint8_t flags, Str payload,
                         GError **error)
{
    const TalkTurn *turn = &event->turn;
    unsigned end = 0;
    Connection *c = find_connection(stage, turn->from, turn->to, &end);
    WireHop hop;

    /* A capture may begin in the middle of a connection. */
    if (c == NULL) {
        c = open_connection(stage, turn->from, turn->to);
        end = 0;
    }
    if (!plan(stage, event, &hop, error))
        return false;
    hop.lose = 0;
    if (is_captured(event))
        wire_tcp(&stage->tape, &hop,
                 &(WireSegment){ .seq = c->next[end], .ack = c->next[1 - end], .flags = flags },
                 payload);
    c->next[end] += (uint32_t)payload.len + ((flags & (WIRE_SYN | WIRE_FIN)) != 0 ? 1 : 0);
    return true;
}

/* Bytes of a stream, in segments; a lost one is not captured, and its bytes count. */
static bool send_stream(Stage *stage, const StageEvent *event, Str bytes, GError **error)
{
    Host *from = event->turn.from;
    bool captured = from->captured;
    uint64_t size = 1460; /* Ethernet's 1500 without the headers of IPv4 and TCP */
    uint64_t lose = 0;
    bool sent = true;

    if (!script_number(event->turn.line, "segment", 1460, &size, error)
        || !script_number(event->turn.line, "lose", UINT16_MAX, &lose, error))
        return false;
    size = MAX(size, 1);

    unsigned number = 1;

    for (size_t at = 0; at < bytes.len && sent; at += size, number++) {
        StageEvent piece = *event;

        piece.time += (number - 1) * 10 * NSEC_USEC;
        from->captured = captured && number != lose;
        sent = send_segment(stage, &piece, WIRE_PSH | WIRE_ACK,
                            str_first(str_from(bytes, at), size), error);
    }
    from->captured = captured;
    return sent;
}

static bool send_datagram(Stage *stage, const StageEvent *event, Str bytes, GError **error)
{
    WireHop hop;

    if (!plan(stage, event, &hop, error))
        return false;
    if (is_captured(event))
        wire_udp(&stage->tape, &hop, bytes);
    return true;
}

/* A router passes on the same IP packet 50 us later, with another address. */
static bool send_through(Stage *stage, const StageEvent *event, Str bytes, GError **error)
{
    Cast *cast = &stage->cast;
    Host *from = event->turn.from;
    bool outward = from->role == HOST_PHONE;
    bool lost = script_has(event->turn.line, "lost");
    StageEvent beyond = *event;

    beyond.time += 50 * NSEC_USEC;
    cast->place = outward ? CAPTURE_PLACE_CLIENT : CAPTURE_PLACE_MIDDLE;
    if (!send_datagram(stage, event, bytes, error))
        return false;
    if (lost)
        return true;
    from->ip_id--;
    cast->place = outward ? CAPTURE_PLACE_MIDDLE : CAPTURE_PLACE_CLIENT;
    script_rewind(event->turn.line);
    return send_datagram(stage, &beyond, bytes, error);
}

static bool send_bytes(Stage *stage, const StageEvent *event, Str bytes, GError **error)
{
    script_flag(event->turn.line, "lost");
    if (event->turn.from->tcp || event->turn.to->tcp)
        return send_stream(stage, event, bytes, error);
    return stage->cast.router ? send_through(stage, event, bytes, error)
                              : send_datagram(stage, event, bytes, error);
}

static bool send_message(Stage *stage, const StageEvent *event, const TalkMessage *message,
                         GError **error)
{
    return message != NULL
           && send_bytes(stage, event, (Str){ message->bytes->str, message->bytes->len }, error);
}

static bool play_request(Stage *stage, const StageEvent *event, const char *method, GError **error)
{
    bool auth = script_flag(event->turn.line, "auth") || event->auth;

    return send_message(stage, event, talk_request(&stage->talk, &event->turn, method, auth, error),
                        error);
}

static bool play_answer(Stage *stage, const StageEvent *event, unsigned status, GError **error)
{
    return send_message(stage, event, talk_answer(&stage->talk, &event->turn, status, error),
                        error);
}

static bool play_copy(Stage *stage, const StageEvent *event, GError **error)
{
    return send_message(stage, event, talk_copy(&stage->talk, &event->turn, error), error);
}

static bool play_forward(Stage *stage, const StageEvent *event, GError **error)
{
    return send_message(stage, event, talk_forward(&stage->talk, &event->turn, error), error);
}

static bool play_duplicate(Stage *stage, const StageEvent *event, GError **error)
{
    const WireFrame *last = wire_last(&stage->tape, event->turn.from, event->turn.to);

    if (last == NULL)
        return script_fail(event->turn.line, error, "nothing of that direction was captured");
    wire_again(&stage->tape, last, event->time, script_flag(event->turn.line, "routed"));
    return true;
}

static bool play_icmp(Stage *stage, const StageEvent *event, GError **error)
{
    static const struct {
        const char *name;
        uint8_t v4[2]; /* type and code: RFC 792, RFC 1812 */
        uint8_t v6[2]; /* RFC 4443 */
    } kinds[] = {
        { "port-unreachable", { 3, 3 }, { 1, 4 } }, { "host-unreachable", { 3, 1 }, { 1, 3 } },
        { "prohibited", { 3, 13 }, { 1, 1 } },      { "expired", { 11, 0 }, { 3, 0 } },
        { "too-big", { 3, 4 }, { 2, 0 } },
    };
    const TalkTurn *turn = &event->turn;
    const char *kind = script_take(turn->line);
    const WireFrame *last = wire_last(&stage->tape, turn->to, turn->from);
    uint64_t mtu = 0;
    WireHop hop;

    /* An error may come from a host on the way, which was never written to. */
    if (last == NULL)
        last = wire_last(&stage->tape, turn->to, NULL);
    if (last == NULL)
        return script_fail(turn->line, error, "nothing of %s was captured", turn->to->name);
    if (!script_number(turn->line, "next-hop", UINT16_MAX, &mtu, error)
        || !plan(stage, event, &hop, error))
        return false;
    for (unsigned i = 0; kind != NULL && i < G_N_ELEMENTS(kinds); i++) {
        const uint8_t *code = hop.src.addr.version == 6 ? kinds[i].v6 : kinds[i].v4;

        if (!g_str_equal(kind, kinds[i].name))
            continue;
        if (is_captured(event))
            wire_icmp(&stage->tape, &hop, code[0], code[1], (uint16_t)mtu, last);
        return true;
    }
    return script_fail(turn->line, error, "no ICMP error is called '%s'", kind ? kind : "");
}

static bool play_keepalive(Stage *stage, const StageEvent *event, GError **error)
{
    const char *kind = script_take(event->turn.line);

    if (g_strcmp0(kind, "crlf") == 0)
        return send_bytes(stage, event, STR("\r\n"), error);
    if (g_strcmp0(kind, "ping") == 0)
        return send_bytes(stage, event, STR("\r\n\r\n"), error);
    if (g_strcmp0(kind, "zeros") == 0)
        return send_bytes(stage, event, STR("\0\0\0\0"), error);
    return script_fail(event->turn.line, error, "a keepalive is crlf, ping or zeros");
}

static bool play_raw(Stage *stage, const StageEvent *event, GError **error)
{
    Str bytes = script_take_bytes(event->turn.line);

    if (!str_present(bytes))
        return script_fail(event->turn.line, error, "raw wants its bytes in quotes");
    return send_bytes(stage, event, bytes, error);
}

static bool play_tls(Stage *stage, const StageEvent *event, GError **error)
{
    ScriptLine *line = event->turn.line;
    const char *kind = script_take(line);
    TlsWish wish = {
        .name = script_option(line, "name"),
        .version = script_option(line, "version"),
        .from = script_option(line, "from"),
        .until = script_option(line, "until"),
        .alert = script_option(line, "alert"),
        .size = script_option(line, "size"),
    };
    g_autoptr(GByteArray) record = tls_record(kind != NULL ? kind : "", &wish);

    if (record == NULL)
        return script_fail(line, error,
                           "tls has client-hello, server-hello, certificate, change-cipher, data "
                           "and alert");
    return send_stream(stage, event, (Str){ (const char *)record->data, record->len }, error);
}

static bool play_dns(Stage *stage, const StageEvent *event, GError **error)
{
    ScriptLine *line = event->turn.line;
    const char *type = script_take(line);
    const char *name = script_take(line);
    const char *answer = script_take(line);
    g_autoptr(GByteArray) message = dns_message(type != NULL ? type : "", name, answer);

    if (message == NULL)
        return script_fail(line, error, "dns wants A, AAAA, SRV or NAPTR, a name and an answer");
    return send_bytes(stage, event, (Str){ (const char *)message->data, message->len }, error);
}

/* A connection begins with its SYN; the same one again is a retransmission. */
static bool play_syn(Stage *stage, const StageEvent *event, GError **error)
{
    const TalkTurn *turn = &event->turn;
    unsigned end = 0;
    Connection *c = find_connection(stage, turn->from, turn->to, &end);

    if (c != NULL && script_flag(turn->line, "again"))
        c->next[end]--;
    else
        open_connection(stage, turn->from, turn->to);
    return send_segment(stage, event, WIRE_SYN, STR_NONE, error);
}

static bool play_syn_ack(Stage *stage, const StageEvent *event, GError **error)
{
    return send_segment(stage, event, WIRE_SYN | WIRE_ACK, STR_NONE, error);
}

static bool play_ack(Stage *stage, const StageEvent *event, GError **error)
{
    return send_segment(stage, event, WIRE_ACK, STR_NONE, error);
}

static bool play_fin(Stage *stage, const StageEvent *event, GError **error)
{
    return send_segment(stage, event, WIRE_FIN | WIRE_ACK, STR_NONE, error);
}

static bool play_reset(Stage *stage, const StageEvent *event, GError **error)
{
    return send_segment(stage, event, WIRE_RST | WIRE_ACK, STR_NONE, error);
}

static bool is_method(const char *word)
{
    return strspn(word, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == strlen(word);
}

bool stage_play(Stage *stage, const StageEvent *event, const char *what, GError **error)
{
    static const struct {
        const char *name;
        bool (*play)(Stage *stage, const StageEvent *event, GError **error);
    } verbs[] = {
        { "ack", play_ack },   { "copy", play_copy },
        { "dns", play_dns },   { "duplicate", play_duplicate },
        { "fin", play_fin },   { "forward", play_forward },
        { "icmp", play_icmp }, { "keepalive", play_keepalive },
        { "raw", play_raw },   { "reset", play_reset },
        { "syn", play_syn },   { "syn-ack", play_syn_ack },
        { "tls", play_tls },
    };
    uint64_t status = 0;

    for (unsigned i = 0; i < G_N_ELEMENTS(verbs); i++) {
        if (g_str_equal(what, verbs[i].name))
            return verbs[i].play(stage, event, error);
    }
    if (g_ascii_string_to_unsigned(what, 10, 100, 699, &status, NULL))
        return play_answer(stage, event, (unsigned)status, error);
    if (is_method(what))
        return play_request(stage, event, what, error);
    return script_fail(event->turn.line, error, "nobody can do '%s'", what);
}
