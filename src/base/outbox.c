/*
 * One mutex, a list of jobs, and a thread that takes them.
 *
 * The thread may hang in a write for ever, and nobody can wake it. It then owns
 * the outbox: whoever of the two comes last frees it.
 */

#include "base/outbox.h"

#include <pthread.h>
#include <signal.h>
#include <time.h>

typedef struct Letter {
    struct Letter *next;
    void *job;
    size_t weight;
} Letter;

struct Outbox {
    OutboxConfig config;
    bool started; /* of the posting side, as 'thread' */
    pthread_t thread;

    pthread_mutex_t lock; /* for all that follows */
    pthread_cond_t came;
    pthread_cond_t ended;
    Letter *first;
    Letter *last;
    OutboxStats stats;
    bool closing; /* no more will come */
    bool over;    /* the thread is through */
    bool left;    /* nobody waits for the thread any more */
};

Outbox *outbox_new(const OutboxConfig *config)
{
    Outbox *outbox = g_new0(Outbox, 1);
    pthread_condattr_t monotonic;

    outbox->config = *config;
    pthread_mutex_init(&outbox->lock, NULL);
    pthread_cond_init(&outbox->came, NULL);
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&outbox->ended, &monotonic);
    pthread_condattr_destroy(&monotonic);
    return outbox;
}

static void outbox_free(Outbox *outbox)
{
    pthread_cond_destroy(&outbox->came);
    pthread_cond_destroy(&outbox->ended);
    pthread_mutex_destroy(&outbox->lock);
    g_free(outbox);
}

/* With the lock. */
static Letter *take_letter(Outbox *outbox)
{
    Letter *letter = outbox->first;

    if (letter != NULL)
        outbox->first = letter->next;
    return letter;
}

/* Without the lock. */
static void handle(Outbox *outbox, Letter *letter)
{
    outbox->config.handle(letter->job, outbox->config.user);
    pthread_mutex_lock(&outbox->lock);
    outbox->stats.handled++;
    outbox->stats.bytes -= letter->weight;
    pthread_mutex_unlock(&outbox->lock);
    g_free(letter);
}

/* All that is there, one after the other; called and left with the lock. */
static void work_off(Outbox *outbox)
{
    for (Letter *letter = take_letter(outbox); letter != NULL; letter = take_letter(outbox)) {
        pthread_mutex_unlock(&outbox->lock);
        handle(outbox, letter);
        pthread_mutex_lock(&outbox->lock);
    }
}

static void run_dry(Outbox *outbox)
{
    if (outbox->config.idle == NULL || outbox->left)
        return;
    pthread_mutex_unlock(&outbox->lock);
    outbox->config.idle(outbox->config.user);
    pthread_mutex_lock(&outbox->lock);
}

static void *run(void *user)
{
    Outbox *outbox = user;

    pthread_setname_np(pthread_self(), outbox->config.name);
    pthread_mutex_lock(&outbox->lock);
    while (outbox->first != NULL || !outbox->closing) {
        if (outbox->first == NULL) {
            pthread_cond_wait(&outbox->came, &outbox->lock);
            continue;
        }
        work_off(outbox);
        run_dry(outbox);
    }
    outbox->over = true;

    bool left = outbox->left;

    pthread_cond_signal(&outbox->ended);
    pthread_mutex_unlock(&outbox->lock);
    if (left)
        outbox_free(outbox);
    return NULL;
}

/* Signals are for the main thread. */
static bool begin_thread(Outbox *outbox)
{
    sigset_t all, before;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);

    bool begun = pthread_create(&outbox->thread, NULL, run, outbox) == 0;

    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return begun;
}

void outbox_start(Outbox *outbox)
{
    if (!outbox->started)
        outbox->started = begin_thread(outbox);
}

/* With the lock. */
static void append(Outbox *outbox, Letter *letter)
{
    if (outbox->first == NULL)
        outbox->first = letter;
    else
        outbox->last->next = letter;
    outbox->last = letter;
    outbox->stats.bytes += letter->weight;
    pthread_cond_signal(&outbox->came);
}

bool outbox_post(Outbox *outbox, void *job, size_t bytes)
{
    Letter *letter = g_new0(Letter, 1);

    letter->job = job;
    letter->weight = bytes + sizeof(Letter);
    outbox_start(outbox);
    pthread_mutex_lock(&outbox->lock);
    outbox->stats.posted++;

    bool fits = outbox->started && outbox->stats.bytes <= outbox->config.max_bytes
                && letter->weight <= outbox->config.max_bytes - outbox->stats.bytes;

    if (fits)
        append(outbox, letter);
    else
        outbox->stats.dropped++;
    pthread_mutex_unlock(&outbox->lock);
    if (fits)
        return true;
    g_free(letter);
    outbox->config.drop(job, outbox->config.user);
    return false;
}

OutboxStats outbox_stats(Outbox *outbox)
{
    pthread_mutex_lock(&outbox->lock);

    OutboxStats stats = outbox->stats;

    pthread_mutex_unlock(&outbox->lock);
    return stats;
}

static struct timespec deadline_after(Nsec patience)
{
    Nsec end = nsec_after(nsec_now(CLOCK_MONOTONIC), patience);

    return (struct timespec){ .tv_sec = end / NSEC_SEC, .tv_nsec = end % NSEC_SEC };
}

/* With the lock, which others get meanwhile. */
static void wait_for_end(Outbox *outbox, Nsec patience)
{
    struct timespec deadline = deadline_after(patience);
    int late = 0;

    while (!outbox->over && late == 0)
        late = pthread_cond_timedwait(&outbox->ended, &outbox->lock, &deadline);
}

static void drop_list(const Outbox *outbox, Letter *letter)
{
    while (letter != NULL) {
        Letter *next = letter->next;

        outbox->config.drop(letter->job, outbox->config.user);
        g_free(letter);
        letter = next;
    }
}

bool outbox_close(Outbox *outbox, Nsec patience)
{
    pthread_mutex_lock(&outbox->lock);
    outbox->closing = true;
    outbox->over |= !outbox->started;
    pthread_cond_signal(&outbox->came);
    wait_for_end(outbox, patience);

    bool over = outbox->over;

    if (!over) {
        pthread_detach(outbox->thread);
        drop_list(outbox, g_steal_pointer(&outbox->first));
        outbox->left = true;
    }
    pthread_mutex_unlock(&outbox->lock);
    if (over && outbox->started)
        pthread_join(outbox->thread, NULL);
    if (over)
        outbox_free(outbox);
    return over;
}
