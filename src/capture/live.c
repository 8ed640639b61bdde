/*
 * A mirror port for months: what comes is handed out in order, what does not
 * come is accounted for.
 *
 * The kernel hands over blocks, a full one at once and any other after its
 * timeout. So of several interfaces a frame may go as soon as all others were
 * found empty long enough after its time.
 */

#include "capture/live.h"

#include <poll.h>

#include "interface.h"
#include "wall.h"

/* Over the timeout of a block: until the kernel's timer ran and we were woken. */
#define DELAY (100 * NSEC_MSEC)

#define BACK_OFF_FIRST NSEC_SEC
#define BACK_OFF_MAX (60 * NSEC_SEC)

struct CaptureLive {
    GPtrArray *interfaces; /* of CaptureInterface */
    void (*event)(const CaptureEvent *event, void *user);
    void *user;
    CaptureWall tended; /* the clocks then */
    Nsec until;         /* frames stamped later are not taken */
};

static CaptureInterface *interface_at(const CaptureLive *live, unsigned index)
{
    return g_ptr_array_index(live->interfaces, index);
}

static void free_interface(void *interface)
{
    capture_interface_free(interface);
}

static void tell(const CaptureLive *live, const CaptureEvent *event)
{
    if (live->event != NULL)
        live->event(event, live->user);
}

CaptureLive *capture_live_new(const CaptureListen *listen, GError **error)
{
    g_autoptr(CaptureLive) live = g_new0(CaptureLive, 1);

    live->interfaces = g_ptr_array_new_with_free_func(free_interface);
    live->event = listen->event;
    live->user = listen->user;
    live->until = NSEC_MAX;
    for (unsigned i = 0; i < listen->interfaces->len; i++) {
        const char *name = g_ptr_array_index(listen->interfaces, i);
        CaptureInterface *interface = capture_interface_new(name, listen, i);

        g_ptr_array_add(live->interfaces, interface);
        if (!capture_interface_open(interface, error))
            return NULL;
    }
    live->tended = capture_wall_now();
    return g_steal_pointer(&live);
}

void capture_live_free(CaptureLive *live)
{
    if (live == NULL)
        return;
    g_ptr_array_unref(live->interfaces);
    g_free(live);
}

/* --- away and back -------------------------------------------------------- */

static void lose(CaptureLive *live, CaptureInterface *interface, const char *why)
{
    CaptureWall now = capture_wall_now();

    capture_interface_count_drops(interface);
    capture_interface_close(interface);
    interface->away_since = now.real;
    interface->back_off = BACK_OFF_FIRST;
    interface->retry = now.mono + BACK_OFF_FIRST;
    capture_source_add_gap(interface->source, now.real, NSEC_NONE, why);
    tell(live, &(CaptureEvent){ .kind = CAPTURE_EVENT_DOWN,
                                .info = &interface->source->info,
                                .from = now.real,
                                .until = now.real,
                                .because = why });
}

static bool comes_back(CaptureInterface *interface)
{
    g_autoptr(GError) error = NULL;
    uint16_t link = interface->link;
    const char *why;

    if (!capture_interface_open(interface, &error))
        return false;
    if (interface->link == link && capture_interface_is_up(interface, &why))
        return true;
    capture_interface_close(interface);
    interface->link = link;
    return false;
}

static void try_again(CaptureLive *live, CaptureInterface *interface, const CaptureWall *now)
{
    if (now->mono < interface->retry)
        return;
    if (!comes_back(interface)) {
        interface->back_off = MIN(2 * interface->back_off, BACK_OFF_MAX);
        interface->retry = now->mono + interface->back_off;
        return;
    }
    capture_source_close_gap(interface->source, now->real);
    tell(live, &(CaptureEvent){ .kind = CAPTURE_EVENT_UP,
                                .info = &interface->source->info,
                                .from = interface->away_since,
                                .until = now->real });
}

static void tend_interface(CaptureLive *live, CaptureInterface *interface, const CaptureWall *now)
{
    const char *why = NULL;

    if (interface->pcap == NULL) {
        try_again(live, interface, now);
        return;
    }

    uint64_t dropped = capture_interface_count_drops(interface);

    if (dropped > 0)
        tell(live, &(CaptureEvent){ .kind = CAPTURE_EVENT_DROPS,
                                    .info = &interface->source->info,
                                    .from = MIN(live->tended.real, now->real),
                                    .until = now->real,
                                    .dropped = dropped });
    if (!capture_interface_is_up(interface, &why))
        lose(live, interface, why);
}

