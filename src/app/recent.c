/*
 * Two tables: paths with their newest frames, and the frames by number. A
 * frame is known to belong to a path when the decoder made something of it.
 * Until then it waits with others that may be parts: of a datagram in
 * fragments, of a message in a stream.
 */

#include "recent.h"

#include "base/cache.h"
#include "base/hash.h"

/* Of one path: an outage of some minutes with all its retransmissions. */
#define PATH_FRAMES 32
#define PATH_BYTES (48 * 1024)
#define PATHS 65536

/* Frames that may turn out to be parts of something. */
#define PARTS 128
#define PARTS_BYTES (512 * 1024)

/* Addresses stand near the beginning of a frame, also in a tunnel. */
#define HEADERS 192

typedef struct Path Path;

typedef struct Frame {
    CacheItem item; /* its key is packet.ref */
    Path *path;
    bool taken;
    CapturePacket packet; /* its bytes are the ones behind the struct */
} Frame;

struct Path {
    CacheItem item;
    NetFlow flow;  /* of either direction */
    GQueue frames; /* of Frame, the oldest first */
    size_t bytes;
};

struct Recent {
    GMutex lock; /* for the two tables */
    Cache *paths;
    Cache *frames;
    size_t max_bytes;

    /* Of the thread that reads only. */
    const CapturePacket *now; /* NULL: none is in hand */
    bool kept;                /* it was noted already */
    GQueue parts;             /* of Frame, in no table */
    size_t parts_bytes;
};

static uint64_t hash_ref(const void *key)
{
    const CaptureRef *ref = key;

    return hash_mix(ref->frame, ref->capture);
}

static bool equal_ref(const void *a, const void *b)
{
    const CaptureRef *x = a, *y = b;

    return x->frame == y->frame && x->capture == y->capture;
}

static uint64_t hash_path(const void *key)
{
    return net_flow_pair_hash(key);
}

static bool equal_path(const void *a, const void *b)
{
    return net_flow_pair_equal(a, b);
}

static size_t weight(const Frame *frame)
{
    return sizeof(*frame) + frame->packet.bytes.len;
}

static void drop_frame(void *item, CacheDrop why, void *user)
{
    g_free(item);
}

static void forget_oldest(Recent *recent, Path *path)
{
    Frame *frame = g_queue_pop_head(&path->frames);

    path->bytes -= weight(frame);
    cache_remove(recent->frames, frame);
}

static void drop_path(void *item, CacheDrop why, void *user)
{
    Path *path = item;

    while (path->frames.length > 0)
        forget_oldest(user, path);
    g_free(path);
}

Recent *recent_new(size_t max_bytes)
{
    Recent *recent = g_new0(Recent, 1);

    g_mutex_init(&recent->lock);
    recent->max_bytes = max_bytes;
    recent->frames = cache_new(&(CacheConfig){ .name = "evidence.frames",
                                               .max_items = (size_t)PATHS * PATH_FRAMES,
                                               .hash = hash_ref,
                                               .equal = equal_ref,
                                               .drop = drop_frame });
    recent->paths = cache_new(&(CacheConfig){ .name = "evidence.paths",
                                              .max_items = PATHS,
                                              .hash = hash_path,
                                              .equal = equal_path,
                                              .drop = drop_path,
                                              .user = recent });
    return recent;
}

void recent_free(Recent *recent)
{
    if (recent == NULL)
        return;
    cache_free(recent->paths);
    cache_free(recent->frames);
    g_queue_clear_full(&recent->parts, g_free);
    g_mutex_clear(&recent->lock);
    g_free(recent);
}

/* --- reading -------------------------------------------------------------- */

static Frame *copy_frame(const CapturePacket *packet)
{
    Frame *frame = g_malloc(sizeof(*frame) + packet->bytes.len);
    char *bytes = (char *)(frame + 1);

    if (packet->bytes.len > 0)
        memcpy(bytes, packet->bytes.data, packet->bytes.len);
    *frame = (Frame){ .packet = *packet };
    frame->packet.bytes.data = bytes;
    return frame;
}

static Path *find_path(Recent *recent, const NetFlow *flow, Nsec now)
{
    Path *path = cache_get(recent->paths, flow, now);

    if (path != NULL)
        return path;
    path = g_new0(Path, 1);
    path->flow = *flow;
    cache_add(recent->paths, path, &path->flow, sizeof(*path), now);
    return path;
}

