#pragma once

/*
 * Attempts that follow a refusal at once, counted for each device.
 */

#include "devices.h"

/* One attempt more that is over. */
void haste_note(Device *device, const RegAttempt *attempt);
