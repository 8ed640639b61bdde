#pragma once

/*
 * Capture files, byte by byte, for the tests of this folder.
 */

#include <glib.h>
#include <glib/gstdio.h>
#include <lz4frame.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include "capture/order.h"
#include "capture/source.h"
#include "support/check.h"

#define LE CAPTURE_ORDER_LITTLE
#define BE CAPTURE_ORDER_BIG

/* A file that is deleted with its path. */
typedef char MadeFile;

static inline void made_file_free(MadeFile *path)
{
    g_unlink(path);
    g_free(path);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MadeFile, made_file_free)

static inline MadeFile *make_file(const GByteArray *bytes)
{
    char *path = NULL;
    int fd = g_file_open_tmp("capture-XXXXXX", &path, NULL);

    assert_true(fd >= 0);
    close(fd);
    assert_true(g_file_set_contents(path, (const char *)bytes->data, bytes->len, NULL));
    return path;
}

/* What a capture program does to a file that is followed. */
static inline void append_to_file(const MadeFile *path, Str bytes)
{
    FILE *file = fopen(path, "a");

    assert_non_null(file);
    assert_int_equal(fwrite(bytes.data, 1, bytes.len, file), bytes.len);
    fclose(file);
}

static inline void put(GByteArray *out, Str bytes)
{
    g_byte_array_append(out, (const guint8 *)bytes.data, (guint)bytes.len);
}

static inline void put_u16(GByteArray *out, CaptureOrder order, uint16_t value)
{
    uint8_t high = (uint8_t)(value >> 8), low = (uint8_t)value;
    uint8_t bytes[2] = { order == BE ? high : low, order == BE ? low : high };

    g_byte_array_append(out, bytes, 2);
}

static inline void put_u32(GByteArray *out, CaptureOrder order, uint32_t value)
{
    put_u16(out, order, (uint16_t)(order == BE ? value >> 16 : value));
    put_u16(out, order, (uint16_t)(order == BE ? value : value >> 16));
}

static inline void put_u64(GByteArray *out, CaptureOrder order, uint64_t value)
{
    put_u32(out, order, (uint32_t)(order == BE ? value >> 32 : value));
    put_u32(out, order, (uint32_t)(order == BE ? value : value >> 32));
}

static inline Str bytes_of(const GByteArray *bytes)
{
    return (Str){ (const char *)bytes->data, bytes->len };
}

static inline GByteArray *make_pcap(CaptureOrder order, uint32_t magic, uint32_t link)
{
    GByteArray *out = g_byte_array_new();

    put_u32(out, order, magic);
    put_u16(out, order, 2);
    put_u16(out, order, 4);
    put_u64(out, order, 0);
    put_u32(out, order, 65535);
    put_u32(out, order, link);
    return out;
}

static inline void put_frame_header(GByteArray *out, CaptureOrder order, uint32_t seconds,
                                    uint32_t fraction, uint32_t len, uint32_t wire_len)
{
    put_u32(out, order, seconds);
    put_u32(out, order, fraction);
    put_u32(out, order, len);
    put_u32(out, order, wire_len);
}

static inline void put_frame(GByteArray *out, uint32_t seconds, Str bytes)
{
    put_frame_header(out, LE, seconds, 0, (uint32_t)bytes.len, (uint32_t)bytes.len);
    put(out, bytes);
}

/* A pcap of frames "a", "b", ... at these seconds. */
static inline GByteArray *make_pcap_at(const uint32_t *seconds, unsigned n)
{
    GByteArray *out = make_pcap(LE, 0xa1b2c3d4, 1);

    for (unsigned i = 0; i < n; i++)
        put_frame(out, seconds[i], (Str){ &"abcdefghijklmnopqrstuvwxyz"[i % 26], 1 });
    return out;
}

#define PCAP_AT(...)                                \
    make_pcap_at((const uint32_t[]){ __VA_ARGS__ }, \
                 (unsigned)(sizeof((const uint32_t[]){ __VA_ARGS__ }) / sizeof(uint32_t)))

static inline void put_block(GByteArray *out, CaptureOrder order, uint32_t type, Str body)
{
    uint32_t len = (uint32_t)(12 + (body.len + 3) / 4 * 4);

    put_u32(out, order, type);
    put_u32(out, order, len);
    put(out, body);
    put(out, (Str){ "\0\0\0", -body.len % 4 });
    put_u32(out, order, len);
}