/* --- the clock ------------------------------------------------------------ */

static void note_everywhere(CaptureLive *live, Nsec from, Nsec until, const char *why)
{
    for (unsigned i = 0; i < live->interfaces->len; i++)
        capture_source_add_gap(interface_at(live, i)->source, from, until, why);
}

static void look_at_clock(CaptureLive *live, const CaptureWall *now)
{
    Nsec step = capture_wall_step(&live->tended, now);
    Nsec slept = capture_wall_sleep(&live->tended, now);
    Nsec from = live->tended.real;
    char span[NSEC_TEXT];

    if (step != 0) {
        g_autofree char *why =
            g_strdup_printf("the clock was set %s by %s", step < 0 ? "back" : "ahead",
                            nsec_to_span(step < 0 ? -step : step, span));

        note_everywhere(live, now->real, now->real, why);
        tell(live, &(CaptureEvent){ .kind = CAPTURE_EVENT_CLOCK,
                                    .from = MIN(from, now->real),
                                    .until = MAX(from, now->real),
                                    .step = step });
    }
    if (slept != 0) {
        note_everywhere(live, from, now->real, "the machine was suspended");
        tell(live,
             &(CaptureEvent){ .kind = CAPTURE_EVENT_ASLEEP, .from = from, .until = now->real });
    }
}

void capture_live_tend(CaptureLive *live)
{
    CaptureWall now = capture_wall_now();

    look_at_clock(live, &now);
    for (unsigned i = 0; i < live->interfaces->len; i++)
        tend_interface(live, interface_at(live, i), &now);
    live->tended = now;
}

/* --- frames --------------------------------------------------------------- */

static bool has_frame(const CaptureInterface *interface)
{
    return interface->next_frame < interface->n_frames;
}

/* What the kernel was found to hold is as old as the look at most. */
static void fill(CaptureLive *live, CaptureInterface *interface)
{
    char why[PCAP_ERRBUF_SIZE];
    Nsec now = capture_wall_now().real;

    if (!capture_interface_fill(interface, why))
        lose(live, interface, why);
    if (!has_frame(interface))
        interface->drained = now;
}

static void take(CaptureInterface *interface, CapturePacket *packet)
{
    const CaptureInterfaceFrame *frame = &interface->frames[interface->next_frame++];

    *packet = (CapturePacket){
        .time = frame->time,
        .wire_len = frame->wire_len,
        .link = interface->link,
        .bytes = { (const char *)interface->bytes->data + frame->at, frame->len },
    };
    capture_source_count(interface->source, packet);
}

static Nsec next_time(const CaptureInterface *interface)
{
    return interface->frames[interface->next_frame].time;
}

/* The one whose next frame is the earliest; NULL: there is none. */
static CaptureInterface *find_earliest(const CaptureLive *live)
{
    CaptureInterface *earliest = NULL;

    for (unsigned i = 0; i < live->interfaces->len; i++) {
        CaptureInterface *interface = interface_at(live, i);

        if (has_frame(interface)
            && (earliest == NULL || next_time(interface) < next_time(earliest)))
            earliest = interface;
    }
    return earliest;
}

/* When no frame before this can come from an interface that was found empty. */
static Nsec settled_at(const CaptureInterface *interface)
{
    if (interface->pcap == NULL)
        return NSEC_MAX;
    if (interface->drained == NSEC_NONE)
        return NSEC_NONE;
    return interface->drained - interface->timeout * NSEC_MSEC - DELAY;
}

/* Whether the others can have nothing from before 'time'. They are asked again when they
 * were asked too early. */
static bool may_go(CaptureLive *live, Nsec time)
{
    bool may = true;

    for (unsigned i = 0; i < live->interfaces->len; i++) {
        CaptureInterface *interface = interface_at(live, i);

        if (has_frame(interface) || settled_at(interface) >= time)
            continue;
        fill(live, interface);
        may = may && (has_frame(interface) || settled_at(interface) >= time);
    }
    return may;
}

