#pragma once

/*
 * The pages of --listen, served from a thread of their own: /metrics, /healthz
 * and /devices, to be read and nothing else.
 */

#include <glib.h>

#include "board.h"
#include "listen.h"
#include "roster.h"

typedef struct Http Http;

typedef struct HttpConfig {
    int socket; /* that listens; the server takes it */
    bool local; /* only this machine can come there: others' names for it are refused */
    const char *version;
    Board *board;
    Roster *roster;
} HttpConfig;

/* NULL: it cannot be begun. The socket is closed then. */
Http *http_start(const HttpConfig *config, GError **error);
void http_stop(Http *http);

/* One page, without the server around it. 'aor' and 'condition' NULL: all. */
char *http_devices(Roster *roster, uint64_t known, const char *condition, const char *aor);
char *http_health(const BoardState *state, const char *version);

/* A page of /devices has so many rows at most. */
#define HTTP_ROWS 5000
