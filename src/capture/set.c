/*
 * Merging captures by time.
 *
 * Every capture is a lane with the time of its next frame; for a file that was
 * not opened yet that is the time of its first frame, seen when it was added.
 * The lanes form a heap. So a rotated file is opened when the one before it
 * has reached its beginning, and no sooner.
 */

#include "capture/set.h"

#include "capture/live.h"
#include "sieve.h"
#include "source.h"

G_DEFINE_QUARK(capture - error - quark, capture_error)

typedef struct Lane {
    CaptureSource *source;
    Nsec time;     /* of 'packet', or of the first frame to expect */
    bool has_next; /* 'packet' was read and not handed out */
    CapturePacket packet;
} Lane;

struct CaptureSet {
    const CaptureLive *live; /* NULL: files */
    CaptureSieve *sieve;     /* NULL: everything passes */
    bool follow;
    GPtrArray *lanes; /* of Lane, in the order they were added */
    GPtrArray *heap;  /* those that may have frames, the earliest first */
    GPtrArray *idle;  /* those that have none now */
};

static void free_lane(void *lane)
{
    capture_source_free(((Lane *)lane)->source);
    g_free(lane);
}

CaptureSet *capture_set_new(const CaptureOptions *options)
{
    CaptureSet *set = g_new0(CaptureSet, 1);

    set->follow = options->follow;
    if (options->filter != NULL)
        set->sieve = capture_sieve_new(options->filter);
    set->lanes = g_ptr_array_new_with_free_func(free_lane);
    set->heap = g_ptr_array_new();
    set->idle = g_ptr_array_new();
    return set;
}

CaptureSet *capture_set_of_live(const CaptureLive *live)
{
    CaptureSet *set = capture_set_new(&(CaptureOptions){ .follow = true });

    set->live = live;
    return set;
}

void capture_set_free(CaptureSet *set)
{
    if (set == NULL)
        return;
    g_ptr_array_unref(set->idle);
    g_ptr_array_unref(set->heap);
    g_ptr_array_unref(set->lanes);
    capture_sieve_free(set->sieve);
    g_free(set);
}

static Lane *lane_at(const GPtrArray *lanes, unsigned index)
{
    return g_ptr_array_index(lanes, index);
}

/* At equal times the capture that was added first goes first. */
static bool goes_before(const Lane *a, const Lane *b)
{
    return a->time != b->time ? a->time < b->time : a->source->index < b->source->index;
}

static void swap(GPtrArray *heap, unsigned a, unsigned b)
{
    void *kept = heap->pdata[a];

    heap->pdata[a] = heap->pdata[b];
    heap->pdata[b] = kept;
}

static void heap_add(GPtrArray *heap, Lane *lane)
{
    g_ptr_array_add(heap, lane);
    for (unsigned at = heap->len - 1; at > 0; at = (at - 1) / 2) {
        if (!goes_before(lane_at(heap, at), lane_at(heap, (at - 1) / 2)))
            return;
        swap(heap, at, (at - 1) / 2);
    }
}

/* The first lane got a later time. */
static void heap_sink_first(GPtrArray *heap)
{
    for (unsigned at = 0, child = 1; child < heap->len; at = child, child = 2 * at + 1) {
        if (child + 1 < heap->len && goes_before(lane_at(heap, child + 1), lane_at(heap, child)))
            child++;
        if (!goes_before(lane_at(heap, child), lane_at(heap, at)))
            return;
        swap(heap, at, child);
    }
}

static void heap_remove_first(GPtrArray *heap)
{
    g_ptr_array_remove_index_fast(heap, 0); /* the last lane takes its place */
    heap_sink_first(heap);
}

/* The time of the first frame, of an input that can be read again. */
static Nsec look_at_first_frame(CaptureSource *source)
{
    CapturePacket packet;

    if (!source->input->reopenable)
        return NSEC_NONE;
    if (capture_source_next(source, &packet) != CAPTURE_FRAME || packet.no_time)
        return NSEC_NONE;
    return packet.time;
}

bool capture_set_add(CaptureSet *set, const char *path, CapturePlace place, GError **error)
{
    g_autoptr(CaptureSource) source = capture_source_new(path, place, set->follow);

    if (!capture_source_open(source, error))
        return false;

    Nsec first = look_at_first_frame(source);

    if (set->sieve != NULL && !capture_sieve_fits(set->sieve, source->links, error))
        return false;
    capture_source_rewind(source);

    Lane *lane = g_new0(Lane, 1);

    source->index = set->lanes->len;
    lane->time = first;
    lane->source = g_steal_pointer(&source);
    g_ptr_array_add(set->lanes, lane);
    heap_add(set->heap, lane);
    return true;
}

