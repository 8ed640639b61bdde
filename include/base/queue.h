#pragma once

/*
 * A bounded queue from one thread to another.
 *
 * Records are gathered in batches, so that handing over costs next to nothing
 * for each; the other side gets them one by one, in the order in which they
 * were added. When too much waits, the adding side waits as well.
 *
 * The other side is a thread that is started when the first batch is full, or
 * flushed. What fits into one batch is taken by queue_finish() itself: a small
 * capture needs no thread, and one without 'threaded' never has another.
 */

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

typedef struct Queue Queue;

typedef struct QueueConfig {
    const char *name; /* of the thread, for those who look at it from outside; 15 letters at most */
    size_t max_bytes; /* that wait, with all that the records hold */
    bool threaded;    /* false: take() is called by whoever adds */

    /* NULL, or called for the record behind the one that is to be taken: what it points at can
     * be fetched from the other processor meanwhile. */
    void (*expect)(const void *record);

    /* In the order of adding, never two at a time. The record is gone when it returns, what
     * it holds is the taker's. Must not add to this queue. */
    void (*take)(void *record, void *user);
    void *user;
} QueueConfig;

Queue *queue_new(const QueueConfig *config);

/* Room for a record of 'size' bytes, aligned for any struct and not zeroed, to be filled
 * before the next call. 'held' is what it owns elsewhere, for the limit. */
void *queue_add(Queue *queue, size_t size, size_t held);

/* Nothing more comes for a while: the other side gets what there is. */
void queue_flush(Queue *queue);

/* Everything was taken, and the thread has ended, when this returns. Nothing can be added
 * any more. */
void queue_finish(Queue *queue);

/* Finishes it first: each record is taken. */
void queue_free(Queue *queue);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Queue, queue_free)
