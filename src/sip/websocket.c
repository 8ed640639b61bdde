/*
 * SIP inside of WebSocket frames (RFC 7118, RFC 6455 section 5): what browsers
 * register with.
 *
 * One WebSocket message is one SIP message, and the frame bounds it. Frames
 * from the browser are masked, so the text is in no capture in clear. With
 * permessage-deflate (RFC 7692) it cannot be read at all.
 */

#include "base/reader.h"
#include "lex.h"
#include "stream.h"

typedef enum Opcode {
    CONTINUATION = 0,
    TEXT = 1,
    BINARY = 2,
    CLOSE = 8,
    PING = 9,
    PONG = 10,
} Opcode;

/* RFC 6455 section 5.5. */
#define MAX_CONTROL 125

/* Bytes of the payload that show whether it is SIP. */
#define LOOK_AT 16

typedef struct Frame {
    uint8_t opcode;
    bool fin;
    bool compressed;
    bool valid;
    bool masked;
    uint8_t mask[4];
    uint64_t len;
    size_t header_len;
} Frame;

static uint64_t read_len(Reader *reader, uint8_t short_len)
{
    if (short_len == 126)
        return reader_be16(reader);
    if (short_len < 126)
        return short_len;

    uint64_t high = reader_be32(reader);

    return high << 32 | reader_be32(reader);
}

static bool is_opcode(uint8_t opcode)
{
    return opcode <= BINARY || (opcode >= CLOSE && opcode <= PONG);
}

/* False: the header is not there yet. */
static bool read_header(Str bytes, Frame *frame)
{
    Reader reader = reader_of(bytes);
    uint8_t flags = reader_u8(&reader);
    uint8_t short_len = reader_u8(&reader);

    *frame = (Frame){
        .opcode = flags & 0x0f,
        .fin = flags & 0x80,
        .compressed = flags & 0x40,
        .masked = short_len & 0x80,
    };
    frame->len = read_len(&reader, short_len & 0x7f);
    for (unsigned i = 0; frame->masked && i < sizeof(frame->mask); i++)
        frame->mask[i] = reader_u8(&reader);
    frame->header_len = bytes.len - reader_left(&reader);

    bool control = frame->opcode >= CLOSE;

    frame->valid = is_opcode(frame->opcode) && (flags & 0x30) == 0 && frame->len <= INT64_MAX
                   && (!control || (frame->fin && !frame->compressed && frame->len <= MAX_CONTROL));
    return !reader.short_read;
}

static char unmask(const Frame *frame, char c, size_t at)
{
    return frame->masked ? (char)((uint8_t)c ^ frame->mask[at % 4]) : c;
}

static bool is_line_ends(Str text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (!sip_lex_is_line_end(text.data[i]))
            return false;
    }
    return text.len > 0;
}

/* Whether the first bytes of a message are a method that we know, a response or
 * a keep-alive. */
static bool begins_like_sip(Str text)
{
    Str method;
    Str rest;

    if (is_line_ends(text))
        return true;
    return str_starts(text, STR("SIP/2.0 "))
           || (str_split(text, ' ', &method, &rest) && sip_method_of(method) != SIP_METHOD_OTHER);
}

SipGuess sip_websocket_guess(Str bytes)
{
    Frame frame;
    char text[LOOK_AT];
    uint8_t flags = bytes.len > 0 ? (uint8_t)bytes.data[0] : TEXT;

    if ((flags & 0x70) != 0 || ((flags & 0x0f) != TEXT && (flags & 0x0f) != BINARY))
        return SIP_GUESS_NO;
    if (!read_header(bytes, &frame))
        return SIP_GUESS_MORE;

    Str payload = str_from(bytes, frame.header_len);
    size_t enough = MIN(frame.len, LOOK_AT);

    if (!frame.valid || frame.len < 2 || frame.len > SIP_MAX_MESSAGE)
        return SIP_GUESS_NO;
    if (payload.len < enough)
        return SIP_GUESS_MORE;
    for (size_t i = 0; i < enough; i++)
        text[i] = unmask(&frame, payload.data[i], i);
    return begins_like_sip((Str){ text, enough }) ? SIP_GUESS_YES : SIP_GUESS_NO;
}

void sip_websocket_begin(SipFramer *framer, SipStream *stream)
{
    if (!sip_framer_reverse_is(framer, stream, SIP_STREAM_WEBSOCKET))
        framer->stats.websockets++;
    stream->kind = SIP_STREAM_WEBSOCKET;
    stream->lost = stream->mid_line = false;
}

/* Nothing more of the message that is being put together is wanted. */
static void discard(SipFramer *framer, SipStream *stream)
{
    framer->stats.too_large++;
    stream->discard = true;
    if (stream->unfinished != NULL)
        g_byte_array_set_size(stream->unfinished->fragments, 0);
}

