/*
 * The report that somebody reads in the morning, or mails to a customer at the
 * end of the month. It begins with what was seen at all: a quiet night in which
 * nobody was watching is not a quiet night.
 */

#include "report.h"

#include <stdio.h>
#include <string.h>

#include "base/escape.h"
#include "history_shape.h"
#include "past_time.h"
#include "session.h"
#include "sheet.h"
#include "summary.h"

/* Devices that are named; the JSON has all of them. */
#define WORST 10

#define LOSSES 12

static void print_wire(const char *text)
{
    g_autoptr(GString) escaped = g_string_new(NULL);

    escape_terminal(escaped, str_of(text));
    printf("%s\n", escaped->str);
}

static void print_head(const Summary *summary)
{
    g_autofree char *headline = summary_headline(summary);
    g_autofree char *part =
        past_percent(summary->covered, summary->period.until - summary->period.since);
    char from[NSEC_TEXT], until[NSEC_TEXT], span[NSEC_TEXT];

    printf("Registrations from %s to %s\n\n", past_stamp(summary->period.since, from),
           past_stamp(summary->period.until, until));
    print_wire(headline);
    printf("\nWatched for %s", nsec_to_span(summary->covered, span));
    if (part != NULL)
        printf(", %s of that time", part);
    printf(", in %u %s\n", summary->runs->len, summary->runs->len == 1 ? "run" : "runs");
}

/* "packets that the kernel dropped" */
static const char *name_of_loss(const char *kind)
{
    static const char *const names[][2] = {
        { "blind", "not watched" },
        { "gap", "nothing captured" },
        { "pause", "stood still" },
        { "dropped_kernel", "packets dropped by the kernel" },
        { "dropped_interface", "packets dropped by the interface" },
        { "clock_step", "clock set" },
        { "forgotten", "forgotten: a table was full" },
        { "output_dropped", "lines of output dropped" },
        { "history_dropped", "rows of this history dropped" },
        { "history_stuck", "this history could not be written" },
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(names); i++) {
        if (g_str_equal(kind, names[i][0]))
            return names[i][1];
    }
    return kind;
}

static void print_losses(const Summary *summary)
{
    static const char *const titles[] = { "LOST", "FROM", "FOR", "COUNT", "WHAT", NULL };
    g_autoptr(Sheet) sheet = sheet_new(titles);
    unsigned shown = MIN(summary->losses->len, (unsigned)LOSSES);
    char stamp[NSEC_TEXT], span[NSEC_TEXT];

    for (unsigned i = 0; i < shown; i++) {
        const StoreLoss *loss = &g_array_index(summary->losses, StoreLoss, i);

        sheet_add(sheet, name_of_loss(loss->kind));
        sheet_add(sheet, past_stamp(loss->from, stamp));
        sheet_add(sheet, nsec_to_span(loss->until - loss->from, span));
        if (loss->count > 0)
            sheet_add_format(sheet, "%" G_GUINT64_FORMAT, loss->count);
        else
            sheet_add(sheet, NULL);
        sheet_add(sheet, loss->what);
    }
    if (shown == 0)
        return;
    printf("\n");
    sheet_print_text(sheet, stdout, 2);
    if (summary->losses->len > shown)
        printf("  ... and %u more\n", summary->losses->len - shown);
}

static void print_kinds(const Summary *summary)
{
    static const char *const titles[] = { "FINDING", "SEVERITY", "DEVICES", "TIMES",
                                          "STANDS",  "FIRST",    "LAST",    NULL };
    g_autoptr(Sheet) sheet = sheet_new(titles);
    char stamp[NSEC_TEXT];

    for (unsigned i = 0; i < summary->kinds->len; i++) {
        const SummaryFinding *kind = &g_array_index(summary->kinds, SummaryFinding, i);

        sheet_add(sheet, kind->rule);
        sheet_add(sheet, kind->severity);
        sheet_add_format(sheet, "%" G_GUINT64_FORMAT, kind->devices);
        sheet_add_format(sheet, "%" G_GUINT64_FORMAT, kind->times);
        sheet_add_format(sheet, "%" G_GUINT64_FORMAT, kind->standing);
        sheet_add(sheet, past_stamp(kind->first, stamp));
        sheet_add(sheet, past_stamp(kind->last, stamp));
    }
    if (sheet_rows(sheet) == 0)
        return;
    printf("\nFindings ('whyreg explain FINDING' tells what to do)\n");
    sheet_print_text(sheet, stdout, 2);
}

