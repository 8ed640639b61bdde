#pragma once

/*
 * Messages in, transactions out.
 *
 * A transaction is one request with its copies and its answer, as seen on one
 * hop (RFC 3261 section 17). Either half may be missing; which one, and why,
 * is the point.
 *
 * An answer does not close a transaction. A phone that repeats its request
 * after the registrar answered did not get the answer, and that is the best
 * proof of a broken path there is. A transaction closes when nothing was added
 * to it for longer than 64*T1.
 */

#include "base/cache.h"
#include "sip/message.h"

typedef enum SipTxnEnd {
    SIP_TXN_OPEN,
    SIP_TXN_EXPIRED,   /* nothing came for so long that nothing will */
    SIP_TXN_FORGOTTEN, /* the table was full */
    SIP_TXN_CUT,       /* the capture ended */
} SipTxnEnd;

/* How many copies keep their time: the whole schedule of timer E. */
#define SIP_TXN_COPIES 12

/* Reference counted: to keep one beyond a callback, sip_txn_ref(). */
typedef struct SipTxn {
    NetFlow hop;    /* from the client to the server */
    uint32_t place; /* CapturePlace: where it was seen */
    SipMethod method;
    SipMessage *request; /* NULL when only answers were seen, or after sip_txn_strip() */
    SipMessage *answer;  /* the first final one, or NULL */
    bool request_seen;
    uint16_t status;         /* of the first final answer; 0 without one */
    Nsec opened;             /* the first message of it ... */
    CaptureRef opened_ref;   /* ... and where that stands */
    Nsec answered;           /* NSEC_NONE when it was not */
    Nsec touched;            /* the newest message of it */
    uint16_t request_copies; /* beyond the first */
    uint16_t answer_copies;
    uint16_t copies_after_answer; /* requests that came again although the answer was out */
    uint16_t provisional;         /* the newest 1xx status, or 0 */
    bool answers_differ;          /* copies were answered with another To tag or challenge */
    bool answer_misdirected;  /* the answer went to another address or port than the request's */
    bool later_final_differs; /* a second final answer with another status */
    Nsec copy_times[SIP_TXN_COPIES]; /* of the first copies of the request */
    CaptureRef last_copy;            /* the newest copy of the request */
    CaptureRef last_answer_copy;     /* the newest copy of the answer ... */
    Nsec answer_copied;              /* ... and when; NSEC_NONE: there was none */
    Nsec first_copy_after_answer;
    SipTxnEnd end;
    bool genuine; /* set by the taker: no flood made it, it is not to be forgotten for one */
    void *owner;  /* the taker's own: never read here */
    struct SipTxnGroup *group; /* of the table, which counts the bytes; NULL: it is out of it */
} SipTxn;

SipTxn *sip_txn_ref(SipTxn *txn);
void sip_txn_unref(SipTxn *txn);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SipTxn, sip_txn_unref)

/* Lets go of the messages; times and counts stay. The table does it itself for
 * methods that are not to be kept, as soon as their callback has returned. */
void sip_txn_strip(SipTxn *txn);

/* Every function gets a borrowed transaction. NULL: not called. */
typedef struct SipTxnSink {
    void (*opened)(SipTxn *txn, void *user);   /* first message; the request may be missing */
    void (*answered)(SipTxn *txn, void *user); /* the first final answer */
    /* Either half once more: a retransmission, not a duplicate of the capture. */
    void (*copied)(SipTxn *txn, const SipMessage *copy, void *user);
    void (*closed)(SipTxn *txn, void *user); /* nothing can be added any more */
    void *user;
} SipTxnSink;

typedef struct SipTxnTable SipTxnTable;

typedef struct SipTxnConfig {
    size_t max_items;
    size_t max_bytes;
    Nsec idle;     /* more than 64*T1 = 32 s */
    uint32_t keep; /* bit set, 1 << SipMethod: whose messages are kept with the transaction */
} SipTxnConfig;

extern const SipTxnConfig sip_txn_config_default;

SipTxnTable *sip_txn_table_new(const SipTxnConfig *config, const SipTxnSink *sink);
void sip_txn_table_push(SipTxnTable *table, SipMessage *message);
void sip_txn_table_advance(SipTxnTable *table, Nsec now);
void sip_txn_table_finish(SipTxnTable *table);
void sip_txn_table_free(SipTxnTable *table);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SipTxnTable, sip_txn_table_free)

CacheStats sip_txn_table_stats(const SipTxnTable *table);
