/*
 * A watched capture, a line for each event: when, what, who and why.
 *
 * For somebody who looks at a terminal or searches a log. Devices that work
 * are no news; one that fails is told, and that it is back. When a hundred
 * fail at once for one reason they are counted: a screen full of lines says
 * less than one number.
 */

#include "base/escape.h"
#include "text.h"

/* Lines for one reason between two pulses. */
#define LINES_MAX 100
#define REASONS_MAX 32

/* Something that happened to many. */
typedef struct Reason {
    const char *word;
    const char *because; /* constant text: pointers are compared */
    ReportStyle style;
    Nsec time; /* of the newest */
    uint64_t n;
    NetEndpoint server;
    bool one_server; /* all of them have this one */
} Reason;

/* A device that was told to be in trouble, and was not stable since. */
typedef struct Trouble {
    uint64_t device;
    RegCondition worst;
    const char *because;
    Nsec since;
} Trouble;

struct ReportTextLive {
    GHashTable *troubles; /* of Trouble, by RegDevice.id */
    Reason reasons[REASONS_MAX];
    unsigned n_reasons;
    bool verbose;
};

ReportTextLive *report_text_live_new(bool verbose)
{
    ReportTextLive *live = g_new0(ReportTextLive, 1);

    live->troubles = g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL, g_free);
    live->verbose = verbose;
    return live;
}

void report_text_live_free(ReportTextLive *live)
{
    if (live == NULL)
        return;
    g_hash_table_unref(live->troubles);
    g_free(live);
}

/* --- lines ---------------------------------------------------------------- */

#define SECONDS_COLUMNS 19 /* "2026-01-31T12:00:00" */

/* "2026-01-31T12:00:00Z LOST     ", the word in its colour. */
static GString *begin_line(const ReportText *text, Nsec time, const char *word, ReportStyle style)
{
    GString *line = g_string_new(NULL);
    char stamp[NSEC_TEXT];

    g_string_printf(line, "%.*sZ ", SECONDS_COLUMNS, nsec_to_text(time, stamp));
    report_page_style(text->page, line, style);
    g_string_append_printf(line, "%-8s", word);
    report_page_unstyle(text->page, line, style);
    return line;
}

static void end_line(ReportText *text, GString *line)
{
    report_page_line(text->page, line);
    report_output_flush(text->base.output);
    g_string_free(line, TRUE);
}

/* " alice@example.com d1:", or nothing. */
static void append_who(GString *line, const char *aor, uint64_t device)
{
    if (aor != NULL && *aor != '\0') {
        g_string_append_c(line, ' ');
        escape_terminal(line, str_of(aor));
    }
    if (device != 0)
        g_string_append_printf(line, " d%" G_GUINT64_FORMAT, device);
    if (device != 0 || (aor != NULL && *aor != '\0'))
        g_string_append_c(line, ':');
}

/* --- many at once --------------------------------------------------------- */

static Reason *find_reason(ReportTextLive *live, const char *word, const char *because)
{
    for (unsigned i = 0; i < live->n_reasons; i++) {
        Reason *reason = &live->reasons[i];

        if (reason->word == word && reason->because == because)
            return reason;
    }
    if (live->n_reasons == REASONS_MAX)
        return NULL;
    live->reasons[live->n_reasons] = (Reason){ .word = word, .because = because };
    return &live->reasons[live->n_reasons++];
}

/* Whether it is to have a line of its own. 'server' NULL: there is none to name. */
static bool takes_line(ReportTextLive *live, const Reason *event, const NetEndpoint *server)
{
    Reason *reason = find_reason(live, event->word, event->because);

    if (reason == NULL)
        return true;
    reason->style = event->style;
    reason->time = MAX(event->time, reason->n > 0 ? reason->time : event->time);
    reason->one_server =
        server != NULL && server->addr.version != 0
        && (reason->n == 0 || (reason->one_server && net_endpoint_equal(server, &reason->server)));
    if (server != NULL)
        reason->server = *server;
    return reason->n++ < LINES_MAX;
}

static void print_reason(ReportText *text, const Reason *reason)
{
    GString *line = begin_line(text, reason->time, reason->word, reason->style);
    char server[NET_ENDPOINT_TEXT];

    g_string_append_printf(
        line, " %" G_GUINT64_FORMAT " devices, %" G_GUINT64_FORMAT " of them not listed: %s",
        reason->n, reason->n - LINES_MAX, reason->because);
    if (reason->one_server)
        g_string_append_printf(line, " (server %s)", net_endpoint_to_text(&reason->server, server));
    end_line(text, line);
}

static void print_reasons(ReportText *text)
{
    ReportTextLive *live = text->live;

    for (unsigned i = 0; i < live->n_reasons; i++) {
        if (live->reasons[i].n > LINES_MAX)
            print_reason(text, &live->reasons[i]);
    }
    live->n_reasons = 0;
}

/* --- devices -------------------------------------------------------------- */

static const struct {
    const char *word;
    ReportStyle style;
} conditions[REG_CONDITIONS] = {
    [REG_CONDITION_UNKNOWN] = { "UNKNOWN", REPORT_DIM },
    [REG_CONDITION_STABLE] = { "STABLE", REPORT_GREEN },
    [REG_CONDITION_SETTLING] = { "SETTLING", REPORT_PLAIN },
    [REG_CONDITION_DANGER] = { "DANGER", REPORT_YELLOW },
    [REG_CONDITION_LOST] = { "LOST", REPORT_RED },
};

static bool is_trouble(RegCondition condition)
{
    return condition == REG_CONDITION_DANGER || condition == REG_CONDITION_LOST;
}

/* That a phone is in trouble is told once, and again when it gets worse or has another reason:
 * until it is stable it is one trouble, however often it comes and goes. */
