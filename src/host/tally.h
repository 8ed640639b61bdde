#pragma once

/*
 * What is counted while a capture is watched, and its text as metrics. Labels
 * have values from lists of ours: no traffic can make them more.
 */

#include <glib.h>

#include "report/writer.h"

typedef struct Tally Tally;

Tally *tally_new(const char *version, Nsec started);
void tally_free(Tally *tally);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Tally, tally_free)

void tally_attempt(Tally *tally, const RegAttempt *attempt);
void tally_finding(Tally *tally, const Finding *finding);
void tally_resolved(Tally *tally, const ReportResolved *resolved);
void tally_change(Tally *tally, const ReportChange *change);
void tally_forgotten(Tally *tally);
void tally_pulse(Tally *tally, const ReportPulse *pulse);

/* Everything so far. 'result' NULL: nothing is known of the capture yet. */
void tally_print(const Tally *tally, const ReportResult *result, GString *out);
