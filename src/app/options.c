/*
 * The command line, for hands that know tcpdump and tshark: -r FILE works, a
 * filter may stand at the end, and -fFILTER needs no blank.
 */

#include "options.h"

#include <argp.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "analyze_options.h"
#include "config.h"
#include "targets.h"
#include "words.h"

#define EXIT_USAGE 2

static void print_version(FILE *stream, struct argp_state *state)
{
    fprintf(stream, "whyreg %s\n", WHYREG_VERSION);
}

void (*argp_program_version_hook)(FILE *, struct argp_state *) = print_version;

void options_set(char **text, const char *argument)
{
    g_free(*text);
    *text = g_strdup(argument);
}

static error_t parse_explain(int key, char *argument, struct argp_state *state)
{
    Options *options = state->input;

    if (key != ARGP_KEY_ARG)
        return ARGP_ERR_UNKNOWN;
    if (options->explain != NULL)
        argp_error(state, "explain takes one finding or status code");
    options->explain = g_strdup(argument);
    return 0;
}

static error_t parse_lesson(int key, char *argument, struct argp_state *state)
{
    Options *options = state->input;

    if (key != ARGP_KEY_ARG)
        return ARGP_ERR_UNKNOWN;
    if (options->lesson != NULL)
        argp_error(state, "lesson takes one number");
    options->lesson = g_strdup(argument);
    return 0;
}

static const struct argp explain_parser = {
    .parser = parse_explain,
    .args_doc = "explain [FINDING|STATUS]",
    .doc = "Says what a finding means, or a status code (100 to 699) as the answer to a REGISTER; "
           "without either the whole catalogue.",
};

static const struct argp lesson_parser = {
    .parser = parse_lesson,
    .args_doc = "lesson [N]",
    .doc =
        "Lists a course in reading registrations, or holds one lesson: a question, what happened "
        "in a capture, and the answer after Enter. WHYREG_SAMPLES names another course's folder.",
};

static error_t parse_digest(int key, char *argument, struct argp_state *state)
{
    Options *options = state->input;
    bool by_hand = digest_options_by_hand(&options->digest);

    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &options->digest;
        return 0;
    case ARGP_KEY_END:
        if (!by_hand)
            return analyze_options_parse(key, argument, state);
        if (options->files->len > 0)
            argp_error(state, "either a capture, or values given by hand");
        if (options->credentials->len == 0)
            argp_error(state, "by hand, --credentials is needed");
        return 0;
    default:
        return analyze_options_parse(key, argument, state);
    }
}

/* What it shares with the analysis. */
static const struct argp_option digest_options[] = {
    { "read", 'r', "FILE", 0, "Look at this capture file, as a plain FILE", 0 },
    { "filter", 'f', "FILTER", 0, "Only packets that match (pcap-filter syntax)", 0 },
    { "credentials", ANALYZE_CREDENTIALS, "FILE", 0,
      "Accounts to compute with, as for the analysis: a file, env:NAME or fd:NUMBER; may repeat",
      0 },
    { "insecure-credentials", ANALYZE_READABLE, NULL, 0, "Even when others can read that file", 0 },
    { "no-sandbox", ANALYZE_NO_SANDBOX, NULL, 0, "Go on where the sandbox does not work", 0 },
    { 0 },
};

static const struct argp_child digest_children[] = { { &digest_options_parser, 0, NULL, 0 },
                                                     { 0 } };

static const struct argp digest_parser = {
    .options = digest_options,
    .parser = parse_digest,
    .children = digest_children,
    .args_doc = "digest [OPTION...] FILE... [FILTER]\n"
                "digest --credentials=FILE --user=NAME --realm=REALM --uri=URI --nonce=NONCE "
                "[OPTION...]",
    .doc = "Lists all credentials in captures and whether they are right, or shows how one "
           "response is computed, value by value.\v"
           "Passwords and what is as good as one are masked. Passwords come from a file, from the "
           "environment or from a descriptor, never from the command line.\n\n"
           "Exit status: 0 every response that could be checked is right, 1 at least one is not, "
           "2 could not do the job.",
};

/* Words are a filter: what is captured stands behind -i. */
static error_t parse_watch(int key, char *argument, struct argp_state *state)
{
    Options *options = state->input;

    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &options->watch;
        return 0;
    case ARGP_KEY_ARGS:
        words_take_filter(state, options, state->next);
        return 0;
    case ARGP_KEY_END:
        targets_check_watch(state, options);
        return 0;
    default:
        return analyze_options_parse(key, argument, state);
    }
}

