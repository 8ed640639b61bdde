#pragma once

/*
 * Whoever keeps the watch itself: tells the service manager that it makes
 * progress and how it stands, and prints statistics for those who ask.
 *
 * It hears the pulse that the loop gives and the analysis takes, so what it
 * says holds for both of them.
 */

#include <stdio.h>

#include "host/service.h"
#include "report/writer.h"

/* 'service' is borrowed. */
ReportWriter *watch_keeper_new(HostService *service);

/* The next pulse prints statistics to standard error. In any thread. */
void watch_keeper_ask(ReportWriter *keeper);

/* All of them as one text; g_free() it. */
char *watch_keeper_statistics(const ReportPulse *pulse);
