/*
 * What the analysis of captures can be asked, and what other commands take of
 * that.
 */

#include "analyze_options.h"

#include "base/quantity.h"
#include "budget.h"
#include "targets.h"
#include "words.h"

static const struct argp_option options[] = {
    { "read", 'r', "FILE", 0, "Analyse this capture file, as a plain FILE", 0 },
    { "filter", 'f', "FILTER", 0, "Only packets that match (pcap-filter syntax)", 0 },
    { "output", 'o', "FORMAT[:TARGET]", 0,
      "text (default), html, json, jsonl or csv, to standard output or a file; may repeat", 0 },
    { "write", 'w', "FILE", 0,
      "Write the frames that findings rest on to FILE (pcapng), with the findings as comments", 0 },
    { "vantage", ANALYZE_VANTAGE, "PLACE", 0,
      "Where the capture was taken: client, middle, server or auto (default)", 0 },
    { "credentials", ANALYZE_CREDENTIALS, "FILE", 0,
      "Check digests with these accounts: lines user:realm:password, a pjsip.conf or a "
      "subscriber table; also env:NAME or fd:NUMBER; may repeat",
      0 },
    { "insecure-credentials", ANALYZE_READABLE, NULL, 0, "Even when others can read that file", 0 },
    { "follow", ANALYZE_FOLLOW, NULL, 0, "At the end of the file wait for more, until interrupted",
      0 },
    { "redact", ANALYZE_REDACT, NULL, 0,
      "Tokens instead of users, hosts, addresses and digest values, for a report to pass on", 0 },
    { "ladder", ANALYZE_LADDER, NULL, 0, "Draw the messages of each attempt in the text report",
      0 },
    { "device", ANALYZE_DEVICE, "PATTERN", 0,
      "Show only devices with this id, account, address, contact or user agent (with * and ?); may "
      "repeat",
      0 },
    { "finding", ANALYZE_FINDING, "ID", 0, "Show only these findings (with * and ?); may repeat",
      0 },
    { "since", ANALYZE_SINCE, "TIME", 0,
      "Show only what reaches into the time from 2026-01-31T12:00:00Z, 12:00 (UTC) or +90, +15m, "
      "+2h after the first packet",
      0 },
    { "until", ANALYZE_UNTIL, "TIME", 0, "The same for the end", 0 },
    { "quiet", 'q', NULL, 0, "The headline and the findings only", 0 },
    { "verbose", 'v', NULL, 0, "The timeline of every device", 0 },
    { "memory", ANALYZE_MEMORY, "MIB", 0, "Forget the least important rather than take more", 0 },
    { "no-sandbox", ANALYZE_NO_SANDBOX, NULL, 0, "Go on where the sandbox does not work", 0 },
    { 0 },
};

static uint64_t parse_memory(const char *argument, struct argp_state *state)
{
    uint64_t bytes = 0;

    if (!quantity_parse(argument, quantity_mebibytes, &bytes) || bytes < BUDGET_LEAST
        || bytes > 1024 * QUANTITY_GIB)
        argp_error(state, "--memory takes MiB, from 16 on, and not '%s'", argument);
    return bytes;
}

static bool parse_vantage(const char *word, RegVantage *vantage)
{
    static const RegVantage places[] = { REG_VANTAGE_CLIENT, REG_VANTAGE_MIDDLE,
                                         REG_VANTAGE_SERVER };

    *vantage = REG_VANTAGE_UNKNOWN;
    if (g_str_equal(word, "auto"))
        return true;
    for (unsigned i = 0; i < G_N_ELEMENTS(places); i++) {
        if (g_str_equal(word, reg_vantage_name(places[i]))) {
            *vantage = places[i];
            return true;
        }
    }
    return false;
}

/* A time of the day may be one of the next day; the others can be compared. */
static void check_times(struct argp_state *state, const Options *o)
{
    bool comparable = o->since.kind == REPORT_WHEN_DATE || o->since.kind == REPORT_WHEN_AFTER;

    if (comparable && o->since.kind == o->until.kind && o->until.value < o->since.value)
        argp_error(state, "--until is before --since");
}