static void print_devices(const Summary *summary)
{
    static const char *const titles[] = { "LOST",     "ACCOUNT",    "REGISTERED", "REACHABLE",
                                          "FINDINGS", "USER AGENT", NULL };
    g_autoptr(Sheet) sheet = sheet_new(titles);
    g_autofree char *registered = past_percent(summary->all.registered, summary->all.watched);
    g_autofree char *reachable = past_percent(summary->all.reachable, summary->all.watched);
    unsigned shown = MIN(summary->worst->len, (unsigned)WORST);
    char span[NSEC_TEXT];

    for (unsigned i = 0; i < shown; i++) {
        const SummaryDevice *one = &g_array_index(summary->worst, SummaryDevice, i);
        g_autofree char *bound = past_percent(one->life.registered, one->life.watched);
        g_autofree char *open = past_percent(one->life.reachable, one->life.watched);

        sheet_add(sheet, nsec_to_span(one->lost, span));
        sheet_add(sheet, one->device->aor);
        sheet_add(sheet, bound);
        sheet_add(sheet, open);
        sheet_add_format(sheet, "%" G_GUINT64_FORMAT, one->life.findings);
        sheet_add(sheet, one->device->user_agent);
    }
    printf("\n%u %s", summary->seen, summary->seen == 1 ? "device" : "devices");
    if (registered != NULL)
        printf(", registered %s and reachable %s of the time", registered, reachable);
    printf("\n");
    if (shown > 0)
        sheet_print_text(sheet, stdout, 2);
    if (summary->worst->len > shown)
        printf("  ... and %u more that lost some time\n", summary->worst->len - shown);
}

static void print_refusals(const Summary *summary)
{
    static const char *const titles[] = { "ANSWER", "ATTEMPTS", "DEVICES", NULL };
    g_autoptr(Sheet) sheet = sheet_new(titles);
    unsigned shown = MIN(summary->refusals->len, (unsigned)WORST);

    for (unsigned i = 0; i < shown; i++) {
        const StoreRefusal *refusal = &g_array_index(summary->refusals, StoreRefusal, i);

        sheet_add(sheet, refusal->answer);
        sheet_add_format(sheet, "%" G_GUINT64_FORMAT, refusal->attempts);
        sheet_add_format(sheet, "%" G_GUINT64_FORMAT, refusal->devices);
    }
    if (shown == 0)
        return;
    printf("\nAttempts that failed, of days that reach into this time\n");
    sheet_print_text(sheet, stdout, 2);
}

static void print_text(const Summary *summary)
{
    print_head(summary);
    print_losses(summary);
    print_devices(summary);
    print_kinds(summary);
    print_refusals(summary);
}

/* --- JSON ------------------------------------------------------------------------- */

static void put_kinds(Json *json, const GArray *kinds)
{
    json_open_list(json, "kinds");
    for (unsigned i = 0; i < kinds->len; i++) {
        const SummaryFinding *kind = &g_array_index(kinds, SummaryFinding, i);

        json_open(json, NULL);
        json_text(json, "id", kind->rule);
        json_text(json, "severity", kind->severity);
        json_count(json, "devices", kind->devices);
        json_count(json, "times", kind->times);
        json_count(json, "standing", kind->standing);
        json_time(json, "first", kind->first);
        json_time(json, "last", kind->last);
        json_close(json);
    }
    json_close_list(json);
}

static void put_worst(Json *json, const GArray *worst)
{
    json_open_list(json, "worst");
    for (unsigned i = 0; i < worst->len; i++) {
        const SummaryDevice *one = &g_array_index(worst, SummaryDevice, i);

        json_open(json, NULL);
        history_shape_device(json, one->device, &one->life);
        json_seconds(json, "lost_seconds", one->lost);
        json_close(json);
    }
    json_close_list(json);
}

static void put_refusals(Json *json, const GArray *refusals)
{
    json_open_list(json, "refusals");
    for (unsigned i = 0; i < refusals->len; i++) {
        const StoreRefusal *refusal = &g_array_index(refusals, StoreRefusal, i);

        json_open(json, NULL);
        json_text(json, "answer", refusal->answer);
        json_count(json, "attempts", refusal->attempts);
        json_count(json, "devices", refusal->devices);
        json_close(json);
    }
    json_close_list(json);
}

static void print_json(const Summary *summary)
{
    g_autoptr(GString) text = g_string_new(NULL);
    g_autofree char *headline = summary_headline(summary);
    Json json = json_begin(text);

    json_open(&json, NULL);
    json_count(&json, "schema", 1);
    history_shape_period(&json, summary->period);
    json_text(&json, "headline", headline);
    json_seconds(&json, "covered_seconds", summary->covered);
    history_shape_runs(&json, summary->runs);
    history_shape_losses(&json, summary->losses);
    json_count(&json, "devices", summary->seen);
    json_seconds(&json, "watched_seconds", summary->all.watched);
    json_seconds(&json, "registered_seconds", summary->all.registered);
    json_seconds(&json, "reachable_seconds", summary->all.reachable);
    put_worst(&json, summary->worst);
    put_kinds(&json, summary->kinds);
    history_shape_findings(&json, summary->findings);
    put_refusals(&json, summary->refusals);
    json_close(&json);
    printf("%s\n", text->str);
}

int report_print(const PastOptions *options)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(StoreReader) reader = store_reader_open(options->history, &error);

    if (reader == NULL)
        return session_complain(error);

    g_autoptr(Summary) summary = summary_new(reader, options->period);

    if (store_reader_failed(reader, &error))
        return session_complain(error);
    if (options->format == PAST_JSON)
        print_json(summary);
    else
        print_text(summary);
    return summary->failures > 0 ? EXIT_FOUND : EXIT_CLEAN;
}
