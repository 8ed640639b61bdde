#pragma once

/*
 * Where frames come from: files, standard input, interfaces.
 *
 * A CaptureSet holds the captures of one run and hands out their frames one
 * after the other in time order. Rotated files follow each other in the order
 * of their first frames and are opened only when their time has come;
 * captures that overlap are merged.
 *
 * Only adding a capture can fail. A file that turns out to be damaged or cut
 * later ends there; its CaptureInfo says where and why.
 */

#include <glib.h>
#include <stdbool.h>

#include "capture/clock.h"
#include "capture/packet.h"

#define CAPTURE_ERROR (capture_error_quark())
GQuark capture_error_quark(void);

typedef enum CaptureError {
    CAPTURE_ERROR_OPEN,   /* no such file, no permission */
    CAPTURE_ERROR_FORMAT, /* not a capture file */
    CAPTURE_ERROR_FILTER, /* the filter expression does not compile */
} CaptureError;

typedef enum CaptureStatus {
    CAPTURE_FRAME, /* 'packet' is filled in */
    CAPTURE_IDLE,  /* nothing now, perhaps later: a file or pipe that is followed */
    CAPTURE_END,   /* all captures are over */
} CaptureStatus;

/* Which side of the path a capture was taken on, as the user said. */
typedef enum CapturePlace {
    CAPTURE_PLACE_UNSAID,
    CAPTURE_PLACE_CLIENT,
    CAPTURE_PLACE_MIDDLE,
    CAPTURE_PLACE_SERVER,
} CapturePlace;

/* Frames that the filter of this run refused although a registration may need
 * them: a frame counts in the first kind that fits. */
typedef struct CaptureHidden {
    uint64_t fragments;   /* later IP fragments: they have no port numbers */
    uint64_t tagged;      /* refused only for the VLAN, MPLS or PPPoE in front of IP */
    uint64_t icmp;        /* errors */
    uint64_t no_filter;   /* the filter does not compile for their link type */
    uint64_t first_frame; /* of the first one; 0: nothing was hidden */
    Nsec first_time;
} CaptureHidden;

/* A time in which an interface showed nothing, or in which stamps mean little. */
typedef struct CaptureGap {
    Nsec from;
    Nsec until; /* NSEC_NONE: it goes on */
    char because[96];
} CaptureGap;

#define CAPTURE_GAPS 64 /* the newest are kept */

/* What the report says about one capture. Borrowed from the set; numbers grow
 * while it is read. */
typedef struct CaptureInfo {
    const char *path; /* as given; "-" is standard input */
    const char *name; /* the last part of the path, for the report */
    CapturePlace place;
    const CaptureClock *clock;   /* against the first place's; NULL: not compared */
    const char *format;          /* "pcap", "pcapng", "live" */
    const char *compression;     /* "gzip", "zstd", "lz4", or NULL */
    const GArray *links;         /* of uint16_t: LINKTYPE_ values, in order of appearance */
    const GPtrArray *filters;    /* capture filters that the file itself names (pcapng) */
    const GPtrArray *interfaces; /* names of the interfaces that the file names (pcapng) */
    const GPtrArray *comments;   /* of the file's sections (pcapng); the first 64 */

    uint64_t packets; /* frames read, also those that the filter refused */
    uint64_t bytes;   /* captured bytes in them */
    Nsec first;       /* NSEC_NONE before the first frame */
    Nsec last;
    Nsec latest; /* the highest time so far; 'last' may be earlier */

    uint64_t cut_frames;      /* shorter than on the wire: the snapshot length */
    uint64_t cut_first_frame; /* the first of them, 0 for none */
    Nsec cut_first_time;
    uint64_t no_time_frames;
    uint64_t mended_frames;     /* with a length or time that cannot be, which was put right */
    uint64_t clock_steps;       /* frames more than a second before 'latest' */
    bool drops_known;           /* the file or the kernel told how much it lost */
    uint64_t dropped_kernel;    /* lost before the capture saw them */
    uint64_t dropped_interface; /* lost by the interface */
    uint64_t unreadable_blocks; /* pcapng blocks skipped because they make no sense */
    uint64_t secrets_blocks;    /* pcapng blocks with keys of TLS sessions: seen, not used */
    const GArray *gaps;         /* of CaptureGap, of an interface that is listened on */
    uint64_t gaps_forgotten;    /* older ones */
    CaptureHidden hidden;

    bool complete;               /* read to its end without a defect */
    const char *stopped_because; /* NULL, or a sentence: "cut in the middle of frame 12 ..." */
} CaptureInfo;

/* As it stands now, with texts and lists of its own; only path, name, format, compression
 * and clock are shared with the set. */
CaptureInfo *capture_info_copy(const CaptureInfo *info);
void capture_info_free(CaptureInfo *copy);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CaptureInfo, capture_info_free)

typedef struct CaptureOptions {
    const char *filter; /* pcap-filter text, or NULL */
    bool follow;        /* at the end of a file wait for more */
} CaptureOptions;

typedef struct CaptureSet CaptureSet;

CaptureSet *capture_set_new(const CaptureOptions *options);
void capture_set_free(CaptureSet *set);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CaptureSet, capture_set_free)

/* Looks at the head of the file: its format, and the time of its first frame.
 * The link types that the head names stand in its CaptureInfo afterwards; of
 * standard input and of a pipe no more than the file header is waited for. */
bool capture_set_add(CaptureSet *set, const char *path, CapturePlace place, GError **error);

/* The interfaces that are listened on, as a set: for those who ask about captures. Their frames
 * are taken from 'live', which is borrowed. */
struct CaptureLive;
CaptureSet *capture_set_of_live(const struct CaptureLive *live);

/* The next frame in time. What 'packet' points at lives until the next call. */
CaptureStatus capture_set_next(CaptureSet *set, CapturePacket *packet);

/* Before the first frame is taken: all times of that capture are told by the
 * other clock from now on, those of its CaptureInfo as well. */
void capture_set_mend_clock(CaptureSet *set, unsigned index, const CaptureClock *clock);

unsigned capture_set_size(const CaptureSet *set);
const CaptureInfo *capture_set_info(const CaptureSet *set, unsigned index);

/* Bytes read from the files and their sizes together, for a progress display;
 * 'total' is 0 when a size is not known (a pipe). */
void capture_set_progress(const CaptureSet *set, uint64_t *done, uint64_t *total);
