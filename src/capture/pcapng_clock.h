#pragma once

/*
 * The clock of a pcapng interface: ticks of any power of ten or two.
 */

#include <stdbool.h>

#include "base/nsec.h"

typedef struct CapturePcapngClock {
    uint8_t resolution; /* if_tsresol as in the file: the top bit means powers of two */
    Nsec unit;          /* nanoseconds in a tick, 0 when that is no whole number */
    int64_t offset;     /* if_tsoffset, seconds */
    uint64_t plain_end; /* fewer ticks than this need only be multiplied by 'unit' */
} CapturePcapngClock;

/* What an interface without if_tsresol uses: microseconds. */
#define CAPTURE_PCAPNG_RESOLUTION 6

CapturePcapngClock capture_pcapng_clock_of(uint8_t resolution, int64_t offset);

/* Times before 1970 or after 2116 are pulled to these ends, so that any two
 * can be subtracted and a timeout added; 'mended' tells when that happened. */
Nsec capture_pcapng_clock_read(const CapturePcapngClock *clock, uint64_t ticks, bool *mended);
