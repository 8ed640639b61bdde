/*
 * Batches of records between two threads.
 *
 * One mutex and two conditions, asked once for each batch of some hundred
 * messages: what is handed over in larger pieces is cold in the other
 * processor's cache before it is looked at. Batches go back to be filled again.
 */

#include "base/queue.h"

#include <pthread.h>
#include <signal.h>
#include <stdint.h>

/* Room for records in one batch. A larger record gets a batch of its own. */
#define BATCH_ROOM (32 * 1024)

/* A batch is full with so many bytes, with what its records hold: an eighth of a common
 * second-level cache. */
#define BATCH_FULL (128 * 1024)

#define ALIGNMENT _Alignof(max_align_t)

/* Batches that are kept to be filled again. */
#define SPARE_BATCHES 8

typedef struct Batch {
    struct Batch *next;
    size_t room;
    size_t used;
    size_t held;
    _Alignas(max_align_t) char bytes[];
} Batch;

typedef struct Record {
    size_t size; /* with this header */
    _Alignas(max_align_t) char content[];
} Record;

struct Queue {
    QueueConfig config;
    Batch *filling; /* the adding side's own */
    bool started;   /* likewise: there is a thread */
    pthread_t thread;

    pthread_mutex_t lock; /* for all that follows */
    pthread_cond_t came;
    pthread_cond_t went;
    Batch *first; /* that waits */
    Batch *last;
    Batch *spare;
    unsigned n_spare;
    size_t waiting; /* bytes, with the batch that is being taken */
    bool over;      /* no more will come */
};

Queue *queue_new(const QueueConfig *config)
{
    Queue *queue = g_new0(Queue, 1);

    queue->config = *config;
    pthread_mutex_init(&queue->lock, NULL);
    pthread_cond_init(&queue->came, NULL);
    pthread_cond_init(&queue->went, NULL);
    return queue;
}

static size_t weight_of(const Batch *batch)
{
    return batch->used + batch->held;
}

static void take_all(const Queue *queue, Batch *batch)
{
    size_t at = 0;

    while (at < batch->used) {
        Record *record = (Record *)(batch->bytes + at);

        at += record->size;
        if (queue->config.expect != NULL && at < batch->used)
            queue->config.expect(((Record *)(batch->bytes + at))->content);
        queue->config.take(record->content, queue->config.user);
    }
}

/* With the lock. */
static void put_aside(Queue *queue, Batch *batch)
{
    if (batch->room > BATCH_ROOM || queue->n_spare == SPARE_BATCHES) {
        g_free(batch);
        return;
    }
    batch->used = batch->held = 0;
    batch->next = queue->spare;
    queue->spare = batch;
    queue->n_spare++;
}

/* With the lock; NULL when nothing waits and nothing will. */
static Batch *next_batch(Queue *queue)
{
    while (queue->first == NULL && !queue->over)
        pthread_cond_wait(&queue->came, &queue->lock);

    Batch *batch = queue->first;

    if (batch != NULL)
        queue->first = batch->next;
    return batch;
}

static void *run(void *user)
{
    Queue *queue = user;

    pthread_setname_np(pthread_self(), queue->config.name);
    pthread_mutex_lock(&queue->lock);
    for (Batch *batch = next_batch(queue); batch != NULL; batch = next_batch(queue)) {
        size_t weight = weight_of(batch);

        pthread_mutex_unlock(&queue->lock);
        take_all(queue, batch);
        pthread_mutex_lock(&queue->lock);
        queue->waiting -= weight;
        put_aside(queue, batch);
        if (queue->waiting <= queue->config.max_bytes / 2)
            pthread_cond_signal(&queue->went);
    }
    pthread_mutex_unlock(&queue->lock);
    return NULL;
}

/* Signals are for the thread that was there first: it may be waiting for them. */
static bool create_thread(Queue *queue)
{
    sigset_t all;
    sigset_t before;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);

    bool created = pthread_create(&queue->thread, NULL, run, queue) == 0;

    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return created;
}

