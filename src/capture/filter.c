/*
 * Reads a capture filter as its author did, by its words, and says what he did
 * not think of.
 */

#include "capture/filter.h"

/* "not" applies through parentheses; deeper ones are taken as not negated. */
#define DEPTH_MAX 16

/* What the expression mentions, and does not negate. */
typedef struct Words {
    bool port;
    bool udp;
    bool tcp;
    bool vlan;
    bool icmp;
    bool fragments4;
    bool fragments6;
} Words;

typedef struct Scan {
    Words words;
    Str left;
    Str before; /* the word before the current one */
    bool negated[DEPTH_MAX];
    unsigned depth;
    bool not_next; /* "not" was read, what it applies to was not */
} Scan;

static bool is_word(char c)
{
    return g_ascii_isalnum(c) || c == '_' || c == '-' || c == '.';
}

/* A word, or a single other character; STR_NONE at the end. */
static Str take_word(Str *left)
{
    size_t len = 0;

    *left = str_trim(*left);
    if (left->len == 0)
        return STR_NONE;
    while (len < left->len && is_word(left->data[len]))
        len++;

    Str word = str_first(*left, MAX(len, 1));

    *left = str_from(*left, word.len);
    return word;
}

static bool is(Str word, const char *text)
{
    return str_equal(word, str_of(text));
}

static bool is_negated(const Scan *scan)
{
    return scan->not_next != scan->negated[MIN(scan->depth, DEPTH_MAX - 1)];
}

static void open_parenthesis(Scan *scan)
{
    bool negated = is_negated(scan);

    scan->depth++;
    scan->negated[MIN(scan->depth, DEPTH_MAX - 1)] = scan->depth < DEPTH_MAX && negated;
    scan->not_next = false;
}

static void close_parenthesis(Scan *scan)
{
    if (scan->depth > 0)
        scan->depth--;
    scan->not_next = false;
}

/* "ip[6:2]" and "ip[7]" are the fragment offset, "ip6[6]" the next header. */
static void read_index(Scan *scan)
{
    Words *words = &scan->words;
    Str index = take_word(&scan->left);

    /* libpcap looks into first fragments only. */
    if ((is(scan->before, "udp") || is(scan->before, "tcp")) && !is_negated(scan))
        words->port = true;
    if (is(scan->before, "ip") && (is(index, "6") || is(index, "7")))
        words->fragments4 = true;
    if (is(scan->before, "ip6") && is(index, "6"))
        words->fragments6 = true;
}

static void read_protocol(Words *words, Str number)
{
    words->fragments6 = words->fragments6 || is(number, "44");
    words->icmp = words->icmp || is(number, "1") || is(number, "icmp");
    words->udp = words->udp || is(number, "17");
    words->tcp = words->tcp || is(number, "6");
}

static void read_word(Scan *scan, Str word)
{
    Words *words = &scan->words;

    if (is(scan->before, "proto") || is(scan->before, "protochain"))
        read_protocol(words, word);
    words->port = words->port || is(word, "port") || is(word, "portrange");
    words->udp = words->udp || is(word, "udp");
    words->tcp = words->tcp || is(word, "tcp");
    words->icmp = words->icmp || is(word, "icmp");
    words->vlan = words->vlan || is(word, "vlan") || is(word, "mpls") || is(word, "pppoes");
}

static void read_token(Scan *scan, Str word)
{
    if (is(word, "("))
        open_parenthesis(scan);
    else if (is(word, ")"))
        close_parenthesis(scan);
    else if (is(word, "not") || (is(word, "!") && !str_starts(scan->left, STR("="))))
        scan->not_next = !scan->not_next;
    else if (is(word, "and") || is(word, "or") || is(word, "&") || is(word, "|"))
        scan->not_next = false;
    else if (is(word, "["))
        read_index(scan);
    else if (!is_negated(scan))
        read_word(scan, word);
}

static Words read_words(const char *expression)
{
    Scan scan = { .left = str_of(expression) };

    for (Str word = take_word(&scan.left); word.len > 0; word = take_word(&scan.left)) {
        read_token(&scan, word);
        if (!is(word, "\\")) /* quotes a protocol that is also a word: proto \icmp */
            scan.before = word;
    }
    return scan.words;
}

unsigned filter_gaps(const char *expression)
{
    Words words = read_words(expression);
    unsigned gaps = 0;

    if (!words.port)
        return 0;
    if (!words.fragments4 || !words.fragments6)
        gaps |= FILTER_HIDES_FRAGMENTS;
    if (!words.vlan)
        gaps |= FILTER_HIDES_TAGGED;
    if (!words.icmp)
        gaps |= FILTER_HIDES_ICMP;
    if (words.udp && !words.tcp)
        gaps |= FILTER_HIDES_TCP;
    return gaps;
}

static void add_part(GString *list, bool hidden, const char *part)
{
    if (hidden)
        g_string_append_printf(list, "%s%s", list->len > 0 ? ", " : "", part);
}

char *filter_warning(const char *expression)
{
    unsigned gaps = filter_gaps(expression);
    g_autoptr(GString) list = g_string_new(NULL);

    if (gaps == 0)
        return NULL;
    add_part(list, gaps & FILTER_HIDES_FRAGMENTS, "the later fragments of large messages");
    add_part(list, gaps & FILTER_HIDES_TAGGED, "frames with a VLAN tag");
    add_part(list, gaps & FILTER_HIDES_ICMP, "ICMP errors");
    add_part(list, gaps & FILTER_HIDES_TCP, "SIP over TCP");
    return g_strdup_printf("the capture filter \"%s\" hides %s; better is \"%s\" (without the "
                           "vlan part on \"any\" and on raw IP)",
                           expression, list->str, FILTER_WANTED_TAGGED);
}

char *filter_wanted(const GArray *ports, bool tagged)
{
    g_autoptr(GString) wanted = g_string_new(FILTER_WANTED);

    for (unsigned i = 0; ports != NULL && i < ports->len; i++)
        g_string_append_printf(wanted, " or port %u", g_array_index(ports, uint16_t, i));
    return tagged ? g_strdup_printf("%s or (vlan and (%s))", wanted->str, wanted->str)
                  : g_strdup(wanted->str);
}
