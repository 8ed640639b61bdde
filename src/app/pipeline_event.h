#pragma once

/*
 * What the front of the pipeline tells the back of it, in the order in which it
 * happened.
 *
 * An event owns what it points at: its message, its bytes behind the struct, a
 * copy of what a handshake has shown. The front touches nothing of it any more.
 */

#include "report/writer.h"

typedef enum PipelineEventKind {
    PIPELINE_MESSAGE,
    PIPELINE_KEEPALIVE,
    PIPELINE_NET,
    PIPELINE_DNS,
    PIPELINE_TLS,
    PIPELINE_HANDSHAKE,
    PIPELINE_LOSS,
    PIPELINE_CLOCK_STEP, /* the capture's clock was set back */
    PIPELINE_ADVANCE,
    PIPELINE_REACH,
    PIPELINE_CAPTURE,
    PIPELINE_COUNTS,
    PIPELINE_CALL,
} PipelineEventKind;

/* How far a capture has been read: what the analysis asks about it on the way. */
typedef struct PipelineReach {
    uint32_t capture;
    uint64_t packets;
    Nsec first;
    Nsec last;
    Nsec latest;
} PipelineReach;

/* All that is known about a capture. */
typedef struct PipelineCapture {
    uint32_t capture;
    CaptureInfo *info; /* the taker's */
} PipelineCapture;

/* What the front has counted so far, of all places. */
typedef struct PipelineCounts {
    NetStats net;
    SipFramerStats sip;
    unsigned n_tables;
    CacheStats tables[REPORT_TABLES];
} PipelineCounts;

typedef struct PipelineKeepalive {
    NetMeta meta;
    SipKeepalive kind;
} PipelineKeepalive;

typedef struct PipelineDns {
    NetMeta meta;
    Str bytes; /* behind the event: a message as net_dns_parse() takes it */
} PipelineDns;

typedef struct PipelineHandshake {
    NetMeta meta;
    uint32_t fresh;    /* as in SipTlsSight */
    NetTlsSeen *seen;  /* the taker's */
    NetTlsSeen *other; /* likewise; NULL: nothing is known of it */
} PipelineHandshake;

/* Between these two packets may be missing. */
typedef struct PipelineLoss {
    RegLoss kind;
    Nsec from;
    Nsec until;
} PipelineLoss;

typedef struct PipelineCall {
    void (*function)(void *user);
    void *user;
} PipelineCall;

typedef struct PipelineEvent {
    PipelineEventKind kind;
    union {
        SipMessage *message; /* the taker's */
        PipelineKeepalive keepalive;
        NetEvent net; /* with its bytes behind the event */
        PipelineDns dns;
        NetMeta tls;
        PipelineHandshake handshake;
        Nsec now; /* of a clock step, and of time that has passed */
        PipelineLoss loss;
        PipelineReach reach;
        PipelineCapture capture;
        PipelineCounts counts;
        PipelineCall call;
    };
} PipelineEvent;