/* What is read, and what is known of it. */
static error_t take_source(int key, char *argument, struct argp_state *state)
{
    Options *o = state->input;

    switch (key) {
    case 'r':
        words_add_file(o, argument, CAPTURE_PLACE_UNSAID);
        return 0;
    case 'f':
        options_set(&o->filter, argument);
        return 0;
    case ANALYZE_VANTAGE:
        if (!parse_vantage(argument, &o->vantage))
            argp_error(state, "no such vantage '%s': client, middle, server or auto", argument);
        return 0;
    case ANALYZE_CREDENTIALS:
        g_ptr_array_add(o->credentials, g_strdup(argument));
        return 0;
    case ANALYZE_READABLE:
        o->credentials_readable = true;
        return 0;
    case ANALYZE_FOLLOW:
        o->follow = true;
        return 0;
    case ANALYZE_MEMORY:
        o->memory_bytes = parse_memory(argument, state);
        return 0;
    case ANALYZE_NO_SANDBOX:
        o->no_sandbox = true;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

/* What is shown. */
static error_t take_view(int key, char *argument, struct argp_state *state)
{
    Options *o = state->input;

    switch (key) {
    case 'o':
        targets_add(state, o, argument);
        return 0;
    case 'w':
        options_set(&o->evidence, argument);
        return 0;
    case ANALYZE_DEVICE:
        g_ptr_array_add(o->devices, g_strdup(argument));
        return 0;
    case ANALYZE_FINDING:
        g_ptr_array_add(o->findings, g_strdup(argument));
        return 0;
    case ANALYZE_SINCE:
    case ANALYZE_UNTIL:
        if (!report_when_parse(argument, key == ANALYZE_SINCE ? &o->since : &o->until))
            argp_error(state, "no such time '%s': 2026-01-31T12:00:00Z, 12:00:30 or +90", argument);
        return 0;
    case ANALYZE_LADDER:
        o->ladder = true;
        return 0;
    case ANALYZE_REDACT:
        o->redact = true;
        return 0;
    case 'q':
        o->quiet = true;
        return 0;
    case 'v':
        o->verbose = true;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

error_t analyze_options_parse(int key, char *argument, struct argp_state *state)
{
    Options *o = state->input;
    error_t result = take_source(key, argument, state);

    if (result == ARGP_ERR_UNKNOWN)
        result = take_view(key, argument, state);
    if (key == ARGP_KEY_ARGS) {
        words_take(state, o, state->next);
        return 0;
    }
    if (key != ARGP_KEY_END)
        return result;
    if (o->files->len == 0)
        argp_error(state, "no capture file given");
    check_times(state, o);
    targets_check(state, o);
    return 0;
}

const struct argp analyze_options_parser = {
    .options = options,
    .parser = analyze_options_parse,
    .args_doc = "FILE... [FILTER]\nanalyze [OPTION...] FILE... [FILTER]\n"
                "compare [OPTION...] INSIDE OUTSIDE\nexplain [FINDING|STATUS]\nlesson [N]\n"
                "digest [OPTION...] FILE...\nwatch -i INTERFACE [OPTION...] [FILTER]",
    .doc =
        "Reads SIP registrations in captures and says why a phone lost its own.\v"
        "FILE is pcap or pcapng, plain or compressed (gzip, zstd, lz4); \"-\" is standard input. "
        "Several files are one capture in time order.\n\n"
        "Exit status: 0 no failure found, 1 at least one failure found, 2 could not do the job.",
};

/* Without a place in front the first file is the inside and the second the
 * outside, which may be the far side of the NAT or the registrar. */
static error_t parse_compare(int key, char *argument, struct argp_state *state)
{
    static const CapturePlace order[] = { CAPTURE_PLACE_CLIENT, CAPTURE_PLACE_MIDDLE,
                                          CAPTURE_PLACE_SERVER };
    Options *o = state->input;
    CapturePlace place;

    switch (key) {
    case ARGP_KEY_ARGS:
        return ARGP_ERR_UNKNOWN; /* one by one */
    case ARGP_KEY_ARG: {
        const char *path = words_path_of_place(argument, &place);

        if (path == NULL && o->files->len == G_N_ELEMENTS(order))
            argp_error(state, "compare takes at most one capture for each place");
        if (path == NULL)
            words_add_file(o, argument, order[o->files->len]);
        else
            words_add_file(o, path, place);
        return 0;
    }
    case ARGP_KEY_END:
        if (o->files->len < 2)
            argp_error(state,
                       "compare needs two captures: INSIDE OUTSIDE, or client=FILE server=FILE");
        check_times(state, o);
        targets_check(state, o);
        return 0;
    default:
        return analyze_options_parse(key, argument, state);
    }
}

const struct argp analyze_options_compare = {
    .options = options,
    .parser = parse_compare,
    .args_doc = "compare INSIDE OUTSIDE\ncompare client=FILE [middle=FILE] server=FILE",
    .doc = "Reads captures of the same traffic from different places together.",
};
