#pragma once

/*
 * Interfaces that are listened on.
 *
 * Frames come as from a file: numbered from 1 on each interface in the order in
 * which they arrive, those of several interfaces merged by time. What happens
 * besides (packets were dropped, an interface went away and came back, the
 * clock was set) is told as a CaptureEvent, and stands in the CaptureInfo.
 *
 * One thread calls all of it.
 */

#include "capture/set.h"

typedef enum CaptureEventKind {
    CAPTURE_EVENT_DROPS,  /* packets that we should have seen were dropped meanwhile */
    CAPTURE_EVENT_DOWN,   /* the interface went away or went down: nothing is seen from 'from' on */
    CAPTURE_EVENT_UP,     /* it is back: nothing was seen from 'from' to 'until' */
    CAPTURE_EVENT_CLOCK,  /* the clock of this machine was set by 'step' */
    CAPTURE_EVENT_ASLEEP, /* this machine was suspended */
} CaptureEventKind;

typedef struct CaptureEvent {
    CaptureEventKind kind;
    const CaptureInfo *info; /* of the interface; NULL: it concerns all of them */
    Nsec from;               /* as packets are stamped */
    Nsec until;
    uint64_t dropped;    /* of DROPS */
    Nsec step;           /* of CLOCK: negative when it was set back */
    const char *because; /* of DOWN: in libpcap's words or ours */
} CaptureEvent;

typedef struct CaptureListen {
    const GPtrArray *interfaces; /* of char *; "any" is all of them */
    const char *filter;          /* pcap-filter text; NULL: what a registration can need */
    const GArray *ports;         /* of uint16_t: SIP beside 5060 and 5061, without a filter */
    size_t buffer_bytes;         /* the kernel's buffer of each interface */
    uint32_t snaplen;
    bool promiscuous;
    void (*event)(const CaptureEvent *event, void *user);
    void *user;
} CaptureListen;

typedef struct CaptureLive CaptureLive;

/* Opens them all, or none. 'listen' is not needed afterwards. */
CaptureLive *capture_live_new(const CaptureListen *listen, GError **error);
void capture_live_free(CaptureLive *live);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CaptureLive, capture_live_free)

/* The next frame, or CAPTURE_IDLE; never waits. What 'packet' points at lives until the next
 * call. */
CaptureStatus capture_live_next(CaptureLive *live, CapturePacket *packet);

/* Until a frame may be there, 'wake' can be read, or 'patience' is over. */
void capture_live_wait(CaptureLive *live, int wake, Nsec patience);

/* About once a second: reads the counters of the kernel, looks after interfaces and the clock. */
void capture_live_tend(CaptureLive *live);

/* No new frames from now on: what the kernel holds already can still be taken. Returns the time
 * now, as packets are stamped. */
Nsec capture_live_stop(CaptureLive *live);

/* After CAPTURE_IDLE: no frame that is stamped before this will come any more, by what the
 * kernel promises; NSEC_NONE when nothing can be said. The interfaces were watched until then,
 * and their CaptureInfo says so. */
Nsec capture_live_settled(CaptureLive *live);

unsigned capture_live_size(const CaptureLive *live);
const CaptureInfo *capture_live_info(const CaptureLive *live, unsigned index);

/* What is in force on one: "eth0: EN10MB, promiscuous, buffer 64 MiB, ..." for people; g_free() it.
 */
char *capture_live_describe(const CaptureLive *live, unsigned index);

/* Of all interfaces, as tcpdump counts: what passed the filter, and what was dropped. */
void capture_live_counts(const CaptureLive *live, uint64_t *received, uint64_t *dropped);
