/*
 * Ticks to nanoseconds. Nearly every file counts micro- or nanoseconds, and
 * those take one multiplication; cards with their own clock count in 2^-32 s
 * or the like, and those take 128 bits.
 */

#include "pcapng_clock.h"

#define TIME_MAX (NSEC_MAX / 2)
#define BASE_TWO 0x80
#define EXPONENT 0x7f

/* 10^38 is the largest power of ten in 128 bits. */
#define DECIMALS_MAX 38

__extension__ typedef unsigned __int128 Wide;
__extension__ typedef __int128 WideSigned;

static Wide power_of_ten(unsigned exponent)
{
    Wide power = 1;

    while (exponent-- > 0)
        power *= 10;
    return power;
}

CapturePcapngClock capture_pcapng_clock_of(uint8_t resolution, int64_t offset)
{
    Nsec unit = resolution <= 9 ? (Nsec)power_of_ten(9U - resolution) : 0;

    return (CapturePcapngClock){
        .resolution = resolution,
        .unit = unit,
        .offset = offset,
        .plain_end = unit > 0 && offset == 0 ? (uint64_t)(TIME_MAX / unit) : 0,
    };
}

static Wide divide(Wide nanoticks, uint8_t resolution)
{
    unsigned exponent = resolution & EXPONENT;

    if (resolution & BASE_TWO)
        return nanoticks >> exponent;
    return exponent <= DECIMALS_MAX ? nanoticks / power_of_ten(exponent) : 0;
}

Nsec capture_pcapng_clock_read(const CapturePcapngClock *clock, uint64_t ticks, bool *mended)
{
    *mended = false;
    if (ticks < clock->plain_end)
        return (Nsec)ticks * clock->unit;

    /* At most 2^94, and 2^93 more for the offset. */
    Wide span = clock->unit > 0 ? (Wide)ticks * (Wide)clock->unit
                                : divide((Wide)ticks * NSEC_SEC, clock->resolution);
    WideSigned time = (WideSigned)span + (WideSigned)clock->offset * NSEC_SEC;

    *mended = time < 0 || time > TIME_MAX;
    if (*mended)
        return time < 0 ? 0 : TIME_MAX;
    return (Nsec)time;
}
