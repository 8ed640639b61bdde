/*
 * One lock around a few values and a pointer: nobody holds it while working.
 */

#include "board.h"

#include <pthread.h>

struct Board {
    pthread_mutex_t lock;
    GBytes *text;
    Nsec sign; /* the newest pulse, or the start */
    bool pulsed;
    bool capturing;
    bool stopping;
    uint64_t devices;
    uint64_t dropped;
};

const char *board_health_name(BoardHealth health)
{
    switch (health) {
    case BOARD_OK:
        return "ok";
    case BOARD_STARTING:
        return "starting";
    case BOARD_STALLED:
        return "stalled";
    case BOARD_BLIND:
        return "blind";
    case BOARD_STOPPING:
        break;
    }
    return "stopping";
}

Board *board_new(Nsec now)
{
    Board *board = g_new0(Board, 1);

    pthread_mutex_init(&board->lock, NULL);
    board->text = g_bytes_new_static("# EOF\n", 6);
    board->sign = now;
    return board;
}

void board_free(Board *board)
{
    g_bytes_unref(board->text);
    pthread_mutex_destroy(&board->lock);
    g_free(board);
}

void board_set_text(Board *board, GBytes *text)
{
    pthread_mutex_lock(&board->lock);

    GBytes *before = board->text;

    board->text = text;
    pthread_mutex_unlock(&board->lock);
    g_bytes_unref(before);
}

GBytes *board_text(Board *board)
{
    pthread_mutex_lock(&board->lock);

    GBytes *text = g_bytes_ref(board->text);

    pthread_mutex_unlock(&board->lock);
    return text;
}

void board_pulse(Board *board, bool capturing, uint64_t devices, uint64_t dropped, Nsec now)
{
    pthread_mutex_lock(&board->lock);
    board->sign = now;
    board->pulsed = true;
    board->capturing = capturing;
    board->devices = devices;
    board->dropped = dropped;
    pthread_mutex_unlock(&board->lock);
}

void board_stop(Board *board)
{
    pthread_mutex_lock(&board->lock);
    board->stopping = true;
    pthread_mutex_unlock(&board->lock);
}

static BoardHealth health_of(const Board *board, Nsec silence)
{
    if (board->stopping)
        return BOARD_STOPPING;
    if (silence > BOARD_PATIENCE)
        return BOARD_STALLED;
    if (!board->pulsed)
        return BOARD_STARTING;
    return board->capturing ? BOARD_OK : BOARD_BLIND;
}

BoardState board_state(Board *board, Nsec now)
{
    pthread_mutex_lock(&board->lock);

    BoardState state = {
        .silence = nsec_since(board->sign, now),
        .devices = board->devices,
        .dropped = board->dropped,
    };

    state.health = health_of(board, state.silence);
    pthread_mutex_unlock(&board->lock);
    return state;
}
