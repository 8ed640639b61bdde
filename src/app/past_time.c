/*
 * "Since when has this been going on?" is asked with whatever time is at hand:
 * the one in a ticket, the clock on the wall, or "since last night".
 */

#include "past_time.h"

#include <glib.h>
#include <string.h>

#include "base/quantity.h"
#include "report/select.h"

static Nsec day_of(Nsec time)
{
    return time - time % NSEC_DAY;
}

static bool parse_name(const char *text, Nsec now, Nsec *time)
{
    const struct {
        const char *name;
        Nsec time;
    } names[] = {
        { "now", now },
        { "today", day_of(now) },
        { "yesterday", day_of(now) - NSEC_DAY },
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(names); i++) {
        if (g_str_equal(text, names[i].name)) {
            *time = names[i].time;
            return true;
        }
    }
    return false;
}

bool past_time_parse(const char *text, Nsec now, Nsec since, Nsec *time)
{
    ReportWhen when;
    Nsec span;

    if (parse_name(text, now, time))
        return true;
    if (text[0] == '-') {
        if (!quantity_parse_span(text + 1, &span))
            return false;
        *time = now - span;
        return true;
    }
    if (!report_when_parse(text, &when))
        return false;
    switch (when.kind) {
    case REPORT_WHEN_DATE:
        *time = when.value;
        return true;
    case REPORT_WHEN_CLOCK:
        *time = day_of(now) + when.value;
        if (*time > now)
            *time -= NSEC_DAY;
        if (since != NSEC_NONE && *time < since)
            *time += NSEC_DAY;
        return true;
    case REPORT_WHEN_AFTER:
        *time = since != NSEC_NONE ? nsec_after(since, when.value) : NSEC_NONE;
        return since != NSEC_NONE;
    case REPORT_WHEN_EVER:
        break;
    }
    return false;
}

const char *past_stamp(Nsec time, char text[NSEC_TEXT])
{
    if (time == NSEC_NONE)
        return NULL;
    nsec_to_text(time, text);
    text[strlen("2026-01-31T12:00:00")] = 'Z';
    text[strlen("2026-01-31T12:00:00Z")] = '\0';
    return text;
}

char *past_percent(Nsec part, Nsec whole)
{
    if (whole <= 0)
        return NULL;

    unsigned hundredths = (unsigned)((double)part / (double)whole * 1e4);

    return g_strdup_printf("%u.%02u %%", hundredths / 100, hundredths % 100);
}
