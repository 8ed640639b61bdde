/*
 * TLS records (RFC 5246 section 6, RFC 8446 section 5), one direction of a
 * connection: which came, in what order, and what those in clear say.
 *
 * The framing is all that stays readable once encryption begins, so it is
 * followed to the end, also across holes that lie within one record. Handshake
 * messages may be cut into records at will and are put together again, up to a
 * limit; everything else is read where it lies.
 */

#include "net/tls.h"

#include <stdio.h>

#include "base/reader.h"
#include "tls_alert.h"
#include "tls_handshake.h"
#include "wire.h"

#define HEADER_LEN 5

/* RFC 5246 section 6.2.3: 2^14 and 2048 more when encrypted. */
#define MAX_RECORD (16384 + 2048)

/* Two bytes and the shortest proof of integrity there is, of 16 bytes, or of 8
 * with an explicit nonce of 8 (RFC 6655 section 3). */
#define SEALED_ALERT 18

typedef enum RecordType {
    RECORD_OTHER = 0, /* passed over */
    RECORD_CHANGE_CIPHER = 20,
    RECORD_ALERT = 21,
    RECORD_HANDSHAKE = 22,
    RECORD_DATA = 23,
    RECORD_HEARTBEAT = 24,
} RecordType;

typedef enum Place {
    AT_START,
    IN_RECORDS,
    LOST, /* where the next record begins is not known */
    OVER, /* no TLS */
} Place;

struct NetTlsStream {
    NetTlsSeen seen;
    uint32_t fresh; /* what the current call brought */
    Place place;

    uint8_t header[HEADER_LEN];
    size_t header_len;
    uint8_t type;
    uint16_t len;  /* of the current record */
    uint16_t left; /* of that, to come */

    GStringChunk *text;
    GByteArray *handshake; /* messages without their end; NULL when there are none */
    size_t handshake_total;
    bool handshake_over;   /* encrypted from here on, or enough */
    bool handshake_unsure; /* bytes were missing: it may be encrypted */

    NetTlsHalfAlert alert;
};

static void saw(NetTlsStream *stream, uint32_t sights)
{
    stream->fresh |= sights;
    stream->seen.sights |= sights;
}

/* --- handshake ------------------------------------------------------------ */

static void read_message(NetTlsStream *stream, Str bytes, bool whole)
{
    NetTlsMessage message = {
        .type = net_wire_u8(bytes, 0),
        .body = str_from(bytes, NET_TLS_MESSAGE_HEADER),
        .whole = whole,
    };

    saw(stream, net_tls_handshake_read(&message, &stream->seen, stream->text));
}

/* No more is to come of the message that is being collected. */
static void drop_handshake(NetTlsStream *stream)
{
    GByteArray *bytes = g_steal_pointer(&stream->handshake);

    if (bytes == NULL)
        return;
    if (bytes->len > NET_TLS_MESSAGE_HEADER && !stream->handshake_unsure)
        read_message(stream, (Str){ (const char *)bytes->data, bytes->len }, false);
    g_byte_array_unref(bytes);
}

static void close_handshake(NetTlsStream *stream)
{
    drop_handshake(stream);
    stream->handshake_over = true;
}

/* Behind a hole, what calls itself handshake may well be encrypted. */
static bool is_believable(NetTlsStream *stream, Str bytes)
{
    if (stream->handshake_unsure && bytes.len >= NET_TLS_MESSAGE_HEADER) {
        stream->handshake_unsure = false;
        stream->handshake_over = !net_tls_handshake_is_plausible(bytes);
    }
    return !stream->handshake_over;
}

static void read_messages(NetTlsStream *stream)
{
    GByteArray *array = stream->handshake;
    Str bytes = { (const char *)array->data, array->len };

    while (bytes.len >= NET_TLS_MESSAGE_HEADER && is_believable(stream, bytes)) {
        size_t len = NET_TLS_MESSAGE_HEADER + (net_wire_be32(bytes, 0) & 0xffffff);

        if (bytes.len < len)
            break;
        read_message(stream, str_first(bytes, len), true);
        bytes = str_from(bytes, len);
    }
    g_byte_array_remove_range(array, 0, array->len - (guint)bytes.len);
    if (bytes.len == 0 || stream->handshake_over)
        g_clear_pointer(&stream->handshake, g_byte_array_unref);
}

static void take_handshake(NetTlsStream *stream, Str content)
{
    if (stream->handshake_over || content.len == 0)
        return;

    Str bytes = str_first(content, NET_TLS_HANDSHAKE - stream->handshake_total);

    if (stream->handshake == NULL)
        stream->handshake = g_byte_array_new();
    g_byte_array_append(stream->handshake, (const guint8 *)bytes.data, (guint)bytes.len);
    stream->handshake_total += bytes.len;
    read_messages(stream);
    if (bytes.len < content.len) {
        saw(stream, NET_TLS_CUT);
        close_handshake(stream);
    }
}

