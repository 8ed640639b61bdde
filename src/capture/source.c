/*
 * "How far could this file be read, and what is in it?" A capture that is cut
 * by a full disk or a killed tcpdump is still worth reading to where it stops,
 * and the reader of the report must know where that was.
 */

#include "source.h"

#include "stranger.h"

/* Each list of facts in a CaptureInfo, and each text in them: more than
 * anybody reads. */
#define FACTS_MAX 64
#define TEXT_MAX 4096

/* No frame is delayed that much on its way through the kernel, so the clock
 * was set. */
#define CLOCK_STEP NSEC_SEC

static const CaptureFormat *const formats[] = { &capture_pcap, &capture_pcapng };

static const char *name_of(const char *path)
{
    const char *slash = strrchr(path, '/');

    if (g_str_equal(path, "-"))
        return "standard input";
    return slash != NULL ? slash + 1 : path;
}

/* What is known about the file itself stays. */
static void clear_counters(CaptureSource *source)
{
    source->info = (CaptureInfo){
        .path = source->path,
        .name = name_of(source->path),
        .place = source->info.place,
        .clock = source->clock,
        .format = source->info.format,
        .compression = source->info.compression,
        .links = source->links,
        .filters = source->filters,
        .interfaces = source->interfaces,
        .comments = source->comments,
        .gaps = source->gaps,
        .first = NSEC_NONE,
        .last = NSEC_NONE,
        .latest = NSEC_NONE,
    };
}

CaptureSource *capture_source_new(const char *path, CapturePlace place, bool follow)
{
    CaptureSource *source = g_new0(CaptureSource, 1);

    source->path = g_strdup(path);
    source->follow = follow;
    source->links = g_array_new(FALSE, FALSE, sizeof(uint16_t));
    source->filters = g_ptr_array_new_with_free_func(g_free);
    source->interfaces = g_ptr_array_new_with_free_func(g_free);
    source->comments = g_ptr_array_new_with_free_func(g_free);
    source->gaps = g_array_new(FALSE, FALSE, sizeof(CaptureGap));
    source->info.place = place;
    clear_counters(source);
    return source;
}

static GPtrArray *copy_texts(const GPtrArray *texts)
{
    GPtrArray *copy = g_ptr_array_new_with_free_func(g_free);

    for (unsigned i = 0; i < texts->len; i++)
        g_ptr_array_add(copy, g_strdup(g_ptr_array_index(texts, i)));
    return copy;
}

CaptureInfo *capture_info_copy(const CaptureInfo *info)
{
    CaptureInfo *copy = g_memdup2(info, sizeof(*info));

    copy->links = g_array_copy((GArray *)info->links);
    copy->filters = copy_texts(info->filters);
    copy->interfaces = copy_texts(info->interfaces);
    copy->comments = copy_texts(info->comments);
    copy->gaps = g_array_copy((GArray *)info->gaps);
    copy->stopped_because = g_strdup(info->stopped_because);
    return copy;
}

void capture_info_free(CaptureInfo *copy)
{
    if (copy == NULL)
        return;
    g_array_unref((GArray *)copy->links);
    g_ptr_array_unref((GPtrArray *)copy->filters);
    g_ptr_array_unref((GPtrArray *)copy->interfaces);
    g_ptr_array_unref((GPtrArray *)copy->comments);
    g_array_unref((GArray *)copy->gaps);
    g_free((char *)copy->stopped_because);
    g_free(copy);
}

static void close_input(CaptureSource *source)
{
    if (source->input != NULL)
        source->taken = source->input->taken;
    if (source->state != NULL)
        source->format->free_state(source->state);
    source->state = NULL;
    g_clear_pointer(&source->input, capture_input_free);
}

void capture_source_free(CaptureSource *source)
{
    if (source == NULL)
        return;
    close_input(source);
    g_array_unref(source->links);
    g_ptr_array_unref(source->filters);
    g_ptr_array_unref(source->interfaces);
    g_ptr_array_unref(source->comments);
    g_array_unref(source->gaps);
    capture_clock_free(source->clock);
    g_free(source->stopped_because);
    g_free(source->path);
    g_free(source);
}

bool capture_source_rewind(CaptureSource *source)
{
    if (source->input != NULL && !source->input->reopenable)
        return false;
    close_input(source);
    g_ptr_array_set_size(source->filters, 0);
    g_ptr_array_set_size(source->interfaces, 0);
    g_ptr_array_set_size(source->comments, 0);
    g_clear_pointer(&source->stopped_because, g_free);
    source->begun = source->over = false;
    source->format = NULL;
    source->taken = 0;
    clear_counters(source);
    return true;
}

CaptureStatus capture_source_stop(CaptureSource *source, const char *format, ...)
{
    va_list values;

    va_start(values, format);
    g_free(source->stopped_because);
    source->stopped_because = g_strdup_vprintf(format, values);
    va_end(values);
    source->info.stopped_because = source->stopped_because;
    source->over = true;
    return CAPTURE_END;
}

CaptureStatus capture_source_end(CaptureSource *source, const char *what)
{
    const CaptureInput *input = source->input;
    const char *defect = input->defect;

    if (capture_input_left(input) > 0 || input->to_skip > 0)
        return capture_source_stop(source, "%s in the middle of %s",
                                   defect != NULL ? defect : "cut", what);
    if (defect != NULL)
        return capture_source_stop(source, "%s after frame %" G_GUINT64_FORMAT, defect,
                                   source->info.packets);
    source->info.complete = true;
    source->over = true;
    return CAPTURE_END;
}

