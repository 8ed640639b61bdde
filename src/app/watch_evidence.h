#pragma once

/*
 * What is kept of the wire while it is watched: around each finding the frames
 * that it cites and those that went over the same paths just before.
 */

#include "recent.h"
#include "report/writer.h"
#include "watch_files.h"

/* What each of its files begins with: an interface for each of 'captures' (of CaptureInfo), in
 * their order. */
GByteArray *watch_evidence_head(const GPtrArray *captures);

/* All of these are borrowed; 'captures' names the frames. */
ReportWriter *watch_evidence_new(Recent *recent, WatchFiles *files, const GPtrArray *captures);
