#pragma once

/*
 * One interface that is listened on, from the first opening over any number of
 * times that it goes away and comes back.
 */

#include <pcap/pcap.h>

#include "capture/live.h"
#include "source.h"

/* Frames that are taken from the kernel at once. They are copied, because the kernel takes a
 * block back as soon as its last frame was seen. */
#define CAPTURE_INTERFACE_BATCH 256

typedef struct CaptureInterfaceFrame {
    Nsec time;
    uint32_t wire_len;
    uint32_t len;
    size_t at; /* in 'bytes' */
} CaptureInterfaceFrame;

typedef struct CaptureInterface {
    CaptureSource *source; /* holds what is known about it, and counts */
    char *filter;          /* NULL: the default, made for the link type */
    GArray *ports;
    size_t buffer_bytes;
    uint32_t snaplen;
    bool promiscuous;
    bool refused; /* it is not promiscuous although that was asked for */
    int timeout;  /* ms: how long the kernel may keep a block that is not full */

    pcap_t *pcap; /* NULL: it is away */
    int fd;
    bool nanoseconds;
    uint16_t link;

    CaptureInterfaceFrame frames[CAPTURE_INTERFACE_BATCH];
    unsigned n_frames;
    unsigned next_frame;
    GByteArray *bytes;
    Nsec drained; /* CLOCK_REALTIME: nothing was there; NSEC_NONE: not known */

    uint32_t seen_drops; /* counters of the library at the last look */
    uint32_t seen_interface_drops;
    uint64_t received; /* that passed the filter, by the kernel's count */
    uint32_t seen_received;

    Nsec away_since; /* CLOCK_REALTIME */
    Nsec retry;      /* CLOCK_MONOTONIC: when to try again */
    Nsec back_off;
} CaptureInterface;

CaptureInterface *capture_interface_new(const char *name, const CaptureListen *listen,
                                        unsigned index);
void capture_interface_free(CaptureInterface *interface);

bool capture_interface_open(CaptureInterface *interface, GError **error);

/* Closes it; frames that were taken from the kernel already are still there. */
void capture_interface_close(CaptureInterface *interface);

/* Fills the batch, which is used up. False: an error, in 'why'; the interface is away. */
bool capture_interface_fill(CaptureInterface *interface, char why[PCAP_ERRBUF_SIZE]);

/* Whether it exists and is up, as far as that can be asked. */
bool capture_interface_is_up(const CaptureInterface *interface, const char **why);

/* Adds what was dropped since the last time to the counters; returns how many that is. */
uint64_t capture_interface_count_drops(CaptureInterface *interface);

/* What a 32-bit counter has gained, over its wrap; 0 when it was set back, which is what more
 * than half of its range means. */
uint32_t capture_interface_gain(uint32_t before, uint32_t now);