static bool is_news_of_trouble(ReportTextLive *live, const ReportChange *change)
{
    Trouble *trouble = g_hash_table_lookup(live->troubles, &change->device->id);
    const RegStanding *to = &change->to;

    if (trouble == NULL) {
        trouble = g_new(Trouble, 1);
        *trouble = (Trouble){ change->device->id, to->condition, to->because, to->since };
        g_hash_table_insert(live->troubles, &trouble->device, trouble);
        return true;
    }
    if (to->condition <= trouble->worst && to->because == trouble->because)
        return false;
    trouble->worst = MAX(trouble->worst, to->condition);
    trouble->because = to->because;
    return true;
}

/* That it works is told of one that did not; that nothing is known, when something was. */
static bool is_news(ReportTextLive *live, const ReportChange *change)
{
    RegCondition to = change->to.condition;

    if (is_trouble(to))
        return is_news_of_trouble(live, change) || live->verbose;
    if (to == REG_CONDITION_STABLE)
        return g_hash_table_contains(live->troubles, &change->device->id) || live->verbose;
    return live->verbose
           || (to == REG_CONDITION_UNKNOWN && change->from.condition != REG_CONDITION_UNKNOWN);
}

/* ", after 6 min of trouble": that is over. */
static void end_trouble(ReportTextLive *live, const ReportChange *change, GString *line)
{
    const Trouble *trouble = g_hash_table_lookup(live->troubles, &change->device->id);
    char span[NSEC_TEXT];

    if (change->to.condition != REG_CONDITION_STABLE || trouble == NULL)
        return;
    if (line != NULL)
        g_string_append_printf(line, ", after %s of trouble",
                               nsec_to_span(nsec_since(trouble->since, change->to.since), span));
    g_hash_table_remove(live->troubles, &change->device->id);
}

/* " [answer_lost, frame 7]" */
static void append_cite(const ReportText *text, GString *line, const Finding *finding)
{
    g_autoptr(GString) cite = g_string_new(NULL);

    report_text_cite(text, cite, finding);
    escape_terminal(line, str_of(cite->str));
}

static void text_change(ReportWriter *writer, const ReportChange *change)
{
    ReportText *text = (ReportText *)writer;
    const RegStanding *to = &change->to;
    Reason event = { .word = conditions[to->condition].word,
                     .because = to->because,
                     .style = conditions[to->condition].style,
                     .time = to->since };
    char until[NSEC_TEXT];

    if (text->quiet || !is_news(text->live, change)
        || !takes_line(text->live, &event, &change->device->server)) {
        end_trouble(text->live, change, NULL);
        return;
    }

    GString *line = begin_line(text, event.time, event.word, event.style);

    append_who(line, change->device->aor, change->device->id);
    g_string_append_printf(line, " %s", to->because);
    end_trouble(text->live, change, line);
    if (to->condition == REG_CONDITION_DANGER && to->until != NSEC_NONE)
        g_string_append_printf(line, ", registered until %.*sZ", SECONDS_COLUMNS,
                               nsec_to_text(to->until, until));
    if (is_trouble(to->condition) && change->finding != NULL)
        append_cite(text, line, change->finding);
    end_line(text, line);
}

static void text_forgotten(ReportWriter *writer, uint64_t device)
{
    g_hash_table_remove(((ReportText *)writer)->live->troubles, &device);
}

/* --- findings ------------------------------------------------------------- */

static void text_finding(ReportWriter *writer, const Finding *finding)
{
    static const ReportStyle styles[] = { REPORT_DIM, REPORT_YELLOW, REPORT_RED };

    ReportText *text = (ReportText *)writer;
    FindingSeverity severity = finding->rule->severity;
    Reason event = { .word = "FINDING",
                     .because = finding->rule->title,
                     .style = styles[severity],
                     .time = finding->until };

    if ((severity == FINDING_NOTE && !text->live->verbose) || !takes_line(text->live, &event, NULL))
        return;

    GString *line = begin_line(text, event.time, event.word, event.style);

    append_who(line, finding->aor, finding->device);
    g_string_append_c(line, ' ');
    escape_terminal(line,
                    str_of(finding->summary != NULL ? finding->summary : finding->rule->title));
    append_cite(text, line, finding);
    end_line(text, line);
}

static void text_resolved(ReportWriter *writer, const ReportResolved *resolved)
{
    ReportText *text = (ReportText *)writer;
    const Finding *finding = resolved->finding;
    Reason event = { .word = resolved->lost ? "GIVEN UP" : "RESOLVED",
                     .because = resolved->because,
                     .style = resolved->lost ? REPORT_DIM : REPORT_GREEN,
                     .time = resolved->time };
    char span[NSEC_TEXT];

    if (!takes_line(text->live, &event, NULL))
        return;

    GString *line = begin_line(text, event.time, event.word, event.style);

    append_who(line, finding->aor, finding->device);
    g_string_append_printf(line, " %s, after %s: %s", finding->rule->title,
                           nsec_to_span(nsec_since(resolved->from, resolved->time), span),
                           resolved->because);
    append_cite(text, line, finding);
    end_line(text, line);
}

static void text_pulse(ReportWriter *writer, const ReportPulse *pulse)
{
    print_reasons((ReportText *)writer);
}

void report_text_live_end(ReportText *text)
{
    print_reasons(text);
    report_page_blank(text->page);
}

const ReportWriterOps report_text_live_ops = {
    .name = "text",
    .finding = text_finding,
    .end = report_text_end,
    .change = text_change,
    .resolved = text_resolved,
    .forgotten = text_forgotten,
    .pulse = text_pulse,
    .free = report_text_free,
};
