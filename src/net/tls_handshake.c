/*
 * The part of a TLS handshake that is in clear: what the phone offers, what the
 * server chooses, who the server says it is (RFC 5246 section 7.4, RFC 8446
 * section 4). Why the two did not agree is mostly written here: an old version,
 * no name of the server, a certificate for another host.
 */

#include "tls_handshake.h"

#include "base/reader.h"

#define CLIENT_HELLO 1
#define SERVER_HELLO 2
#define CERTIFICATE 11
#define CERTIFICATE_REQUEST 13

#define EXTENSION_SERVER_NAME 0
#define EXTENSION_PROTOCOLS 16
#define EXTENSION_VERSIONS 43

#define RANDOM_LEN 32
#define MAX_HOST 255 /* RFC 1035 section 3.1 */

/* --- vectors, RFC 8446 section 3.4 ---------------------------------------- */

/* What is there of a vector; short_read tells when that is not all. */
static Str take_some(Reader *reader, size_t len)
{
    size_t left = reader_left(reader);
    Str bytes = reader_take(reader, MIN(len, left));

    reader->short_read |= len > left;
    return bytes;
}

static Str take_vector8(Reader *reader)
{
    return take_some(reader, reader_u8(reader));
}

static Str take_vector16(Reader *reader)
{
    return take_some(reader, reader_be16(reader));
}

static size_t take_len24(Reader *reader)
{
    size_t high = reader_u8(reader);

    return high << 16 | reader_be16(reader);
}

static Str keep(GStringChunk *text, Str s)
{
    return (Str){ g_string_chunk_insert_len(text, s.data, (gssize)s.len), s.len };
}

/* --- hellos --------------------------------------------------------------- */

typedef struct Hello {
    NetTlsSeen *seen;
    GStringChunk *text;
    uint16_t version;
    Nsec clock;
    Str random;
    bool malformed;
} Hello;

static void take_random(Reader *reader, Hello *hello)
{
    hello->random = reader_take(reader, RANDOM_LEN);
    if (!str_present(hello->random))
        return;

    Reader random = reader_of(hello->random);

    hello->clock = reader_be32(&random) * NSEC_SEC;
}

/* RFC 6066 section 3: a list of names, of which only host names exist. What is
 * too long for a host name is none. */
static void read_server_name(Hello *hello, Str body)
{
    Reader list = reader_of(body);

    reader_be16(&list); /* the length of the list */

    uint8_t kind = reader_u8(&list);
    Str name = take_vector16(&list);

    hello->malformed |= list.short_read || name.len > MAX_HOST;
    if (kind == 0 && !list.short_read && name.len <= MAX_HOST)
        hello->seen->client.server_name = keep(hello->text, name);
}

/* RFC 8701: clients offer numbers without a meaning, 0x?a?a, to keep servers tolerant. */
static bool is_version(uint16_t version)
{
    return version >> 8 == 3;
}

static void read_versions(Hello *hello, Str body)
{
    NetTlsClientHello *client = &hello->seen->client;
    Reader reader = reader_of(body);
    Reader list = reader_of(take_vector8(&reader));
    uint16_t lowest = UINT16_MAX, highest = 0;

    while (reader_left(&list) >= 2) {
        uint16_t version = reader_be16(&list);

        if (is_version(version)) {
            lowest = MIN(lowest, version);
            highest = MAX(highest, version);
        }
        client->offers_13 |= version == NET_TLS_13;
    }
    hello->malformed |= reader.short_read || reader_left(&list) > 0;
    if (highest > 0) {
        client->version = highest;
        client->lowest = lowest;
    }
}

static void read_protocols(Hello *hello, Str body)
{
    NetTlsClientHello *client = &hello->seen->client;
    Reader reader = reader_of(body);
    Reader list = reader_of(take_vector16(&reader));

    while (reader_left(&list) > 0) {
        Str name = take_vector8(&list);

        if (!list.short_read && client->n_protocols < G_N_ELEMENTS(client->protocols))
            client->protocols[client->n_protocols++] = keep(hello->text, name);
    }
    hello->malformed |= reader.short_read || list.short_read;
}

static void read_client_extension(Hello *hello, uint16_t type, Str body)
{
    if (type == EXTENSION_SERVER_NAME && !str_present(hello->seen->client.server_name))
        read_server_name(hello, body);
    else if (type == EXTENSION_VERSIONS)
        read_versions(hello, body);
    else if (type == EXTENSION_PROTOCOLS && hello->seen->client.n_protocols == 0)
        read_protocols(hello, body);
}

static void read_server_extension(Hello *hello, uint16_t type, Str body)
{
    NetTlsServerHello *server = &hello->seen->server;
    Reader reader = reader_of(body);

    if (type == EXTENSION_VERSIONS) {
        uint16_t version = reader_be16(&reader);

        if (!reader.short_read)
            server->version = version;
    } else if (type == EXTENSION_PROTOCOLS && !str_present(server->protocol)) {
        Reader list = reader_of(take_vector16(&reader));
        Str name = take_vector8(&list);

        reader.short_read |= list.short_read;
        if (!reader.short_read)
            server->protocol = keep(hello->text, name);
    }
    hello->malformed |= reader.short_read;
}

