/*
 * An attempt to register as people draw it on paper: phone and registrar as two
 * lines, the NAT between them when there is one, and an arrow for each message.
 * The message that should have come and did not is an arrow with gaps.
 */

#include "base/escape.h"
#include "part.h"
#include "text.h"

#define LADDERS_MAX 6       /* of one device; the first and the last ones of more */
#define CLOCK_COLUMNS 12    /* "12:00:00.000" */
#define LANE_COLUMNS 64     /* arrows longer than this are hard to follow */
#define ARROW_COLUMNS_MIN 8 /* beside the words on it */

/* Columns of the page, from 0. */
typedef struct Ladder {
    ReportText *text;
    unsigned phone;
    unsigned nat; /* 0: none is known */
    unsigned server;
} Ladder;

static const char *vertical(const Ladder *ladder)
{
    return ladder->text->page->terminal ? "\342\224\202" : "|";
}

static const char *crossing(const Ladder *ladder)
{
    return ladder->text->page->terminal ? "\342\224\274" : "+";
}

static const char *dash(const Ladder *ladder)
{
    return ladder->text->page->terminal ? "\342\224\200" : "-";
}

static void pad(GString *line, unsigned columns)
{
    g_string_append_printf(line, "%*s", (int)columns, "");
}

/* The columns 'from' to 'to' of an arrow, without the latter. */
static void draw_shaft(const Ladder *ladder, GString *line, unsigned from, unsigned to, bool ghost)
{
    for (unsigned column = from; column < to; column++) {
        if (column == ladder->nat)
            g_string_append(line, ghost ? vertical(ladder) : crossing(ladder));
        else if (ghost)
            g_string_append_c(line, (column - ladder->phone) % 2 == 1 ? '-' : ' ');
        else
            g_string_append(line, dash(ladder));
    }
}

/* "|--- REGISTER ------+----------->|", '<' in front for the other way. */
static void draw_arrow(const Ladder *ladder, GString *line, const RegEvent *event,
                       const char *words)
{
    bool to_device = event->direction == REG_DIRECTION_TO_DEVICE;
    unsigned begin = ladder->phone + 1;
    unsigned room = ladder->server - begin - ARROW_COLUMNS_MIN;
    g_autoptr(GString) escaped = g_string_new(NULL);
    g_autoptr(GString) cell = g_string_new(NULL);

    escape_terminal(escaped, str_of(words));
    report_page_cell(ladder->text->page, cell, escaped->str, room, false);
    if (to_device)
        g_string_append_c(line, '<');
    draw_shaft(ladder, line, begin + to_device, begin + 3, event->missing);
    g_string_append_printf(line, " %s ", cell->str);
    draw_shaft(ladder, line, begin + 5 + escape_columns(cell->str), ladder->server - !to_device,
               event->missing);
    if (!to_device)
        g_string_append_c(line, '>');
}

/* Without what the arrow, or the one before it, says itself: "expected: an answer - none came
 * (sent 11 times in 31 s)". */
static char *words_of(const RegEvent *event)
{
    static const char expected[] = "expected: ";
    const RegAttemptStep *step = event->step;

    if (event->missing && g_str_has_prefix(event->text, expected)) {
        const char *words = event->text + strlen(expected);

        return g_strchomp(g_strndup(words, strcspn(words, "(")));
    }
    if (step == NULL || event->direction == REG_DIRECTION_TO_DEVICE)
        return g_strdup(event->text);

    GString *words = g_string_new("REGISTER");

    if (step->credentials)
        g_string_append(words, " with credentials");
    if (step->copies > 0)
        g_string_append_printf(words, ", sent %u times", step->copies + 1u);
    if (step->asked != REG_EXPIRES_NONE)
        g_string_append_printf(words, ", expires %u", step->asked);
    return g_string_free(words, FALSE);
}

static void begin_row(const Ladder *ladder, GString *line, Nsec time)
{
    char clock[NSEC_TEXT];

    g_string_append_printf(line, "  %-*s ", CLOCK_COLUMNS,
                           time != NSEC_NONE ? nsec_to_clock(time, clock) : "");
    g_string_append(line, vertical(ladder));
}

