#pragma once

/*
 * Other names for everything in a report that tells who and where: users,
 * hosts, realms, addresses, Call-IDs, nonces, responses.
 *
 * The same name has the same token in every report of a run, so that the
 * reports still tell the story. Tokens are counted in order of appearance: the
 * same command gives the same report. Addresses become addresses that belong
 * to nobody (RFC 5737, RFC 2544, RFC 3849), or, when they were private,
 * private ones. Times, ports, lifetimes and the names of software stay.
 */

#include <glib.h>

typedef struct ReportRedactor ReportRedactor;

/* To be given to each writer of the run (ReportOptions), and to outlive them. */
ReportRedactor *report_redactor_new(void);
void report_redactor_free(ReportRedactor *redactor);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ReportRedactor, report_redactor_free)
