/*
 * How long a device was registered, for how much of that it could be reached,
 * and what is known of the path to it.
 */

#include "part.h"
#include "reg/interval.h"
#include "table.h"
#include "text.h"

/* "99.8 %": what is not whole is not rounded to it. */
static const char *percent(Nsec part, Nsec whole, char text[16])
{
    double share = 100.0 * (double)part / (double)whole;

    if (part >= whole)
        g_strlcpy(text, "100 %", 16);
    else
        g_snprintf(text, 16, "%u.%u %%", (unsigned)share, (unsigned)(share * 10) % 10);
    return text;
}

/* ", reachable 61 to 74 %": the lower end rounded down, the upper one up.
 * Nothing when it could be anything. */
static void append_reachable(GString *line, const RegAvailability *life)
{
    if (life->reachable_least == 0 && life->reachable_most == life->registered)
        return;

    double whole = (double)life->watched;
    unsigned least = (unsigned)(100.0 * (double)life->reachable_least / whole);
    unsigned most = (unsigned)(100.0 * (double)life->reachable_most / whole);
    char text[16];

    if (life->reachable_least == life->reachable_most)
        g_string_append_printf(line, ", reachable %s",
                               percent(life->reachable_most, life->watched, text));
    else
        g_string_append_printf(line, ", reachable %u to %u %%", least,
                               MIN(most + (life->reachable_most < life->watched), 100));
}

/* "Registered 99.8 %, reachable 61 to 74 % of 2 h 10 min; lapsed for 15 s" */
static void print_shares(ReportText *text, const RegDevice *device, Nsec end)
{
    RegAvailability life = reg_device_availability(device, end);
    g_autoptr(GString) line = g_string_new("Registered ");
    char share[16];
    char span[NSEC_TEXT];

    if (life.watched <= 0)
        return;
    g_string_append_printf(line, "%s", percent(life.registered, life.watched, share));
    append_reachable(line, &life);
    g_string_append_printf(line, " of %s", nsec_to_span(life.watched, span));
    if (life.lapsed > 0)
        g_string_append_printf(line, "; lapsed for %s", nsec_to_span(life.lapsed, span));
    if (life.unreachable > 0)
        g_string_append_printf(line, "%s unreachable for %s", life.lapsed > 0 ? "," : ";",
                               nsec_to_span(life.unreachable, span));
    report_page_wrap(text->page, REPORT_PLAIN, "  ", 4, line->str);
}

/* "8.0 s to 20 s (2 + 2 observations)": how often a mapping survived, and how
 * often it did not. False: nothing is known. */
static bool append_bounds(GString *line, Nsec at_least, Nsec at_most, Nsec once)
{
    char least[NSEC_TEXT];
    char most[NSEC_TEXT];

    if (at_least != NSEC_NONE && at_most != NSEC_NONE)
        g_string_append_printf(line, "%s to %s", nsec_to_span(at_least, least),
                               nsec_to_span(at_most, most));
    else if (at_most != NSEC_NONE)
        g_string_append_printf(line, "at most %s", nsec_to_span(at_most, most));
    else if (at_least != NSEC_NONE)
        g_string_append_printf(line, "at least %s", nsec_to_span(at_least, least));
    if (at_most == NSEC_NONE && once != NSEC_NONE)
        g_string_append_printf(line, "%sone was gone after %s", at_least != NSEC_NONE ? ", " : "",
                               nsec_to_span(once, most));
    return at_least != NSEC_NONE || at_most != NSEC_NONE || once != NSEC_NONE;
}

static void append_counts(GString *line, uint32_t alive, uint32_t dead)
{
    g_string_append_printf(line, " (%u + %u observations)", alive, dead);
}

static bool append_state(GString *line, const RegNat *nat, RegNatState state)
{
    const RegNatBounds *bounds = &nat->bounds[state];
    Nsec at_least, at_most;

    if (!reg_nat_bounds(nat, state, &at_least, &at_most))
        g_string_append(line, "the observations contradict each other");
    else if (!append_bounds(line, at_least, at_most, bounds->dead_once))
        return false;
    append_counts(line, bounds->n_alive, bounds->n_dead);
    return true;
}

/* A mapping that saw one exchange is often kept shorter than one with going
 * traffic; the two are told apart only when one lifetime does not explain both. */