static void print_arrow(const Ladder *ladder, const RegEvent *event)
{
    ReportPage *page = ladder->text->page;
    ReportStyle style = report_text_event_style(event);
    g_autofree char *words = words_of(event);
    g_autoptr(GString) line = g_string_new(NULL);
    g_autoptr(GString) label = g_string_new(NULL);

    begin_row(ladder, line, event->time);
    report_page_style(page, line, style);
    draw_arrow(ladder, line, event, words);
    report_page_unstyle(page, line, style);
    g_string_append(line, vertical(ladder));
    report_text_label(ladder->text, event, label);
    if (label->len > 0) {
        g_string_append_c(line, ' ');
        report_page_style(page, line, REPORT_DIM);
        g_string_append(line, label->str);
        report_page_unstyle(page, line, REPORT_DIM);
    }
    report_page_line(page, line);
}

/* What is no message: rounds that are left out, the end of the capture. */
static void print_note(const Ladder *ladder, const RegEvent *event)
{
    g_autoptr(GString) lead = g_string_new(NULL);

    begin_row(ladder, lead, event->time);
    g_string_append(lead, "  ");
    report_page_wrap(ladder->text->page, REPORT_DIM, lead->str, 0, event->text);
}

/* The lines alone. */
static void print_lanes(const Ladder *ladder)
{
    g_autoptr(GString) line = g_string_new(NULL);

    pad(line, ladder->phone);
    g_string_append(line, vertical(ladder));
    if (ladder->nat > 0) {
        pad(line, ladder->nat - ladder->phone - 1);
        g_string_append(line, vertical(ladder));
        pad(line, ladder->server - ladder->nat - 1);
    } else {
        pad(line, ladder->server - ladder->phone - 1);
    }
    g_string_append(line, vertical(ladder));
    report_page_line(ladder->text->page, line);
}

/* Three words above the three lines; those in the middle around theirs. */
static void print_heads(const Ladder *ladder, const char *phone, const char *nat,
                        const char *server, const char *label)
{
    g_autoptr(GString) line = g_string_new(NULL);

    pad(line, ladder->phone);
    g_string_append(line, phone);
    if (ladder->nat > 0) {
        pad(line, ladder->nat - (unsigned)strlen(nat) / 2 - (unsigned)line->len);
        g_string_append(line, nat);
    }
    pad(line, ladder->server + 1 - (unsigned)strlen(server) - (unsigned)line->len);
    g_string_append_printf(line, "%s%s", server, label);
    report_page_line(ladder->text->page, line);
}

/* Whether these fit above the lines without touching each other. */
static bool heads_fit(const Ladder *ladder, const char *phone, const char *nat, const char *server)
{
    size_t half = strlen(nat) / 2;

    if (ladder->nat == 0)
        return strlen(phone) + strlen(server) + 2 < ladder->server - ladder->phone;
    return strlen(phone) + half + 1 < ladder->nat - ladder->phone
           && strlen(server) + half + 1 < ladder->server - ladder->nat;
}

/* Addresses only when there is one of each: which was which would not be seen. */
static void print_head(const Ladder *ladder, const RegDevice *device)
{
    char phone[NET_ENDPOINT_TEXT] = "";
    char nat[NET_ENDPOINT_TEXT] = "";
    char server[NET_ENDPOINT_TEXT] = "";

    print_heads(ladder, "phone", "NAT", "registrar", " frame");
    if (device->n_addresses == 1)
        net_endpoint_to_text(&device->addresses[0], phone);
    if (device->n_public_addresses == 1 && ladder->nat > 0)
        net_endpoint_to_text(&device->public_addresses[0], nat);
    if (device->server.addr.version != 0)
        net_endpoint_to_text(&device->server, server);
    if (heads_fit(ladder, phone, nat, server))
        print_heads(ladder, phone, nat, server, "");
}

static bool is_note(const RegEvent *event)
{
    switch (event->kind) {
    case REG_EVENT_UNANSWERED:
    case REG_EVENT_EXPECTED:
        return !event->missing;
    case REG_EVENT_REPEATED:
        return true;
    default:
        return event->direction == REG_DIRECTION_NONE;
    }
}

static void print_attempt(const Ladder *ladder, const RegAttempt *attempt, GArray *events)
{
    static const char *const purposes[] = {
        [REG_PURPOSE_REGISTER] = "Registration",
        [REG_PURPOSE_REFRESH] = "Refresh",
        [REG_PURPOSE_REMOVE] = "Removal",
        [REG_PURPOSE_QUERY] = "Query",
    };
    char clock[NSEC_TEXT];

    report_page_print(ladder->text->page, REPORT_PLAIN, "  ", 4, "%s at %s: %s",
                      purposes[attempt->purpose], nsec_to_clock(attempt->opened, clock),
                      reg_outcome_name(attempt->outcome));
    print_lanes(ladder);
    for (unsigned i = 0; i < events->len; i++) {
        const RegEvent *event = &g_array_index(events, RegEvent, i);

        if (is_note(event))
            print_note(ladder, event);
        else
            print_arrow(ladder, event);
    }
    print_lanes(ladder);
}