/* --- records --------------------------------------------------------------- */

static bool is_record(Str header)
{
    uint8_t type = net_wire_u8(header, 0);
    uint16_t version = net_wire_be16(header, 1);

    return type >= RECORD_CHANGE_CIPHER && type <= RECORD_HEARTBEAT && version >= 0x0300
           && version <= NET_TLS_13 && net_wire_be16(header, 3) <= MAX_RECORD;
}

static Str header_of(const NetTlsStream *stream)
{
    return (Str){ (const char *)stream->header, stream->header_len };
}

/* RFC 5246 appendix E.2: two bytes of length with the upper bit set, then type
 * and version of the hello. */
static bool begin_old_hello(NetTlsStream *stream, Str header)
{
    uint16_t len = net_wire_be16(header, 0) & 0x7fff;
    uint16_t version = net_wire_be16(header, 3);

    if (!(net_wire_u8(header, 0) & 0x80) || net_wire_u8(header, 2) != 1)
        return false;
    if ((version != 2 && version >> 8 != 3) || len < HEADER_LEN - 2)
        return false;
    stream->seen.client.version = stream->seen.client.lowest = version;
    stream->type = RECORD_OTHER;
    stream->len = len;
    stream->left = (uint16_t)(len - (HEADER_LEN - 2));
    saw(stream, NET_TLS_OLD_HELLO | NET_TLS_CLIENT_HELLO);
    return true;
}

static bool is_text(Str bytes)
{
    for (size_t i = 0; i < bytes.len; i++) {
        char c = bytes.data[i];

        if (!g_ascii_isprint(c) && c != '\r' && c != '\n' && c != '\t')
            return false;
    }
    return true;
}

/* The first bytes of all are not those of a record. */
static void begin_other(NetTlsStream *stream)
{
    Str header = header_of(stream);

    stream->place = OVER;
    if (begin_old_hello(stream, header))
        stream->place = IN_RECORDS;
    else
        saw(stream, is_text(header) ? NET_TLS_PLAIN_TEXT : NET_TLS_FOREIGN);
}

static void begin_data(NetTlsStream *stream)
{
    NetTlsSeen *seen = &stream->seen;

    if (seen->n_data++ == 0)
        seen->first_data_len = stream->len;
    seen->last_data_len = stream->len;
    saw(stream, NET_TLS_DATA);
    close_handshake(stream);
}

static void begin_content(NetTlsStream *stream)
{
    switch (stream->type) {
    case RECORD_CHANGE_CIPHER:
        saw(stream, NET_TLS_CHANGE_CIPHER);
        if (stream->seen.server.version != NET_TLS_13) /* RFC 8446 appendix D.4 */
            close_handshake(stream);
        break;
    case RECORD_ALERT:
        if (stream->len >= SEALED_ALERT) {
            stream->seen.n_sealed_alerts++;
            saw(stream, NET_TLS_SEALED_ALERT);
        }
        break;
    case RECORD_DATA:
        begin_data(stream);
        break;
    default:
        break;
    }
}

static void begin_record(NetTlsStream *stream)
{
    Str header = header_of(stream);

    if (!is_record(header)) {
        if (stream->place == AT_START) {
            begin_other(stream);
        } else {
            saw(stream, NET_TLS_MALFORMED);
            stream->place = LOST;
        }
        return;
    }
    stream->place = IN_RECORDS;
    stream->type = net_wire_u8(header, 0);
    stream->len = stream->left = net_wire_be16(header, 3);
    if (stream->seen.n_records++ == 0)
        stream->seen.record_version = net_wire_be16(header, 1);
    begin_content(stream);
}

static void take_header(NetTlsStream *stream, Reader *reader)
{
    size_t wanted = HEADER_LEN - stream->header_len;
    Str part = reader_take(reader, MIN(wanted, reader_left(reader)));

    memcpy(stream->header + stream->header_len, part.data, part.len);
    stream->header_len += part.len;
    if (stream->header_len < HEADER_LEN)
        return;
    begin_record(stream);
    stream->header_len = 0;
}

static void take_content(NetTlsStream *stream, Reader *reader)
{
    Str content = reader_take(reader, MIN(stream->left, reader_left(reader)));

    stream->left = (uint16_t)(stream->left - content.len);
    if (stream->type == RECORD_HANDSHAKE)
        take_handshake(stream, content);
    else if (stream->type == RECORD_ALERT && stream->len < SEALED_ALERT)
        saw(stream, net_tls_alert_read(&stream->alert, content, &stream->seen));
}