static void print_nat(ReportText *text, const RegNat *nat)
{
    const RegNatBounds *fresh = &nat->bounds[REG_NAT_FRESH];
    const RegNatBounds *stream = &nat->bounds[REG_NAT_STREAM];
    g_autoptr(GString) line = g_string_new("NAT mapping");
    Nsec at_least, at_most;

    if (reg_nat_range(nat, &at_least, &at_most)) {
        g_string_append(line, at_least != NSEC_NONE || at_most != NSEC_NONE ? " lives " : ": ");
        if (!append_bounds(line, at_least, at_most, fresh->dead_once))
            return;
        append_counts(line, stream->n_alive, fresh->n_dead);
    } else {
        g_string_append(line, " after a single exchange: ");
        if (!append_state(line, nat, REG_NAT_FRESH))
            g_string_append(line, "not known");
        g_string_append(line, "; with packets both ways: ");
        if (!append_state(line, nat, REG_NAT_STREAM))
            g_string_append(line, "not known");
    }
    report_page_wrap(text->page, REPORT_PLAIN, "  ", 4, line->str);
}

/* The longest silence, what is asked for against it, and who else is there. */
static void print_path(ReportText *text, const RegDevice *device)
{
    const RegTraffic *traffic = &device->life->traffic;
    g_autoptr(GString) line = g_string_new(NULL);
    char span[NSEC_TEXT];
    char clock[NSEC_TEXT];

    if (traffic->longest != NSEC_NONE)
        g_string_append_printf(line, "Longest silence on its path %s, from %s",
                               nsec_to_span(traffic->longest, span),
                               nsec_to_clock(traffic->longest_from, clock));
    if (traffic->flow_timer > 0)
        g_string_append_printf(line, "%sthe registrar wants to hear it every %u s (Flow-Timer)",
                               line->len > 0 ? "; " : "", traffic->flow_timer);
    if (traffic->keep > 0)
        g_string_append_printf(line, "%sthe server recommends a keep-alive every %u s (keep)",
                               line->len > 0 ? "; " : "", traffic->keep);
    if (line->len > 0)
        report_page_wrap(text->page, REPORT_PLAIN, "  ", 4, line->str);
}

static void print_others(ReportText *text, const RegDevice *device)
{
    g_autofree char *others = report_page_count(device->listed_others, "Contact of another device",
                                                "Contacts of other devices");
    g_autofree char *stale = report_page_count(device->listed_stale, "old Contact of its own",
                                               "old Contacts of its own");
    g_autoptr(GString) frame = g_string_new(NULL);

    if (device->listed_others == 0 && device->listed_stale == 0)
        return;
    report_text_frame(text, frame, device->listed);
    report_page_print(text->page, REPORT_PLAIN, "  ", 4, "Also bound to the account: %s%s%s (%s)",
                      device->listed_others > 0 ? others : "",
                      device->listed_others > 0 && device->listed_stale > 0 ? ", " : "",
                      device->listed_stale > 0 ? stale : "", frame->str);
}

static ReportStyle style_of(RegIntervalState state)
{
    switch (state) {
    case REG_INTERVAL_REGISTERED:
        return REPORT_GREEN;
    case REG_INTERVAL_UNREACHABLE:
    case REG_INTERVAL_LAPSED:
        return REPORT_RED;
    case REG_INTERVAL_UNREGISTERED:
    case REG_INTERVAL_UNKNOWN:
        break;
    }
    return REPORT_PLAIN;
}

/* A row for each: "12:00:00.020  12:01:00.020  registered  60 s  accepted" */
static void print_intervals(ReportText *text, const RegDevice *device, Nsec end)
{
    static const ReportColumn columns[] = {
        { "from", 12, false }, { "until", 12, false },     { "for", 6, true },
        { "state", 8, false }, { "opened by", 10, false }, { "closed by", 10, false },
    };
    g_autoptr(GArray) row = report_part_intervals(text->result->part, device, end);
    g_autoptr(ReportTable) table = report_table_new(columns, G_N_ELEMENTS(columns));
    char from[NSEC_TEXT], until[NSEC_TEXT], span[NSEC_TEXT];

    if (row->len == 0)
        return;
    report_table_indent(table, 2);
    for (unsigned i = 0; i < row->len; i++) {
        const RegInterval *interval = &g_array_index(row, RegInterval, i);
        const char *cells[] = {
            nsec_to_clock(interval->from, from),
            nsec_to_clock(interval->until, until),
            nsec_to_span(interval->until - interval->from, span),
            reg_interval_state_name(interval->state),
            interval->opened_by,
            interval->closed_by,
        };

        report_table_add(table, style_of(interval->state), cells);
    }
    report_page_blank(text->page);
    report_table_print(table, text->page);
}

void report_text_life(ReportText *text, const RegDevice *device)
{
    Nsec end = report_device_end(text->result, device);

    print_shares(text, device, end);
    if (device->life != NULL) {
        if (device->life->nat != NULL)
            print_nat(text, device->life->nat);
        print_path(text, device);
    }
    print_others(text, device);
    if (text->verbose)
        print_intervals(text, device, end);
}
