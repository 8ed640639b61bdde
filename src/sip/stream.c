/*
 * SIP in a stream of bytes (RFC 3261 section 18.3).
 *
 * TCP has no messages, only Content-Length tells where one ends. When it lies,
 * or when bytes are missing, the next start line is where things go on. Bytes
 * are copied only when a message is not complete yet.
 */

#include "stream.h"

#include "lex.h"
#include "start_line.h"

/* The header section of one message: 32 KiB, as in SIP servers. */
#define MAX_HEAD 32768

size_t sip_stream_skip_line(SipStream *stream, Str bytes)
{
    const char *newline = memchr(bytes.data, '\n', bytes.len);

    stream->mid_line = newline == NULL;
    return newline != NULL ? (size_t)(newline - bytes.data) + 1 : bytes.len;
}

/* Line ends between messages keep the connection open (RFC 5626 section 3.5.1).
 * A carriage return at the end may be half of one. */
size_t sip_stream_blank(SipFramer *framer, const SipPiece *piece)
{
    Str bytes = piece->bytes;
    size_t len = 0;
    unsigned lines = 0;

    while (len < bytes.len && sip_lex_is_line_end(bytes.data[len]))
        lines += bytes.data[len++] == '\n';
    if (len == bytes.len && bytes.data[len - 1] == '\r')
        len--;
    if (lines > 0)
        sip_framer_keepalive(framer, &piece->meta,
                             lines > 1 ? SIP_KEEPALIVE_CRLFCRLF : SIP_KEEPALIVE_CRLF);
    return len;
}

static void lose(SipStream *stream)
{
    stream->lost = true;
    stream->mid_line = false;
}

static size_t find_again(SipFramer *framer, SipStream *stream, const SipPiece *piece)
{
    size_t at;

    if (stream->mid_line)
        return sip_stream_skip_line(stream, piece->bytes);
    if (sip_start_line_find(piece->bytes, &at)) {
        stream->lost = at > 0;
        stream->doubtful = true;
        return at;
    }
    if (piece->start_payload && sip_lex_is_line_end(piece->bytes.data[0]))
        return sip_stream_blank(framer, piece);
    if (sip_start_line_possible(piece->bytes))
        return 0;
    return sip_stream_skip_line(stream, piece->bytes);
}

/* No start line where one should be: the message before was longer than its
 * Content-Length. */
static size_t find_behind_junk(SipFramer *framer, SipStream *stream, const SipPiece *piece)
{
    lose(stream);
    stream->junk = true;
    return find_again(framer, stream, piece);
}

/* The header section of the message is framer->head. */
static void deliver(SipFramer *framer, SipStream *stream, const NetMeta *meta, Str bytes,
                    uint32_t anomalies)
{
    const SipHead *head = &framer->head;
    bool doubtful = stream->doubtful;

    if (stream->junk)
        anomalies |= SIP_JUNK_BEFORE;
    if (head->first[SIP_HEADER_CONTENT_LENGTH] == 0)
        anomalies |= SIP_NO_LENGTH;

    g_autoptr(SipMessage) message =
        sip_message_build(framer->config.pool, meta, bytes, head, anomalies, false);

    stream->doubtful = false;
    /* A start line and nothing behind it stands in the body of many a NOTIFY
     * (message/sipfrag), where it is no message. */
    if (doubtful && head->n_headers == 0)
        return;
    /* One that contradicts CSeq has lost its beginning. */
    if (doubtful && (message->anomalies & SIP_CSEQ_METHOD_DIFFERS) != 0) {
        framer->stats.resyncs++;
        return;
    }
    stream->junk = false;
    sip_framer_deliver(framer, g_steal_pointer(&message));
}

/* The header section is not complete. */
static size_t wait_for_head(SipFramer *framer, SipStream *stream, Str bytes)
{
    if (bytes.len <= MAX_HEAD)
        return 0;
    framer->stats.too_large++;
    lose(stream);
    return sip_stream_skip_line(stream, bytes);
}