/* A refresh that went as it should. */
static bool is_uneventful(const RegAttempt *attempt)
{
    return attempt->purpose == REG_PURPOSE_REFRESH && attempt->outcome == REG_OUTCOME_ACCEPTED
           && !attempt->cited && !attempt->head_cut && !attempt->tail_cut;
}

static GPtrArray *list_attempts(const ReportText *text, const RegDevice *device)
{
    GPtrArray *attempts = g_ptr_array_new();

    for (unsigned i = 0; i < device->n_attempts_kept; i++) {
        RegAttempt *attempt = device->attempts[i];

        if (attempt->n_steps > 0 && report_part_holds_attempt(text->result->part, attempt))
            g_ptr_array_add(attempts, attempt);
    }
    return attempts;
}

/* Of many attempts, those that are worth a drawing; how many others there are. */
static uint64_t drop_uneventful(GPtrArray *attempts)
{
    uint64_t dropped = 0;
    unsigned kept = 0;

    for (unsigned i = 0; i < attempts->len; i++) {
        RegAttempt *attempt = g_ptr_array_index(attempts, i);

        if (is_uneventful(attempt))
            dropped += attempt->repeated;
        else
            g_ptr_array_index(attempts, kept++) = attempt;
    }
    g_ptr_array_set_size(attempts, (int)kept);
    return dropped;
}

/* Where the lines stand: as far apart as the labels at the right allow. */
static Ladder measure(ReportText *text, const RegDevice *device, unsigned label)
{
    Ladder ladder = { .text = text, .phone = 2 + CLOCK_COLUMNS + 1 };
    unsigned lane = text->page->width - ladder.phone - 2 - label;

    ladder.server = ladder.phone + MIN(lane, LANE_COLUMNS);
    if (device->n_public_addresses > 0 && device->n_addresses > 0)
        ladder.nat = (ladder.phone + ladder.server) / 2;
    return ladder;
}

static unsigned label_columns(const ReportText *text, const GPtrArray *drawn)
{
    g_autoptr(GString) label = g_string_new(NULL);
    unsigned columns = strlen("frame");

    for (unsigned i = 0; i < drawn->len; i++) {
        const GArray *events = g_ptr_array_index(drawn, i);

        for (unsigned k = 0; k < events->len; k++) {
            report_text_label(text, &g_array_index(events, RegEvent, k), label);
            columns = MAX(columns, escape_columns(label->str));
        }
    }
    return columns;
}

static GPtrArray *draw(const GPtrArray *attempts, Nsec end)
{
    GPtrArray *drawn = g_ptr_array_new_with_free_func((GDestroyNotify)g_array_unref);

    for (unsigned i = 0; i < attempts->len; i++)
        g_ptr_array_add(drawn, reg_timeline_attempt(g_ptr_array_index(attempts, i), end));
    return drawn;
}

static void print_attempts(ReportText *text, const RegDevice *device, const GPtrArray *attempts)
{
    g_autoptr(GPtrArray) drawn = draw(attempts, report_device_end(text->result, device));
    unsigned left_out = text->verbose ? 0 : attempts->len - MIN(attempts->len, LADDERS_MAX);
    Ladder ladder = measure(text, device, label_columns(text, drawn));

    print_head(&ladder, device);
    for (unsigned i = 0; i < attempts->len; i++) {
        if (left_out > 0 && i == LADDERS_MAX / 2) {
            report_page_print(text->page, REPORT_DIM, "  ", 0, "... %u more attempts ...",
                              left_out);
            i += left_out;
        }
        print_attempt(&ladder, g_ptr_array_index(attempts, i), g_ptr_array_index(drawn, i));
    }
}

void report_text_ladders(ReportText *text, const RegDevice *device)
{
    g_autoptr(GPtrArray) attempts = list_attempts(text, device);
    uint64_t dropped = 0;

    if (attempts->len > LADDERS_MAX && !text->verbose)
        dropped = drop_uneventful(attempts);
    if (attempts->len > 0 || dropped > 0)
        report_page_blank(text->page);
    if (attempts->len > 0)
        print_attempts(text, device, attempts);
    if (dropped > 0)
        report_page_print(text->page, REPORT_DIM, "  ", 0,
                          "Not drawn without --verbose: %" G_GUINT64_FORMAT
                          " refreshes without trouble",
                          dropped);
}
