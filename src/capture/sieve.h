#pragma once

/*
 * The capture filter of a run: one expression, compiled for each link type
 * that appears, and a judgement on what it refuses.
 */

#include "capture/set.h"

typedef struct CaptureSieve CaptureSieve;

CaptureSieve *capture_sieve_new(const char *expression);
void capture_sieve_free(CaptureSieve *sieve);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CaptureSieve, capture_sieve_free)

/* Whether the expression compiles for one of these link types (of uint16_t),
 * for Ethernet when none is known yet. */
bool capture_sieve_fits(CaptureSieve *sieve, const GArray *links, GError **error);

bool capture_sieve_passes(CaptureSieve *sieve, const CapturePacket *packet);

/* Adds a refused frame to 'hidden' when a registration may need it. */
void capture_sieve_note_refused(CaptureSieve *sieve, const CapturePacket *packet,
                                CaptureHidden *hidden);
