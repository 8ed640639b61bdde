/*
 * Capture time is what the frames say while there are any. When the kernel
 * has none, the wall clock takes over, but stays behind what may still be on
 * its way: a deadline that fires before the answer that was in the buffer is a
 * false alarm.
 */

#include "watch_loop.h"

#include <signal.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

/* Frames between two looks at the clock. */
#define STRIDE 1024

/* How long nothing may come before deadlines are looked at: as often as for files. */
#define PATIENCE (100 * NSEC_MSEC)

/* For what the kernel holds, after the end was asked for. */
#define DRAIN NSEC_SEC

typedef struct Run {
    const WatchLoop *loop;
    uint64_t taken;
    Nsec ends;        /* CLOCK_MONOTONIC */
    Nsec next_second; /* likewise */
    bool stopped;
} Run;

int watch_loop_take_signals(void)
{
    sigset_t signals;

    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGHUP);
    sigaddset(&signals, SIGUSR1);
    signal(SIGPIPE, SIG_IGN);
    if (sigprocmask(SIG_BLOCK, &signals, NULL) != 0)
        return -1;
    return signalfd(-1, &signals, SFD_NONBLOCK | SFD_CLOEXEC);
}

/* The next one of these ends the program at once. */
static void release_signals(void)
{
    sigset_t signals;

    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    signal(SIGINT, SIG_DFL);
    signal(SIGTERM, SIG_DFL);
    sigprocmask(SIG_UNBLOCK, &signals, NULL);
}

static void take_signal(Run *run, uint32_t number)
{
    const WatchLoop *loop = run->loop;

    switch (number) {
    case SIGHUP:
        loop->reload(loop->user);
        break;
    case SIGUSR1:
        loop->statistics(loop->user);
        break;
    default:
        run->stopped = true;
        break;
    }
}

static void look_at_signals(Run *run)
{
    struct signalfd_siginfo info;

    while (!run->stopped && read(run->loop->signals, &info, sizeof(info)) == sizeof(info))
        take_signal(run, info.ssi_signo);
}

static void look_at_clock(Run *run)
{
    const WatchLoop *loop = run->loop;
    Nsec now = nsec_now(CLOCK_MONOTONIC);

    look_at_signals(run);
    if (now >= run->ends)
        run->stopped = true;
    if (now < run->next_second)
        return;
    run->next_second = now + NSEC_SEC;
    capture_live_tend(loop->live);
    loop->second(loop->user);
}

static void push(const WatchLoop *loop, const CapturePacket *packet)
{
    if (loop->guard != NULL)
        watch_guard_begin(loop->guard, packet);
    if (loop->recent != NULL)
        recent_begin(loop->recent, packet);
    pipeline_push(loop->pipeline, packet);
    if (loop->recent != NULL)
        recent_end(loop->recent);
    if (loop->guard != NULL)
        watch_guard_end(loop->guard);
}

/* False: there is nothing now. */
static bool take_frames(Run *run, unsigned max)
{
    const WatchLoop *loop = run->loop;
    CapturePacket packet;

    for (unsigned i = 0; i < max; i++) {
        if (loop->count > 0 && run->taken == loop->count) {
            run->stopped = true;
            return true;
        }
        if (capture_live_next(loop->live, &packet) != CAPTURE_FRAME)
            return false;
        run->taken++;
        push(loop, &packet);
    }
    return true;
}

static void let_time_pass(Run *run, Nsec patience)
{
    const WatchLoop *loop = run->loop;
    Nsec settled = capture_live_settled(loop->live);

    if (settled != NSEC_NONE)
        pipeline_pass(loop->pipeline, settled);
    pipeline_flush(loop->pipeline);
    capture_live_wait(loop->live, loop->signals, patience);
}

/* The frames from before the end that the kernel has not handed over yet. */
static void drain(Run *run, Nsec until)
{
    Nsec patience = nsec_now(CLOCK_MONOTONIC) + DRAIN;

    while (nsec_now(CLOCK_MONOTONIC) < patience) {
        if (take_frames(run, STRIDE))
            continue;

        Nsec settled = capture_live_settled(run->loop->live);

        if (settled != NSEC_NONE && settled >= until)
            return;
        let_time_pass(run, 20 * NSEC_MSEC);
    }
}

uint64_t watch_loop_run(const WatchLoop *loop)
{
    Nsec now = nsec_now(CLOCK_MONOTONIC);
    Run run = {
        .loop = loop,
        .ends = loop->duration > 0 ? nsec_after(now, loop->duration) : NSEC_MAX,
        .next_second = now + NSEC_SEC,
    };

    while (!run.stopped) {
        if (!take_frames(&run, STRIDE))
            let_time_pass(&run, MAX(MIN(PATIENCE, run.ends - nsec_now(CLOCK_MONOTONIC)), 0));
        look_at_clock(&run);
    }
    release_signals();

    Nsec until = capture_live_stop(loop->live);

    if (loop->count == 0 || run.taken < loop->count)
        drain(&run, until);
    capture_live_tend(loop->live);
    return run.taken;
}
