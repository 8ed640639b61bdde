#pragma once

/*
 * What a pulse says was lost since the one before it.
 */

#include "row.h"

typedef struct Losses Losses;

Losses *losses_new(Nsec start);
void losses_free(Losses *losses);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Losses, losses_free)

/* Calls 'tell' with each loss; it takes the row. 'dropped': rows that the history could not
 * get rid of, so far. */
void losses_look(Losses *losses, const ReportPulse *pulse, uint64_t dropped,
                 void (*tell)(Row *row, void *user), void *user);
