/*
 * Blocks of a pcapng file (draft-ietf-opsawg-pcapng), put together in memory.
 */

#include "report/blocks.h"

enum {
    BLOCK_SECTION = 0x0a0d0d0a,
    BLOCK_INTERFACE = 1,
    BLOCK_PACKET = 6,
    OPTION_END = 0,
    OPTION_COMMENT = 1,
    OPTION_NAME = 2,
    OPTION_APPLICATION = 4,
    OPTION_RESOLUTION = 9,
};

#define ORDER_MAGIC 0x1a2b3c4d
#define NANOSECONDS 9 /* a power of ten below one second */

static void put(GByteArray *blocks, const void *bytes, size_t len)
{
    static const uint8_t padding[4];

    g_byte_array_append(blocks, bytes, (guint)len);
    g_byte_array_append(blocks, padding, (guint)(-len & 3));
}

static void put_u16(GByteArray *blocks, uint16_t value)
{
    g_byte_array_append(blocks, (const guint8 *)&value, sizeof(value));
}

static void put_u32(GByteArray *blocks, uint32_t value)
{
    g_byte_array_append(blocks, (const guint8 *)&value, sizeof(value));
}

static void put_option(GByteArray *blocks, uint16_t code, const void *bytes, size_t len)
{
    put_u16(blocks, code);
    put_u16(blocks, (uint16_t)len);
    put(blocks, bytes, len);
}

/* Returns where it begins. */
static guint begin_block(GByteArray *blocks, uint32_t type)
{
    guint start = blocks->len;

    put_u32(blocks, type);
    put_u32(blocks, 0); /* its length, when that is known */
    return start;
}

static void end_block(GByteArray *blocks, guint start)
{
    uint32_t len = blocks->len - start + (uint32_t)sizeof(len);

    memcpy(blocks->data + start + sizeof(len), &len, sizeof(len));
    put_u32(blocks, len);
}

/* Numbers are in the byte order of this machine; the magic tells which. */
void report_blocks_add_section(GByteArray *blocks)
{
    static const char application[] = "whyreg";
    guint start = begin_block(blocks, BLOCK_SECTION);

    put_u32(blocks, ORDER_MAGIC);
    put_u16(blocks, 1); /* version 1.0 */
    put_u16(blocks, 0);
    put_u32(blocks, UINT32_MAX); /* the section's length is not told */
    put_u32(blocks, UINT32_MAX);
    put_option(blocks, OPTION_APPLICATION, application, sizeof(application) - 1);
    put_option(blocks, OPTION_END, NULL, 0);
    end_block(blocks, start);
}

void report_blocks_add_interface(GByteArray *blocks, const char *name, uint16_t link)
{
    uint8_t resolution = NANOSECONDS;
    guint start = begin_block(blocks, BLOCK_INTERFACE);

    put_u16(blocks, link);
    put_u16(blocks, 0);
    put_u32(blocks, 0); /* no snapshot length: each frame tells its own */
    put_option(blocks, OPTION_NAME, name, strlen(name));
    put_option(blocks, OPTION_RESOLUTION, &resolution, sizeof(resolution));
    put_option(blocks, OPTION_END, NULL, 0);
    end_block(blocks, start);
}

void report_blocks_add_packet(GByteArray *blocks, const CapturePacket *packet, uint32_t interface,
                              Str comment)
{
    uint64_t time = packet->no_time || packet->time < 0 ? 0 : (uint64_t)packet->time;
    guint start = begin_block(blocks, BLOCK_PACKET);

    put_u32(blocks, interface);
    put_u32(blocks, (uint32_t)(time >> 32));
    put_u32(blocks, (uint32_t)time);
    put_u32(blocks, (uint32_t)packet->bytes.len);
    put_u32(blocks, packet->wire_len);
    put(blocks, packet->bytes.data, packet->bytes.len);
    put_option(blocks, OPTION_COMMENT, comment.data, comment.len);
    put_option(blocks, OPTION_END, NULL, 0);
    end_block(blocks, start);
}
