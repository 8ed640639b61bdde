/*
 * One direction of TLS: however its bytes are cut into pieces, the same is
 * seen. The first byte decides how they are cut. Once the records are lost, a
 * piece that begins like one is believed, so that the cuts matter.
 */

#include "net/tls.h"
#include "fuzz.h"

static void feed(NetTlsStream *stream, Str bytes, size_t piece)
{
    while (bytes.len > 0) {
        net_tls_stream_push(stream, str_first(bytes, piece));
        bytes = str_from(bytes, piece);
    }
}

static bool is_whole(const NetTlsSeen *seen)
{
    return (seen->sights & (NET_TLS_MALFORMED | NET_TLS_GAP | NET_TLS_FOREIGN | NET_TLS_CUT)) == 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Reader input = fuzz_reader(data, size);
    size_t piece = reader_u8(&input) % 61 + 1;
    Str bytes = reader_rest(&input);
    g_autoptr(NetTlsStream) whole = net_tls_stream_new();
    g_autoptr(NetTlsStream) pieces = net_tls_stream_new();
    g_autoptr(NetCertificate) certificate = net_certificate_parse(bytes);

    if (certificate != NULL)
        net_certificate_match(certificate, STR("sip.example.com"));
    feed(whole, bytes, bytes.len + 1);
    feed(pieces, bytes, piece);

    const NetTlsSeen *a = net_tls_stream_seen(whole), *b = net_tls_stream_seen(pieces);

    if (!is_whole(a) || !is_whole(b))
        return 0;
    fuzz_check(a->sights == b->sights && a->n_records == b->n_records);
    fuzz_check(a->n_alerts == b->n_alerts && a->n_data == b->n_data);
    fuzz_check(str_equal(a->client.server_name, b->client.server_name));
    fuzz_check((a->certificate == NULL) == (b->certificate == NULL));
    net_tls_client_gave_up(a, b);
    return 0;
}
