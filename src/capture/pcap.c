/*
 * The classic capture file: a header of 24 bytes, then frames, each behind 16
 * bytes of its own. https://www.ietf.org/archive/id/draft-ietf-opsawg-pcap
 * describes it.
 *
 * Nothing in it allows to find the next frame once a length is wrong, so a
 * length that cannot be ends the capture.
 */

#include "order.h"
#include "source.h"

#define FILE_HEADER 24
#define FRAME_HEADER 16

/* Alexey Kuznetzov's patch of 1998, still written by some appliances: an
 * interface, a protocol and a packet type follow each frame's header. */
#define FRAME_HEADER_MODIFIED 24

typedef struct Pcap {
    CaptureOrder order;
    size_t header; /* of a frame */
    Nsec unit;     /* of the fraction of a second */
    uint16_t link;
} Pcap;

/* What the magic number says, read in both orders. */
static bool read_magic(Str magic, Pcap *pcap)
{
    for (CaptureOrder order = CAPTURE_ORDER_LITTLE; order <= CAPTURE_ORDER_BIG; order++) {
        Reader reader = reader_of(magic);
        uint32_t number = capture_order_u32(&reader, order);

        pcap->order = order;
        pcap->unit = number == 0xa1b23c4d ? 1 : NSEC_USEC;
        pcap->header = number == 0xa1b2cd34 ? FRAME_HEADER_MODIFIED : FRAME_HEADER;
        if (number == 0xa1b2c3d4 || number == 0xa1b23c4d || number == 0xa1b2cd34)
            return true;
    }
    return false;
}

static bool recognises(Str magic)
{
    return read_magic(magic, &(Pcap){ 0 });
}

static CaptureInputState begin(CaptureSource *source)
{
    CaptureInputState state = capture_input_need(source->input, FILE_HEADER);

    if (state == CAPTURE_INPUT_OVER)
        capture_source_end(source, "its header");
    if (state != CAPTURE_INPUT_READY)
        return state;

    Pcap *pcap = g_new0(Pcap, 1);
    Str header = capture_input_take(source->input, FILE_HEADER);
    Reader reader = reader_of(str_from(header, FILE_HEADER - 4));

    read_magic(str_first(header, CAPTURE_MAGIC), pcap);
    /* Above the link type stand the length of the frame check sequence and a
     * class that nobody uses. */
    pcap->link = (uint16_t)capture_order_u32(&reader, pcap->order);
    capture_source_add_link(source, pcap->link);
    source->state = pcap;
    return CAPTURE_INPUT_READY;
}

static CaptureStatus wait_or_end(CaptureSource *source, CaptureInputState state)
{
    char what[32];

    if (state == CAPTURE_INPUT_WAIT)
        return CAPTURE_IDLE;
    g_snprintf(what, sizeof(what), "frame %" G_GUINT64_FORMAT, source->info.packets + 1);
    return capture_source_end(source, what);
}

static CaptureStatus next(CaptureSource *source, CapturePacket *packet)
{
    const Pcap *pcap = source->state;
    CaptureInput *input = source->input;
    CaptureInputState state = capture_input_need(input, pcap->header);

    if (G_UNLIKELY(state != CAPTURE_INPUT_READY))
        return wait_or_end(source, state);

    Reader reader = reader_of(capture_input_peek(input, FRAME_HEADER));
    Nsec seconds = capture_order_u32(&reader, pcap->order); /* unsigned: to 2106 */
    Nsec fraction = capture_order_u32(&reader, pcap->order) * pcap->unit;
    uint32_t len = capture_order_u32(&reader, pcap->order);
    uint32_t wire_len = capture_order_u32(&reader, pcap->order);

    if (G_UNLIKELY(len > CAPTURE_FRAME_MAX))
        return capture_source_stop(source,
                                   "frame %" G_GUINT64_FORMAT
                                   " claims %u captured bytes; no frame has more than %d",
                                   source->info.packets + 1, len, CAPTURE_FRAME_MAX);

    state = capture_input_need(input, pcap->header + len);
    if (G_UNLIKELY(state != CAPTURE_INPUT_READY))
        return wait_or_end(source, state);

    /* The fraction carries by itself when it is more than a second. */
    source->info.mended_frames += fraction >= NSEC_SEC || wire_len < len;
    capture_input_take(input, pcap->header);
    *packet = (CapturePacket){
        .time = seconds * NSEC_SEC + fraction,
        .wire_len = MAX(wire_len, len),
        .link = pcap->link,
        .bytes = capture_input_take(input, len),
    };
    return CAPTURE_FRAME;
}

const CaptureFormat capture_pcap = {
    .name = "pcap",
    .recognises = recognises,
    .begin = begin,
    .next = next,
    .free_state = g_free,
};