/* --- the stream -------------------------------------------------------------- */

NetTlsStream *net_tls_stream_new(void)
{
    NetTlsStream *stream = g_new0(NetTlsStream, 1);

    stream->seen.client.clock = stream->seen.server.clock = NSEC_NONE;
    stream->text = g_string_chunk_new(64);
    return stream;
}

void net_tls_stream_free(NetTlsStream *stream)
{
    if (stream == NULL)
        return;
    net_certificate_unref(stream->seen.certificate);
    g_clear_pointer(&stream->handshake, g_byte_array_unref);
    g_string_chunk_free(stream->text);
    g_free(stream);
}

/* Most payloads begin with a record, so behind a hole the next that does is
 * taken for one. */
static bool begins_with_record(Str bytes)
{
    return bytes.len >= HEADER_LEN && is_record(str_first(bytes, HEADER_LEN))
           && net_wire_be16(bytes, 3) > 0;
}

uint32_t net_tls_stream_push(NetTlsStream *stream, Str bytes)
{
    Reader reader = reader_of(bytes);

    stream->fresh = 0;
    if (stream->place == LOST && begins_with_record(bytes))
        stream->place = IN_RECORDS;
    while (reader_left(&reader) > 0 && (stream->place == AT_START || stream->place == IN_RECORDS)) {
        if (stream->left > 0)
            take_content(stream, &reader);
        else
            take_header(stream, &reader);
    }
    return stream->fresh;
}

/* A hole that ends within the record costs only that record: the next is where
 * its length says. */
uint32_t net_tls_stream_gap(NetTlsStream *stream, uint64_t missing)
{
    bool within = stream->place == IN_RECORDS && missing > 0 && missing <= stream->left;

    stream->fresh = 0;
    saw(stream, NET_TLS_GAP);
    if (stream->place == OVER)
        return stream->fresh;
    drop_handshake(stream);
    stream->handshake_unsure = true;
    stream->alert.half = false;
    stream->type = RECORD_OTHER;
    stream->header_len = 0;
    stream->left = (uint16_t)(within ? stream->left - missing : 0);
    stream->place = within ? IN_RECORDS : LOST;
    return stream->fresh;
}

const NetTlsSeen *net_tls_stream_seen(const NetTlsStream *stream)
{
    return &stream->seen;
}

static Str move_text(char **at, Str text)
{
    Str moved = { *at, text.len };

    if (!str_present(text))
        return STR_NONE;
    if (text.len > 0)
        memcpy(*at, text.data, text.len);
    *at += text.len;
    return moved;
}

static size_t text_len(const NetTlsSeen *seen)
{
    size_t len = seen->client.server_name.len + seen->server.protocol.len;

    for (unsigned i = 0; i < G_N_ELEMENTS(seen->client.protocols); i++)
        len += seen->client.protocols[i].len;
    return len;
}

NetTlsSeen *net_tls_seen_copy(const NetTlsSeen *seen)
{
    NetTlsSeen *copy = g_malloc(sizeof(*copy) + text_len(seen));
    char *at = (char *)(copy + 1);

    *copy = *seen;
    copy->client.server_name = move_text(&at, seen->client.server_name);
    copy->server.protocol = move_text(&at, seen->server.protocol);
    for (unsigned i = 0; i < G_N_ELEMENTS(seen->client.protocols); i++)
        copy->client.protocols[i] = move_text(&at, seen->client.protocols[i]);
    if (copy->certificate != NULL)
        net_certificate_ref(copy->certificate);
    return copy;
}

void net_tls_seen_free(NetTlsSeen *copy)
{
    if (copy == NULL)
        return;
    net_certificate_unref(copy->certificate);
    g_free(copy);
}

size_t net_tls_stream_size(const NetTlsStream *stream)
{
    return sizeof(*stream) + (stream->handshake != NULL ? stream->handshake->len : 0)
           + (stream->seen.certificate != NULL ? sizeof(NetCertificate) : 0);
}

const char *net_tls_version_name(uint16_t version, char text[NET_TLS_WORD])
{
    if (version == 0x0002)
        g_strlcpy(text, "SSL 2.0", NET_TLS_WORD);
    else if (version == 0x0300)
        g_strlcpy(text, "SSL 3.0", NET_TLS_WORD);
    else if (version >= NET_TLS_10 && version <= NET_TLS_13)
        snprintf(text, NET_TLS_WORD, "TLS 1.%u", version - NET_TLS_10);
    else
        snprintf(text, NET_TLS_WORD, "0x%04x", version);
    return text;
}
