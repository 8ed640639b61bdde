/*
 * "-i eth0 -B 65536 -s 0": the habits of tcpdump hold, and a number out of
 * range is said before anything is opened.
 */

#include "watch_options.h"

#include "base/quantity.h"
#include "options.h"

#define KIB QUANTITY_KIB
#define MIB QUANTITY_MIB
#define GIB QUANTITY_GIB

/* The largest frame that libpcap hands out. */
#define SNAPLEN_MAX 262144

/* libpcap takes the size of its buffer as an int. */
#define BUFFER_MAX (2 * GIB - MIB)

enum {
    KEY_PORT = 1024,
    KEY_DURATION,
    KEY_MEMORY,
    KEY_QUEUE,
    KEY_STABLE,
    KEY_HISTORY,
    KEY_HISTORY_SIZE,
    KEY_HISTORY_AGE,
    KEY_METRICS_FILE,
    KEY_LISTEN,
    KEY_ON_CHANGE,
    KEY_ON_CHANGE_RATE,
    KEY_USER,
    KEY_NO_SANDBOX,
    KEY_CONFIG,
};

static const struct argp_option options[] = {
    { NULL, 0, NULL, 0, "Capture:", 2 },
    { "interface", 'i', "NAME", 0, "Listen on this interface, or on \"any\"; may repeat", 2 },
    { "port", KEY_PORT, "PORT[,PORT...]", 0,
      "SIP is spoken on these ports as well as on 5060 and 5061; may repeat", 2 },
    { "buffer-size", 'B', "KIB", 0, "The kernel's buffer of each interface (65536)", 2 },
    { "snaplen", 's', "BYTES", 0, "Take so much of each frame (262144, which is all)", 2 },
    { "no-promiscuous", 'p', NULL, 0, "Only frames to and from this machine", 2 },
    { "count", 'c', "N", 0, "End after N packets", 2 },
    { "duration", KEY_DURATION, "TIME", 0, "End after so long: 90s, 15m, 8h, 30d", 2 },
    { NULL, 0, NULL, 0, "Evidence, with --write:", 3 },
    { "rotate-size", 'C', "MB", 0, "Begin a new file after so many millions of bytes", 3 },
    { "rotate-time", 'G', "SECONDS", 0, "Begin a new file after so long", 3 },
    { "rotate-files", 'W', "N", 0, "Keep the newest N files", 3 },
    { NULL, 0, NULL, 0, "State and outputs:", 4 },
    { "stable", KEY_STABLE, "TIME", 0,
      "A device is stable when nothing went wrong for so long (5m)", 4 },
    { "history", KEY_HISTORY, "FILE", 0, "Keep what happens in this SQLite database", 4 },
    { "history-size", KEY_HISTORY_SIZE, "MIB", 0, "At most so large (1024)", 4 },
    { "history-age", KEY_HISTORY_AGE, "DAYS", 0, "At most for so long (90)", 4 },
    { "metrics-file", KEY_METRICS_FILE, "FILE", 0,
      "Write OpenMetrics to this file, for node_exporter's textfile collector", 4 },
    { "listen", KEY_LISTEN, "[HOST:]PORT", 0,
      "Serve /metrics, /healthz and /devices over HTTP, on this machine only without HOST", 4 },
    { "on-change", KEY_ON_CHANGE, "COMMAND", 0,
      "Run this when a device begins to stand differently, with the facts in its environment", 4 },
    { "on-change-rate", KEY_ON_CHANGE_RATE, "N", 0, "At most N times a minute (60)", 4 },
    { NULL, 0, NULL, 0, "Limits and privileges:", 5 },
    { "memory", KEY_MEMORY, "MIB", 0, "For everything that is remembered (256)", 5 },
    { "queue", KEY_QUEUE, "MIB", 0, "Of this, what may wait for the analysis (16)", 5 },
    { "user", KEY_USER, "NAME", 0, "Run as this user, when started as root", 5 },
    { "no-sandbox", KEY_NO_SANDBOX, NULL, 0, "Go on where the sandbox does not work", 5 },
    { "config", KEY_CONFIG, "FILE", 0, "Read options from this file: keys are the long ones", 5 },
    { 0 },
};

/* Within the limits. */
static uint64_t take(struct argp_state *state, const char *what, const char *argument,
                     const QuantityUnit *units, uint64_t min, uint64_t max)
{
    uint64_t value;

    if (quantity_parse(argument, units, &value) && value >= min && value <= max)
        return value;

    g_autofree char *least = g_strdup_printf("%" G_GUINT64_FORMAT, min / units[0].factor);
    g_autofree char *most = g_strdup_printf("%" G_GUINT64_FORMAT, max / units[0].factor);

    argp_error(state, "%s is %s to %s, not '%s'", what, least, most, argument);
    return min; /* not reached: argp_error() ends the program */
}

static Nsec take_time(struct argp_state *state, const char *what, const char *argument,
                      const QuantityUnit *units)
{
    return (Nsec)take(state, what, argument, units, units[0].factor, (uint64_t)(36500 * NSEC_DAY));
}

static void take_ports(struct argp_state *state, WatchOptions *o, const char *argument)
{
    g_auto(GStrv) words = g_strsplit(argument, ",", -1);

    for (unsigned i = 0; words[i] != NULL; i++) {
        uint16_t port = (uint16_t)take(state, "a port", words[i], quantity_ones, 1, UINT16_MAX);

        g_array_append_val(o->ports, port);
    }
}

