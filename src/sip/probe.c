/*
 * What kind of stream is this? Asked of the first bytes of every TCP
 * connection, on any port.
 *
 * A stream that the capture shows from its beginning has to show at once what
 * it is. One that began earlier gets a while to come to the start of a message.
 */

#include "lex.h"
#include "start_line.h"
#include "stream.h"

/* What a stream that began before the capture may bring without showing SIP,
 * and what an HTTP request for an upgrade may take. */
#define MAX_PROBE 16384

/* A request or an answer that turns the connection into a WebSocket (RFC 6455
 * section 4), judged by its header section. */
static bool is_upgrade(Str section)
{
    SipHead head;

    sip_head_scan(section, &head);
    for (unsigned i = 0; i < head.n_headers; i++) {
        const SipHeader *header = &head.headers[i];
        Str name = str_first(str_from(section, header->name_at), header->name_len);
        Str value = str_first(str_from(section, header->value_at), header->value_len);

        if (str_equal_nocase(name, STR("Upgrade")) && str_contains_nocase(value, STR("websocket")))
            return true;
    }
    return false;
}

static bool begins_http(Str bytes)
{
    return str_starts(bytes, str_first(STR("GET "), bytes.len))
           || str_starts(bytes, str_first(STR("HTTP/1.1 101"), bytes.len));
}

/* Only the upgrade is of interest. What was used of the bytes. */
static size_t probe_http(SipFramer *framer, SipStream *stream, const SipPiece *piece)
{
    if (!sip_head_find_end(piece->bytes, &stream->search)) {
        if (piece->bytes.len > MAX_PROBE)
            stream->kind = SIP_STREAM_REFUSED;
        return 0;
    }

    size_t len = stream->search.line;

    if (len <= MAX_PROBE && is_upgrade(str_first(piece->bytes, len)))
        sip_websocket_begin(framer, stream);
    else
        stream->kind = SIP_STREAM_REFUSED;
    return len;
}

/* Nothing known begins here. */
static size_t skip_line(SipStream *stream, Str bytes)
{
    size_t skipped = sip_stream_skip_line(stream, bytes);

    stream->probed += (uint32_t)skipped;
    if (!stream->lost || stream->probed > MAX_PROBE)
        stream->kind = SIP_STREAM_REFUSED;
    return skipped;
}

/* SIP text, or the lines between which it may begin. */
static size_t probe_text(SipFramer *framer, SipStream *stream, const SipPiece *piece)
{
    size_t at;

    if (stream->mid_line)
        return skip_line(stream, piece->bytes);
    if (sip_lex_is_line_end(piece->bytes.data[0]))
        return sip_stream_blank(framer, piece);
    if (stream->lost && sip_start_line_find(piece->bytes, &at)) {
        stream->kind = SIP_STREAM_SIP;
        return at;
    }
    if (sip_looks_like_message(piece->bytes)) {
        stream->kind = SIP_STREAM_SIP;
        return 0;
    }
    if (begins_http(piece->bytes))
        return probe_http(framer, stream, piece);
    return sip_start_line_possible(piece->bytes) ? 0 : skip_line(stream, piece->bytes);
}

size_t sip_stream_probe(SipFramer *framer, SipStream *stream, const SipPiece *piece)
{
    SipGuess tls = SIP_GUESS_NO;
    SipGuess websocket = SIP_GUESS_NO;

    if (piece->start_payload || !stream->mid_line) {
        tls = sip_tls_guess(piece->bytes);
        websocket = sip_websocket_guess(piece->bytes);
    }
    if (tls == SIP_GUESS_YES)
        sip_tls_begin(framer, stream, piece);
    else if (websocket == SIP_GUESS_YES)
        sip_websocket_begin(framer, stream);
    else if (tls == SIP_GUESS_NO && websocket == SIP_GUESS_NO)
        return probe_text(framer, stream, piece);
    return 0;
}