/* Without a length that can be read there is no body: what follows shows whether
 * that is true. */
static uint64_t message_len(const SipHead *head, Str bytes)
{
    uint32_t length = 0;

    sip_head_content_length(head, bytes, &length);
    return (uint64_t)head->len + length;
}

size_t sip_stream_message(SipFramer *framer, SipStream *stream, const SipPiece *piece)
{
    Str bytes = piece->bytes;
    SipHead *head = &framer->head;

    if (stream->lost)
        return find_again(framer, stream, piece);
    if (stream->need > bytes.len)
        return 0;
    if (stream->need == 0) {
        if (sip_lex_is_line_end(bytes.data[0]))
            return sip_stream_blank(framer, piece);
        if (stream->search.line == 0 && !sip_start_line_possible(bytes))
            return find_behind_junk(framer, stream, piece);
        if (!sip_head_find_end(bytes, &stream->search))
            return wait_for_head(framer, stream, bytes);
    }
    sip_head_scan(str_first(bytes, stream->search.line), head);

    uint64_t len = message_len(head, bytes);

    if (len > SIP_MAX_MESSAGE) {
        /* The header section is shown. The body, if there is one, is passed over
         * in search of the next start line. */
        framer->stats.too_large++;
        lose(stream);
        len = head->len;
    } else if (len > bytes.len) {
        stream->need = (size_t)len;
        return 0;
    }
    deliver(framer, stream, &piece->meta, str_first(bytes, (size_t)len), 0);
    return (size_t)len;
}

static size_t step(SipFramer *framer, SipStream *stream, const SipPiece *piece)
{
    switch (stream->kind) {
    case SIP_STREAM_UNKNOWN:
        return sip_stream_probe(framer, stream, piece);
    case SIP_STREAM_SIP:
        return sip_stream_message(framer, stream, piece);
    case SIP_STREAM_TLS:
        return sip_tls_step(framer, stream, piece);
    case SIP_STREAM_WEBSOCKET:
        return sip_websocket_step(framer, stream, piece);
    case SIP_STREAM_REFUSED:
        break;
    }
    return piece->bytes.len;
}

/* Bytes that wait from earlier payloads and those of the newest one. */
typedef struct Run {
    Str bytes;
    size_t n_old; /* how many of them waited */
    CaptureRef old_ref;
    bool start_payload;
    const NetMeta *meta;
} Run;

static CaptureRef ref_at(const Run *run, size_t at)
{
    return at < run->n_old ? run->old_ref : run->meta->first_ref;
}

/* Steps until nothing is left or more is needed; how much was used. A step that
 * uses nothing has changed what the next one looks for, or is the last. */
static size_t take_all(SipFramer *framer, SipStream *stream, const Run *run)
{
    SipPiece piece = { .meta = *run->meta };
    size_t at = 0;

    while (at < run->bytes.len) {
        SipStreamKind kind = stream->kind;
        bool lost = stream->lost;

        piece.bytes = str_from(run->bytes, at);
        piece.meta.first_ref = ref_at(run, at);
        piece.start_payload = run->start_payload && at == 0;

        size_t used = step(framer, stream, &piece);

        if (used == 0 && kind == stream->kind && lost == stream->lost)
            break;
        if (used > 0) {
            stream->search = (SipHeadSearch){ 0 };
            stream->need = 0;
        }
        at += used;
    }
    return at;
}

