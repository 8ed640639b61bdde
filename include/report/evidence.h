#pragma once

/*
 * The frames that findings rest on, as a capture of their own: pcapng, each
 * frame with a comment that says which findings it belongs to and what to look at.
 */

#include "capture/set.h"
#include "rules/rule.h"

typedef struct ReportEvidence ReportEvidence;

/* The file gets its name when it is complete. NULL with 'error' set: it cannot
 * be written. */
ReportEvidence *report_evidence_open(const char *path, GError **error);

/* Which frames: all that these findings (of Finding) cite; 'captures' (of CaptureInfo) name
 * them. Both are borrowed until the file is closed. */
void report_evidence_choose(ReportEvidence *evidence, const GPtrArray *findings,
                            const GPtrArray *captures);
bool report_evidence_wants(const ReportEvidence *evidence, CaptureRef ref);
unsigned report_evidence_size(const ReportEvidence *evidence); /* how many these are */

/* A frame that is wanted, or, with 'whole' another frame than its own, a part of the message
 * that 'whole' completes. In the order of the captures. */
void report_evidence_add(ReportEvidence *evidence, const CapturePacket *packet, CaptureRef whole);

/* What a finding says about a frame that it cites: for the first of them with its summary.
 * Escaped for a terminal; g_free() it. */
char *report_evidence_comment(const Finding *finding, const FindingFact *fact, bool first);

/* False when it could not be written; frees it in any case. */
bool report_evidence_close(ReportEvidence *evidence, GError **error);

/* The same, and no file is made. */
void report_evidence_abandon(ReportEvidence *evidence);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ReportEvidence, report_evidence_abandon)