static void read_extensions(Reader *reader, Hello *hello,
                            void (*read)(Hello *hello, uint16_t type, Str body))
{
    if (reader_left(reader) == 0) /* there were none before TLS 1.2 */
        return;

    Reader list = reader_of(take_vector16(reader));

    while (reader_left(&list) > 0) {
        uint16_t type = reader_be16(&list);
        Str body = take_vector16(&list);

        if (!list.short_read)
            read(hello, type, body);
    }
    reader->short_read |= list.short_read;
}

static uint32_t read_client_hello(const NetTlsMessage *message, Hello *hello)
{
    NetTlsClientHello *client = &hello->seen->client;
    Reader reader = reader_of(message->body);

    client->version = client->lowest = reader_be16(&reader);
    take_random(&reader, hello);
    client->clock = hello->clock;
    take_vector8(&reader); /* session id */
    client->n_ciphers = (unsigned)(take_vector16(&reader).len / 2);
    take_vector8(&reader); /* compression */
    read_extensions(&reader, hello, read_client_extension);
    hello->malformed |= reader.short_read;
    return NET_TLS_CLIENT_HELLO;
}

/* RFC 8446 section 4.1.3: the "random" of a server that asks for another hello. */
static bool is_retry(Str random)
{
    return str_equal(random,
                     STR("\xcf\x21\xad\x74\xe5\x9a\x61\x11\xbe\x1d\x8c\x02\x1e\x65\xb8\x91"
                         "\xc2\xa2\x11\x16\x7a\xbb\x8c\x5e\x07\x9e\x09\xe2\xc8\xa8\x33\x9c"));
}

static uint32_t read_server_hello(const NetTlsMessage *message, Hello *hello)
{
    NetTlsServerHello *server = &hello->seen->server;
    Reader reader = reader_of(message->body);

    server->version = reader_be16(&reader);
    take_random(&reader, hello);
    take_vector8(&reader); /* session id */
    server->cipher = reader_be16(&reader);
    reader_u8(&reader); /* compression */
    read_extensions(&reader, hello, read_server_extension);
    hello->malformed |= reader.short_read;

    bool retry = is_retry(hello->random);

    server->clock = retry ? NSEC_NONE : hello->clock;
    return retry ? NET_TLS_RETRY : NET_TLS_SERVER_HELLO;
}

static uint32_t read_hello(const NetTlsMessage *message, NetTlsSeen *seen, GStringChunk *text)
{
    Hello hello = { .seen = seen, .text = text, .clock = NSEC_NONE };
    Reader reader = reader_of(message->body);

    if (!is_version(reader_be16(&reader)))
        return message->whole ? NET_TLS_MALFORMED : 0;

    uint32_t sights = message->type == CLIENT_HELLO ? read_client_hello(message, &hello)
                                                    : read_server_hello(message, &hello);

    return hello.malformed && message->whole ? sights | NET_TLS_MALFORMED : sights;
}

/* --- certificates ---------------------------------------------------------- */

/* RFC 5246 section 7.4.2: the sender's own first, then who signed it. In TLS 1.3
 * the message has another form, but is never in clear. */
static uint32_t read_certificates(const NetTlsMessage *message, NetTlsSeen *seen)
{
    Reader reader = reader_of(message->body);
    Reader list = reader_of(take_some(&reader, take_len24(&reader)));

    while (reader_left(&list) > 0) {
        size_t len = take_len24(&list);
        Str der = take_some(&list, len);

        if (seen->n_certificates == 0)
            seen->certificate_len = len;
        if (list.short_read)
            break;
        if (seen->n_certificates++ == 0)
            seen->certificate = net_certificate_parse(der);
    }

    bool malformed = reader.short_read || list.short_read || reader_left(&reader) > 0;

    return malformed && message->whole ? NET_TLS_CERTIFICATE | NET_TLS_MALFORMED
                                       : NET_TLS_CERTIFICATE;
}

/* --- messages ---------------------------------------------------------------- */

bool net_tls_handshake_is_plausible(Str header)
{
    Reader reader = reader_of(header);
    uint8_t type = reader_u8(&reader);

    /* RFC 8446 appendix B.3, with those of the versions before. */
    return (type <= 6 || type == 8 || (type >= 11 && type <= 16) || (type >= 20 && type <= 24))
           && take_len24(&reader) <= UINT16_MAX;
}

uint32_t net_tls_handshake_read(const NetTlsMessage *message, NetTlsSeen *seen, GStringChunk *text)
{
    switch (message->type) {
    case CLIENT_HELLO:
        return seen->sights & NET_TLS_CLIENT_HELLO ? 0 : read_hello(message, seen, text);
    case SERVER_HELLO:
        return seen->sights & NET_TLS_SERVER_HELLO ? 0 : read_hello(message, seen, text);
    case CERTIFICATE:
        return seen->sights & NET_TLS_CERTIFICATE ? 0 : read_certificates(message, seen);
    case CERTIFICATE_REQUEST:
        return NET_TLS_CERTIFICATE_REQUEST;
    default:
        return 0;
    }
}
