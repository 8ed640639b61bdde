/*
 * The loss ledger keeps intervals, not single losses: a burst is one entry.
 */

#include "ledger.h"

/* Losses closer together than this are one burst. */
#define BURST (2 * NSEC_SEC)

static LedgerInterval *find_burst(Ledger *ledger, RegLoss kind, Nsec from, Nsec until)
{
    for (unsigned i = 0; i < ledger->n; i++) {
        LedgerInterval *interval = &ledger->intervals[i];

        if (interval->kind == kind && until >= interval->from - BURST
            && from <= interval->until + BURST)
            return interval;
    }
    return NULL;
}

void ledger_add(Ledger *ledger, RegLoss kind, Nsec time)
{
    ledger_add_span(ledger, kind, time, time);
}

void ledger_add_span(Ledger *ledger, RegLoss kind, Nsec from, Nsec until)
{
    LedgerInterval *burst = find_burst(ledger, kind, from, until);

    if (burst != NULL) {
        burst->from = MIN(burst->from, from);
        burst->until = MAX(burst->until, until);
        return;
    }

    LedgerInterval *slot = &ledger->intervals[ledger->next];

    if (ledger->n == LEDGER_INTERVALS) {
        ledger->forgotten_until =
            ledger->forgotten ? MAX(ledger->forgotten_until, slot->until) : slot->until;
        ledger->forgotten |= slot->kind;
    } else {
        ledger->n++;
    }
    *slot = (LedgerInterval){ .kind = kind, .from = from, .until = until };
    ledger->next = (ledger->next + 1) % LEDGER_INTERVALS;
}

uint32_t ledger_between(const Ledger *ledger, Nsec from, Nsec until)
{
    uint32_t kinds = 0;

    for (unsigned i = 0; i < ledger->n; i++) {
        const LedgerInterval *interval = &ledger->intervals[i];

        if (interval->from <= until && interval->until >= from)
            kinds |= interval->kind;
    }
    if (ledger->forgotten != 0 && from <= ledger->forgotten_until)
        kinds |= ledger->forgotten;
    return kinds;
}
