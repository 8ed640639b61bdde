#pragma once

/*
 * What the thread of the analysis leaves for the threads of readers: the text
 * of the metrics and the signs of life.
 */

#include <glib.h>
#include <stdbool.h>

#include "base/nsec.h"

typedef struct Board Board;

typedef enum BoardHealth {
    BOARD_OK,
    BOARD_STARTING, /* the first pulse has not come yet */
    BOARD_STALLED,  /* no pulse for BOARD_PATIENCE */
    BOARD_BLIND,    /* no interface can be listened on */
    BOARD_STOPPING,
} BoardHealth;

#define BOARD_PATIENCE (10 * NSEC_SEC)

const char *board_health_name(BoardHealth health);

typedef struct BoardState {
    BoardHealth health;
    Nsec silence;     /* since the newest pulse, or the start */
    uint64_t devices; /* that are known */
    uint64_t dropped; /* records of outputs */
} BoardState;

/* 'now' is CLOCK_MONOTONIC everywhere here. */
Board *board_new(Nsec now);
void board_free(Board *board);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Board, board_free)

void board_set_text(Board *board, GBytes *text); /* takes it */
GBytes *board_text(Board *board);                /* a reference; never NULL */

void board_pulse(Board *board, bool capturing, uint64_t devices, uint64_t dropped, Nsec now);
void board_stop(Board *board);
BoardState board_state(Board *board, Nsec now);
