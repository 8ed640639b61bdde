/*
 * Three commands, and what they have in common: where the history is, who is
 * asked about, and since when.
 */

#include "options.h"

#include <string.h>
#include <time.h>

#include "base/quantity.h"
#include "past_time.h"

#define DEFAULT_HISTORY "/var/lib/whyreg/history.db"

/* A report without --since is about this much. */
#define DEFAULT_SINCE "-24h"

enum {
    KEY_HISTORY = 1024,
    KEY_SINCE,
    KEY_UNTIL,
    KEY_STABLE,
};

#define OPTION_HISTORY                                                                   \
    {                                                                                    \
        "history", KEY_HISTORY, "FILE", 0,                                               \
            "The database; without it the one of WHYREG_HISTORY, or " DEFAULT_HISTORY, 0 \
    }
#define OPTION_SINCE                                                                               \
    {                                                                                              \
        "since", KEY_SINCE, "TIME", 0,                                                             \
            "From then on: 2026-01-31T12:00:00Z, 2026-01-31, 12:00, -2h, -7d, today, yesterday", 0 \
    }
#define OPTION_UNTIL                                                             \
    {                                                                            \
        "until", KEY_UNTIL, "TIME", 0, "Until then; also +2h, behind --since", 0 \
    }

void past_options_init(PastOptions *options)
{
    const char *named = g_getenv("WHYREG_HISTORY");

    *options = (PastOptions){
        .history = g_strdup(named != NULL && *named != '\0' ? named : DEFAULT_HISTORY),
        .devices = g_ptr_array_new_with_free_func(g_free),
        .period = { NSEC_NONE, NSEC_MAX },
        .stable = NSEC_NONE,
    };
}

void past_options_clear(PastOptions *options)
{
    g_free(options->history);
    g_free(options->since);
    g_free(options->until);
    g_ptr_array_unref(options->devices);
}

static void set_format(struct argp_state *state, PastOptions *options, const char *name,
                       PastFormat last)
{
    static const char *const names[] = {
        [PAST_TEXT] = "text", [PAST_JSON] = "json", [PAST_CSV] = "csv"
    };

    for (unsigned i = 0; i <= last; i++) {
        if (g_str_equal(name, names[i])) {
            options->format = i;
            return;
        }
    }
    argp_error(state, "no such format '%s': text%s", name,
               last == PAST_CSV ? ", json or csv" : " or json");
}

static Nsec find_time(struct argp_state *state, const char *text, Nsec since)
{
    Nsec time;

    if (!past_time_parse(text, nsec_now(CLOCK_REALTIME), since, &time))
        argp_error(state, "no such time '%s': 2026-01-31T12:00:00Z, 12:00, -2h or yesterday", text);
    return time;
}

static void find_period(struct argp_state *state, PastOptions *options)
{
    StorePeriod *period = &options->period;

    if (options->since != NULL)
        period->since = find_time(state, options->since, NSEC_NONE);
    if (options->until != NULL)
        period->until = find_time(state, options->until, period->since);
    if (period->until < period->since)
        argp_error(state, "--until is before --since");
}

/* What all of them take. */
static error_t parse_common(int key, char *argument, PastOptions *options)
{
    switch (key) {
    case KEY_HISTORY:
        options_set(&options->history, argument);
        return 0;
    case KEY_SINCE:
        options_set(&options->since, argument);
        return 0;
    case KEY_UNTIL:
        options_set(&options->until, argument);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static PastOptions *past_of(const struct argp_state *state)
{
    return &((Options *)state->input)->past;
}

static error_t parse_history(int key, char *argument, struct argp_state *state)
{
    PastOptions *options = past_of(state);

    switch (key) {
    case 'o':
        set_format(state, options, argument, PAST_CSV);
        return 0;
    case ARGP_KEY_ARG:
        g_ptr_array_add(options->devices, g_strdup(argument));
        return 0;
    case ARGP_KEY_END:
        find_period(state, options);
        return 0;
    default:
        return parse_common(key, argument, options);
    }
}

static error_t parse_report(int key, char *argument, struct argp_state *state)
{
    PastOptions *options = past_of(state);

    switch (key) {
    case 'o':
        set_format(state, options, argument, PAST_JSON);
        return 0;
    case ARGP_KEY_END:
        if (options->since == NULL)
            options->since = g_strdup(DEFAULT_SINCE);
        find_period(state, options);
        return 0;
    default:
        return parse_common(key, argument, options);
    }
}

static error_t parse_state(int key, char *argument, struct argp_state *state)
{
    PastOptions *options = past_of(state);

    switch (key) {
    case 'o':
        set_format(state, options, argument, PAST_JSON);
        return 0;
    case 'q':
        options->quiet = true;
        return 0;
    case KEY_STABLE:
        if (!quantity_parse_span(argument, &options->stable))
            argp_error(state, "no such duration '%s': 90, 5m or 2h", argument);
        return 0;
    case ARGP_KEY_ARG:
        g_ptr_array_add(options->devices, g_strdup(argument));
        return 0;
    default:
        return parse_common(key, argument, options);
    }
}

static const struct argp_option history_options[] = {
    OPTION_HISTORY, OPTION_SINCE,
    OPTION_UNTIL,   { "output", 'o', "FORMAT", 0, "text (default), json or csv", 0 },
    { 0 },
};

const struct argp past_history_parser = {
    .options = history_options,
    .parser = parse_history,
    .args_doc = "history [OPTION...] [AOR...]",
    .doc = "Lists the devices that 'whyreg watch --history' has seen, or tells what happened to "
           "some of them, day by day.\v"
           "AOR is an account with or without its host, an address, a contact, an instance or a "
           "user agent, with * and ?.\n\n"
           "Exit status: 0 it was printed, 2 it could not be read, or nobody is meant.",
};

static const struct argp_option report_options[] = {
    OPTION_HISTORY, OPTION_SINCE,
    OPTION_UNTIL,   { "output", 'o', "FORMAT", 0, "text (default) or json", 0 },
    { 0 },
};

const struct argp past_report_parser = {
    .options = report_options,
    .parser = parse_report,
    .args_doc = "report [OPTION...]",
    .doc = "Sums up what 'whyreg watch --history' has seen: of the last 24 hours, or of the time "
           "that is given.\v"
           "Exit status: 0 no failure in that time, 1 at least one failure, 2 could not do the "
           "job.",
};

static const struct argp_option state_options[] = {
    OPTION_HISTORY,
    { "stable", KEY_STABLE, "DURATION", 0,
      "Call stable what went well for so long (90, 5m, 2h), instead of the watch's own --stable",
      0 },
    { "output", 'o', "FORMAT", 0, "text (default) or json", 0 },
    { "quiet", 'q', NULL, 0, "Print nothing: the exit status tells", 0 },
    { 0 },
};

const struct argp past_state_parser = {
    .options = state_options,
    .parser = parse_state,
    .args_doc = "state [OPTION...] [AOR...]",
    .doc = "Tells how accounts stand at this moment, from the history that a running 'whyreg watch "
           "--history' writes.\v"
           "AOR is an account with or without its host, an address, a contact, an instance or a "
           "user agent, with * and ?; without any, all are meant. An account is as well off as "
           "the best of its devices.\n\n"
           "Exit status: 0 all of them are registered and stable, 1 at least one is not, 2 at "
           "least one is unknown and none of the others is in trouble, or nobody is watching.",
};
