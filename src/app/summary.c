/*
 * A month of a thousand phones in twenty lines: what was seen at all, what was
 * found how often, and who suffered most.
 */

#include "summary.h"

static Nsec end_of(const StoreRun *run)
{
    if (run->ended != NSEC_NONE)
        return run->ended;
    return run->seen != NSEC_NONE ? MAX(run->seen, run->heartbeat) : run->heartbeat;
}

static void add_coverage(Summary *summary)
{
    const StorePeriod *period = &summary->period;

    for (unsigned i = 0; i < summary->runs->len; i++) {
        const StoreRun *run = &g_array_index(summary->runs, StoreRun, i);
        Nsec from = MAX(run->began, period->since), until = MIN(end_of(run), period->until);

        if (until > from)
            summary->covered += until - from;
    }
}

static unsigned kind_of(Summary *summary, const StoreFinding *finding)
{
    for (unsigned i = 0; i < summary->kinds->len; i++) {
        if (g_str_equal(g_array_index(summary->kinds, SummaryFinding, i).rule, finding->rule))
            return i;
    }

    SummaryFinding kind = { .rule = finding->rule,
                            .severity = finding->severity,
                            .first = finding->from,
                            .last = finding->until };

    g_array_append_val(summary->kinds, kind);
    return summary->kinds->len - 1;
}

/* More than there can be rules. */
#define KINDS 4096

/* True: the first finding of that kind on that device. */
static bool is_first(GHashTable *counted, int64_t device, unsigned kind)
{
    int64_t key = device * KINDS + kind;

    return device != 0 && g_hash_table_add(counted, g_memdup2(&key, sizeof(key)));
}

/* Findings come the worst first, and so do their kinds; there are as many kinds as rules. */
static void add_kinds(Summary *summary)
{
    g_autoptr(GHashTable) counted =
        g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);

    for (unsigned i = 0; i < summary->findings->len; i++) {
        const StoreFinding *finding = &g_array_index(summary->findings, StoreFinding, i);
        unsigned index = kind_of(summary, finding);
        SummaryFinding *kind = &g_array_index(summary->kinds, SummaryFinding, index);

        kind->times++;
        kind->devices += is_first(counted, finding->device, index);
        kind->standing += finding->resolved == NSEC_NONE;
        kind->first = MIN(kind->first, finding->from);
        kind->last = MAX(kind->last, finding->until);
        summary->failures += g_str_equal(finding->severity, "failure");
    }
}

static int compare_lost(const void *a, const void *b)
{
    const SummaryDevice *x = a, *y = b;

    if (x->lost != y->lost)
        return x->lost > y->lost ? -1 : 1;
    return (x->device->id > y->device->id) - (x->device->id < y->device->id);
}

static void add_devices(Summary *summary, const GArray *lives)
{
    for (unsigned i = 0; i < summary->devices->len; i++) {
        const StoreDevice *device = &g_array_index(summary->devices, StoreDevice, i);
        const StoreLife *life = store_life_find(lives, device->id);

        if (life == NULL || life->watched <= 0)
            continue;
        summary->seen++;
        summary->all.watched += life->watched;
        summary->all.registered += life->registered;
        summary->all.reachable += life->reachable;

        SummaryDevice one = { device, *life, life->watched - life->reachable };

        if (one.lost > 0)
            g_array_append_val(summary->worst, one);
    }
    g_array_sort(summary->worst, compare_lost);
}

Summary *summary_new(StoreReader *reader, StorePeriod period)
{
    Summary *summary = g_new0(Summary, 1);
    Nsec now = store_reader_now(reader);
    StoreRun run;

    if (now != NSEC_NONE)
        period.until = MAX(MIN(period.until, now), period.since);

    g_autoptr(GArray) lives = store_reader_lives(reader, 0, period);

    summary->period = period;
    summary->runs = store_reader_runs(reader, period);
    summary->losses = store_reader_losses(reader, period);
    summary->captures =
        store_reader_captures(reader, store_reader_newest_run(reader, &run) ? run.id : 0);
    summary->devices = store_reader_devices(reader);
    summary->findings = store_reader_findings(reader, 0, period);
    summary->refusals = store_reader_refusals(reader, period);
    summary->kinds = g_array_new(FALSE, FALSE, sizeof(SummaryFinding));
    summary->worst = g_array_new(FALSE, FALSE, sizeof(SummaryDevice));
    add_coverage(summary);
    add_kinds(summary);
    add_devices(summary, lives);
    return summary;
}

void summary_free(Summary *summary)
{
    GArray *lists[] = { summary->runs,     summary->losses,   summary->captures, summary->devices,
                        summary->findings, summary->refusals, summary->kinds,    summary->worst };

    for (unsigned i = 0; i < G_N_ELEMENTS(lists); i++)
        g_array_unref(lists[i]);
    g_free(summary);
}

char *summary_headline(const Summary *summary)
{
    char span[NSEC_TEXT];

    if (summary->covered == 0)
        return g_strdup("Nobody was watching in that time.");
    if (summary->failures > 0) {
        const StoreFinding *first = &g_array_index(summary->findings, StoreFinding, 0);

        return summary->failures == 1
                   ? g_strdup_printf("One failure: %s", first->summary)
                   : g_strdup_printf("%" G_GUINT64_FORMAT " failures; one of them: %s",
                                     summary->failures, first->summary);
    }
    if (summary->worst->len > 0) {
        const SummaryDevice *worst = &g_array_index(summary->worst, SummaryDevice, 0);

        return g_strdup_printf(
            "No failure was found, but %u of %u devices could not be reached all the time; %s for "
            "%s.",
            summary->worst->len, summary->seen, worst->device->aor,
            nsec_to_span(worst->lost, span));
    }
    if (summary->seen == 0)
        return g_strdup("No registration was seen.");
    return g_strdup_printf("All is well: %u %s, registered and reachable all the time.",
                           summary->seen, summary->seen == 1 ? "device" : "devices");
}
