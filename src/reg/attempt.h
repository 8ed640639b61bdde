#pragma once

/*
 * What is kept of a chain when its messages go.
 */

#include "devices.h"

RegAttempt *attempt_new(const RegChain *chain);
void attempt_free(RegAttempt *attempt);

/* Takes 'attempt' into the device's record, in order of opening: an uneventful
 * refresh like the one before makes that one a run, anything else is a new
 * entry. Beyond 'max' entries the oldest one goes that no finding is about. */
void attempt_keep(Device *device, RegAttempt *attempt, unsigned max);
