#pragma once

/*
 * A thread that does slow things in order, and a queue in front of it that
 * never makes anybody wait.
 *
 * Whoever follows packets must not stand still because a disk is full or a
 * reader has gone to lunch. What does not fit into the queue is dropped, and
 * counted.
 */

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/nsec.h"

typedef struct Outbox Outbox;

typedef struct OutboxConfig {
    const char *name; /* of the thread: at most 15 characters */
    size_t max_bytes;
    void (*handle)(void *job, void *user); /* in the thread; takes the job */
    void (*idle)(void *user);              /* in the thread, when the queue has run dry; NULL */
    void (*drop)(void *job, void *user);   /* a job that is not wanted any more; in any thread */
    void *user;
} OutboxConfig;

typedef struct OutboxStats {
    uint64_t posted;
    uint64_t dropped; /* of these */
    uint64_t handled;
    size_t bytes; /* waiting or being handled now, with what the queue adds */
} OutboxStats;

Outbox *outbox_new(const OutboxConfig *config);

/* The thread begins here or with the first job. It would keep the rights that the process gives
 * up later: neither comes before that. */
void outbox_start(Outbox *outbox);

/* 'bytes' is what the job weighs. False: the queue is full, and it was dropped. */
bool outbox_post(Outbox *outbox, void *job, size_t bytes);

OutboxStats outbox_stats(Outbox *outbox);

/* Lets the thread finish what waits, but not for longer than 'patience'; what is left then is
 * dropped. Frees it. False: something was left. A thread that hangs in a call of the system is
 * left behind, and then 'user' must not be freed. */
bool outbox_close(Outbox *outbox, Nsec patience);