/* The next frame that the filter lets through. */
static CaptureStatus read_frame(CaptureSet *set, CaptureSource *source, CapturePacket *packet)
{
    CaptureStatus status = capture_source_next(source, packet);

    while (set->sieve != NULL && status == CAPTURE_FRAME
           && !capture_sieve_passes(set->sieve, packet)) {
        capture_sieve_note_refused(set->sieve, packet, &source->info.hidden);
        status = capture_source_next(source, packet);
    }
    return status;
}

static CaptureStatus load(CaptureSet *set, Lane *lane)
{
    CaptureStatus status = read_frame(set, lane->source, &lane->packet);

    lane->has_next = status == CAPTURE_FRAME;
    if (lane->has_next && !lane->packet.no_time)
        lane->time = lane->packet.time;
    return status;
}

static void load_first(CaptureSet *set)
{
    Lane *lane = lane_at(set->heap, 0);
    CaptureStatus status = load(set, lane);

    if (status == CAPTURE_FRAME) {
        heap_sink_first(set->heap);
        return;
    }
    heap_remove_first(set->heap);
    if (status == CAPTURE_IDLE)
        g_ptr_array_add(set->idle, lane);
}

/* Asks the idle captures once more. They are asked only when all others ran
 * dry: a system call for each frame of the others would cost more than it
 * gains, since reading is faster than any capture is written. */
static void wake_idle(CaptureSet *set)
{
    for (unsigned i = set->idle->len; i-- > 0;) {
        Lane *lane = lane_at(set->idle, i);
        CaptureStatus status = load(set, lane);

        if (status == CAPTURE_IDLE)
            continue;
        g_ptr_array_remove_index_fast(set->idle, i);
        if (status == CAPTURE_FRAME)
            heap_add(set->heap, lane);
    }
}

static CaptureStatus merge(CaptureSet *set, CapturePacket *packet)
{
    if (set->heap->len == 0)
        wake_idle(set);
    while (set->heap->len > 0) {
        Lane *lane = lane_at(set->heap, 0);

        if (lane->has_next) {
            lane->has_next = false;
            *packet = lane->packet;
            return CAPTURE_FRAME;
        }
        load_first(set);
    }
    return set->idle->len > 0 ? CAPTURE_IDLE : CAPTURE_END;
}

CaptureStatus capture_set_next(CaptureSet *set, CapturePacket *packet)
{
    if (set->lanes->len == 1)
        return read_frame(set, lane_at(set->lanes, 0)->source, packet);
    return merge(set, packet);
}

/* The lanes are set up anew: what comes first may be another one now. */
void capture_set_mend_clock(CaptureSet *set, unsigned index, const CaptureClock *clock)
{
    Lane *lane = lane_at(set->lanes, index);
    CaptureSource *source = lane->source;

    capture_clock_free(source->clock);
    source->clock = capture_clock_copy(clock);
    source->info.clock = source->clock;
    if (lane->time != NSEC_NONE)
        lane->time = capture_clock_mend(clock, lane->time);
    g_ptr_array_set_size(set->heap, 0);
    for (unsigned i = 0; i < set->lanes->len; i++)
        heap_add(set->heap, lane_at(set->lanes, i));
}

unsigned capture_set_size(const CaptureSet *set)
{
    return set->live != NULL ? capture_live_size(set->live) : set->lanes->len;
}

const CaptureInfo *capture_set_info(const CaptureSet *set, unsigned index)
{
    if (set->live != NULL)
        return capture_live_info(set->live, index);
    return &lane_at(set->lanes, index)->source->info;
}

void capture_set_progress(const CaptureSet *set, uint64_t *done, uint64_t *total)
{
    bool known = true;

    *done = *total = 0;
    for (unsigned i = 0; i < set->lanes->len; i++) {
        const CaptureSource *source = lane_at(set->lanes, i)->source;

        *done += source->input != NULL ? source->input->taken : source->taken;
        *total += source->size;
        known = known && source->size > 0;
    }
    *total = known ? MAX(*total, *done) : 0;
}
