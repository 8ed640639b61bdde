#pragma once

/*
 * Time.
 *
 * One type for instants and for durations: signed nanoseconds. Instants count
 * from the Unix epoch and come from the capture, so that a file gives the same
 * report on every run.
 */

#include <stdint.h>
#include <time.h>

typedef int64_t Nsec;

#define NSEC_NONE INT64_MIN
#define NSEC_MAX INT64_MAX
#define NSEC_USEC INT64_C(1000)
#define NSEC_MSEC INT64_C(1000000)
#define NSEC_SEC INT64_C(1000000000)
#define NSEC_MINUTE (60 * NSEC_SEC)
#define NSEC_HOUR (60 * NSEC_MINUTE)
#define NSEC_DAY (24 * NSEC_HOUR)

/* From one instant to a later one. Clocks of damaged captures differ by more than a
 * difference can hold, and jump back: never negative, NSEC_MAX at most, and NSEC_NONE when
 * 'from' is not known. */
static inline Nsec nsec_since(Nsec from, Nsec until)
{
    Nsec span;

    if (from == NSEC_NONE)
        return NSEC_NONE;
    if (until <= from)
        return 0;
    return __builtin_sub_overflow(until, from, &span) ? NSEC_MAX : span;
}

/* An instant and a span, NSEC_MAX at most. */
static inline Nsec nsec_after(Nsec time, Nsec span)
{
    Nsec sum;

    return __builtin_add_overflow(time, span, &sum) ? NSEC_MAX : sum;
}

/* What a clock of this machine says. The stages know no clock but the packets'. */
Nsec nsec_now(clockid_t clock);

/* "2026-01-31T12:00:00.123456789Z" and its NUL; years 1677 to 2262 fit. */
#define NSEC_TEXT 32
const char *nsec_to_text(Nsec time, char text[NSEC_TEXT]);

/* "12:00:00.123" of the day, for a timeline that names the day elsewhere. */
const char *nsec_to_clock(Nsec time, char text[NSEC_TEXT]);

/* A duration for people: "40 ms", "12.3 s", "5 min 10 s", "3 h 20 min",
 * "2 d 4 h". */
const char *nsec_to_span(Nsec span, char text[NSEC_TEXT]);
