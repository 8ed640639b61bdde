#pragma once

/*
 * What the history knows, for those who ask: never writes, and sees the
 * database as it was when it was opened, whatever is written meanwhile.
 *
 * Texts belong to the reader and live as long as it. Lists are GArrays of the
 * structs of record.h; g_array_unref() them. A list that an error cut short is
 * told by store_reader_failed().
 */

#include <glib.h>
#include <stdbool.h>

#include "store/record.h"

typedef struct StoreReader StoreReader;

/* NULL with 'error' set: it cannot be read, or not by this whyreg. */
StoreReader *store_reader_open(const char *path, GError **error);
void store_reader_free(StoreReader *reader);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(StoreReader, store_reader_free)

/* True, with 'error' set: something could not be read. */
bool store_reader_failed(const StoreReader *reader, GError **error);

/* Of StoreRun, oldest first. */
GArray *store_reader_runs(StoreReader *reader, StorePeriod period);

/* False: there is none. */
bool store_reader_newest_run(StoreReader *reader, StoreRun *run);

/* Until when what the history says is known: the newest run's newest time. */
Nsec store_reader_now(StoreReader *reader);

/* Whether somebody writes it now, by the age of the heartbeat. */
#define STORE_HEARTBEAT (10 * NSEC_SEC)
bool store_run_is_alive(const StoreRun *run, Nsec wall);

GArray *store_reader_captures(StoreReader *reader, int64_t run); /* of StoreCapture */

GArray *store_reader_losses(StoreReader *reader, StorePeriod period); /* of StoreLoss */

/* All devices; of StoreDevice, by account. */
GArray *store_reader_devices(StoreReader *reader);

/* Those that one pattern means: an account with or without its host, an address with or without
 * port, and with "*" and "?" or when there is no such account or address also a Contact, an
 * instance, a user agent. */
GArray *store_reader_find(StoreReader *reader, const char *pattern);

/* Of one device, in time order, as far as they reach into the period. */
GArray *store_reader_intervals(StoreReader *reader, int64_t device, StorePeriod period);
GArray *store_reader_attempts(StoreReader *reader, int64_t device, StorePeriod period);
GArray *store_reader_bindings(StoreReader *reader, int64_t device, StorePeriod period);

/* 'device' 0: of all devices and of none; the worst first. */
GArray *store_reader_findings(StoreReader *reader, int64_t device, StorePeriod period);

/* Of StoreLife, by device: those with an interval or a finding in the period. 'device' 0: all. */
GArray *store_reader_lives(StoreReader *reader, int64_t device, StorePeriod period);

/* NULL: there is none of that device. */
const StoreLife *store_life_find(const GArray *lives, int64_t device);

GArray *store_reader_refusals(StoreReader *reader,
                              StorePeriod period); /* the most frequent first */
