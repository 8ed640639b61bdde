/*
 * SIP, WebSocket and TLS in a TCP stream: however it is cut into segments, the
 * same messages come out. The first byte decides how it is cut. Where a message
 * was lost or stands behind junk the cuts may matter: a start line at the
 * beginning of a segment is believed sooner.
 */

#include <glib.h>

#include "fuzz.h"
#include "sip/framer.h"

typedef struct Count {
    uint64_t messages;
    uint64_t bytes;
    uint64_t keepalives;
    bool torn;
} Count;

static void on_message(SipMessage *message, void *user)
{
    Count *count = user;

    count->messages++;
    count->bytes += message->raw.len;
    count->torn |= (message->anomalies & (SIP_JUNK_BEFORE | SIP_CUT_SHORT)) != 0;
    sip_message_unref(message);
}

static void on_keepalive(const NetMeta *meta, SipKeepalive kind, void *user)
{
    ((Count *)user)->keepalives++;
}

static bool on_tls(const NetMeta *meta, bool client_hello, void *user)
{
    return true;
}

static Count run(Str bytes, size_t piece)
{
    Count count = { 0 };
    SipSink sink = { on_message, on_keepalive, on_tls, NULL, &count };
    g_autoptr(SipFramer) framer = sip_framer_new(&sip_framer_config_default, &sink);
    NetPayload payload = { .kind = NET_STREAM_DATA, .stream = 1, .reverse = 2 };

    payload.meta.flow.transport = NET_TCP;
    payload.meta.flow.src.port = 5060;
    payload.meta.flow.dst.port = 5060;
    while (bytes.len > 0) {
        payload.meta.ref.frame++;
        payload.bytes = str_first(bytes, piece);
        bytes = str_from(bytes, piece);
        if (sip_framer_push(framer, &payload) == NET_NOT_INTERESTED)
            break;
    }
    payload.kind = NET_STREAM_END;
    payload.bytes = STR_NONE;
    sip_framer_push(framer, &payload);
    sip_framer_finish(framer);

    const SipFramerStats *stats = sip_framer_stats(framer);

    count.torn |= stats->resyncs > 0 || stats->too_large > 0 || stats->cut_short > 0;
    return count;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Reader input = fuzz_reader(data, size);
    size_t piece = reader_u8(&input) + 16; /* shorter ones are too short to be judged at once */
    Str bytes = reader_rest(&input);
    Count pieces = run(bytes, piece);
    Count whole = run(bytes, 32768);

    /* What begins like nothing known is given up after the first piece. */
    if (sip_looks_like_message(str_first(bytes, 16 + 1)) && !pieces.torn && !whole.torn)
        fuzz_check(pieces.messages == whole.messages && pieces.bytes == whole.bytes);
    fuzz_check(pieces.bytes <= bytes.len + pieces.messages);
    return 0;
}
