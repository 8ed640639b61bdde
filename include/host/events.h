#pragma once

/*
 * Writers for what happens while a capture is watched: findings, findings that
 * are over, devices that are lost and come back.
 *
 * They pass it on to the attendant, which is borrowed and outlives them, and
 * write nothing at the end of the run.
 */

#include "host/attendant.h"
#include "report/writer.h"

/* Whether "-o SPEC" means one of them: "journal", "syslog", "syslog:FACILITY". */
bool host_events_knows(const char *spec);

/* Opens it. NULL: there is no journal, or no such facility. */
ReportWriter *host_events_open(const char *spec, HostAttendant *attendant, GError **error);

/* --on-change: the attendant's command, for every device that begins to stand differently. */
ReportWriter *host_on_change_new(HostAttendant *attendant);
