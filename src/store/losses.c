/*
 * Counters only ever grow; what matters months later is when they did. So each
 * pulse is compared with the one before, and what grew becomes an entry of the
 * ledger with a time.
 */

#include "losses.h"

/* A step of the clock, or a machine that slept: pulses come once a second. */
#define PAUSE (5 * NSEC_SEC)

#define CAPTURES 64

/* Of one capture, as it was told last. */
typedef struct Counters {
    uint64_t kernel;
    uint64_t interface;
    uint64_t steps;
    uint64_t gaps; /* all that there ever were */
    Nsec gap_until;
} Counters;

struct Losses {
    Nsec now; /* the pulse before, of the capture and of this machine */
    Nsec wall;
    uint64_t outputs;
    uint64_t dropped;
    uint64_t tables[REPORT_TABLES];
    Counters captures[CAPTURES];
};

typedef struct Telling {
    Nsec from;
    Nsec until;
    void (*tell)(Row *row, void *user);
    void *user;
} Telling;

Losses *losses_new(Nsec start)
{
    Losses *losses = g_new0(Losses, 1);

    losses->now = losses->wall = start;
    return losses;
}

void losses_free(Losses *losses)
{
    g_free(losses);
}

/* Counters of a capture that was opened anew begin at 0 again. */
static void compare(const Telling *telling, const char *kind, const char *what, uint64_t *before,
                    uint64_t now)
{
    if (now > *before)
        telling->tell(row_of_loss(kind, what, telling->from, telling->until, now - *before),
                      telling->user);
    *before = now;
}

/* The newest gap may go on: it is told again when it has ended, and the ledger makes one of the
 * two. */
static void look_at_gaps(const Telling *telling, const CaptureInfo *info, Counters *counters)
{
    uint64_t all = info->gaps != NULL ? info->gaps_forgotten + info->gaps->len : 0;

    if (all == 0)
        return;
    for (uint64_t i = MAX(counters->gaps, info->gaps_forgotten); i < all; i++) {
        const CaptureGap *gap =
            &g_array_index(info->gaps, CaptureGap, (unsigned)(i - info->gaps_forgotten));
        g_autofree char *what = g_strdup_printf("%s: %s", info->name, gap->because);
        Nsec until = gap->until != NSEC_NONE ? gap->until : telling->until;

        telling->tell(row_of_loss("gap", what, gap->from, until, 0), telling->user);
        counters->gaps = gap->until != NSEC_NONE ? i + 1 : i;
    }
}

static void look_at_capture(const Telling *telling, const CaptureInfo *info, Counters *counters)
{
    compare(telling, "dropped_kernel", info->name, &counters->kernel, info->dropped_kernel);
    compare(telling, "dropped_interface", info->name, &counters->interface,
            info->dropped_interface);
    compare(telling, "clock_step", info->name, &counters->steps, info->clock_steps);
    look_at_gaps(telling, info, counters);
}

static void look_at_wall(const Losses *losses, const Telling *telling, Nsec wall)
{
    if (wall < losses->wall)
        telling->tell(row_of_loss("clock_step", "the clock of this machine", wall, losses->wall, 1),
                      telling->user);
    else if (wall - losses->wall > PAUSE)
        telling->tell(
            row_of_loss("pause", "whyreg stood still, or the clock was set", losses->wall, wall, 1),
            telling->user);
}

void losses_look(Losses *losses, const ReportPulse *pulse, uint64_t dropped,
                 void (*tell)(Row *row, void *user), void *user)
{
    Nsec now = pulse->now != NSEC_NONE ? pulse->now : pulse->wall;
    Telling telling = { MIN(losses->now, now), now, tell, user };
    const ReportResult *result = pulse->result;

    look_at_wall(losses, &telling, pulse->wall);
    for (unsigned i = 0; i < MIN(result->captures->len, (unsigned)CAPTURES); i++) {
        const RegCaptureSite *site = g_ptr_array_index(result->captures, i);

        look_at_capture(&telling, site->info, &losses->captures[i]);
    }
    for (unsigned i = 0; i < result->n_tables; i++)
        compare(&telling, "forgotten", result->tables[i].name, &losses->tables[i],
                result->tables[i].dropped_full);
    compare(&telling, "output_dropped", NULL, &losses->outputs,
            pulse->outputs_dropped - MIN(dropped, pulse->outputs_dropped));
    compare(&telling, "history_dropped", NULL, &losses->dropped, dropped);
    losses->now = now;
    losses->wall = pulse->wall;
}
