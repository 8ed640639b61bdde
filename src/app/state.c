/*
 * A dialer asks before it calls, a cron job every minute, a person when a
 * customer complains. All of them want the truth of this second or none, so what
 * the history says counts only while somebody writes it.
 */

#include "state.h"

#include <stdio.h>
#include <time.h>

#include "accounts.h"
#include "base/json.h"
#include "past_time.h"
#include "session.h"
#include "sheet.h"

typedef struct State {
    const PastOptions *options;
    StoreReader *reader;
    StoreRun run;
    bool known; /* there is a run */
    AccountsQuestion question;
    GPtrArray *lists; /* of GArray of StoreDevice, which the accounts point into */
    GArray *accounts; /* of Account */
} State;

static void add_accounts(State *state, GArray *devices, const char *name)
{
    GArray *accounts = accounts_new(&state->question, devices, name);

    g_ptr_array_add(state->lists, devices);
    g_array_append_vals(state->accounts, accounts->data, accounts->len);
    g_array_unref(accounts);
}

static void ask(State *state)
{
    const PastOptions *options = state->options;

    state->known = store_reader_newest_run(state->reader, &state->run);
    state->question =
        (AccountsQuestion){ .now = nsec_now(CLOCK_REALTIME), .stable = options->stable };
    state->question.watching = state->known && store_run_is_alive(&state->run, state->question.now);
    if (options->devices->len == 0)
        add_accounts(state, store_reader_devices(state->reader), NULL);
    for (unsigned i = 0; i < options->devices->len; i++) {
        const char *name = g_ptr_array_index(options->devices, i);

        add_accounts(state, store_reader_find(state->reader, name), name);
    }
}

/* Why an answer can be no better than "unknown"; NULL: it can. */
static char *explain_doubt(const State *state)
{
    char span[NSEC_TEXT];

    if (!state->known)
        return g_strdup("nobody has watched yet");
    if (state->question.watching)
        return NULL;
    if (state->run.ended != NSEC_NONE)
        return g_strdup_printf(
            "nobody is watching: the watch ended %s ago",
            nsec_to_span(nsec_since(state->run.ended, state->question.now), span));
    return g_strdup_printf(
        "nobody is watching: the last sign of life was %s ago",
        nsec_to_span(nsec_since(state->run.heartbeat, state->question.now), span));
}

/* Why it stands as it does. */
static const char *because_of(const State *state, const AccountDevice *one)
{
    const StoreDevice *device = one->device;

    if (!state->question.watching)
        return NULL;
    if (!device->current)
        return "it was not seen since the watch began";
    return device->summary != NULL ? device->summary : device->because;
}

/* --- for people ------------------------------------------------------------------ */

static void add_row(const State *state, Sheet *sheet, const Account *account,
                    const AccountDevice *one)
{
    const StoreDevice *device = one->device;
    bool certain = one->condition != REG_CONDITION_UNKNOWN;
    bool good = one->condition == REG_CONDITION_STABLE || one->condition == REG_CONDITION_SETTLING;
    char stamp[NSEC_TEXT];

    sheet_add(sheet, account->name);
    sheet_add(sheet, reg_condition_name(one->condition));
    sheet_add(sheet, certain ? device->state : NULL);
    sheet_add(sheet, certain ? past_stamp(device->since, stamp) : NULL);
    sheet_add(sheet, good || one->condition == REG_CONDITION_DANGER
                         ? past_stamp(device->until, stamp)
                         : NULL);
    sheet_add(sheet, device->public_address != NULL ? device->public_address : device->address);
    sheet_add(sheet, good ? NULL : because_of(state, one));
}

static void print_text(const State *state)
{
    static const char *const titles[] = { "ACCOUNT", "CONDITION", "STATE", "SINCE",
                                          "UNTIL",   "ADDRESS",   "WHY",   NULL };
    g_autoptr(Sheet) sheet = sheet_new(titles);

    for (unsigned i = 0; i < state->accounts->len; i++) {
        const Account *account = &g_array_index(state->accounts, Account, i);

        for (unsigned k = 0; k < account->devices->len; k++)
            add_row(state, sheet, account, &g_array_index(account->devices, AccountDevice, k));
        if (account->devices->len > 0)
            continue;
        sheet_add(sheet, account->name);
        sheet_add(sheet, "unknown");
        for (unsigned k = 0; k < 4; k++)
            sheet_add(sheet, NULL);
        sheet_add(sheet, "nothing like it was ever seen");
    }
    sheet_print_text(sheet, stdout, 0);
}

/* --- for programs ------------------------------------------------------------------ */

static void put_device(const State *state, Json *json, const AccountDevice *one)
{
    const StoreDevice *device = one->device;

    json_open(json, NULL);
    json_text(json, "condition", reg_condition_name(one->condition));
    json_text(json, "state", device->state);
    json_text(json, "because", because_of(state, one));
    json_flag(json, "current", state->question.watching && device->current);
    json_time(json, "since", device->since);
    json_time(json, "until", device->until);
    json_time(json, "good_since", device->good);
    json_time(json, "last_seen", device->last_seen);
    json_text(json, "user_agent", device->user_agent);
    json_text(json, "instance", device->instance);
    json_text(json, "contact", device->contact);
    json_text(json, "address", device->address);
    json_text(json, "public_address", device->public_address);
    json_text(json, "server", device->server);
    json_text(json, "finding", device->finding);
    json_close(json);
}

static void print_json(const State *state, int status)
{
    g_autoptr(GString) text = g_string_new(NULL);
    Json json = json_begin(text);

    json_open(&json, NULL);
    json_count(&json, "schema", 1);
    json_time(&json, "time", state->question.now);
    json_flag(&json, "watching", state->question.watching);
    json_time(&json, "heartbeat", state->known ? state->run.heartbeat : NSEC_NONE);
    json_count(&json, "status", (uint64_t)status);
    json_open_list(&json, "accounts");
    for (unsigned i = 0; i < state->accounts->len; i++) {
        const Account *account = &g_array_index(state->accounts, Account, i);

        json_open(&json, NULL);
        json_text(&json, "aor", account->name);
        json_text(&json, "condition", reg_condition_name(account->condition));
        json_open_list(&json, "devices");
        for (unsigned k = 0; k < account->devices->len; k++)
            put_device(state, &json, &g_array_index(account->devices, AccountDevice, k));
        json_close_list(&json);
        json_close(&json);
    }
    json_close_list(&json);
    json_close(&json);
    printf("%s\n", text->str);
}

static void print(const State *state, int status)
{
    g_autofree char *doubt = explain_doubt(state);

    if (doubt != NULL)
        fprintf(stderr, "whyreg: %s\n", doubt);
    if (state->options->format == PAST_JSON)
        print_json(state, status);
    else
        print_text(state);
}

static int complain(const PastOptions *options, const GError *error)
{
    return options->quiet ? EXIT_TROUBLE : session_complain(error);
}

int state_print(const PastOptions *options)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(StoreReader) reader = store_reader_open(options->history, &error);

    if (reader == NULL)
        return complain(options, error);

    State state = { .options = options,
                    .reader = reader,
                    .lists = g_ptr_array_new_with_free_func((GDestroyNotify)g_array_unref),
                    .accounts = g_array_new(FALSE, FALSE, sizeof(Account)) };

    ask(&state);

    int status = accounts_status(state.accounts);

    if (store_reader_failed(reader, &error))
        status = complain(options, error);
    else if (!options->quiet)
        print(&state, status);
    accounts_free(state.accounts);
    g_ptr_array_unref(state.lists);
    return status;
}
