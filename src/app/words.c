/*
 * Which words of a command line are files, and where the filter begins.
 */

#include "words.h"

#include <unistd.h>

void words_add_file(Options *options, const char *path, CapturePlace place)
{
    OptionsFile file = { g_strdup(path), place };

    g_array_append_val(options->files, file);
}

/* "client=FILE": the place and where the path begins; a file that is really
 * called so is taken for one. */
const char *words_path_of_place(const char *word, CapturePlace *place)
{
    static const struct {
        const char *prefix;
        CapturePlace place;
    } places[] = {
        { "client=", CAPTURE_PLACE_CLIENT },
        { "middle=", CAPTURE_PLACE_MIDDLE },
        { "server=", CAPTURE_PLACE_SERVER },
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(places); i++) {
        if (g_str_has_prefix(word, places[i].prefix) && access(word, F_OK) != 0) {
            *place = places[i].place;
            return word + strlen(places[i].prefix);
        }
    }
    return NULL;
}

static bool is_file(const char *word)
{
    CapturePlace place;

    return g_str_equal(word, "-") || access(word, F_OK) == 0
           || words_path_of_place(word, &place) != NULL;
}

/* A word that is a whole filter by itself. */
static bool is_filter_word(const char *word)
{
    static const char *const protocols[] = { "arp", "icmp", "icmp6", "ip",   "ip6",   "sctp",
                                             "tcp", "udp",  "vlan",  "mpls", "pppoes" };

    for (unsigned i = 0; i < G_N_ELEMENTS(protocols); i++) {
        if (g_str_equal(word, protocols[i]))
            return true;
    }
    return false;
}

static void take_file(Options *options, const char *word)
{
    CapturePlace place;
    const char *path = words_path_of_place(word, &place);

    if (path == NULL)
        words_add_file(options, word, CAPTURE_PLACE_UNSAID);
    else
        words_add_file(options, path, place);
}

void words_take_filter(struct argp_state *state, Options *options, int first)
{
    if (options->filter != NULL)
        argp_error(state, "two filters: '%s', and the words from '%s' on", options->filter,
                   state->argv[first]);
    options->filter = g_strjoinv(" ", state->argv + first);
    state->next = state->argc;
}

/* Files first; then, as tcpdump takes it, a filter: several words that name no
 * file, or the name of a protocol. Any other single word is a file that is not
 * there, which whoever opens it will say. */
void words_take(struct argp_state *state, Options *options, int first)
{
    int last = state->argc - 1;
    int at = first;

    while (at <= last && is_file(state->argv[at]))
        take_file(options, state->argv[at++]);
    if (at == last && !is_filter_word(state->argv[at]))
        take_file(options, state->argv[at++]);
    if (at > last)
        return;
    if (options->files->len == 0) {
        take_file(options, state->argv[at]);
        return;
    }
    words_take_filter(state, options, at);
}
