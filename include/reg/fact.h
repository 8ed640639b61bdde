#pragma once

/*
 * Something that was seen, how often, and where first and last.
 */

#include "base/nsec.h"
#include "capture/packet.h"

typedef struct RegFact {
    uint64_t count;
    CaptureRef first;
    CaptureRef last;
    Nsec first_time;
    Nsec last_time;
} RegFact;

void reg_fact_add(RegFact *fact, CaptureRef ref, Nsec time);
