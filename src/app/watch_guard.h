#pragma once

/*
 * "It hangs, and nobody knows on what." A frame that costs seconds of computing
 * is a defect of ours that somebody can use against us. The program then says
 * which frame it was, by its length and a hash and not by what is in it, and
 * ends, so that the service manager starts it anew.
 */

#include "capture/packet.h"

typedef struct WatchGuard WatchGuard;

/* For frames that this thread decodes. NULL with errno: there is no such timer. */
WatchGuard *watch_guard_new(void);
void watch_guard_free(WatchGuard *guard);

void watch_guard_begin(WatchGuard *guard, const CapturePacket *packet);
void watch_guard_end(WatchGuard *guard);

/* The hash it would be named by: FNV-1a, the same in every run. */
uint64_t watch_guard_hash(Str bytes);