static error_t take_capture(int key, char *argument, struct argp_state *state)
{
    WatchOptions *o = state->input;

    switch (key) {
    case 'i':
        if (argument[0] == '\0')
            argp_error(state, "an interface has a name");
        g_ptr_array_add(o->interfaces, g_strdup(argument));
        return 0;
    case KEY_PORT:
        take_ports(state, o, argument);
        return 0;
    case 'B':
        o->buffer_bytes =
            take(state, "the buffer", argument, quantity_kibibytes, 64 * KIB, BUFFER_MAX);
        return 0;
    case 's':
        o->snaplen =
            (uint32_t)take(state, "a snapshot length", argument, quantity_ones, 0, SNAPLEN_MAX);
        o->snaplen = o->snaplen > 0 ? o->snaplen : SNAPLEN_MAX; /* 0 is all, as for tcpdump */
        return 0;
    case 'p':
        o->not_promiscuous = true;
        return 0;
    case 'c':
        o->count = take(state, "a count", argument, quantity_ones, 1, UINT64_MAX);
        return 0;
    case KEY_DURATION:
        o->duration = take_time(state, "a duration", argument, quantity_seconds);
        return 0;
    case 'C':
        o->rotate_bytes = take(state, "-C", argument, quantity_megabytes, 1000000, 1000000 * MIB);
        return 0;
    case 'G':
        o->rotate_time = take_time(state, "-G", argument, quantity_seconds);
        return 0;
    case 'W':
        o->rotate_files = (unsigned)take(state, "-W", argument, quantity_ones, 1, 100000);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static error_t take_output(int key, char *argument, struct argp_state *state)
{
    WatchOptions *o = state->input;

    switch (key) {
    case KEY_STABLE:
        o->stable = take_time(state, "--stable", argument, quantity_seconds);
        return 0;
    case KEY_HISTORY:
        options_set(&o->history, argument);
        return 0;
    case KEY_HISTORY_SIZE:
        o->history_bytes =
            take(state, "--history-size", argument, quantity_mebibytes, MIB, 1024 * GIB);
        return 0;
    case KEY_HISTORY_AGE:
        o->history_age = take_time(state, "--history-age", argument, quantity_days);
        return 0;
    case KEY_METRICS_FILE:
        options_set(&o->metrics_file, argument);
        return 0;
    case KEY_LISTEN:
        options_set(&o->listen, argument);
        return 0;
    case KEY_ON_CHANGE:
        options_set(&o->on_change, argument);
        return 0;
    case KEY_ON_CHANGE_RATE:
        o->on_change_rate =
            (unsigned)take(state, "--on-change-rate", argument, quantity_ones, 1, 60000);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static error_t take_limit(int key, char *argument, struct argp_state *state)
{
    WatchOptions *o = state->input;

    switch (key) {
    case KEY_MEMORY:
        o->memory_bytes =
            take(state, "--memory", argument, quantity_mebibytes, 16 * MIB, 1024 * GIB);
        return 0;
    case KEY_QUEUE:
        o->queue_bytes = take(state, "--queue", argument, quantity_mebibytes, MIB, 16 * GIB);
        return 0;
    case KEY_USER:
        options_set(&o->user, argument);
        return 0;
    case KEY_NO_SANDBOX:
        o->no_sandbox = true;
        return 0;
    case KEY_CONFIG:
        options_set(&o->config, argument);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static void check(struct argp_state *state, const WatchOptions *o)
{
    if (o->interfaces->len == 0)
        argp_error(state, "no interface given: -i NAME, or -i any");
    for (unsigned i = 0; i < o->interfaces->len; i++) {
        for (unsigned k = 0; k < i; k++) {
            if (g_str_equal(g_ptr_array_index(o->interfaces, i),
                            g_ptr_array_index(o->interfaces, k)))
                argp_error(state, "interface %s is given twice",
                           (const char *)g_ptr_array_index(o->interfaces, i));
        }
    }
    if (o->queue_bytes > o->memory_bytes / 2)
        argp_error(state, "--queue is a part of --memory, and at most half of it");
}

static error_t parse(int key, char *argument, struct argp_state *state)
{
    error_t result = take_capture(key, argument, state);

    if (result == ARGP_ERR_UNKNOWN)
        result = take_output(key, argument, state);
    if (result == ARGP_ERR_UNKNOWN)
        result = take_limit(key, argument, state);
    if (key != ARGP_KEY_END)
        return result;
    check(state, state->input);
    return 0;
}

const struct argp watch_options_parser = { .options = options, .parser = parse };

void watch_options_init(WatchOptions *o)
{
    *o = (WatchOptions){
        .interfaces = g_ptr_array_new_with_free_func(g_free),
        .ports = g_array_new(false, false, sizeof(uint16_t)),
        .buffer_bytes = 64 * MIB,
        .memory_bytes = 256 * MIB,
        .queue_bytes = 16 * MIB,
        .snaplen = SNAPLEN_MAX,
        .stable = 5 * NSEC_MINUTE,
        .history_bytes = GIB,
        .history_age = 90 * NSEC_DAY,
        .on_change_rate = 60,
    };
}

void watch_options_clear(WatchOptions *o)
{
    g_ptr_array_unref(o->interfaces);
    g_array_unref(o->ports);
    g_free(o->history);
    g_free(o->metrics_file);
    g_free(o->listen);
    g_free(o->on_change);
    g_free(o->user);
    g_free(o->config);
}