/* Keeps what was not used until more comes. */
static void keep(SipFramer *framer, SipStream *stream, const Run *run, size_t used)
{
    Str rest = str_from(run->bytes, used);
    SipUnfinished *unfinished = stream->unfinished;
    size_t n_fragments = unfinished != NULL ? unfinished->fragments->len : 0;

    if (rest.len == 0 && n_fragments == 0) {
        if (unfinished != NULL)
            cache_remove(framer->unfinished, unfinished);
        return;
    }
    unfinished = sip_framer_unfinished(framer, stream, run->meta);
    if (run->n_old > 0)
        g_byte_array_remove_range(unfinished->bytes, 0, (guint)used);
    else
        g_byte_array_append(unfinished->bytes, (const guint8 *)rest.data, (guint)rest.len);
    unfinished->meta = *run->meta;
    unfinished->meta.first_ref = ref_at(run, used);
    unfinished->start_payload = run->start_payload && used == 0;
    cache_touch(framer->unfinished, unfinished, run->meta->time);
    cache_grow(framer->unfinished, unfinished, sizeof(*unfinished) + rest.len + n_fragments);
}

void sip_stream_push(SipFramer *framer, SipStream *stream, const NetPayload *payload)
{
    SipUnfinished *unfinished = stream->unfinished;
    Run run = { .bytes = payload->bytes, .start_payload = true, .meta = &payload->meta };

    if (unfinished != NULL && unfinished->bytes->len > 0) {
        GByteArray *bytes = unfinished->bytes;

        run.n_old = bytes->len;
        run.old_ref = unfinished->meta.first_ref;
        run.start_payload = unfinished->start_payload;
        g_byte_array_append(bytes, (const guint8 *)payload->bytes.data, (guint)payload->bytes.len);
        run.bytes = (Str){ (const char *)bytes->data, bytes->len };
    }

    size_t used = take_all(framer, stream, &run);

    if (stream->kind != SIP_STREAM_REFUSED)
        keep(framer, stream, &run, used);
}

/* A body that is not complete may hold the next messages, when its length was a
 * lie: they are looked for. How much of the bytes was used. */
static size_t take_rest(SipFramer *framer, SipStream *stream, Run run, uint32_t anomalies)
{
    size_t at = 0;

    while (stream->need > 0) {
        NetMeta meta = *run.meta;
        size_t end = sip_start_line_next(run.bytes, stream->search.line);

        meta.first_ref = run.old_ref;
        sip_head_scan(str_first(run.bytes, stream->search.line), &framer->head);
        deliver(framer, stream, &meta, str_first(run.bytes, end),
                end < run.bytes.len ? 0 : anomalies);
        stream->search = (SipHeadSearch){ 0 };
        stream->need = 0;
        stream->doubtful = true;
        run.bytes = str_from(run.bytes, end);

        size_t used = take_all(framer, stream, &run);

        run.bytes = str_from(run.bytes, used);
        at += end + used;
    }
    return at;
}

void sip_stream_give_up(SipFramer *framer, SipUnfinished *unfinished, uint32_t anomalies)
{
    SipStream *stream = unfinished->stream;
    Run run = {
        .bytes = { (const char *)unfinished->bytes->data, unfinished->bytes->len },
        .n_old = unfinished->bytes->len,
        .old_ref = unfinished->meta.first_ref,
        .meta = &unfinished->meta,
    };
    bool in_sip = stream->kind == SIP_STREAM_SIP && !stream->lost;
    bool in_frames = stream->kind == SIP_STREAM_WEBSOCKET && !stream->lost;
    size_t used = in_sip ? take_rest(framer, stream, run, anomalies) : 0;
    bool left = used < run.bytes.len && !sip_lex_is_line_end(run.bytes.data[used]);

    if ((left && in_sip) || in_frames)
        framer->stats.resyncs++;
    lose(stream);
    stream->search = (SipHeadSearch){ 0 };
    stream->need = 0;
    stream->in_message = false;
}

void sip_stream_gap(SipFramer *framer, SipStream *stream)
{
    if (stream->unfinished != NULL) {
        sip_stream_give_up(framer, stream->unfinished, SIP_CUT_SHORT);
        cache_remove(framer->unfinished, stream->unfinished);
    }
    lose(stream);
    stream->junk = false;
    stream->skip = 0;
    stream->in_message = false;
}
