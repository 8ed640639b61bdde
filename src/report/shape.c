/*
 * One JSON object of a report. In a compact one, what would say nothing is not
 * written at all.
 */

#include "shape.h"

#include "base/json.h"

/* Opened, but in a compact object not written before there is something in it. */
typedef struct Unopened {
    const char *name;
    bool list;
} Unopened;

struct ReportShaper {
    Json json; /* of the object so far */
    const GPtrArray *captures;
    const ReportPart *part;
    Nsec base;        /* compact: the instant that times are counted from; NSEC_NONE: not compact */
    GArray *unopened; /* of Unopened: objects and lists that have no member yet */
};

ReportShaper *report_shaper_new(const GPtrArray *captures)
{
    ReportShaper *shaper = g_new0(ReportShaper, 1);

    shaper->json = json_begin(g_string_new(NULL));
    shaper->captures = captures;
    shaper->base = NSEC_NONE;
    shaper->unopened = g_array_new(FALSE, FALSE, sizeof(Unopened));
    return shaper;
}

void report_shaper_compact(ReportShaper *shaper, Nsec base)
{
    shaper->base = base;
}

bool report_shaper_is_compact(const ReportShaper *shaper)
{
    return shaper->base != NSEC_NONE;
}

void report_shaper_show(ReportShaper *shaper, const ReportPart *part)
{
    shaper->part = part;
}

const ReportPart *report_shaper_part(const ReportShaper *shaper)
{
    return shaper->part;
}

void report_shaper_free(ReportShaper *shaper)
{
    g_string_free(shaper->json.text, TRUE);
    g_array_unref(shaper->unopened);
    g_free(shaper);
}

/* Comes before each member. */
static Json *open_waiting(ReportShaper *shaper)
{
    for (unsigned i = 0; i < shaper->unopened->len; i++) {
        const Unopened *one = &g_array_index(shaper->unopened, Unopened, i);

        if (one->list)
            json_open_list(&shaper->json, one->name);
        else
            json_open(&shaper->json, one->name);
    }
    g_array_set_size(shaper->unopened, 0);
    return &shaper->json;
}

/* The members of a list keep their places, empty or not. */
static void open_it(ReportShaper *shaper, Unopened what)
{
    g_array_append_val(shaper->unopened, what);
    if (!report_shaper_is_compact(shaper) || what.name == NULL)
        open_waiting(shaper);
}

/* True: it was never written. */
static bool close_unopened(ReportShaper *shaper)
{
    unsigned n = shaper->unopened->len;

    if (n > 0)
        g_array_set_size(shaper->unopened, n - 1);
    return n > 0;
}

void report_shape_open(ReportShaper *shaper, const char *name)
{
    open_it(shaper, (Unopened){ name, false });
}

void report_shape_close(ReportShaper *shaper)
{
    if (!close_unopened(shaper))
        json_close(&shaper->json);
}

void report_shape_open_list(ReportShaper *shaper, const char *name)
{
    open_it(shaper, (Unopened){ name, true });
}

void report_shape_close_list(ReportShaper *shaper)
{
    if (!close_unopened(shaper))
        json_close_list(&shaper->json);
}

void report_shape_begin(ReportShaper *shaper)
{
    g_string_truncate(shaper->json.text, 0);
    report_shape_open(shaper, NULL);
}

const GString *report_shape_end(ReportShaper *shaper)
{
    report_shape_close(shaper);
    return shaper->json.text;
}

void report_shape_text(ReportShaper *shaper, const char *name, const char *text)
{
    if (text != NULL || name == NULL || !report_shaper_is_compact(shaper))
        json_text(open_waiting(shaper), name, text);
}

void report_shape_count(ReportShaper *shaper, const char *name, uint64_t count)
{
    json_count(open_waiting(shaper), name, count);
}

void report_shape_number(ReportShaper *shaper, const char *name, double number)
{
    if (report_shaper_is_compact(shaper))
        json_integer(open_waiting(shaper), name, (int64_t)(number * 1e3));
    else
        json_number(open_waiting(shaper), name, number);
}

void report_shape_flag(ReportShaper *shaper, const char *name, bool flag)
{
    if (flag || name == NULL || !report_shaper_is_compact(shaper))
        json_flag(open_waiting(shaper), name, flag);
}

static int64_t microseconds_since(Nsec base, Nsec time)
{
    Nsec since = 0;

    if (__builtin_sub_overflow(time, base, &since))
        since = time < base ? INT64_MIN : INT64_MAX;
    return since / NSEC_USEC;
}

void report_shape_time(ReportShaper *shaper, const char *name, Nsec time)
{
    if (!report_shaper_is_compact(shaper))
        json_time(open_waiting(shaper), name, time);
    else if (time != NSEC_NONE)
        json_integer(open_waiting(shaper), name, microseconds_since(shaper->base, time));
    else
        report_shape_text(shaper, name, NULL);
}

void report_shape_device_id(ReportShaper *shaper, const char *name, uint64_t id)
{
    char text[24];

    g_snprintf(text, sizeof(text), "d%" G_GUINT64_FORMAT, id);
    report_shape_text(shaper, name, id != 0 ? text : NULL);
}

const GPtrArray *report_shape_captures(const ReportShaper *shaper)
{
    return shaper->captures;
}