static CaptureInterface *choose_only(CaptureLive *live)
{
    CaptureInterface *only = interface_at(live, 0);

    if (!has_frame(only))
        fill(live, only);
    return has_frame(only) ? only : NULL;
}

/* When the clock was set back, nobody waits until it comes round again. */
static CaptureInterface *choose(CaptureLive *live)
{
    CaptureInterface *earliest = find_earliest(live);

    for (unsigned i = 0; i < live->interfaces->len && earliest == NULL; i++) {
        fill(live, interface_at(live, i));
        earliest = find_earliest(live);
    }
    if (earliest == NULL)
        return NULL;

    Nsec time = next_time(earliest);

    if (!may_go(live, time) && time <= capture_wall_now().real)
        return NULL;
    return find_earliest(live);
}

CaptureStatus capture_live_next(CaptureLive *live, CapturePacket *packet)
{
    CaptureInterface *interface = live->interfaces->len == 1 ? choose_only(live) : choose(live);

    if (interface == NULL)
        return CAPTURE_IDLE;
    if (next_time(interface) > live->until)
        return CAPTURE_END;
    take(interface, packet);
    return CAPTURE_FRAME;
}

void capture_live_wait(CaptureLive *live, int wake, Nsec patience)
{
    g_autofree struct pollfd *fds = g_new0(struct pollfd, live->interfaces->len + 1);
    nfds_t n = 0;

    fds[n++] = (struct pollfd){ .fd = wake, .events = POLLIN };
    for (unsigned i = 0; i < live->interfaces->len; i++) {
        const CaptureInterface *interface = interface_at(live, i);

        if (has_frame(interface))
            patience = MIN(patience, interface->timeout * NSEC_MSEC / 2);
        else if (interface->fd >= 0)
            fds[n++] = (struct pollfd){ .fd = interface->fd, .events = POLLIN };
    }
    poll(fds, n, (int)MIN(patience / NSEC_MSEC, INT32_MAX));
}

Nsec capture_live_stop(CaptureLive *live)
{
    live->until = capture_wall_now().real;
    for (unsigned i = 0; i < live->interfaces->len; i++)
        interface_at(live, i)->source->info.complete = true;
    return live->until;
}

static Nsec settle(CaptureInterface *interface)
{
    CaptureInfo *info = &interface->source->info;
    Nsec settled = has_frame(interface) ? next_time(interface) : settled_at(interface);

    if (interface->pcap != NULL && info->first != NSEC_NONE)
        info->latest = MAX(info->latest, settled);
    return settled;
}

Nsec capture_live_settled(CaptureLive *live)
{
    Nsec settled = NSEC_MAX;

    for (unsigned i = 0; i < live->interfaces->len; i++)
        settled = MIN(settled, settle(interface_at(live, i)));
    return settled != NSEC_MAX ? settled : capture_wall_now().real - DELAY;
}

/* --- what is known about them ---------------------------------------------- */

unsigned capture_live_size(const CaptureLive *live)
{
    return live->interfaces->len;
}

const CaptureInfo *capture_live_info(const CaptureLive *live, unsigned index)
{
    return &interface_at(live, index)->source->info;
}

char *capture_live_describe(const CaptureLive *live, unsigned index)
{
    const CaptureInterface *interface = interface_at(live, index);
    const char *link = pcap_datalink_val_to_name(
        interface->pcap != NULL ? pcap_datalink(interface->pcap) : interface->link);
    const char *mode = interface->refused       ? "promiscuous mode was refused"
                       : interface->promiscuous ? "promiscuous"
                                                : "not promiscuous";

    return g_strdup_printf(
        "%s: %s, %s, buffer %zu KiB, snapshot length %u, %s stamps, filter \"%s\"",
        interface->source->path, link != NULL ? link : "?", mode, interface->buffer_bytes / 1024,
        interface->snaplen, interface->nanoseconds ? "nanosecond" : "microsecond",
        (const char *)g_ptr_array_index(interface->source->filters, 0));
}

void capture_live_counts(const CaptureLive *live, uint64_t *received, uint64_t *dropped)
{
    *received = *dropped = 0;
    for (unsigned i = 0; i < live->interfaces->len; i++) {
        const CaptureInterface *interface = interface_at(live, i);
        const CaptureInfo *info = &interface->source->info;

        *received += interface->received;
        *dropped += info->dropped_kernel + info->dropped_interface;
    }
}
