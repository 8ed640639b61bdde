#pragma once

/*
 * One budget for everything that is remembered, divided over all tables.
 *
 * Each table gets a share of its own, so that none can starve another; the
 * tables themselves decide who goes first (base/cache.h). What the program
 * takes before it remembers anything, and what the C library loses between
 * blocks, is set aside first: the budget is what the system sees.
 */

#include "net/decoder.h"
#include "reg/tracker.h"
#include "sip/framer.h"
#include "sip/txn.h"

typedef struct BudgetWants {
    size_t bytes;    /* of the whole process; 0: every table as large as it ever is */
    unsigned places; /* each has fragments, connections and streams of its own */
    size_t others;   /* of 'bytes', what is divided elsewhere: queues, recent frames */
} BudgetWants;

typedef struct Budget {
    NetConfig net; /* of each place */
    SipFramerConfig framer;
    SipTxnConfig txns;
    RegConfig reg;
    size_t findings; /* 0: only their number is limited */
    size_t standing; /* findings that stand at the same time; 0: the usual limit */
} Budget;

Budget budget_divide(const BudgetWants *wants);

/* What the table with this name gets of a budget; 0: it has no share. */
size_t budget_share(const BudgetWants *wants, const char *table);

/* The least that is worth trying. */
#define BUDGET_LEAST ((size_t)16 << 20)
