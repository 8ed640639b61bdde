#pragma once

/*
 * Numbers in the byte order of the machine that wrote the capture.
 */

#include <glib.h>

#include "base/reader.h"

typedef enum CaptureOrder {
    CAPTURE_ORDER_LITTLE,
    CAPTURE_ORDER_BIG,
} CaptureOrder;

static inline uint16_t capture_order_u16(Reader *reader, CaptureOrder order)
{
    uint16_t big = reader_be16(reader);

    return order == CAPTURE_ORDER_BIG ? big : GUINT16_SWAP_LE_BE(big);
}

static inline uint32_t capture_order_u32(Reader *reader, CaptureOrder order)
{
    uint32_t big = reader_be32(reader);

    return order == CAPTURE_ORDER_BIG ? big : GUINT32_SWAP_LE_BE(big);
}

static inline uint64_t capture_order_u64(Reader *reader, CaptureOrder order)
{
    uint64_t first = capture_order_u32(reader, order);
    uint64_t second = capture_order_u32(reader, order);

    return order == CAPTURE_ORDER_BIG ? first << 32 | second : second << 32 | first;
}
