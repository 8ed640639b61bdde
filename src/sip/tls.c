/*
 * TLS, from the outside.
 *
 * What is inside cannot be read, but that it is there has to be known: a
 * capture of "no registration at all" is one thing with TLS on port 5061 and
 * another without. Records are counted by their headers (RFC 8446 section 5.1)
 * and nothing is kept; handshake.c looks closer.
 */

#include "lex.h"
#include "stream.h"

#define HEADER_LEN 5
#define HANDSHAKE 22
#define CLIENT_HELLO 1

/* RFC 5246 section 6.2.3: 2^14 and 2048 more when encrypted. */
#define MAX_RECORD (16384 + 2048)

/* Change cipher spec, alert, handshake, application data; SSL 3.0 to TLS 1.3,
 * which all call themselves 3.x. */
static bool is_record(uint8_t type, uint8_t major, uint8_t minor)
{
    return type >= 20 && type <= 23 && major == 3 && minor <= 4;
}

SipGuess sip_tls_guess(Str bytes)
{
    static const uint8_t example[] = { HANDSHAKE, 3, 0 };
    uint8_t start[3];

    for (size_t i = 0; i < sizeof(start); i++)
        start[i] = i < bytes.len ? (uint8_t)bytes.data[i] : example[i];
    if (!is_record(start[0], start[1], start[2]))
        return SIP_GUESS_NO;
    if (bytes.len <= HEADER_LEN)
        return SIP_GUESS_MORE;

    unsigned len = (unsigned)((uint8_t)bytes.data[3] << 8 | (uint8_t)bytes.data[4]);

    return len > 0 && len <= MAX_RECORD ? SIP_GUESS_YES : SIP_GUESS_NO;
}

void sip_tls_begin(SipFramer *framer, SipStream *stream, const SipPiece *piece)
{
    bool client_hello =
        piece->bytes.data[0] == HANDSHAKE && piece->bytes.data[HEADER_LEN] == CLIENT_HELLO;

    if (!sip_framer_reverse_is(framer, stream, SIP_STREAM_TLS))
        framer->stats.tls_streams++;
    stream->kind = SIP_STREAM_TLS;
    if (framer->sink.tls != NULL && framer->sink.tls(&piece->meta, client_hello, framer->sink.user))
        sip_handshake_begin(framer, stream, piece->meta.time);
    stream->lost = stream->mid_line = false;
}

/* The header is complete: how long the record is. What makes no sense is not
 * guessed at; the next payload may begin with a record again. */
static void begin_record(SipFramer *framer, SipStream *stream)
{
    const uint8_t *header = stream->tls_header;

    stream->tls_have = 0;
    stream->tls_left = (uint16_t)(header[3] << 8 | header[4]);
    stream->lost = !is_record(header[0], header[1], header[2]) || stream->tls_left > MAX_RECORD;
    if (!stream->lost)
        framer->stats.tls_records++;
}

size_t sip_tls_step(SipFramer *framer, SipStream *stream, const SipPiece *piece)
{
    Str bytes = piece->bytes;
    size_t at = 0;

    sip_handshake_push(framer, stream, piece);
    if (stream->lost && sip_tls_guess(bytes) == SIP_GUESS_YES) {
        stream->lost = false;
        stream->tls_left = stream->tls_have = 0;
    }
    while (at < bytes.len && !stream->lost) {
        size_t skip = MIN(stream->tls_left, bytes.len - at);

        stream->tls_left = (uint16_t)(stream->tls_left - skip);
        at += skip;
        if (at == bytes.len)
            break;
        stream->tls_header[stream->tls_have++] = (uint8_t)bytes.data[at++];
        if (stream->tls_have == HEADER_LEN)
            begin_record(framer, stream);
    }
    return bytes.len;
}
