/*
 * One JSON object, member by member. This is the only file that knows the
 * library which prints it.
 */

#include "shape.h"

#include <json-glib/json-glib.h>

#include "report/escape.h"

/* Opened, but in a compact object not written before there is something in it. */
typedef struct Unopened {
    const char *name;
    bool list;
} Unopened;

struct ReportShaper {
    JsonBuilder *builder;
    JsonGenerator *generator;
    GString *text;
    GString *scratch;
    const GPtrArray *captures;
    const ReportPart *part;
    Nsec base;        /* compact: the instant that times are counted from; NSEC_NONE: not compact */
    GArray *unopened; /* of Unopened: objects and lists that have no member yet */
    Nsec second;      /* that 'stamp' begins with; -1: none */
    char stamp[NSEC_TEXT];
};

ReportShaper *report_shaper_new(const GPtrArray *captures)
{
    ReportShaper *shaper = g_new0(ReportShaper, 1);

    shaper->builder = json_builder_new();
    shaper->generator = json_generator_new();
    shaper->text = g_string_new(NULL);
    shaper->scratch = g_string_new(NULL);
    shaper->captures = captures;
    shaper->base = NSEC_NONE;
    shaper->unopened = g_array_new(FALSE, FALSE, sizeof(Unopened));
    shaper->second = -1;
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
    g_object_unref(shaper->builder);
    g_object_unref(shaper->generator);
    g_string_free(shaper->text, TRUE);
    g_string_free(shaper->scratch, TRUE);
    g_array_unref(shaper->unopened);
    g_free(shaper);
}

static void write_name(ReportShaper *shaper, const char *name)
{
    if (name != NULL)
        json_builder_set_member_name(shaper->builder, name);
}

static void write_unopened(ReportShaper *shaper)
{
    for (unsigned i = 0; i < shaper->unopened->len; i++) {
        const Unopened *one = &g_array_index(shaper->unopened, Unopened, i);

        write_name(shaper, one->name);
        if (one->list)
            json_builder_begin_array(shaper->builder);
        else
            json_builder_begin_object(shaper->builder);
    }
    g_array_set_size(shaper->unopened, 0);
}

static void name_it(ReportShaper *shaper, const char *name)
{
    write_unopened(shaper);
    write_name(shaper, name);
}

/* The members of a list keep their places, empty or not. */
static void open_it(ReportShaper *shaper, Unopened what)
{
    g_array_append_val(shaper->unopened, what);
    if (!report_shaper_is_compact(shaper) || what.name == NULL)
        write_unopened(shaper);
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
        json_builder_end_object(shaper->builder);
}

void report_shape_open_list(ReportShaper *shaper, const char *name)
{
    open_it(shaper, (Unopened){ name, true });
}

void report_shape_close_list(ReportShaper *shaper)
{
    if (!close_unopened(shaper))
        json_builder_end_array(shaper->builder);
}

void report_shape_begin(ReportShaper *shaper)
{
    json_builder_reset(shaper->builder);
    report_shape_open(shaper, NULL);
}

const GString *report_shape_end(ReportShaper *shaper)
{
    report_shape_close(shaper);

    g_autoptr(JsonNode) root = json_builder_get_root(shaper->builder);

    json_generator_set_root(shaper->generator, root);
    g_string_truncate(shaper->text, 0);
    json_generator_to_gstring(shaper->generator, shaper->text);
    return shaper->text;
}

/* JSON text is UTF-8, and the wire is not. */
void report_shape_text(ReportShaper *shaper, const char *name, const char *text)
{
    if (text == NULL && name != NULL && report_shaper_is_compact(shaper))
        return;
    name_it(shaper, name);
    if (text == NULL) {
        json_builder_add_null_value(shaper->builder);
    } else if (g_utf8_validate(text, -1, NULL)) {
        json_builder_add_string_value(shaper->builder, text);
    } else {
        g_string_truncate(shaper->scratch, 0);
        report_escape_utf8(shaper->scratch, str_of(text));
        json_builder_add_string_value(shaper->builder, shaper->scratch->str);
    }
}

void report_shape_count(ReportShaper *shaper, const char *name, uint64_t count)
{
    name_it(shaper, name);
    json_builder_add_int_value(shaper->builder, (gint64)MIN(count, (uint64_t)G_MAXINT64));
}

void report_shape_number(ReportShaper *shaper, const char *name, double number)
{
    name_it(shaper, name);
    if (report_shaper_is_compact(shaper))
        json_builder_add_int_value(shaper->builder, (gint64)(number * 1e3));
    else
        json_builder_add_double_value(shaper->builder, number);
}

void report_shape_flag(ReportShaper *shaper, const char *name, bool flag)
{
    if (!flag && name != NULL && report_shaper_is_compact(shaper))
        return;
    name_it(shaper, name);
    json_builder_add_boolean_value(shaper->builder, flag);
}

/* Calendars are slow and most neighbours share their second: then only the
 * nine digits after the point are new. */
static const char *time_to_stamp(ReportShaper *shaper, Nsec time)
{
    Nsec second = time / NSEC_SEC;
    Nsec rest = time % NSEC_SEC;
    char *digits = shaper->stamp + strlen("2026-01-31T12:00:00.");

    if (time < 0 || second != shaper->second) {
        shaper->second = time < 0 ? -1 : second;
        return nsec_to_text(time, shaper->stamp);
    }
    for (int i = 8; i >= 0; i--, rest /= 10)
        digits[i] = (char)('0' + rest % 10);
    return shaper->stamp;
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
    if (time != NSEC_NONE && report_shaper_is_compact(shaper)) {
        name_it(shaper, name);
        json_builder_add_int_value(shaper->builder, microseconds_since(shaper->base, time));
        return;
    }
    report_shape_text(shaper, name, time != NSEC_NONE ? time_to_stamp(shaper, time) : NULL);
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
