#pragma once

/*
 * Which device is a request for, and by which way does it go there?
 */

#include "flows.h"
#include "names.h"

/* The device that the request of 'txn' is on its way to; NULL: nobody who is known. 'flow':
 * the path with that end, or NULL. */
Device *ways_find(const Names *names, const Flow *flow, const SipTxn *txn, RegWay *way);