static const struct argp_option watch_shared_options[] = {
    { "filter", 'f', "FILTER", 0,
      "Only packets that match (pcap-filter syntax), instead of all that a registration needs", 1 },
    { "output", 'o', "FORMAT[:TARGET]", 0,
      "text (default) and jsonl tell what happens at once; html, json and csv are written at the "
      "end; may repeat",
      1 },
    { "write", 'w', "PATH", 0,
      "Write frames around findings to this file (pcapng), or to files in this directory", 1 },
    { "vantage", ANALYZE_VANTAGE, "PLACE", 0,
      "Where the interface is: client, middle, server or auto (default)", 1 },
    { "credentials", ANALYZE_CREDENTIALS, "FILE", 0,
      "Check digests with these accounts, as for the analysis; may repeat", 1 },
    { "insecure-credentials", ANALYZE_READABLE, NULL, 0, "Even when others can read that file", 1 },
    { "redact", ANALYZE_REDACT, NULL, 0,
      "Tokens instead of users, hosts, addresses and digest values", 1 },
    { "ladder", ANALYZE_LADDER, NULL, 0, "Draw the messages of each attempt in the text report",
      1 },
    { "device", ANALYZE_DEVICE, "PATTERN", 0,
      "Tell only of devices with this id, account, address, contact or user agent (with * and ?); "
      "may repeat",
      1 },
    { "finding", ANALYZE_FINDING, "ID", 0, "Tell only these findings (with * and ?); may repeat",
      1 },
    { "quiet", 'q', NULL, 0, "The findings only", 1 },
    { "verbose", 'v', NULL, 0, "The timeline of every device, at the end", 1 },
    { 0 },
};

static const struct argp_child watch_children[] = { { &watch_options_parser, 0, NULL, 0 }, { 0 } };

static const struct argp watch_parser = {
    .options = watch_shared_options,
    .parser = parse_watch,
    .children = watch_children,
    .args_doc = "watch -i INTERFACE [OPTION...] [FILTER]",
    .doc = "Watches registrations on interfaces until SIGINT or SIGTERM.\v"
           "SIGHUP opens the outputs anew and reads the accounts again, SIGUSR1 prints statistics "
           "to standard error.\n\n"
           "Exit status: 0 no failure found, 1 at least one failure found, 2 could not do the job.",
};

typedef struct Command {
    const char *name;
    OptionsCommand command;
    const struct argp *parser;
} Command;

static const Command *find_command(const char *word)
{
    static const Command commands[] = {
        { "analyze", OPTIONS_ANALYZE, &analyze_options_parser },
        { "compare", OPTIONS_ANALYZE, &analyze_options_compare },
        { "explain", OPTIONS_EXPLAIN, &explain_parser },
        { "lesson", OPTIONS_LESSON, &lesson_parser },
        { "digest", OPTIONS_DIGEST, &digest_parser },
        { "watch", OPTIONS_WATCH, &watch_parser },
        { "history", OPTIONS_HISTORY, &past_history_parser },
        { "report", OPTIONS_REPORT, &past_report_parser },
        { "state", OPTIONS_STATE, &past_state_parser },
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(commands); i++) {
        if (g_str_equal(word, commands[i].name))
            return &commands[i];
    }
    return NULL;
}

static void parse_with_config(char **argv, const struct argp *parser, Options *options)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) words = config_expand(argv, parser, &error);

    if (words == NULL) {
        fprintf(stderr, "%s: %s\n", program_invocation_short_name, error->message);
        exit(EXIT_USAGE);
    }
    argp_parse(parser, (int)words->len - 1, (char **)words->pdata, 0, NULL, options);
}

static void clear_file(void *item)
{
    OptionsFile *file = item;

    g_free(file->path);
}

Options *options_parse(int argc, char **argv)
{
    Options *options = g_new0(Options, 1);
    const Command *command = argc > 1 ? find_command(argv[1]) : NULL;

    argp_err_exit_status = EXIT_USAGE;
    program_invocation_name = program_invocation_short_name; /* what getopt complains with */
    options->files = g_array_new(false, false, sizeof(OptionsFile));
    g_array_set_clear_func(options->files, clear_file);
    options->outputs = g_ptr_array_new_with_free_func(g_free);
    options->credentials = g_ptr_array_new_with_free_func(g_free);
    options->devices = g_ptr_array_new_with_free_func(g_free);
    options->findings = g_ptr_array_new_with_free_func(g_free);
    options->vantage = REG_VANTAGE_UNKNOWN;
    watch_options_init(&options->watch);
    past_options_init(&options->past);
    if (command != NULL) {
        options->command = command->command;
        argv++;
        argc--;
    }
    argv[0] = program_invocation_short_name;
    if (options->command == OPTIONS_WATCH)
        parse_with_config(argv, command->parser, options);
    else
        argp_parse(command != NULL ? command->parser : &analyze_options_parser, argc, argv, 0, NULL,
                   options);
    if (options->outputs->len == 0)
        g_ptr_array_add(options->outputs, g_strdup("text"));
    return options;
}

void options_free(Options *options)
{
    watch_options_clear(&options->watch);
    past_options_clear(&options->past);
    g_array_unref(options->files);
    g_ptr_array_unref(options->outputs);
    g_ptr_array_unref(options->credentials);
    g_ptr_array_unref(options->devices);
    g_ptr_array_unref(options->findings);
    g_free(options->filter);
    g_free(options->explain);
    g_free(options->lesson);
    g_free(options->evidence);
    g_free(options);
}
