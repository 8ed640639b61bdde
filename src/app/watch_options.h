#pragma once

/*
 * The options of "whyreg watch" that the analysis of files does not have.
 */

#include <argp.h>
#include <glib.h>
#include <stdbool.h>

#include "base/nsec.h"

typedef struct WatchOptions {
    GPtrArray *interfaces;   /* -i, of char *; may repeat; "any" */
    GArray *ports;           /* --port, of uint16_t: SIP beside 5060 and 5061 */
    uint64_t buffer_bytes;   /* -B KiB: the kernel's buffer of each interface */
    uint64_t memory_bytes;   /* --memory MiB: for everything that is remembered */
    uint64_t queue_bytes;    /* --queue MiB: between capture and analysis; part of 'memory' */
    uint32_t snaplen;        /* -s */
    bool not_promiscuous;    /* -p */
    uint64_t count;          /* -c: end after so many packets; 0: never */
    Nsec duration;           /* --duration: end after so long; 0: never */
    Nsec stable;             /* --stable: RegStability.settle */
    char *history;           /* --history FILE: the SQLite database; NULL: none */
    uint64_t history_bytes;  /* --history-size MiB */
    Nsec history_age;        /* --history-age DAYS */
    char *metrics_file;      /* --metrics-file; NULL: none */
    char *listen;            /* --listen [HOST:]PORT; NULL: none */
    char *on_change;         /* --on-change COMMAND; NULL: none */
    unsigned on_change_rate; /* --on-change-rate: at most so many a minute */
    uint64_t rotate_bytes;   /* -C, in millions of bytes as tcpdump counts them: evidence files */
    Nsec rotate_time;        /* -G, seconds */
    unsigned rotate_files;   /* -W: how many are kept; 0: all */
    char *user;              /* --user: run as, when started as root; NULL: stay */
    bool no_sandbox;         /* --no-sandbox: for systems where it does not work */
    char *config;            /* --config FILE: key file whose keys are the long options */
} WatchOptions;

void watch_options_init(WatchOptions *options);
void watch_options_clear(WatchOptions *options);

/* A child of the command's parser; its input is a WatchOptions. */
extern const struct argp watch_options_parser;
