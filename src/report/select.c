/*
 * Which devices and findings somebody wants to see.
 *
 * A finding is shown with its device, and a device that has only findings that
 * nobody asked for is not shown.
 */

#include "report/select.h"

#include "base/quantity.h"

/* --- points in time ------------------------------------------------------- */

/* "12", "12.25" and what follows it. */
static bool read_number(const char **at, double *value)
{
    char *end;

    if (!g_ascii_isdigit(**at))
        return false;
    *value = g_ascii_strtod(*at, &end);
    *at = end;
    return *value < 1e9;
}

/* "12:00", "12:00:30.5" */
static bool parse_clock(const char *text, ReportWhen *when)
{
    double hours, minutes, seconds = 0;
    bool ok = read_number(&text, &hours) && *text++ == ':' && read_number(&text, &minutes);

    if (ok && *text == ':') {
        text++;
        ok = read_number(&text, &seconds);
    }
    if (!ok || *text != '\0' || hours >= 24 || minutes >= 60 || seconds >= 61
        || hours != (unsigned)hours || minutes != (unsigned)minutes)
        return false;
    *when = (ReportWhen){ REPORT_WHEN_CLOCK, (Nsec)hours * NSEC_HOUR + (Nsec)minutes * NSEC_MINUTE
                                                 + (Nsec)(seconds * (double)NSEC_SEC) };
    return true;
}

/* With or without seconds, and the day alone is its beginning. */
static bool parse_date(const char *text, ReportWhen *when)
{
    static const char *const endings[] = { "", ":00", "T00:00:00" };
    g_autoptr(GTimeZone) utc = g_time_zone_new_utc();

    for (unsigned i = 0; i < G_N_ELEMENTS(endings); i++) {
        g_autofree char *whole = g_strconcat(text, endings[i], NULL);
        g_autoptr(GDateTime) date = g_date_time_new_from_iso8601(whole, utc);
        int64_t seconds = date != NULL ? g_date_time_to_unix(date) : INT64_MAX;

        if (date == NULL || ABS(seconds) >= NSEC_MAX / NSEC_SEC)
            continue;
        *when = (ReportWhen){ REPORT_WHEN_DATE,
                              seconds * NSEC_SEC + g_date_time_get_microsecond(date) * NSEC_USEC };
        return true;
    }
    return false;
}

bool report_when_parse(const char *text, ReportWhen *when)
{
    when->kind = REPORT_WHEN_AFTER;
    if (text[0] == '+')
        return quantity_parse_span(text + 1, &when->value);
    return parse_clock(text, when) || parse_date(text, when);
}

/* The first such time of a day in 'from' to 'end', else the one of the day of 'from'. */
static Nsec clock_after(Nsec clock, Nsec from, Nsec end)
{
    Nsec day = from - (from % NSEC_DAY + NSEC_DAY) % NSEC_DAY;
    Nsec next = nsec_after(day, NSEC_DAY + clock);

    return day + clock < from && next <= end ? next : day + clock;
}

static Nsec instant_of(const ReportWhen *when, Nsec begin, Nsec from, Nsec end, Nsec ever)
{
    if (when->kind == REPORT_WHEN_DATE)
        return when->value;
    if (when->kind == REPORT_WHEN_EVER || begin == NSEC_NONE)
        return ever;
    return when->kind == REPORT_WHEN_CLOCK ? clock_after(when->value, from, end)
                                           : nsec_after(begin, when->value);
}

static void find_times(const ReportSelection *selection, Nsec begin, Nsec end, ReportPart *part)
{
    part->since = instant_of(&selection->since, begin, begin, end, NSEC_NONE);
    part->until = instant_of(&selection->until, begin, MAX(begin, part->since), end, NSEC_MAX);
}

/* --- devices and findings ------------------------------------------------- */

static bool is_empty(const GPtrArray *patterns)
{
    return patterns == NULL || patterns->len == 0;
}

bool report_selects_all(const ReportSelection *selection)
{
    return is_empty(selection->devices) && is_empty(selection->findings)
           && selection->since.kind == REPORT_WHEN_EVER
           && selection->until.kind == REPORT_WHEN_EVER;
}

static bool matches(const char *pattern, const char *text)
{
    return text != NULL && g_pattern_match_simple(pattern, text);
}

static bool matches_endpoint(const char *pattern, const NetEndpoint *endpoint)
{
    char text[NET_ENDPOINT_TEXT];

    return matches(pattern, net_endpoint_to_text(endpoint, text))
           || matches(pattern, net_addr_to_text(&endpoint->addr, text));
}

static bool matches_user(const char *pattern, const char *aor)
{
    const char *at = aor != NULL ? strchr(aor, '@') : NULL;
    g_autofree char *user = at != NULL ? g_strndup(aor, (gsize)(at - aor)) : NULL;

    return matches(pattern, user);
}

static bool is_meant(const char *pattern, const RegDevice *device)
{
    g_autofree char *id = g_strdup_printf("d%" G_GUINT64_FORMAT, device->id);

    if (g_str_equal(pattern, id) || matches(pattern, device->aor)
        || matches_user(pattern, device->aor) || matches(pattern, device->user_agent)
        || matches(pattern, device->contact) || matches(pattern, device->instance))
        return true;
    for (unsigned i = 0; i < device->n_addresses; i++) {
        if (matches_endpoint(pattern, &device->addresses[i]))
            return true;
    }
    for (unsigned i = 0; i < device->n_public_addresses; i++) {
        if (matches_endpoint(pattern, &device->public_addresses[i]))
            return true;
    }
    return false;
}

