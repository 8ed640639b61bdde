#pragma once

/*
 * One capture: its bytes, its format, and what is known about it.
 *
 * A source can be closed and opened again when its input is a regular file, so
 * that hundreds of rotated files do not need hundreds of descriptors.
 */

#include "capture/set.h"
#include "input.h"

/* The bytes a format is recognised by. */
#define CAPTURE_MAGIC 4

/* The largest frame that libpcap's writers make and its readers take. */
#define CAPTURE_FRAME_MAX 262144

typedef struct CaptureSource CaptureSource;

/* A file format. 'state' of the source is its own. */
typedef struct CaptureFormat {
    const char *name;

    /* Whether a file that begins with these 4 bytes is of this format. */
    bool (*recognises)(Str magic);

    /* Reads the header of the file. OVER: it cannot be read, and the source
     * has been stopped with the reason. */
    CaptureInputState (*begin)(CaptureSource *source);

    /* The next frame: all of 'packet' but 'ref'. */
    CaptureStatus (*next)(CaptureSource *source, CapturePacket *packet);
    void (*free_state)(void *state);
} CaptureFormat;

extern const CaptureFormat capture_pcap;
extern const CaptureFormat capture_pcapng;

struct CaptureSource {
    CaptureInfo info; /* its lists and texts are the ones below */
    GArray *links;
    GPtrArray *filters;
    GPtrArray *interfaces;
    GPtrArray *comments;
    GArray *gaps;
    char *path;
    char *stopped_because;
    CaptureClock *clock; /* NULL: times are right as they are */

    uint32_t index; /* in the set */
    bool follow;
    bool begun; /* the header of the file was read */
    bool over;  /* nothing more will come */
    uint64_t taken;
    uint64_t size;

    CaptureInput *input;         /* NULL while closed */
    const CaptureFormat *format; /* NULL until it was recognised */
    void *state;
};

CaptureSource *capture_source_new(const char *path, CapturePlace place, bool follow);
void capture_source_free(CaptureSource *source);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CaptureSource, capture_source_free)

/* Opens it and reads its header; true also when the header of a file that is
 * followed has not been written yet. */
bool capture_source_open(CaptureSource *source, GError **error);

/* The next frame, counted and numbered, whatever a filter says. Opens the
 * source if need be and closes it at its end. */
CaptureStatus capture_source_next(CaptureSource *source, CapturePacket *packet);

/* Counts a frame that was read, and gives it its number. */
void capture_source_count(CaptureSource *source, CapturePacket *packet);

/* Closes it and forgets what was counted, but not its format and link types.
 * Does nothing, and says so, when the input cannot be read twice. */
bool capture_source_rewind(CaptureSource *source);

/* For formats: the end of what can be read, and why. Returns CAPTURE_END. */
CaptureStatus capture_source_stop(CaptureSource *source, const char *format, ...)
    G_GNUC_PRINTF(2, 3);

/* For formats: the input is over. That is the end of the capture when nothing
 * is left, and a cut in the middle of 'what' otherwise. Returns CAPTURE_END. */
CaptureStatus capture_source_end(CaptureSource *source, const char *what);

/* For formats: facts that the file states. The lists are bounded. */
void capture_source_add_link(CaptureSource *source, uint16_t link);
void capture_source_add_text(GPtrArray *list, Str text);

/* For interfaces: nothing was seen from then on, until NSEC_NONE: it is not over. */
void capture_source_add_gap(CaptureSource *source, Nsec from, Nsec until, const char *because);
void capture_source_close_gap(CaptureSource *source, Nsec until);
