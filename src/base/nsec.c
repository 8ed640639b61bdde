/*
 * How times are read from a clock, and printed: instants in UTC, ISO 8601;
 * durations with a unit.
 */

#include "base/nsec.h"

#include <glib.h>
#include <stdio.h>

/* Instants before 1970 are legal in a damaged capture: the rest stays positive. */
static struct tm split(Nsec time, unsigned *nanoseconds)
{
    Nsec seconds = time / NSEC_SEC;
    Nsec rest = time % NSEC_SEC;
    struct tm tm = { 0 };

    if (rest < 0) {
        rest += NSEC_SEC;
        seconds--;
    }
    *nanoseconds = (unsigned)rest;

    time_t epoch = (time_t)seconds;

    gmtime_r(&epoch, &tm);
    return tm;
}

Nsec nsec_now(clockid_t clock)
{
    struct timespec now = { 0 };

    clock_gettime(clock, &now);
    return (Nsec)now.tv_sec * NSEC_SEC + now.tv_nsec;
}

const char *nsec_to_text(Nsec time, char text[NSEC_TEXT])
{
    unsigned rest;
    struct tm tm = split(time, &rest);
    size_t len = strftime(text, NSEC_TEXT, "%Y-%m-%dT%H:%M:%S", &tm);

    snprintf(text + len, NSEC_TEXT - len, ".%09uZ", rest);
    return text;
}

const char *nsec_to_clock(Nsec time, char text[NSEC_TEXT])
{
    unsigned rest;
    struct tm tm = split(time, &rest);
    size_t len = strftime(text, NSEC_TEXT, "%H:%M:%S", &tm);

    snprintf(text + len, NSEC_TEXT - len, ".%03u", rest / 1000000);
    return text;
}

static void print_two(char text[NSEC_TEXT], const char *sign, Nsec big, const char *big_unit,
                      Nsec small, const char *small_unit)
{
    int len = snprintf(text, NSEC_TEXT, "%s%" G_GINT64_FORMAT " %s", sign, big, big_unit);

    if (small > 0)
        snprintf(text + len, NSEC_TEXT - (size_t)len, " %d %s", (int)small, small_unit);
}

/* Cut, not rounded, and without the locale's decimal comma. */
const char *nsec_to_span(Nsec span, char text[NSEC_TEXT])
{
    const char *sign = span < 0 ? "-" : "";
    Nsec ns = span == NSEC_NONE ? NSEC_MAX : ABS(span);
    Nsec s = ns / NSEC_SEC;

    if (ns < NSEC_MSEC)
        snprintf(text, NSEC_TEXT, "%s%" G_GINT64_FORMAT " us", sign, ns / NSEC_USEC);
    else if (ns < NSEC_SEC)
        snprintf(text, NSEC_TEXT, "%s%" G_GINT64_FORMAT " ms", sign, ns / NSEC_MSEC);
    else if (s < 10)
        snprintf(text, NSEC_TEXT, "%s%d.%d s", sign, (int)s, (int)(ns / (100 * NSEC_MSEC) % 10));
    else if (s < 120)
        snprintf(text, NSEC_TEXT, "%s%" G_GINT64_FORMAT " s", sign, s);
    else if (s < 7200)
        print_two(text, sign, s / 60, "min", s % 60, "s");
    else if (s < 172800)
        print_two(text, sign, s / 3600, "h", s % 3600 / 60, "min");
    else
        print_two(text, sign, s / 86400, "d", s % 86400 / 3600, "h");
    return text;
}
