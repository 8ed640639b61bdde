#pragma once

/*
 * Where results go: terminal, JSON, and whatever else knows the calls below.
 *
 * Every writer gets the same calls in the same order and may ignore any of
 * them: attempts, bindings and findings as they come, then the whole result.
 */

#include <glib.h>

#include "capture/set.h"
#include "net/decoder.h"
#include "reg/tracker.h"
#include "report/activity.h"
#include "report/live.h"
#include "report/messages.h"
#include "report/redact.h"
#include "rules/engine.h"
#include "sip/framer.h"

#define REPORT_ERROR (report_error_quark())
GQuark report_error_quark(void);

typedef enum ReportError {
    REPORT_ERROR_FORMAT, /* no such format */
    REPORT_ERROR_OPEN,
    REPORT_ERROR_WRITE,
} ReportError;

/* The "counts" of the report contract. */
typedef struct ReportCounts {
    uint64_t sip_messages;
    uint64_t sip_requests;
    uint64_t sip_responses;
    uint64_t register_requests;
    uint64_t register_responses;
    uint64_t retransmissions;
    uint64_t duplicate_packets;
    uint64_t fragments_reassembled;
    uint64_t stream_gaps;
    uint64_t undecoded_packets;
    uint64_t tls_records;
} ReportCounts;

/* What of the whole a report shows: everything is analysed all the same. */
typedef struct ReportPart {
    const GPtrArray *devices;  /* of char *: who was asked for; NULL or empty: all */
    const GPtrArray *findings; /* likewise */
    Nsec since;                /* NSEC_NONE: from the beginning */
    Nsec until;                /* NSEC_MAX: to the end */
    unsigned devices_left_out; /* without a scanner's */
    unsigned findings_left_out;
} ReportPart;

/* Whether something that began and ended then is shown; 'part' NULL: everything is. */
static inline bool report_part_holds(const ReportPart *part, Nsec from, Nsec until)
{
    return part == NULL || (from <= part->until && until >= part->since);
}

#define REPORT_TABLES 48

/* Everything known when the capture is over. Borrowed. */
typedef struct ReportResult {
    const GPtrArray *captures; /* of RegCaptureSite, by capture index */
    const GPtrArray *devices;  /* of RegDevice, in order of appearance */
    const GPtrArray *findings; /* of Finding, in the order of the report */
    const GArray *abstentions; /* of RuleAbstention */
    Nsec end;                  /* the capture's newest time; NSEC_NONE: no packet */
    ReportCounts counts;
    CacheStats tables[REPORT_TABLES]; /* what was forgotten, by name */
    unsigned n_tables;
    const NetStats *net;
    const SipFramerStats *sip;
    const ReportActivity *activity; /* NULL: not counted */
    const GArray *messages;         /* of ReportMessage, by frame; NULL: nobody wants them */
    uint64_t messages_left_out;     /* that the report names as well and were not kept */
    const ReportPart *part;         /* NULL: it is the whole */
} ReportResult;

/* The end of the capture for one device. */
static inline Nsec report_device_end(const ReportResult *result, const RegDevice *device)
{
    return result->end != NSEC_NONE ? reg_device_end(device, result->end) : device->last_seen;
}

typedef struct ReportWriter ReportWriter;

/* A call that is NULL is not made. None fails: what could not be written is
 * told by report_writer_close(). */
typedef struct ReportWriterOps {
    const char *name; /* as in --output=json:FILE */
    void (*attempt)(ReportWriter *writer, const RegDevice *device, const RegAttempt *attempt);
    void (*binding)(ReportWriter *writer, const RegDevice *device, const RegBinding *binding);
    void (*finding)(ReportWriter *writer, const Finding *finding);
    void (*end)(ReportWriter *writer, const ReportResult *result);

    /* While a capture is watched, between finding() and end(). */
    void (*change)(ReportWriter *writer, const ReportChange *change);
    void (*resolved)(ReportWriter *writer, const ReportResolved *resolved);
    void (*forgotten)(ReportWriter *writer,
                      uint64_t device); /* RegDevice.id: it is not known now */
    void (*pulse)(ReportWriter *writer, const ReportPulse *pulse);
    void (*reopen)(ReportWriter *writer);            /* its file was moved away: begin a new one */
    void (*start)(ReportWriter *writer);             /* before all others: threads may begin */
    uint64_t (*dropped)(const ReportWriter *writer); /* what it could not get rid of, so far */
    void (*free)(ReportWriter *writer);
} ReportWriterOps;

/* First member of every implementation's own struct. */
struct ReportWriter {
    const ReportWriterOps *ops;
    struct ReportOutput *output; /* NULL: it has its own ways */
    const GPtrArray *captures;   /* of CaptureInfo: names for frame references */
    bool shows_messages;         /* the result is to have them */
};

typedef struct ReportOptions {
    const GPtrArray *captures; /* of CaptureInfo, by capture index; outlives the writer */
    bool color;                /* for standard output only; the caller knows about NO_COLOR */
    unsigned width;            /* columns of the terminal; 0: not a terminal */
    bool verbose;              /* every device's timeline, also of those without findings */
    bool quiet;                /* headline and findings only */
    bool ladder;               /* text: the attempts of each device as diagrams */
    bool ascii;                /* the terminal shows nothing else */
    bool live;                 /* the capture is watched: output is to be had at once */
    bool unjudged;             /* only what the devices did: nothing of what it means */
    ReportRedactor *redactor;  /* for a report that is passed on; NULL: names stay */
} ReportOptions;

/* "text", "json:FILE", "jsonl:-" ... An output file is written under a
 * temporary name beside it and gets its own when it is complete; "jsonl" is
 * read while it is written and has its name at once. */
ReportWriter *report_writer_open(const char *spec, const ReportOptions *options, GError **error);

/* While a capture is watched. What goes to a stream then passes through a queue and a thread:
 * a reader that stands still or a full disk costs output, counted, and never makes anybody
 * wait. When the process has its last rights and user: the threads begin. */
void report_writer_start(ReportWriter *writer);

/* Calls reopen(), and begins a new file where a stream was moved away. */
void report_writer_reopen(ReportWriter *writer);

/* Records that could not be written, so far. */
uint64_t report_writer_dropped(const ReportWriter *writer);

/* Ends the output. False when anything could not be written, with the first
 * reason; frees the writer in any case. */
bool report_writer_close(ReportWriter *writer, GError **error);

/* The same for a report that nobody wants any more: a file that it would have replaced stays. */
void report_writer_abandon(ReportWriter *writer);
