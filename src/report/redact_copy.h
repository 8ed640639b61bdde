#pragma once

/*
 * Copies of what a report is made of, with tokens in the place of names.
 */

#include "redact_names.h"
#include "report/writer.h"

/* Owns the copies that were made with it, until it is cleared. */
typedef struct RedactCopier {
    ReportRedactor *names;    /* borrowed */
    GPtrArray *captures;      /* of CaptureInfo: as the report may name them */
    GStringChunk *names_kept; /* of 'captures' */
    GPtrArray *blocks;
    GPtrArray *arrays; /* of GPtrArray */
    GPtrArray *tables; /* of GArray */
    GPtrArray *findings;
    GStringChunk *texts;
    GString *scratch;
} RedactCopier;

/* 'captures': of CaptureInfo, borrowed. */
RedactCopier *redact_copier_new(ReportRedactor *redactor, const GPtrArray *captures);
void redact_copier_free(RedactCopier *copier);
void redact_copier_clear(RedactCopier *copier); /* lets go of all copies but 'captures' */

/* Pieces of the copies: memory that lives as long as they do, and endpoints. */
void *redact_block(RedactCopier *copier, const void *original, size_t size);
void redact_endpoints(RedactCopier *copier, NetEndpoint *all, unsigned n);

/* NULL stays NULL (redact_life.c). */
const RegLife *redact_life(RedactCopier *copier, const RegLife *life);
const RegDevice *redact_device(RedactCopier *copier, const RegDevice *device);
RegAttempt *redact_attempt(RedactCopier *copier, const RegAttempt *attempt);
RegBinding *redact_bindings(RedactCopier *copier, const RegBinding *bindings, unsigned n);
RegRewrites *redact_rewrites(RedactCopier *copier,
                             const RegRewrites *rewrites); /* redact_diff.c; the caller's */
Finding *redact_finding(RedactCopier *copier, const Finding *finding);
const ReportResult *redact_result(RedactCopier *copier, const ReportResult *result);
