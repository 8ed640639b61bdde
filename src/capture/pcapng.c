/*
 * pcapng, as Wireshark and dumpcap write it: a chain of blocks, each with its
 * length at both ends. draft-ietf-opsawg-pcapng describes it.
 *
 * libpcap refuses a file with two link types or two snapshot lengths and has
 * no room for what the file says about itself: dropped packets, capture
 * filters, comments. These decide what a report may conclude, so the format
 * is read here.
 *
 * A length that cannot be ends the capture, since the next block cannot be
 * found. A block that makes no sense inside is counted and skipped.
 */

#include "order.h"
#include "pcapng_clock.h"
#include "source.h"

/* draft-ietf-opsawg-pcapng sections 4.1 to 4.8, 10.1 */
#define SECTION_HEADER 0x0a0d0d0a
#define INTERFACE 1
#define OLD_PACKET 2
#define SIMPLE_PACKET 3
#define STATISTICS 5
#define PACKET 6
#define SECRETS 10

#define BYTE_ORDER_MAGIC 0x1a2b3c4d
#define BLOCK_HEADER 8
#define BLOCK_FRAME 12 /* type and length in front, length behind */

#define OPTION_END 0
#define OPTION_COMMENT 1
#define IF_NAME 2
#define IF_TSRESOL 9
#define IF_FILTER 11
#define IF_TSOFFSET 14
#define ISB_IFDROP 5
#define ISB_OSDROP 7

/* In a section. Machines have dozens; a file may claim any number. */
#define INTERFACES_MAX 4096

typedef struct Interface {
    uint16_t link;
    uint32_t snap; /* 0: no limit */
    CapturePcapngClock clock;
    uint64_t dropped_kernel; /* by its newest statistics */
    uint64_t dropped_interface;
} Interface;

typedef struct Pcapng {
    CaptureOrder order;
    GArray *interfaces; /* of Interface, in this section */
} Pcapng;

/* 'body' is without the lengths. When the block is larger than the window it
 * is only the front, and the rest is thrown away as it comes. */
typedef struct Block {
    uint32_t type;
    Str body;
} Block;

typedef struct Option {
    uint16_t code;
    Str value;
} Option;

/* False at the end of the options, and where they stop making sense. */
static bool next_option(Reader *options, CaptureOrder order, Option *option)
{
    option->code = capture_order_u16(options, order);

    size_t len = capture_order_u16(options, order);

    option->value = reader_take(options, len);
    if (options->short_read || option->code == OPTION_END)
        return false;
    reader_take(options, MIN(-len % 4, reader_left(options)));
    return true;
}

static bool recognises(Str magic)
{
    return str_equal(magic, STR("\x0a\x0d\x0d\x0a"));
}

static bool is_frame(uint32_t type)
{
    return type == PACKET || type == SIMPLE_PACKET || type == OLD_PACKET;
}

static CaptureStatus wait_or_end(CaptureSource *source, CaptureInputState state, uint32_t type)
{
    char what[64];

    if (state == CAPTURE_INPUT_WAIT)
        return CAPTURE_IDLE;
    if (is_frame(type))
        g_snprintf(what, sizeof(what), "frame %" G_GUINT64_FORMAT, source->info.packets + 1);
    else if (!source->begun)
        g_snprintf(what, sizeof(what), "its header");
    else
        g_snprintf(what, sizeof(what), "a block after frame %" G_GUINT64_FORMAT,
                   source->info.packets);
    return capture_source_end(source, what);
}

/* A section header is the only block that can be read in either order, and
 * says which one holds from here on (section 4.1). */
static bool find_order(Str front, CaptureOrder *order)
{
    if (!recognises(str_first(front, CAPTURE_MAGIC)))
        return true;
    for (CaptureOrder either = CAPTURE_ORDER_LITTLE; either <= CAPTURE_ORDER_BIG; either++) {
        Reader reader = reader_of(str_from(front, BLOCK_HEADER));

        *order = either;
        if (capture_order_u32(&reader, either) == BYTE_ORDER_MAGIC)
            return true;
    }
    return false;
}

static bool has_same_length_behind(Str block, CaptureOrder order)
{
    Reader reader = reader_of(str_from(block, block.len - 4));

    return capture_order_u32(&reader, order) == block.len;
}

static CaptureStatus stop_at_block(CaptureSource *source, const char *why)
{
    return capture_source_stop(source, "the block after frame %" G_GUINT64_FORMAT " %s",
                               source->info.packets, why);
}

/* Takes the block from the window whole, as far as the window goes. False with
 * what there is instead of a block in 'status'. */
