/*
 * Captures are large and come compressed: tcpdump -z, logrotate, a mail. All
 * three formats can be concatenated, which is what "cat a.gz b.gz" and parallel
 * compressors make; a reader that stops after the first member loses the rest
 * without a word.
 */

#include "unpack.h"

#include <lz4frame.h>
#include <zlib.h>
#include <zstd.h>

typedef struct Codec {
    const char *name;
    bool (*recognises)(const uint8_t *head);
    void (*open)(CaptureUnpacker *unpacker);
    size_t (*step)(CaptureUnpacker *unpacker, Str *packed, uint8_t *out, size_t room);
    void (*close)(CaptureUnpacker *unpacker);
} Codec;

struct CaptureUnpacker {
    const Codec *codec;
    bool between; /* members: the stream may end here */
    char *defect;
    z_stream gzip;
    ZSTD_DStream *zstd;
    LZ4F_dctx *lz4;
};

static void declare_damaged(CaptureUnpacker *unpacker, const char *why)
{
    if (unpacker->defect == NULL)
        unpacker->defect =
            g_strdup_printf("the %s data is damaged (%s)", unpacker->codec->name, why);
}

/* RFC 1952 section 2.3.1: two magic bytes and the only method there is. */
static bool is_gzip(const uint8_t *head)
{
    return head[0] == 0x1f && head[1] == 0x8b && head[2] == 8;
}

/* 16 more than the window size tells zlib to expect a gzip header. */
static void gzip_open(CaptureUnpacker *unpacker)
{
    int result = inflateInit2(&unpacker->gzip, 16 + MAX_WBITS);

    g_assert(result == Z_OK);
}

/* Tapes and block devices pad with zeros; gzip(1) overlooks them as well. */
static void skip_padding(Str *packed)
{
    while (packed->len > 0 && packed->data[0] == 0)
        *packed = str_from(*packed, 1);
}

static size_t gzip_step(CaptureUnpacker *unpacker, Str *packed, uint8_t *out, size_t room)
{
    z_stream *gzip = &unpacker->gzip;

    if (unpacker->between) {
        skip_padding(packed);
        if (packed->len == 0)
            return 0;
        inflateReset(gzip);
        unpacker->between = false;
    }

    gzip->next_in = (Bytef *)packed->data;
    gzip->avail_in = (uInt)packed->len;
    gzip->next_out = out;
    gzip->avail_out = (uInt)room;

    int result = inflate(gzip, Z_NO_FLUSH);

    *packed = str_from(*packed, packed->len - gzip->avail_in);
    if (result == Z_STREAM_END)
        unpacker->between = true;
    else if (result != Z_OK && result != Z_BUF_ERROR)
        declare_damaged(unpacker, gzip->msg != NULL ? gzip->msg : zError(result));
    return room - gzip->avail_out;
}

static void gzip_close(CaptureUnpacker *unpacker)
{
    inflateEnd(&unpacker->gzip);
}

/* RFC 8878 section 3.1.1, and section 3.1.2 for the skippable frame that
 * parallel compressors put first. */
static bool is_zstd(const uint8_t *head)
{
    return memcmp(head, "\x28\xb5\x2f\xfd", 4) == 0
           || ((head[0] & 0xf0) == 0x50 && memcmp(head + 1, "\x2a\x4d\x18", 3) == 0);
}

static void zstd_open(CaptureUnpacker *unpacker)
{
    unpacker->zstd = ZSTD_createDStream();
    g_assert(unpacker->zstd != NULL);
}

static size_t zstd_step(CaptureUnpacker *unpacker, Str *packed, uint8_t *out, size_t room)
{
    ZSTD_inBuffer in = { .src = packed->data, .size = packed->len };
    ZSTD_outBuffer plain = { .dst = out, .size = room };

    if (unpacker->between && packed->len == 0)
        return 0;

    size_t result = ZSTD_decompressStream(unpacker->zstd, &plain, &in);

    *packed = str_from(*packed, in.pos);
    unpacker->between = result == 0;
    if (ZSTD_isError(result))
        declare_damaged(unpacker, ZSTD_getErrorName(result));
    return plain.pos;
}

static void zstd_close(CaptureUnpacker *unpacker)
{
    ZSTD_freeDStream(unpacker->zstd);
}

static bool is_lz4(const uint8_t *head)
{
    return memcmp(head, "\x04\x22\x4d\x18", 4) == 0;
}

static void lz4_open(CaptureUnpacker *unpacker)
{
    LZ4F_errorCode_t result = LZ4F_createDecompressionContext(&unpacker->lz4, LZ4F_VERSION);

    g_assert(!LZ4F_isError(result));
}

static size_t lz4_step(CaptureUnpacker *unpacker, Str *packed, uint8_t *out, size_t room)
{
    size_t taken = packed->len;
    size_t made = room;

    if (unpacker->between && packed->len == 0)
        return 0;

    size_t result = LZ4F_decompress(unpacker->lz4, out, &made, packed->data, &taken, NULL);

    if (LZ4F_isError(result)) {
        declare_damaged(unpacker, LZ4F_getErrorName(result));
        return 0; /* the library leaves 'made' undefined */
    }
    *packed = str_from(*packed, taken);
    unpacker->between = result == 0;
    return made;
}

static void lz4_close(CaptureUnpacker *unpacker)
{
    LZ4F_freeDecompressionContext(unpacker->lz4);
}

static const Codec codecs[] = {
    { "gzip", is_gzip, gzip_open, gzip_step, gzip_close },
    { "zstd", is_zstd, zstd_open, zstd_step, zstd_close },
    { "lz4", is_lz4, lz4_open, lz4_step, lz4_close },
};

static const Codec *find_codec(Str head)
{
    if (head.len < CAPTURE_UNPACK_HEAD)
        return NULL;
    for (size_t i = 0; i < G_N_ELEMENTS(codecs); i++) {
        if (codecs[i].recognises((const uint8_t *)head.data))
            return &codecs[i];
    }
    return NULL;
}

const char *capture_unpack_kind(Str head)
{
    const Codec *codec = find_codec(head);

    return codec != NULL ? codec->name : NULL;
}

CaptureUnpacker *capture_unpack_new(Str head)
{
    const Codec *codec = find_codec(head);

    if (codec == NULL)
        return NULL;

    CaptureUnpacker *unpacker = g_new0(CaptureUnpacker, 1);

    unpacker->codec = codec;
    codec->open(unpacker);
    return unpacker;
}

void capture_unpack_free(CaptureUnpacker *unpacker)
{
    if (unpacker == NULL)
        return;
    unpacker->codec->close(unpacker);
    g_free(unpacker->defect);
    g_free(unpacker);
}

size_t capture_unpack_step(CaptureUnpacker *unpacker, Str *packed, uint8_t *out, size_t room)
{
    if (unpacker->defect != NULL)
        return 0;

    size_t had = packed->len;
    size_t made = unpacker->codec->step(unpacker, packed, out, room);

    /* No library is trusted to move on. */
    if (had > 0 && packed->len == had && made == 0)
        declare_damaged(unpacker, "it leads nowhere");
    return made;
}

const char *capture_unpack_defect(const CaptureUnpacker *unpacker)
{
    return unpacker->defect;
}

bool capture_unpack_may_end(const CaptureUnpacker *unpacker)
{
    return unpacker->between;
}
