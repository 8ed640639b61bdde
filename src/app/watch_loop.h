#pragma once

/*
 * The loop that takes frames while they come, and lets time pass while they do
 * not.
 */

#include "capture/live.h"
#include "pipeline.h"
#include "recent.h"
#include "watch_guard.h"
#include "watch_options.h"

typedef struct WatchLoop {
    CaptureLive *live;
    Pipeline *pipeline;
    Recent *recent;    /* NULL: frames are not kept */
    WatchGuard *guard; /* NULL: there is none */
    int signals;       /* a signalfd */
    uint64_t count;
    Nsec duration;
    void (*reload)(void *user);     /* SIGHUP */
    void (*statistics)(void *user); /* SIGUSR1 */
    void (*second)(void *user);     /* about once in each */
    void *user;
} WatchLoop;

/* Signals come by a descriptor from now on, in every thread that is made later; -1 with errno
 * when that is not possible. */
int watch_loop_take_signals(void);

/* Until a signal, the count or the duration ends it; what the kernel holds is taken. Returns how
 * many frames there were. */
uint64_t watch_loop_run(const WatchLoop *loop);
