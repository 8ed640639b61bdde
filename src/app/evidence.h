#pragma once

/*
 * The second reading of the captures, for the frames that findings cite.
 */

#include "capture/set.h"
#include "report/evidence.h"

/* Hands every frame that 'evidence' wants to it, and with it the IP fragments or TCP
 * segments that hold the rest of its message. 'captures' are the same files as before, opened
 * again, with the same clocks. False: frames are not there any more. */
bool evidence_collect(ReportEvidence *evidence, CaptureSet *captures);
