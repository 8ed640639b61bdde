/*
 * A timer that runs only while this thread computes: it costs nothing in
 * quiet, and a machine that is busy elsewhere or was stopped for a while raises
 * no alarm. Its signal interrupts the very thread that hangs.
 */

#include "watch_guard.h"

#include <glib.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

/* So many signals, one for each second of computing, on one and the same frame. */
#define PATIENCE 2

struct WatchGuard {
    timer_t timer;
    const CapturePacket *volatile packet; /* NULL: none is in hand */
    volatile uint64_t turn;

    uint64_t seen; /* of the signal handler */
    unsigned times;
};

uint64_t watch_guard_hash(Str bytes)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);

    for (size_t i = 0; i < bytes.len; i++)
        hash = (hash ^ (uint8_t)bytes.data[i]) * UINT64_C(0x100000001b3);
    return hash;
}

static char *put_text(char *at, const char *text)
{
    size_t len = strlen(text);

    memcpy(at, text, len);
    return at + len;
}

static char *put_hex(char *at, uint64_t value)
{
    for (int shift = 60; shift >= 0; shift -= 4)
        *at++ = "0123456789abcdef"[value >> shift & 0xf];
    return at;
}

static char *put_number(char *at, uint64_t value)
{
    char digits[20];
    unsigned n = 0;

    do
        digits[n++] = (char)('0' + value % 10);
    while ((value /= 10) > 0);
    while (n > 0)
        *at++ = digits[--n];
    return at;
}

/* Only with what is allowed in a signal handler. */
static void give_up(const CapturePacket *packet)
{
    char text[256];
    char *at = put_text(text, "whyreg: stuck on frame ");

    at = put_number(at, packet->ref.frame);
    at = put_text(at, " of capture ");
    at = put_number(at, packet->ref.capture + 1);
    at = put_text(at, ": ");
    at = put_number(at, packet->bytes.len);
    at = put_text(at, " bytes, hash ");
    at = put_hex(at, watch_guard_hash(packet->bytes));
    at = put_text(at, "; giving up\n");
    if (write(STDERR_FILENO, text, (size_t)(at - text)) < 0)
        _exit(EXIT_FAILURE);
    abort();
}

static void on_second(int number, siginfo_t *info, void *context)
{
    WatchGuard *guard = info->si_value.sival_ptr;
    const CapturePacket *packet = guard->packet;

    if (packet == NULL || guard->turn != guard->seen) {
        guard->seen = guard->turn;
        guard->times = 0;
    } else if (++guard->times == PATIENCE) {
        give_up(packet);
    }
}

WatchGuard *watch_guard_new(void)
{
    g_autofree WatchGuard *guard = g_new0(WatchGuard, 1);
    struct sigaction action = { .sa_sigaction = on_second, .sa_flags = SA_SIGINFO | SA_RESTART };
    struct sigevent event = { .sigev_notify = SIGEV_THREAD_ID, .sigev_signo = SIGRTMIN };
    struct itimerspec each = { { .tv_sec = 1 }, { .tv_sec = 1 } };

    event.sigev_value.sival_ptr = guard;
    event._sigev_un._tid = (pid_t)syscall(SYS_gettid);
    if (sigaction(SIGRTMIN, &action, NULL) != 0
        || timer_create(CLOCK_THREAD_CPUTIME_ID, &event, &guard->timer) != 0)
        return NULL;
    if (timer_settime(guard->timer, 0, &each, NULL) != 0) {
        timer_delete(guard->timer);
        return NULL;
    }
    return g_steal_pointer(&guard);
}

void watch_guard_free(WatchGuard *guard)
{
    if (guard == NULL)
        return;
    timer_delete(guard->timer);
    g_free(guard);
}

void watch_guard_begin(WatchGuard *guard, const CapturePacket *packet)
{
    guard->packet = packet;
    guard->turn++;
}

void watch_guard_end(WatchGuard *guard)
{
    guard->packet = NULL;
}
