#pragma once

/*
 * What a rule has to say, how sure it is, and what it saw.
 */

#include <glib.h>

#include "reg/rewrites.h"
#include "sip/message.h"

typedef struct Rule Rule;

typedef enum FindingSeverity {
    FINDING_NOTE,    /* worth knowing, works anyway */
    FINDING_WARNING, /* will fail sometimes, or the capture cannot be trusted */
    FINDING_FAILURE, /* this is why the phone was not reachable */
} FindingSeverity;

typedef enum FindingGrade {
    FINDING_WEAK,   /* a hint */
    FINDING_STRONG, /* one unusual alternative remains, and 'settle' names what decides */
    FINDING_PROVEN, /* follows from the bytes of the capture and mandatory protocol rules */
} FindingGrade;

const char *finding_severity_name(FindingSeverity severity);
const char *finding_grade_name(FindingGrade grade);

/* One observed fact. */
typedef struct FindingFact {
    const char *name; /* what was looked at: "request", "challenge" */
    CaptureRef ref;
    Nsec time;
    char *seen;
    char *expected; /* NULL when the fact speaks for itself */
} FindingFact;

typedef struct FindingRejected {
    const char *id; /* of the rule or cause that was thought of and ruled out */
    char *because;
} FindingRejected;

typedef struct Finding {
    const Rule *rule;
    FindingGrade grade;
    uint64_t device; /* RegDevice.id, or 0: about a capture or a source */
    char *aor;       /* NULL when it is about no address of record */
    Nsec from;
    Nsec until;
    uint32_t count;                /* chains on which the rule fired alike */
    char *summary;                 /* one sentence with the numbers in it */
    GArray *facts;                 /* of FindingFact, in time order */
    GArray *rejected;              /* of FindingRejected */
    char *settle;                  /* what would decide it; NULL when proven */
    char *advice;                  /* NULL: the rule's own */
    RegRewrites *rewrites;         /* what differs between two places; NULL: does not matter here */
    const char *abstained_because; /* constant text, when the rule abstained */
    bool silenced;                 /* the engine: a narrower rule has spoken */
} Finding;

Finding *finding_new(const Rule *rule);
Finding *finding_copy(const Finding *finding);
void finding_free(Finding *finding);
size_t finding_bytes(const Finding *finding);           /* in memory, with its texts */
void finding_reset(Finding *finding, const Rule *rule); /* as new, without allocating */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Finding, finding_free)

void finding_say(Finding *finding, const char *format, ...) G_GNUC_PRINTF(2, 3);
void finding_advise(Finding *finding, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* 'settle' says what would decide it; NULL only with FINDING_PROVEN. */
void finding_grade(Finding *finding, FindingGrade grade, const char *settle);
void finding_reject(Finding *finding, const char *id, const char *because);

/* A fact; 'expected' may be NULL. Facts beyond the eighth are left out. */
void finding_cite(Finding *finding, const char *name, CaptureRef ref, Nsec time, Str seen,
                  const char *expected);
void finding_cite_message(Finding *finding, const char *name, const SipMessage *message,
                          const char *expected);

/* The message on both sides is to be shown beside the facts; keeps a reference. */
void finding_show(Finding *finding, RegRewrites *rewrites);

const char *finding_advice(const Finding *finding);

/* When the newest of its facts was seen; without any, 'until'. */
Nsec finding_newest(const Finding *finding);

/* Failures first; inside a severity proven before strong before weak, then by
 * time, then by device and id. For qsort over Finding pointers. */
int finding_compare(const Finding *a, const Finding *b);