/* The newest frame stays in any case. */
static void make_room(Recent *recent, Path *path)
{
    while (path->frames.length > 1
           && (path->frames.length > PATH_FRAMES || path->bytes > PATH_BYTES))
        forget_oldest(recent, path);
    cache_grow(recent->paths, path, sizeof(*path) + path->bytes);
    while (cache_stats(recent->paths).bytes > recent->max_bytes
           && cache_oldest(recent->paths) != path)
        cache_remove(recent->paths, cache_oldest(recent->paths));
}

/* Takes the frame. */
static void keep(Recent *recent, Path *path, Frame *frame)
{
    if (cache_peek(recent->frames, &frame->packet.ref) != NULL) {
        g_free(frame);
        return;
    }
    frame->path = path;
    path->bytes += weight(frame);
    g_queue_push_tail(&path->frames, frame);
    cache_add(recent->frames, frame, &frame->packet.ref, 0, frame->packet.time);
    make_room(recent, path);
}

/* Source and destination stand next to each other in the headers of both versions of IP. */
static bool is_between(const CapturePacket *packet, const NetFlow *flow)
{
    size_t len = flow->src.addr.version == 4 ? 4 : 16;
    uint8_t both[32];

    memcpy(both, flow->src.addr.bytes, len);
    memcpy(both + len, flow->dst.addr.bytes, len);
    return memmem(packet->bytes.data, MIN(packet->bytes.len, HEADERS), both, 2 * len) != NULL;
}

static bool is_part(const Frame *frame, const NetMeta *meta)
{
    const CaptureRef *ref = &frame->packet.ref;

    return ref->capture == meta->ref.capture && ref->frame >= meta->first_ref.frame
           && ref->frame < meta->ref.frame && is_between(&frame->packet, &meta->flow);
}

static void keep_parts(Recent *recent, Path *path, const NetMeta *meta)
{
    GList *next;

    for (GList *link = recent->parts.head; link != NULL; link = next) {
        Frame *frame = link->data;

        next = link->next;
        if (!is_part(frame, meta))
            continue;
        g_queue_delete_link(&recent->parts, link);
        recent->parts_bytes -= weight(frame);
        keep(recent, path, frame);
    }
}

static void wait_as_part(Recent *recent, const CapturePacket *packet)
{
    Frame *frame = copy_frame(packet);

    g_queue_push_tail(&recent->parts, frame);
    recent->parts_bytes += weight(frame);
    while (recent->parts.length > PARTS || recent->parts_bytes > PARTS_BYTES) {
        g_autofree Frame *oldest = g_queue_pop_head(&recent->parts);

        recent->parts_bytes -= weight(oldest);
    }
}

void recent_begin(Recent *recent, const CapturePacket *packet)
{
    recent->now = packet;
    recent->kept = false;
}

void recent_note(Recent *recent, const NetMeta *meta)
{
    const CapturePacket *now = recent->now;

    if (now == NULL || recent->kept || !equal_ref(&now->ref, &meta->ref))
        return;
    recent->kept = true;
    g_mutex_lock(&recent->lock);

    Path *path = find_path(recent, &meta->flow, now->time);

    if (meta->first_ref.frame < meta->ref.frame && meta->first_ref.frame > 0)
        keep_parts(recent, path, meta);
    keep(recent, path, copy_frame(now));
    g_mutex_unlock(&recent->lock);
}

void recent_end(Recent *recent)
{
    if (!recent->kept)
        wait_as_part(recent, recent->now);
    recent->now = NULL;
}

/* --- taking --------------------------------------------------------------- */

static void collect(Path *path, GPtrArray *frames)
{
    for (GList *link = path->frames.head; link != NULL; link = link->next) {
        Frame *frame = link->data;

        if (!frame->taken)
            g_ptr_array_add(frames, frame);
        frame->taken = true;
    }
}

static gint by_time(gconstpointer a, gconstpointer b)
{
    const CapturePacket *x = &(*(Frame *const *)a)->packet;
    const CapturePacket *y = &(*(Frame *const *)b)->packet;

    if (x->time != y->time)
        return x->time < y->time ? -1 : 1;
    return (x->ref.frame > y->ref.frame) - (x->ref.frame < y->ref.frame);
}

void recent_take(Recent *recent, const GArray *refs, RecentVisit *visit, void *user)
{
    g_autoptr(GPtrArray) frames = g_ptr_array_new();

    g_mutex_lock(&recent->lock);
    for (unsigned i = 0; i < refs->len; i++) {
        const Frame *frame = cache_peek(recent->frames, &g_array_index(refs, CaptureRef, i));

        if (frame != NULL)
            collect(frame->path, frames);
    }
    g_ptr_array_sort(frames, by_time);
    for (unsigned i = 0; i < frames->len; i++)
        visit(&((Frame *)g_ptr_array_index(frames, i))->packet, user);
    g_mutex_unlock(&recent->lock);
}
