/*
 * "What happened to this phone last Tuesday?" The packets are gone by then; the
 * history is there.
 */

#include "history.h"

#include <stdio.h>
#include <string.h>

#include "base/escape.h"
#include "history_shape.h"
#include "past_time.h"
#include "session.h"
#include "sheet.h"

/* --- the list of devices ---------------------------------------------------------- */

/* Nothing is known of how it spent its time. */
static const StoreLife nothing = { 0 };

static const StoreLife *life_of(const GArray *lives, const StoreDevice *device)
{
    const StoreLife *life = store_life_find(lives, device->id);

    return life != NULL ? life : &nothing;
}

static void add_row(Sheet *sheet, const StoreDevice *device, const StoreLife *life, bool full)
{
    g_autofree char *registered = past_percent(life->registered, life->watched);
    g_autofree char *reachable = past_percent(life->reachable, life->watched);
    char stamp[NSEC_TEXT];

    sheet_add(sheet, device->aor);
    sheet_add(sheet, device->public_address != NULL ? device->public_address : device->address);
    sheet_add(sheet, device->condition);
    sheet_add(sheet, device->state);
    sheet_add(sheet, registered);
    sheet_add(sheet, reachable);
    sheet_add_format(sheet, "%" G_GUINT64_FORMAT, life->findings);
    sheet_add(sheet, past_stamp(device->last_seen, stamp));
    if (full) {
        sheet_add(sheet, past_stamp(device->first_seen, stamp));
        sheet_add_format(sheet, "%.3f", (double)life->watched / 1e9);
        sheet_add_format(sheet, "%.3f", (double)life->registered / 1e9);
        sheet_add_format(sheet, "%.3f", (double)life->reachable / 1e9);
        sheet_add(sheet, device->instance);
    }
    sheet_add(sheet, device->user_agent);
}

static void list_text(const GArray *devices, const GArray *lives)
{
    static const char *const titles[] = { "ACCOUNT",    "ADDRESS",   "CONDITION", "STATE",
                                          "REGISTERED", "REACHABLE", "FINDINGS",  "LAST SEEN",
                                          "USER AGENT", NULL };
    g_autoptr(Sheet) sheet = sheet_new(titles);

    for (unsigned i = 0; i < devices->len; i++) {
        const StoreDevice *device = &g_array_index(devices, StoreDevice, i);

        add_row(sheet, device, life_of(lives, device), false);
    }
    if (sheet_rows(sheet) > 0)
        sheet_print_text(sheet, stdout, 0);
    else
        printf("No device was ever seen.\n");
}

static void list_csv(const GArray *devices, const GArray *lives)
{
    static const char *const titles[] = { "aor",
                                          "address",
                                          "condition",
                                          "state",
                                          "registered",
                                          "reachable",
                                          "findings",
                                          "last_seen",
                                          "first_seen",
                                          "watched_seconds",
                                          "registered_seconds",
                                          "reachable_seconds",
                                          "instance",
                                          "user_agent",
                                          NULL };
    g_autoptr(Sheet) sheet = sheet_new(titles);

    for (unsigned i = 0; i < devices->len; i++) {
        const StoreDevice *device = &g_array_index(devices, StoreDevice, i);

        add_row(sheet, device, life_of(lives, device), true);
    }
    sheet_print_csv(sheet, stdout);
}

/* --- the life of a device ----------------------------------------------------------- */

static void put_span(GString *line, const ChronicleEvent *event)
{
    char span[NSEC_TEXT];

    if (event->until == NSEC_NONE)
        g_string_append(line, g_str_equal(event->kind, "finding") ? ", stands" : ", goes on");
    else if (event->until > event->from)
        g_string_append_printf(line, ", %s", nsec_to_span(event->until - event->from, span));
    if (event->count > 1)
        g_string_append_printf(line, ", %" G_GUINT64_FORMAT " times", event->count);
}

/* What stands in front of the text: for an interval how the device stood. */
static const char *label_of(const ChronicleEvent *event)
{
    return g_str_equal(event->kind, "interval") || g_str_equal(event->kind, "loss") ? event->name
                                                                                    : event->kind;
}

static void print_event(const ChronicleEvent *event, char day[NSEC_TEXT])
{
    g_autoptr(GString) line = g_string_new(NULL);
    char stamp[NSEC_TEXT];

    nsec_to_text(event->from, stamp);
    if (strncmp(day, stamp, strlen("2026-01-31")) != 0) {
        g_strlcpy(day, stamp, strlen("2026-01-31") + 1);
        printf("  %s\n", day);
    }
    escape_terminal(line, str_of(event->text));
    put_span(line, event);
    printf("    %.8s  %-9s  %s\n", stamp + strlen("2026-01-31T"), label_of(event), line->str);
}

static void print_chronicle(const Chronicle *chronicle)
{
    const StoreDevice *device = chronicle->device;
    const StoreLife *life = &chronicle->life;
    g_autofree char *registered = past_percent(life->registered, life->watched);
    g_autofree char *reachable = past_percent(life->reachable, life->watched);
    g_autofree char *who = g_strjoin("  ", device->aor[0] != '\0' ? device->aor : "(no account)",
                                     device->address != NULL ? device->address : "",
                                     device->user_agent != NULL ? device->user_agent : "", NULL);
    g_autoptr(GString) head = g_string_new(NULL);
    char span[NSEC_TEXT], day[NSEC_TEXT] = "";

    escape_terminal(head, str_of(who));
    printf("%s\n", head->str);
    if (registered != NULL)
        printf("  registered %s and reachable %s of %s\n", registered, reachable,
               nsec_to_span(life->watched, span));
    for (unsigned i = 0; i < chronicle->events->len; i++)
        print_event(&g_array_index(chronicle->events, ChronicleEvent, i), day);
}

