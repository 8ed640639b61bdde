/*
 * Of ten thousand devices the page lists a few words each, and one is looked
 * at. So the list has entries of its own, short ones; the rest of a device or a
 * finding comes when somebody asks for it.
 */

#include "html.h"
#include "part.h"
#include "reg/interval.h"

static const char *address_of(const RegDevice *device, char text[NET_ENDPOINT_TEXT])
{
    if (device->n_public_addresses > 0)
        return net_endpoint_to_text(&device->public_addresses[device->n_public_addresses - 1],
                                    text);
    return device->n_addresses > 0
               ? net_endpoint_to_text(&device->addresses[device->n_addresses - 1], text)
               : NULL;
}

/* All that it came from, for the search. */
static void shape_addresses(ReportShaper *shaper, const RegDevice *device)
{
    char text[NET_ENDPOINT_TEXT];

    report_shape_text(shaper, "address", address_of(device, text));
    report_shape_open_list(shaper, "addresses");
    for (unsigned i = 0; i < device->n_addresses; i++)
        report_shape_text(shaper, NULL, net_endpoint_to_text(&device->addresses[i], text));
    for (unsigned i = 0; i + 1 < device->n_public_addresses; i++)
        report_shape_text(shaper, NULL, net_endpoint_to_text(&device->public_addresses[i], text));
    report_shape_close_list(shaper);
}

/* Three numbers for each interval: state, from, until. */
static void shape_life(ReportHtml *html, const RegDevice *device, Nsec end)
{
    g_autoptr(GArray) row = report_part_intervals(html->result->part, device, end);

    report_shape_open_list(html->shaper, "life");
    for (unsigned i = 0; i < row->len; i++) {
        const RegInterval *interval = &g_array_index(row, RegInterval, i);

        report_shape_text(html->shaper, NULL, reg_interval_state_name(interval->state));
        report_shape_time(html->shaper, NULL, interval->from);
        report_shape_time(html->shaper, NULL, interval->until);
    }
    report_shape_close_list(html->shaper);
}

/* Two numbers for each attempt, or run of attempts, that led to nothing. */
static void shape_failures(ReportHtml *html, const RegDevice *device)
{
    report_shape_open_list(html->shaper, "failures");
    for (unsigned i = 0; i < device->n_attempts_kept; i++) {
        const RegAttempt *attempt = device->attempts[i];

        if (attempt->outcome == REG_OUTCOME_ACCEPTED || attempt->outcome == REG_OUTCOME_UNKNOWN
            || !report_part_holds_attempt(html->result->part, attempt))
            continue;
        report_shape_time(html->shaper, NULL, attempt->first_opened);
        report_shape_time(html->shaper, NULL, attempt->closed);
    }
    report_shape_close_list(html->shaper);
}

static Nsec last_register(const RegDevice *device)
{
    Nsec newest = NSEC_NONE;

    for (unsigned i = 0; i < device->n_attempts_kept; i++)
        newest = MAX(newest, device->attempts[i]->opened);
    return newest;
}

void report_html_device_row(ReportHtml *html, const RegDevice *device)
{
    ReportShaper *shaper = html->shaper;
    Nsec end = report_device_end(html->result, device);

    report_shape_device_id(shaper, "id", device->id);
    report_shape_text(shaper, "aor", device->aor);
    report_shape_text(shaper, "user_agent", device->user_agent);
    report_shape_text(shaper, "instance", device->instance);
    report_shape_text(shaper, "state", reg_state_name(reg_device_state(device, end)));
    report_shape_time(shaper, "last_register", last_register(device));
    shape_addresses(shaper, device);
    shape_life(html, device, end);
    shape_failures(html, device);
}

void report_html_finding_row(ReportHtml *html, const Finding *finding)
{
    ReportShaper *shaper = html->shaper;

    report_shape_text(shaper, "id", finding->rule->id);
    report_shape_text(shaper, "grade", finding_grade_name(finding->grade));
    report_shape_device_id(shaper, "device", finding->device);
    report_shape_time(shaper, "from", finding->from);
    report_shape_time(shaper, "until", finding->until);
    report_shape_count(shaper, "count", finding->count);
    if (finding->device == 0)
        report_shape_text(shaper, "summary", finding->summary);
}