/* Without a thread the work is done here. */
static bool start(Queue *queue)
{
    if (!queue->started && queue->config.threaded)
        queue->started = create_thread(queue);
    return queue->started;
}

/* With the lock. Once it is full, it gets half empty first: to wake the other thread for each
 * batch would cost two changes of context for some hundred messages. */
static void wait_for_room(Queue *queue, size_t weight)
{
    if (queue->waiting == 0 || queue->waiting + weight <= queue->config.max_bytes)
        return;
    while (queue->waiting > queue->config.max_bytes / 2)
        pthread_cond_wait(&queue->went, &queue->lock);
}

static void hand_over(Queue *queue)
{
    Batch *batch = g_steal_pointer(&queue->filling);

    pthread_mutex_lock(&queue->lock);
    wait_for_room(queue, weight_of(batch));
    queue->waiting += weight_of(batch);
    batch->next = NULL;
    if (queue->first == NULL)
        queue->first = batch;
    else
        queue->last->next = batch;
    queue->last = batch;
    pthread_cond_signal(&queue->came);
    pthread_mutex_unlock(&queue->lock);
}

static void take_here(Queue *queue)
{
    take_all(queue, queue->filling);
    queue->filling->used = queue->filling->held = 0;
}

void queue_flush(Queue *queue)
{
    if (queue->filling == NULL || queue->filling->used == 0)
        return;
    if (start(queue))
        hand_over(queue);
    else
        take_here(queue);
}

static Batch *take_spare(Queue *queue)
{
    pthread_mutex_lock(&queue->lock);

    Batch *batch = queue->spare;

    if (batch != NULL) {
        queue->spare = batch->next;
        queue->n_spare--;
    }
    pthread_mutex_unlock(&queue->lock);
    return batch;
}

static void begin_batch(Queue *queue, size_t size)
{
    size_t room = MAX(size, BATCH_ROOM);

    if (queue->filling != NULL)
        g_free(queue->filling); /* too small for this record */
    queue->filling = room == BATCH_ROOM ? take_spare(queue) : NULL;
    if (queue->filling != NULL)
        return;
    queue->filling = g_malloc(sizeof(Batch) + room);
    queue->filling->room = room;
    queue->filling->used = queue->filling->held = 0;
}

void *queue_add(Queue *queue, size_t size, size_t held)
{
    size_t whole = (sizeof(Record) + size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    const Batch *filling = queue->filling;

    if (filling != NULL
        && (filling->room - filling->used < whole || weight_of(filling) >= BATCH_FULL))
        queue_flush(queue);
    if (queue->filling == NULL || queue->filling->room < whole)
        begin_batch(queue, whole);

    Batch *batch = queue->filling;
    Record *record = (Record *)(batch->bytes + batch->used);

    record->size = whole;
    batch->used += whole;
    batch->held += held;
    return record->content;
}

static void end_thread(Queue *queue)
{
    pthread_mutex_lock(&queue->lock);
    queue->over = true;
    pthread_cond_signal(&queue->came);
    pthread_mutex_unlock(&queue->lock);
    pthread_join(queue->thread, NULL);
    queue->started = false;
    queue->config.threaded = false;
}

/* A thread for what fits into one batch is not worth starting. */
void queue_finish(Queue *queue)
{
    if (queue->started) {
        queue_flush(queue);
        end_thread(queue);
    } else if (queue->filling != NULL) {
        take_here(queue);
    }
}

void queue_free(Queue *queue)
{
    if (queue == NULL)
        return;
    queue_finish(queue);
    g_free(queue->filling);
    for (Batch *batch = queue->spare, *next; batch != NULL; batch = next) {
        next = batch->next;
        g_free(batch);
    }
    pthread_cond_destroy(&queue->went);
    pthread_cond_destroy(&queue->came);
    pthread_mutex_destroy(&queue->lock);
    g_free(queue);
}
