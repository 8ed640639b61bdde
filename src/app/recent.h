#pragma once

/*
 * "What went over the wire just before?" The frames of late of each pair of
 * endpoints, in a bounded amount of memory: when a finding is told, the frames
 * behind it are long gone from everywhere else.
 *
 * Frames are kept in the thread that reads them, and taken in the one that
 * judges.
 */

#include <glib.h>

#include "capture/packet.h"
#include "net/payload.h"

typedef struct Recent Recent;

Recent *recent_new(size_t max_bytes);
void recent_free(Recent *recent);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Recent, recent_free)

/* Around the decoding of a frame: what is noted in between is about it. */
void recent_begin(Recent *recent, const CapturePacket *packet);
void recent_end(Recent *recent);

/* The frame in hand says something, or completes what others began. */
void recent_note(Recent *recent, const NetMeta *meta);

/* A frame that is taken. Borrowed for the call. */
typedef void RecentVisit(const CapturePacket *packet, void *user);

/* Every frame of the paths on which one of these (of CaptureRef) went that was not taken before,
 * in the order in which they came. The others of 'refs' are gone. */
void recent_take(Recent *recent, const GArray *refs, RecentVisit *visit, void *user);