/* RFC 7118 section 6: a whole message, or line ends that keep the path open. */
static void take_message(SipFramer *framer, SipStream *stream, const NetMeta *meta, Str text)
{
    if (is_line_ends(text)) {
        sip_framer_keepalive(framer, meta,
                             text.len < 4 ? SIP_KEEPALIVE_CRLF : SIP_KEEPALIVE_CRLFCRLF);
        return;
    }
    while (text.len > 0 && sip_lex_is_line_end(text.data[0]))
        text = str_from(text, 1);
    if (sip_looks_like_message(text)) {
        stream->found_sip = true;
        sip_head_scan(text, &framer->head);
        sip_framer_deliver(
            framer, sip_message_build(framer->config.pool, meta, text, &framer->head, 0, true));
    } else if (text.len > 0) {
        framer->stats.not_sip++;
        if (!stream->found_sip)
            stream->kind = SIP_STREAM_REFUSED;
    }
}

/* Where the text of this frame goes: behind the fragments before it, if it is
 * one of several. */
static GByteArray *place_for(SipFramer *framer, SipStream *stream, const Frame *frame,
                             NetMeta *meta)
{
    if (frame->fin && frame->opcode != CONTINUATION)
        return framer->frame;

    SipUnfinished *unfinished = sip_framer_unfinished(framer, stream, meta);

    if (frame->opcode != CONTINUATION)
        unfinished->fragments_ref = meta->first_ref;
    meta->first_ref = unfinished->fragments_ref;
    return unfinished->fragments;
}

static void append(GByteArray *text, const Frame *frame, Str payload)
{
    guint before = text->len;

    g_byte_array_set_size(text, before + (guint)payload.len);
    for (size_t i = 0; i < payload.len; i++)
        text->data[before + i] = (uint8_t)unmask(frame, payload.data[i], i);
}

/* A frame that belongs to no message is the rest of one whose start was lost. */
static bool belongs(SipStream *stream, const Frame *frame)
{
    bool wanted = frame->opcode != CONTINUATION || (stream->in_message && !stream->discard);

    if (frame->opcode != CONTINUATION) {
        stream->discard = false;
        if (stream->unfinished != NULL)
            g_byte_array_set_size(stream->unfinished->fragments, 0);
    }
    stream->in_message = !frame->fin;
    return wanted;
}

/* The frame has come whole: on its own, or as one of several of a message. */
static void take_data(SipFramer *framer, SipStream *stream, const SipPiece *piece,
                      const Frame *frame)
{
    NetMeta meta = piece->meta;

    if (!belongs(stream, frame))
        return;

    GByteArray *text = place_for(framer, stream, frame, &meta);

    if (text->len + frame->len > SIP_MAX_MESSAGE) {
        discard(framer, stream);
        return;
    }
    append(text, frame, str_first(str_from(piece->bytes, frame->header_len), frame->len));
    if (!frame->fin)
        return;
    take_message(framer, stream, &meta, (Str){ (const char *)text->data, text->len });
    g_byte_array_set_size(text, 0);
}

/* Behind a hole nobody knows where a frame begins. The start of a payload is
 * likely, and what begins like SIP there is no accident. */
static bool find_again(SipStream *stream, const SipPiece *piece)
{
    if (piece->start_payload && sip_websocket_guess(piece->bytes) == SIP_GUESS_YES)
        stream->lost = false;
    return !stream->lost;
}

static void take_frame(SipFramer *framer, SipStream *stream, const SipPiece *piece,
                       const Frame *frame)
{
    if (frame->opcode == PING || frame->opcode == PONG)
        sip_framer_keepalive(framer, &piece->meta, SIP_KEEPALIVE_WEBSOCKET);
    else if (frame->opcode != CLOSE)
        take_data(framer, stream, piece, frame);
}

size_t sip_websocket_step(SipFramer *framer, SipStream *stream, const SipPiece *piece)
{
    Frame frame;

    if (stream->skip > 0) {
        size_t skip = MIN(stream->skip, piece->bytes.len);

        stream->skip -= skip;
        return skip;
    }
    if (stream->lost && !find_again(stream, piece))
        return piece->bytes.len;
    if (!read_header(piece->bytes, &frame))
        return 0;
    if (!frame.valid || frame.compressed) {
        framer->stats.websockets_compressed += frame.valid;
        stream->kind = SIP_STREAM_REFUSED;
        return piece->bytes.len;
    }
    if (frame.len > SIP_MAX_MESSAGE) {
        stream->in_message = !frame.fin;
        discard(framer, stream);
        stream->skip = frame.len;
        return frame.header_len;
    }
    if (piece->bytes.len - frame.header_len < frame.len)
        return 0;
    take_frame(framer, stream, piece, &frame);
    return frame.header_len + (size_t)frame.len;
}
