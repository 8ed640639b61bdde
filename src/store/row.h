#pragma once

/*
 * What happened, copied out of the analysis: one block of facts and one of
 * texts, that another thread can write whenever it gets to it.
 */

#include "report/writer.h"

typedef enum RowKind {
    ROW_ATTEMPT,
    ROW_BINDING,
    ROW_FINDING,
    ROW_RESOLVED,
    ROW_CHANGE,
    ROW_FORGOTTEN,
    ROW_CAPTURE,
    ROW_LOSS,
    ROW_UNSURE, /* changes got lost: nobody knows how any device stands */
    ROW_PULSE,
    ROW_END,
} RowKind;

/* Where in the row's texts; 0: there is none. */
typedef uint32_t RowText;

/* Who it is about. */
typedef struct RowDevice {
    uint64_t number; /* RegDevice.id; 0: nobody */
    bool known;      /* the rest is filled in */
    RowText aor;
    RowText user;
    RowText instance;
    RowText contact;
    RowText user_agent;
    RowText address;
    RowText public_address;
    RowText server;
    const char *transport;
    Nsec first_seen;
    Nsec last_seen;
    Nsec bound; /* until when it is registered; NSEC_NONE: it is not */
} RowDevice;

typedef struct RowAttempt {
    Nsec first_opened;
    Nsec opened;
    Nsec closed;
    uint64_t repeated;
    const char *purpose;
    const char *outcome;
    RowText answers; /* "401 200" */
    RowText reason;
    RowText remark;
    RowText call_id;
    RowText steps;
} RowAttempt;

typedef struct RowBinding {
    RowText contact;
    RowText source;
    Nsec since;
    Nsec until;
    Nsec ended;
    uint64_t granted; /* seconds */
    uint64_t asked;   /* REG_EXPIRES_NONE: it did not say */
    uint64_t refreshes;
    const char *end;
} RowBinding;

typedef struct RowFinding {
    const char *rule;
    const char *severity;
    const char *grade;
    RowText aor;
    Nsec from;
    Nsec until;
    uint64_t count;
    RowText summary;
    RowText advice;
    RowText settle;
    RowText evidence;
    Nsec resolved; /* NSEC_NONE: it stands */
    const char *because;
    bool lost;
} RowFinding;

typedef struct RowChange {
    const char *condition;
    const char *state;
    const char *because;
    Nsec since;
    Nsec until;
    Nsec noticed;
    const char *finding;
    RowText summary;
} RowChange;

typedef struct RowCapture {
    uint32_t number;
    RowText name;
    RowText stopped;
    Nsec first;
    Nsec last;
    uint64_t packets;
    uint64_t bytes;
    bool drops_known;
    uint64_t dropped_kernel;
    uint64_t dropped_interface;
    const char *vantage;
} RowCapture;

typedef struct RowLoss {
    const char *kind;
    RowText what;
    Nsec from;
    Nsec until;
    uint64_t count;
} RowLoss;

/* Of a pulse and of the end. */
typedef struct RowTime {
    Nsec now;  /* of the capture; NSEC_NONE: no packet yet */
    Nsec wall; /* of this machine */
} RowTime;

typedef struct Row {
    RowKind kind;
    RowDevice device;
    union {
        RowAttempt attempt;
        RowBinding binding;
        RowFinding finding;
        RowChange change;
        RowCapture capture;
        RowLoss loss;
        RowTime time;
    };
    GString *texts;
} Row;

/* The tables outlive the rows: what is 'const char *' above is constant text. */
Row *row_of_attempt(const RegDevice *device, const RegAttempt *attempt);
Row *row_of_binding(const RegDevice *device, const RegBinding *binding);
Row *row_of_finding(const Finding *finding);
Row *row_of_resolved(const ReportResolved *resolved);
Row *row_of_change(const ReportChange *change);
Row *row_of_forgotten(uint64_t device, Nsec now);
Row *row_of_capture(const RegCaptureSite *site);
Row *row_of_loss(const char *kind, const char *what, Nsec from, Nsec until, uint64_t count);
Row *row_of_unsure(Nsec now);
Row *row_of_pulse(Nsec now, Nsec wall);
Row *row_of_end(Nsec now, Nsec wall);
void row_free(Row *row);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Row, row_free)

size_t row_size(const Row *row);

/* NULL when there is none; valid UTF-8. */
const char *row_text(const Row *row, RowText text);