static bool read_block(CaptureSource *source, Block *block, CaptureStatus *status)
{
    Pcapng *pcapng = source->state;
    CaptureInput *input = source->input;
    CaptureInputState state = capture_input_need(input, BLOCK_FRAME);

    if (state != CAPTURE_INPUT_READY) {
        *status = wait_or_end(source, state, 0);
        return false;
    }

    Str front = capture_input_peek(input, BLOCK_FRAME);
    Reader reader = reader_of(front);

    if (!find_order(front, &pcapng->order)) {
        *status = stop_at_block(source, "starts a section of unknown byte order");
        return false;
    }
    block->type = capture_order_u32(&reader, pcapng->order);

    uint32_t len = capture_order_u32(&reader, pcapng->order);
    uint32_t held = MIN(len, CAPTURE_INPUT_MAX);

    if (len < BLOCK_FRAME || len % 4 != 0) {
        *status = stop_at_block(source, "has a length that cannot be");
        return false;
    }
    state = capture_input_need(input, held);
    if (state != CAPTURE_INPUT_READY) {
        *status = wait_or_end(source, state, block->type);
        return false;
    }

    Str bytes = capture_input_take(input, held);

    capture_input_skip(input, len - held);
    block->body = str_from(bytes, BLOCK_HEADER);
    if (held < len)
        return true;
    block->body.len -= BLOCK_FRAME - BLOCK_HEADER;
    if (has_same_length_behind(bytes, pcapng->order))
        return true;
    *status = stop_at_block(source, "has two lengths that differ");
    return false;
}

/* Section 4.1. Interfaces are numbered anew in each section. */
static void start_section(CaptureSource *source, Str body)
{
    Pcapng *pcapng = source->state;
    Reader reader = reader_of(body);
    Option option;

    reader_take(&reader, 4); /* byte order */
    if (capture_order_u16(&reader, pcapng->order) != 1) {
        stop_at_block(source, "is of a pcapng version other than 1");
        return;
    }
    reader_take(&reader, 2 + 8); /* minor version; length of the section, which nobody needs */
    g_array_set_size(pcapng->interfaces, 0);
    while (next_option(&reader, pcapng->order, &option)) {
        if (option.code == OPTION_COMMENT)
            capture_source_add_text(source->comments, option.value);
    }
}

/* Section 4.2, figure 12: the first byte tells a text from a BPF program. */
static void add_filter(CaptureSource *source, Str value)
{
    if (value.len > 1 && value.data[0] == 0)
        capture_source_add_text(source->filters, str_from(value, 1));
}

static void read_interface_options(CaptureSource *source, Reader *reader, Interface *interface)
{
    CaptureOrder order = ((Pcapng *)source->state)->order;
    uint8_t resolution = CAPTURE_PCAPNG_RESOLUTION;
    int64_t offset = 0;
    Option option;

    while (next_option(reader, order, &option)) {
        Reader value = reader_of(option.value);

        if (option.code == OPTION_COMMENT)
            capture_source_add_text(source->comments, option.value);
        else if (option.code == IF_NAME)
            capture_source_add_text(source->interfaces, option.value);
        else if (option.code == IF_FILTER)
            add_filter(source, option.value);
        else if (option.code == IF_TSRESOL && option.value.len >= 1)
            resolution = reader_u8(&value);
        else if (option.code == IF_TSOFFSET && option.value.len >= 8)
            offset = (int64_t)capture_order_u64(&value, order);
    }
    interface->clock = capture_pcapng_clock_of(resolution, offset);
}

/* Section 4.2. One that is too short still has a number, and keeps it. */
static void add_interface(CaptureSource *source, Str body)
{
    Pcapng *pcapng = source->state;
    Reader reader = reader_of(body);
    Interface interface = { .link = capture_order_u16(&reader, pcapng->order) };

    reader_take(&reader, 2);
    interface.snap = capture_order_u32(&reader, pcapng->order);
    if (reader.short_read || pcapng->interfaces->len == INTERFACES_MAX)
        source->info.unreadable_blocks++;
    if (reader.short_read)
        interface.link = UINT16_MAX;
    if (pcapng->interfaces->len == INTERFACES_MAX)
        return;
    read_interface_options(source, &reader, &interface);
    g_array_append_val(pcapng->interfaces, interface);
    if (interface.link != UINT16_MAX)
        capture_source_add_link(source, interface.link);
}

static Interface *find_interface(CaptureSource *source, uint32_t index)
{
    Pcapng *pcapng = source->state;

    if (index < pcapng->interfaces->len)
        return &g_array_index(pcapng->interfaces, Interface, index);
    source->info.unreadable_blocks++;
    return NULL;
}

/* The counters run since the capture began, so the newest replace the older.
 * All ones is what dumpcap writes for "not known". */
static void count_drops(CaptureInfo *info, uint64_t *total, uint64_t *own, uint64_t newest)
{
    if (newest == UINT64_MAX)
        return;
    *total += newest - *own;
    *own = newest;
    info->drops_known = true;
}

/* Section 4.6. */
static void read_statistics(CaptureSource *source, Str body)
{
    CaptureOrder order = ((Pcapng *)source->state)->order;
    CaptureInfo *info = &source->info;
    Reader reader = reader_of(body);
    Interface *interface = find_interface(source, capture_order_u32(&reader, order));
    Option option;

    reader_take(&reader, 8); /* when the counters were read */
    while (interface != NULL && next_option(&reader, order, &option)) {
        Reader value = reader_of(option.value);
        uint64_t newest = capture_order_u64(&value, order);

        if (option.code == ISB_IFDROP && !value.short_read)
            count_drops(info, &info->dropped_interface, &interface->dropped_interface, newest);
        else if (option.code == ISB_OSDROP && !value.short_read)
            count_drops(info, &info->dropped_kernel, &interface->dropped_kernel, newest);
    }
}