static void add_events(Sheet *sheet, const Chronicle *chronicle)
{
    char stamp[NSEC_TEXT];

    for (unsigned i = 0; i < chronicle->events->len; i++) {
        const ChronicleEvent *event = &g_array_index(chronicle->events, ChronicleEvent, i);

        sheet_add_format(sheet, "d%" G_GINT64_FORMAT, chronicle->device->id);
        sheet_add(sheet, chronicle->device->aor);
        sheet_add(sheet, past_stamp(event->from, stamp));
        sheet_add(sheet, past_stamp(event->until, stamp));
        sheet_add(sheet, event->kind);
        sheet_add(sheet, event->name);
        sheet_add_format(sheet, "%" G_GUINT64_FORMAT, event->count);
        sheet_add(sheet, event->text);
    }
}

/* --- both ---------------------------------------------------------------------------- */

typedef struct History {
    const PastOptions *options;
    StoreReader *reader;
    GArray *devices; /* of StoreDevice */
    GArray *losses;  /* of StoreLoss */
} History;

static void print_list(const History *history)
{
    g_autoptr(GArray) lives = store_reader_lives(history->reader, 0, history->options->period);

    if (history->options->format == PAST_CSV)
        list_csv(history->devices, lives);
    else
        list_text(history->devices, lives);
}

static void print_lives(const History *history)
{
    static const char *const titles[] = { "device", "aor",   "from", "until", "kind",
                                          "name",   "count", "text", NULL };
    g_autoptr(Sheet) sheet = sheet_new(titles);

    for (unsigned i = 0; i < history->devices->len; i++) {
        g_autoptr(Chronicle) chronicle =
            chronicle_new(history->reader, &g_array_index(history->devices, StoreDevice, i),
                          history->losses, history->options->period);

        if (history->options->format == PAST_CSV) {
            add_events(sheet, chronicle);
            continue;
        }
        if (i > 0)
            printf("\n");
        print_chronicle(chronicle);
    }
    if (history->options->format == PAST_CSV)
        sheet_print_csv(sheet, stdout);
}

static void put_devices(const History *history, Json *json, bool full)
{
    g_autoptr(GArray) lives = store_reader_lives(history->reader, 0, history->options->period);

    json_open_list(json, "devices");
    for (unsigned i = 0; i < history->devices->len; i++) {
        const StoreDevice *device = &g_array_index(history->devices, StoreDevice, i);

        json_open(json, NULL);
        if (full) {
            g_autoptr(Chronicle) chronicle =
                chronicle_new(history->reader, device, history->losses, history->options->period);

            history_shape_chronicle(json, chronicle);
        } else {
            history_shape_device(json, device, life_of(lives, device));
        }
        json_close(json);
    }
    json_close_list(json);
}

static void print_json(const History *history, bool full)
{
    g_autoptr(GString) text = g_string_new(NULL);
    g_autoptr(GArray) runs = store_reader_runs(history->reader, history->options->period);
    Json json = json_begin(text);

    json_open(&json, NULL);
    json_count(&json, "schema", 1);
    history_shape_period(&json, history->options->period);
    json_time(&json, "now", store_reader_now(history->reader));
    history_shape_runs(&json, runs);
    history_shape_losses(&json, history->losses);
    put_devices(history, &json, full);
    json_close(&json);
    printf("%s\n", text->str);
}

/* A device that two of the words mean is told once. */
static GArray *find_devices(StoreReader *reader, const GPtrArray *patterns)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(g_direct_hash, g_direct_equal);
    GArray *devices = g_array_new(FALSE, FALSE, sizeof(StoreDevice));

    for (unsigned i = 0; i < patterns->len; i++) {
        g_autoptr(GArray) found = store_reader_find(reader, g_ptr_array_index(patterns, i));

        for (unsigned k = 0; k < found->len; k++) {
            const StoreDevice *device = &g_array_index(found, StoreDevice, k);

            if (g_hash_table_add(seen, GSIZE_TO_POINTER((gsize)device->id)))
                g_array_append_vals(devices, device, 1);
        }
    }
    return devices;
}

static int print(const History *history)
{
    bool full = history->options->devices->len > 0;

    if (full && history->devices->len == 0) {
        fprintf(stderr, "whyreg: the history knows nobody like that\n");
        return EXIT_TROUBLE;
    }
    if (history->options->format == PAST_JSON)
        print_json(history, full);
    else if (full)
        print_lives(history);
    else
        print_list(history);
    return EXIT_CLEAN;
}

int history_print(const PastOptions *options)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(StoreReader) reader = store_reader_open(options->history, &error);

    if (reader == NULL)
        return session_complain(error);

    g_autoptr(GArray) devices = options->devices->len > 0 ? find_devices(reader, options->devices)
                                                          : store_reader_devices(reader);
    g_autoptr(GArray) losses = store_reader_losses(reader, options->period);
    int status = print(&(History){ options, reader, devices, losses });

    if (store_reader_failed(reader, &error))
        return session_complain(error);
    return status;
}
