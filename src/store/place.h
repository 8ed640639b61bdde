#pragma once

/*
 * Which device of the history is this one?
 */

#include "database.h"
#include "row.h"

/* The row of devices for the row's device, made when there is none, with what is known of it
 * now. 0: the row is about no device, or an error. */
int64_t place_device(Database *database, int64_t run, const Row *row);

/* The same without making one. */
int64_t place_find(Database *database, int64_t run, uint64_t number);

/* Its number means nobody any more; when the device comes back it is recognised as after a
 * restart. */
void place_release(Database *database, int64_t device);