static inline void put_option(GByteArray *out, CaptureOrder order, uint16_t code, Str value)
{
    put_u16(out, order, code);
    put_u16(out, order, (uint16_t)value.len);
    put(out, value);
    put(out, (Str){ "\0\0\0", -value.len % 4 });
}

/* 'options' may be NULL. */
static inline void put_section(GByteArray *out, CaptureOrder order, const GByteArray *options)
{
    g_autoptr(GByteArray) body = g_byte_array_new();

    put_u32(body, order, 0x1a2b3c4d);
    put_u16(body, order, 1);
    put_u16(body, order, 0);
    put_u64(body, order, UINT64_MAX);
    if (options != NULL)
        put(body, bytes_of(options));
    put_block(out, order, 0x0a0d0d0a, bytes_of(body));
}

static inline void put_interface(GByteArray *out, CaptureOrder order, uint16_t link, uint32_t snap,
                                 const GByteArray *options)
{
    g_autoptr(GByteArray) body = g_byte_array_new();

    put_u16(body, order, link);
    put_u16(body, order, 0);
    put_u32(body, order, snap);
    if (options != NULL)
        put(body, bytes_of(options));
    put_block(out, order, 1, bytes_of(body));
}

static inline void put_packet(GByteArray *out, CaptureOrder order, uint32_t interface,
                              uint64_t ticks, Str bytes)
{
    g_autoptr(GByteArray) body = g_byte_array_new();

    put_u32(body, order, interface);
    put_u32(body, order, (uint32_t)(ticks >> 32));
    put_u32(body, order, (uint32_t)ticks);
    put_u32(body, order, (uint32_t)bytes.len);
    put_u32(body, order, (uint32_t)bytes.len);
    put(body, bytes);
    put_block(out, order, 6, bytes_of(body));
}

static inline GByteArray *pack_gzip(const GByteArray *plain)
{
    GByteArray *out = g_byte_array_new();
    z_stream stream = { .next_in = plain->data, .avail_in = plain->len };

    assert_int_equal(deflateInit2(&stream, 6, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY),
                     Z_OK);
    g_byte_array_set_size(out, (guint)deflateBound(&stream, plain->len));
    stream.next_out = out->data;
    stream.avail_out = out->len;
    assert_int_equal(deflate(&stream, Z_FINISH), Z_STREAM_END);
    g_byte_array_set_size(out, (guint)stream.total_out);
    deflateEnd(&stream);
    return out;
}

static inline GByteArray *pack_zstd(const GByteArray *plain)
{
    GByteArray *out = g_byte_array_new();

    g_byte_array_set_size(out, (guint)ZSTD_compressBound(plain->len));

    size_t len = ZSTD_compress(out->data, out->len, plain->data, plain->len, 3);

    assert_false(ZSTD_isError(len));
    g_byte_array_set_size(out, (guint)len);
    return out;
}

static inline GByteArray *pack_lz4(const GByteArray *plain)
{
    GByteArray *out = g_byte_array_new();

    g_byte_array_set_size(out, (guint)LZ4F_compressFrameBound(plain->len, NULL));

    size_t len = LZ4F_compressFrame(out->data, out->len, plain->data, plain->len, NULL);

    assert_false(LZ4F_isError(len));
    g_byte_array_set_size(out, (guint)len);
    return out;
}

typedef GByteArray *(*Packer)(const GByteArray *plain);

static const Packer packers[] = { pack_gzip, pack_zstd, pack_lz4 };

/* A source that could be opened. */
static inline CaptureSource *open_source(const char *path)
{
    g_autoptr(CaptureSource) source = capture_source_new(path, CAPTURE_PLACE_UNSAID, false);
    g_autoptr(GError) error = NULL;
    bool opened = capture_source_open(source, &error);

    assert_true(opened);
    return g_steal_pointer(&source);
}

static inline uint64_t read_all(CaptureSource *source)
{
    CapturePacket packet;

    while (capture_source_next(source, &packet) == CAPTURE_FRAME)
        continue;
    return source->info.packets;
}