bool report_selects_device(const ReportSelection *selection, const RegDevice *device)
{
    bool meant = is_empty(selection->devices);

    for (unsigned i = 0; !meant && i < selection->devices->len; i++)
        meant = is_meant(g_ptr_array_index(selection->devices, i), device);
    return meant;
}

bool report_selects_rule(const ReportSelection *selection, const Rule *rule)
{
    bool meant = is_empty(selection->findings);

    for (unsigned i = 0; !meant && i < selection->findings->len; i++)
        meant = matches(g_ptr_array_index(selection->findings, i), rule->id);
    return meant;
}

/* What has no time of its own belongs to all of it. */
static bool is_within(const ReportPart *part, const Finding *finding)
{
    return finding->from == NSEC_NONE || finding->until == NSEC_NONE
           || report_part_holds(part, finding->from, finding->until);
}

/* Those of the devices that were asked for; those of none, or of one that was forgotten, when
 * nobody asked for any. */
static GPtrArray *select_findings(const ReportSelection *selection, const ReportPart *part,
                                  const ReportResult *result, GHashTable *devices)
{
    GPtrArray *findings = g_ptr_array_new();

    for (unsigned i = 0; i < result->findings->len; i++) {
        Finding *finding = g_ptr_array_index(result->findings, i);
        bool placed =
            is_empty(selection->devices) || g_hash_table_contains(devices, &finding->device);

        if (placed && is_within(part, finding) && report_selects_rule(selection, finding->rule))
            g_ptr_array_add(findings, finding);
    }
    return findings;
}

/* Devices without any of these findings go. */
static void keep_found(GPtrArray *devices, const GPtrArray *findings)
{
    g_autoptr(GHashTable) found = g_hash_table_new(g_int64_hash, g_int64_equal);
    unsigned kept = 0;

    for (unsigned i = 0; i < findings->len; i++)
        g_hash_table_add(found, &((Finding *)g_ptr_array_index(findings, i))->device);
    for (unsigned i = 0; i < devices->len; i++) {
        RegDevice *device = g_ptr_array_index(devices, i);

        if (g_hash_table_contains(found, &device->id))
            g_ptr_array_index(devices, kept++) = device;
    }
    g_ptr_array_set_size(devices, (int)kept);
}

static unsigned count_devices(const GPtrArray *devices)
{
    unsigned n = 0;

    for (unsigned i = 0; i < devices->len; i++)
        n += !((const RegDevice *)g_ptr_array_index(devices, i))->scanner;
    return n;
}

/* It was seen, or bound. */
static bool lived_within(const ReportPart *part, const RegDevice *device)
{
    Nsec last = device->last_seen;

    if (device->n_bindings > 0)
        last = MAX(last, device->bindings[device->n_bindings - 1].until);
    return report_part_holds(part, device->first_seen, last);
}

struct ReportSelected {
    ReportResult result;
    ReportPart part;
};

static void choose(const ReportSelection *selection, const ReportResult *result,
                   ReportSelected *selected)
{
    g_autoptr(GHashTable) ids = g_hash_table_new(g_int64_hash, g_int64_equal);
    GPtrArray *devices = g_ptr_array_new();
    ReportPart *part = &selected->part;

    for (unsigned i = 0; i < result->devices->len; i++) {
        RegDevice *device = g_ptr_array_index(result->devices, i);

        if (!report_selects_device(selection, device) || !lived_within(part, device))
            continue;
        g_ptr_array_add(devices, device);
        g_hash_table_add(ids, &device->id);
    }

    GPtrArray *findings = select_findings(selection, part, result, ids);

    if (!is_empty(selection->findings))
        keep_found(devices, findings);
    part->devices_left_out = count_devices(result->devices) - count_devices(devices);
    part->findings_left_out = result->findings->len - findings->len;
    selected->result.findings = findings;
    selected->result.devices = devices;
    selected->result.part = part;
}

ReportSelected *report_select(const ReportSelection *selection, const ReportResult *result,
                              Nsec begin)
{
    ReportSelected *selected = g_new0(ReportSelected, 1);

    selected->result = *result;
    if (report_selects_all(selection)) {
        selected->result.devices = g_ptr_array_ref((GPtrArray *)result->devices);
        selected->result.findings = g_ptr_array_ref((GPtrArray *)result->findings);
        return selected;
    }
    selected->part = (ReportPart){ .devices = selection->devices, .findings = selection->findings };
    find_times(selection, begin, result->end != NSEC_NONE ? result->end : NSEC_MAX,
               &selected->part);
    choose(selection, result, selected);
    return selected;
}

ReportResult *report_selected(ReportSelected *selected)
{
    return &selected->result;
}

void report_selected_free(ReportSelected *selected)
{
    g_ptr_array_unref((GPtrArray *)selected->result.devices);
    g_ptr_array_unref((GPtrArray *)selected->result.findings);
    g_free(selected);
}