static CaptureInputState recognise(CaptureSource *source)
{
    CaptureInput *input = source->input;
    CaptureInputState state = capture_input_need(input, CAPTURE_MAGIC);
    Str head = capture_input_peek(input, capture_input_left(input));

    if (state == CAPTURE_INPUT_WAIT)
        return state;
    for (size_t i = 0; head.len >= CAPTURE_MAGIC && i < G_N_ELEMENTS(formats); i++) {
        if (formats[i]->recognises(str_first(head, CAPTURE_MAGIC)))
            source->format = formats[i];
    }
    if (source->format != NULL)
        return CAPTURE_INPUT_READY;

    if (input->defect != NULL)
        capture_source_stop(source, "%s", input->defect);
    else if (head.len == 0)
        capture_source_stop(source, "it is empty");
    else
        capture_source_stop(source, "this is %s", capture_stranger_name(head));
    return CAPTURE_INPUT_OVER;
}

static CaptureInputState begin(CaptureSource *source)
{
    CaptureInputState state = CAPTURE_INPUT_READY;

    if (source->format == NULL)
        state = recognise(source);
    if (state == CAPTURE_INPUT_READY)
        state = source->format->begin(source);
    if (state == CAPTURE_INPUT_READY) {
        source->begun = true;
        source->info.format = source->format->name;
        source->info.compression = source->input->compression;
    }
    return state;
}

bool capture_source_open(CaptureSource *source, GError **error)
{
    source->input = capture_input_open(source->path, source->follow, error);
    if (source->input == NULL)
        return false;
    source->size = source->input->size;
    if (begin(source) != CAPTURE_INPUT_OVER)
        return true;
    g_set_error(error, CAPTURE_ERROR, CAPTURE_ERROR_FORMAT, "cannot read %s: %s", source->path,
                source->stopped_because);
    return false;
}

/* False when there is nothing to read from, now or ever. */
static bool make_ready(CaptureSource *source)
{
    g_autoptr(GError) error = NULL;

    if (source->over)
        return false;
    if (source->input == NULL && !capture_source_open(source, &error))
        capture_source_stop(source, "%s", error->message);
    else if (!source->begun)
        begin(source);
    return source->begun && !source->over;
}

/* A frame without a time was seen after the one before it; that much is known. */
static void count_time(CaptureInfo *info, CapturePacket *packet)
{
    if (packet->no_time) {
        info->no_time_frames++;
        packet->time = info->last != NSEC_NONE ? info->last : 0;
        return;
    }
    info->last = packet->time;
    if (G_LIKELY(packet->time >= info->latest))
        info->latest = packet->time;
    else if (info->latest - packet->time > CLOCK_STEP)
        info->clock_steps++;
    if (info->first == NSEC_NONE)
        info->first = packet->time;
}

void capture_source_count(CaptureSource *source, CapturePacket *packet)
{
    CaptureInfo *info = &source->info;

    if (source->clock != NULL && !packet->no_time)
        packet->time = capture_clock_mend(source->clock, packet->time);
    info->packets++;
    info->bytes += packet->bytes.len;
    packet->ref = (CaptureRef){
        .capture = source->index,
        .place = info->place,
        .frame = info->packets,
    };
    count_time(info, packet);
    if (packet->wire_len <= packet->bytes.len)
        return;
    if (info->cut_frames++ == 0) {
        info->cut_first_frame = info->packets;
        info->cut_first_time = packet->time;
    }
}

CaptureStatus capture_source_next(CaptureSource *source, CapturePacket *packet)
{
    if (G_UNLIKELY(!source->begun || source->input == NULL) && !make_ready(source)) {
        if (source->over)
            close_input(source);
        return source->over ? CAPTURE_END : CAPTURE_IDLE;
    }

    CaptureStatus status = source->format->next(source, packet);

    if (G_LIKELY(status == CAPTURE_FRAME))
        capture_source_count(source, packet);
    else if (status == CAPTURE_END)
        close_input(source);
    return status;
}

void capture_source_add_link(CaptureSource *source, uint16_t link)
{
    for (guint i = 0; i < source->links->len; i++) {
        if (g_array_index(source->links, uint16_t, i) == link)
            return;
    }
    if (source->links->len < FACTS_MAX)
        g_array_append_val(source->links, link);
}

void capture_source_add_text(GPtrArray *list, Str text)
{
    if (list->len < FACTS_MAX)
        g_ptr_array_add(list, str_dup(str_first(text, TEXT_MAX)));
}

void capture_source_add_gap(CaptureSource *source, Nsec from, Nsec until, const char *because)
{
    CaptureGap gap = { .from = from, .until = until };

    g_strlcpy(gap.because, because, sizeof(gap.because));
    if (source->gaps->len == CAPTURE_GAPS) {
        g_array_remove_index(source->gaps, 0);
        source->info.gaps_forgotten++;
    }
    g_array_append_val(source->gaps, gap);
}

void capture_source_close_gap(CaptureSource *source, Nsec until)
{
    for (guint i = source->gaps->len; i-- > 0;) {
        CaptureGap *gap = &g_array_index(source->gaps, CaptureGap, i);

        if (gap->until == NSEC_NONE)
            gap->until = until;
    }
}
