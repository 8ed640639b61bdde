#pragma once

/*
 * Captures from several places, brought to one clock.
 */

#include <signal.h>

#include "capture/set.h"

/* Whether the captures are of more than one place. */
bool align_is_needed(const CaptureSet *captures);

/* Reads all captures once, to find out how far their clocks are apart, and tells
 * 'captures', which has not been read yet. Those of the first place are believed.
 * 'quit', which a signal sets, ends it early. False also where the places are evidently the
 * other way round. */
bool align_captures(CaptureSet *captures, const CaptureOptions *options,
                    const volatile sig_atomic_t *quit, GError **error);