/* Sections 4.3 (Enhanced Packet Block) and A.1 (the obsolete Packet Block):
 * the same but for the first word, which held a 16-bit interface and a count. */
static bool read_packet(CaptureSource *source, const Block *block, CapturePacket *packet)
{
    CaptureOrder order = ((Pcapng *)source->state)->order;
    CaptureInfo *info = &source->info;
    Reader reader = reader_of(block->body);
    uint32_t index = block->type == OLD_PACKET ? capture_order_u16(&reader, order)
                                               : capture_order_u32(&reader, order);

    if (block->type == OLD_PACKET)
        reader_take(&reader, 2);

    uint64_t high = capture_order_u32(&reader, order);
    uint64_t ticks = high << 32 | capture_order_u32(&reader, order);
    uint32_t len = capture_order_u32(&reader, order);
    uint32_t wire_len = capture_order_u32(&reader, order);

    if (reader.short_read || len > reader_left(&reader) || len > CAPTURE_FRAME_MAX) {
        capture_source_stop(source,
                            "frame %" G_GUINT64_FORMAT " claims %u captured bytes"
                            " in a block of %zu; no frame has more than %d",
                            info->packets + 1, len, block->body.len + BLOCK_FRAME,
                            CAPTURE_FRAME_MAX);
        return false;
    }

    const Interface *interface = find_interface(source, index);
    bool mended = false;

    if (interface == NULL)
        return false;
    *packet = (CapturePacket){
        .time = capture_pcapng_clock_read(&interface->clock, ticks, &mended),
        .wire_len = MAX(wire_len, len),
        .link = interface->link,
        .interface = index,
        .bytes = reader_take(&reader, len),
    };
    info->mended_frames += mended || wire_len < len;
    if (mended) { /* one such time would end whatever waits */
        packet->time = 0;
        packet->no_time = true;
    }
    return true;
}

/* Section 4.4: no time, always the first interface, and the captured length
 * only by way of its snapshot length. */
static bool read_simple_packet(CaptureSource *source, Str body, CapturePacket *packet)
{
    CaptureOrder order = ((Pcapng *)source->state)->order;
    Reader reader = reader_of(body);
    uint32_t wire_len = capture_order_u32(&reader, order);
    const Interface *interface = find_interface(source, 0);

    if (interface == NULL)
        return false;

    size_t snap = interface->snap > 0 ? interface->snap : CAPTURE_FRAME_MAX;
    size_t len = MIN(MIN(wire_len, snap), MIN(reader_left(&reader), CAPTURE_FRAME_MAX));

    *packet = (CapturePacket){
        .wire_len = wire_len,
        .link = interface->link,
        .no_time = true,
        .bytes = reader_take(&reader, len),
    };
    return true;
}

/* True when the block is a frame. */
static bool read_content(CaptureSource *source, const Block *block, CapturePacket *packet)
{
    switch (block->type) {
    case PACKET:
    case OLD_PACKET:
        return read_packet(source, block, packet);
    case SIMPLE_PACKET:
        return read_simple_packet(source, block->body, packet);
    case SECTION_HEADER:
        start_section(source, block->body);
        return false;
    case INTERFACE:
        add_interface(source, block->body);
        return false;
    case STATISTICS:
        read_statistics(source, block->body);
        return false;
    case SECRETS:
        /* Section 4.7. The keys of TLS sessions pass through the window and
         * are not kept: whoever decrypts takes them from 'body' here. */
        source->info.secrets_blocks++;
        return false;
    default:
        return false; /* names, journals, private blocks */
    }
}

static CaptureInputState begin(CaptureSource *source)
{
    CaptureStatus status = CAPTURE_END;
    Block block;

    if (source->state == NULL) {
        Pcapng *pcapng = g_new0(Pcapng, 1);

        pcapng->interfaces = g_array_new(FALSE, FALSE, sizeof(Interface));
        source->state = pcapng;
    }
    if (read_block(source, &block, &status))
        start_section(source, block.body);
    else if (status == CAPTURE_IDLE)
        return CAPTURE_INPUT_WAIT;
    return source->over ? CAPTURE_INPUT_OVER : CAPTURE_INPUT_READY;
}

static CaptureStatus next(CaptureSource *source, CapturePacket *packet)
{
    CaptureStatus status = CAPTURE_END;
    Block block;

    while (read_block(source, &block, &status)) {
        if (read_content(source, &block, packet))
            return CAPTURE_FRAME;
        if (source->over)
            return CAPTURE_END;
    }
    return status;
}

static void free_state(void *state)
{
    Pcapng *pcapng = state;

    g_array_unref(pcapng->interfaces);
    g_free(pcapng);
}

const CaptureFormat capture_pcapng = {
    .name = "pcapng",
    .recognises = recognises,
    .begin = begin,
    .next = next,
    .free_state = free_state,
};
