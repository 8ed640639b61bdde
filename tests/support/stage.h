#pragma once

/*
 * Puts on the wire what the hosts of a scenario do: datagrams, connections,
 * errors. Between the words of a line and the frames of the tape.
 */

#include "talk.h"
#include "wire.h"

typedef struct Stage {
    Cast cast;
    Talk talk;
    WireTape tape;
    GPtrArray *connections;
    unsigned n_connections;
} Stage;

/* Somebody does something to somebody. */
typedef struct StageEvent {
    Nsec time;
    TalkTurn turn;
    bool auth; /* with credentials, whatever the line says */
} StageEvent;

void stage_init(Stage *stage);
void stage_clear(Stage *stage);

/* What 'what' names: a method, a status, "copy", "icmp" ... */
bool stage_play(Stage *stage, const StageEvent *event, const char *what, GError **error);
