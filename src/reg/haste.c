/*
 * Some phones ask again within the second when they are refused, for hours.
 * The server bans them for it, and then nothing else can be found out.
 *
 * What counts is a row: refusals that no reasonable device answers by trying
 * again at once, one after the other. A registration that succeeds ends it; an
 * attempt whose end is not known neither counts nor ends it.
 */

#include "haste.h"

/* 408, 480 and 5xx say "not now", 423 asks for another try, and to leave again
 * is not what a row is about. */
static bool is_definite(const RegAttempt *attempt)
{
    uint16_t status = attempt->steps[attempt->n_steps - 1].status;

    if (attempt->outcome != REG_OUTCOME_REFUSED || attempt->purpose == REG_PURPOSE_REMOVE)
        return false;
    return (status / 100 == 4 && status != 408 && status != 423 && status != 480)
           || status / 100 == 6;
}

static RegHaste row_of(const RegAttempt *attempt)
{
    const RegAttemptStep *last = &attempt->steps[attempt->n_steps - 1];

    return (RegHaste){
        .attempts = 1,
        .status = last->status,
        .from = attempt->opened,
        .until = attempt->closed,
        .first = last->answer,
        .first_time = last->answer_time,
        .last = last->answer,
    };
}

static RegHaste *rows_of(Device *device)
{
    if (device->rows == NULL) {
        device->rows = g_new0(RegHaste, 2);
        device->public.haste = &device->rows[0];
    }
    return device->rows;
}

void haste_note(Device *device, const RegAttempt *attempt)
{
    if (attempt->outcome == REG_OUTCOME_ACCEPTED && device->rows != NULL)
        device->rows[1].attempts = 0;
    if (!is_definite(attempt))
        return;

    RegHaste *longest = &rows_of(device)[0], *row = &rows_of(device)[1];
    RegHaste one = row_of(attempt);

    if (row->attempts == 0 || attempt->opened < row->until
        || attempt->opened - row->until > REG_HASTE_GAP) {
        *row = one;
    } else {
        row->attempts++;
        row->status = one.status;
        row->until = one.until;
        row->last = one.last;
    }
    if (row->attempts > longest->attempts)
        *longest = *row;
}
