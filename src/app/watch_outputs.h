#pragma once

/*
 * Everything that hears of what is watched: reports, the journal, the history,
 * metrics, commands, evidence.
 */

#include "host/attendant.h"
#include "host/service.h"
#include "options.h"
#include "recent.h"
#include "report/writer.h"
#include "watch_files.h"

typedef struct WatchOutputs {
    GPtrArray *writers;   /* of ReportWriter */
    ReportWriter *keeper; /* one of them */
    Recent *recent;       /* NULL: no evidence is kept */
    WatchFiles *files;    /* likewise */
} WatchOutputs;

typedef struct WatchAround {
    const Options *options;
    const GPtrArray *infos;   /* of CaptureInfo */
    ReportRedactor *redactor; /* NULL: names stay */
    HostAttendant *attendant; /* NULL: nothing needs it */
    HostService *service;
} WatchAround;

/* Whether something is asked for that only the attendant can do. */
bool watch_outputs_need_attendant(const Options *options);

/* False with 'error' set: one of them cannot be had, and none is open. */
bool watch_outputs_open(WatchOutputs *outputs, const WatchAround *around, GError **error);

/* What they may keep of '--memory': frames of late, and what waits in the queues of slow ones. */
size_t watch_outputs_bytes(const WatchOutputs *outputs, const WatchOptions *options);

/* Threads may begin. */
void watch_outputs_start(const WatchOutputs *outputs);

/* Returns 'status', or EXIT_TROUBLE when something could not be written. */
int watch_outputs_close(WatchOutputs *outputs, int status);
