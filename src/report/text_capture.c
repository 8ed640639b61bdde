/*
 * "Can I believe this report?"
 *
 * A verdict is as good as the capture: where it was taken, what it lost, what
 * a filter or a snapshot length took from it, where a damaged file stopped.
 * This part comes before any verdict, and what could not be judged after.
 */

#include "text.h"

#define CAPTURES_MAX 10
#define TROUBLED_MAX 40 /* captures with a defect, in addition */
#define REASONS_MAX 4   /* why something was not judged */
#define RULES_MAX 3     /* named for one of these */

static void append_count(GString *line, uint64_t n, const char *one, const char *many)
{
    g_autofree char *count = report_page_count(n, one, many);

    if (n > 0)
        g_string_append_printf(line, "%s%s", line->len > 0 ? ", " : "", count);
}

static void print_sentence(ReportText *text, const GString *line)
{
    if (line->len > 0)
        report_page_print(text->page, REPORT_PLAIN, "  ", 4, "%s.", line->str);
}

static void append_links(GString *line, const CaptureInfo *info)
{
    char name[NET_LINK_TEXT];

    for (unsigned i = 0; info->links != NULL && i < info->links->len; i++)
        g_string_append_printf(line, ", %s",
                               net_link_name(g_array_index(info->links, uint16_t, i), name));
}

/* Stamps of a damaged file may lie further apart than fits. */
static Nsec duration(const CaptureInfo *info)
{
    Nsec span;

    return __builtin_sub_overflow(info->latest, info->first, &span) ? NSEC_MAX : span;
}

/* "2026-01-31 12:00:00 to 12:05:00 UTC (5 min)"; the second date only when it
 * is another one. */
static void append_period(GString *line, const CaptureInfo *info)
{
    char first[NSEC_TEXT];
    char last[NSEC_TEXT];
    char span[NSEC_TEXT];

    nsec_to_text(info->first, first);
    nsec_to_text(info->latest, last);
    first[strlen("2026-01-31")] = ' ';
    last[strlen("2026-01-31")] = ' ';

    bool same_day = strncmp(first, last, strlen("2026-01-31 ")) == 0;

    g_string_append_printf(line, ", %.19s to %.*s UTC (%s)", first, same_day ? 8 : 19,
                           same_day ? last + strlen("2026-01-31 ") : last,
                           nsec_to_span(duration(info), span));
}

static void print_name(ReportText *text, const CaptureInfo *info)
{
    g_autoptr(GString) line = g_string_new(NULL);
    g_autofree char *frames = report_page_count(info->packets, "frame", "frames");

    g_string_append_printf(line, "%s: %s", info->name, info->format != NULL ? info->format : "?");
    if (info->compression != NULL)
        g_string_append_printf(line, " (%s)", info->compression);
    append_links(line, info);
    g_string_append_printf(line, ", %s", frames);
    if (info->first != NSEC_NONE && info->latest != NSEC_NONE)
        append_period(line, info);
    report_page_wrap(text->page, REPORT_PLAIN, "", 4, line->str);
}

static void print_vantage(ReportText *text, const RegVantageVerdict *verdict)
{
    const char *where = "It does not show where it was taken";

    switch (verdict->vantage) {
    case REG_VANTAGE_CLIENT:
        where = "Taken on the phone's side";
        break;
    case REG_VANTAGE_MIDDLE:
        where = "Taken on the path between phone and registrar";
        break;
    case REG_VANTAGE_SERVER:
        where = "Taken on the registrar's side";
        break;
    case REG_VANTAGE_UNKNOWN:
        break;
    }
    report_page_print(text->page, REPORT_PLAIN, "  ", 4, "%s%s%s.", where,
                      verdict->because != NULL ? ": " : "",
                      verdict->because != NULL ? verdict->because : "");
}

static bool is_troubled(const RegCaptureSite *site)
{
    return site->info->stopped_because != NULL || site->info->cut_frames > 0
           || site->info->dropped_kernel > 0 || site->info->dropped_interface > 0;
}

static void print_loss(ReportText *text, const RegCaptureSite *site)
{
    const CaptureInfo *info = site->info;
    g_autoptr(GString) line = g_string_new(NULL);

    append_count(line, info->dropped_kernel, "packet dropped by the kernel",
                 "packets dropped by the kernel");
    append_count(line, info->dropped_interface, "packet dropped by the interface",
                 "packets dropped by the interface");
    append_count(line, info->cut_frames, "frame cut by the snapshot length",
                 "frames cut by the snapshot length");
    print_sentence(text, line);
}

#define GAPS_MAX 4

static void print_gap(ReportText *text, const CaptureGap *gap)
{
    char from[NSEC_TEXT];
    char until[NSEC_TEXT] = "now";

    nsec_to_text(gap->from, from);
    if (gap->until != NSEC_NONE)
        nsec_to_text(gap->until, until);
    if (gap->until == gap->from)
        report_page_print(text->page, REPORT_YELLOW, "  ", 4, "At %.19sZ %s.", from, gap->because);
    else
        report_page_print(text->page, REPORT_YELLOW, "  ", 4, "Blind from %.19sZ to %.19s%s: %s.",
                          from, until, gap->until != NSEC_NONE ? "Z" : "", gap->because);
}

/* The newest are the ones that somebody asks about. */
static void print_gaps(ReportText *text, const CaptureInfo *info)
{
    unsigned n = info->gaps != NULL ? info->gaps->len : 0;
    unsigned first = text->verbose || n <= GAPS_MAX ? 0 : n - GAPS_MAX;

    if (first + info->gaps_forgotten > 0)
        report_page_print(text->page, REPORT_YELLOW, "  ", 4,
                          "%" G_GUINT64_FORMAT " times before these nothing was seen.",
                          first + info->gaps_forgotten);
    for (unsigned i = first; i < n; i++)
        print_gap(text, &g_array_index(info->gaps, CaptureGap, i));
}

/* Filters and comments are the file's own words. */
static void print_words(ReportText *text, const char *what, const GPtrArray *words)
{
    for (unsigned i = 0; words != NULL && i < MIN(words->len, 4); i++)
        report_page_print(text->page, REPORT_PLAIN, "  ", 4, "%s: %s", what,
                          (const char *)g_ptr_array_index(words, i));
}

/* The one whose clock is believed; NULL: nothing was compared. */
static const CaptureInfo *find_believed(const ReportText *text)
{
    for (unsigned i = 0; i < text->base.captures->len; i++) {
        const CaptureInfo *info = g_ptr_array_index(text->base.captures, i);

        if (info->clock != NULL && info->clock->points == 0)
            return info;
    }
    return NULL;
}

static void append_certainty(GString *line, const CaptureClock *clock)
{
    Nsec uncertainty = capture_clock_uncertainty(clock);
    char span[NSEC_TEXT];

    if (uncertainty == NSEC_NONE)
        g_string_append(line, " (by messages of one direction only)");
    else
        g_string_append_printf(line, " (within %s, by %u messages)",
                               nsec_to_span(uncertainty, span), clock->points);
}

static void append_difference(GString *line, const CaptureClock *clock)
{
    const CaptureClockPiece *piece = &g_array_index(clock->pieces, CaptureClockPiece, 0);
    char span[NSEC_TEXT];

    g_string_append_printf(line, "Its clock is %s %s", nsec_to_span(ABS(piece->offset), span),
                           piece->offset < 0 ? "behind" : "ahead");
    if (piece->drift != 0)
        g_string_append_printf(line, " and %s %.1f ppm", piece->drift < 0 ? "loses" : "gains",
                               ABS(piece->drift) * 1e6);
    if (clock->pieces->len > 1)
        g_string_append(line, " at first, and was set meanwhile");
}

/* Of captures of several places. */
static void print_clock(ReportText *text, const CaptureInfo *info)
{
    const CaptureInfo *first = find_believed(text);
    g_autoptr(GString) line = g_string_new(NULL);

    if (first == NULL || info->place == first->place)
        return;
    if (info->clock == NULL) {
        g_string_printf(line,
                        "No REGISTER was seen both here and in %s: their clocks are taken "
                        "for equal",
                        first->name);
    } else if (info->clock->same) {
        g_string_printf(line, "Its clock agrees with that of %s", first->name);
        append_certainty(line, info->clock);
    } else {
        append_difference(line, info->clock);
        append_certainty(line, info->clock);
        g_string_append_printf(line, "; all times are told by that of %s", first->name);
    }
    print_sentence(text, line);
}

static void print_capture(ReportText *text, const RegCaptureSite *site)
{
    const CaptureInfo *info = site->info;

    print_name(text, info);
    if (site->messages.count > 0)
        print_vantage(text, &site->vantage);
    print_clock(text, info);
    print_loss(text, site);
    print_gaps(text, info);
    print_words(text, "Capture filter", info->filters);
    print_words(text, "Comment", info->comments);
    if (info->hidden.fragments + info->hidden.tagged + info->hidden.icmp + info->hidden.no_filter
        > 0) {
        g_autoptr(GString) line = g_string_new(NULL);

        append_count(line, info->hidden.fragments, "IP fragment", "IP fragments");
        append_count(line, info->hidden.tagged, "tagged frame", "tagged frames");
        append_count(line, info->hidden.icmp, "ICMP error", "ICMP errors");
        append_count(line, info->hidden.no_filter, "frame that it does not fit",
                     "frames that it does not fit");
        report_page_print(text->page, REPORT_YELLOW, "  ", 4, "The filter of this run hid %s.",
                          line->str);
    }
    if (info->secrets_blocks > 0)
        report_page_wrap(text->page, REPORT_PLAIN, "  ", 4,
                         "It holds keys of TLS sessions, which are not used.");
    if (info->stopped_because != NULL)
        report_page_print(text->page, REPORT_YELLOW, "  ", 4, "Not read to its end: %s",
                          info->stopped_because);
}

static void print_counts(ReportText *text)
{
    const ReportCounts *counts = &text->result->counts;
    g_autoptr(GString) seen = g_string_new(NULL);
    g_autoptr(GString) odd = g_string_new(NULL);

    append_count(seen, counts->sip_messages, "SIP message", "SIP messages");
    append_count(seen, counts->register_requests, "REGISTER request", "REGISTER requests");
    append_count(seen, counts->register_responses, "answer", "answers");
    append_count(seen, counts->retransmissions, "retransmission", "retransmissions");
    append_count(seen, counts->tls_records, "TLS record", "TLS records");
    print_sentence(text, seen);
    append_count(odd, counts->duplicate_packets, "duplicate packet", "duplicate packets");
    append_count(odd, counts->fragments_reassembled, "datagram from fragments",
                 "datagrams from fragments");
    append_count(odd, counts->stream_gaps, "gap in TCP streams", "gaps in TCP streams");
    append_count(odd, counts->undecoded_packets - text->result->net->malformed,
                 "frame without IP (ARP and the like)", "frames without IP (ARP and the like)");
    append_count(odd, text->result->net->malformed, "malformed packet", "malformed packets");
    print_sentence(text, odd);
}

void report_text_captures(ReportText *text)
{
    const GPtrArray *captures = text->result->captures;
    unsigned left_out = 0;
    unsigned troubled = 0;

    for (unsigned i = 0; i < captures->len; i++) {
        const RegCaptureSite *site = g_ptr_array_index(captures, i);

        if (text->verbose || i < CAPTURES_MAX || (is_troubled(site) && troubled++ < TROUBLED_MAX))
            print_capture(text, site);
        else
            left_out++;
    }
    if (left_out > 0)
        report_page_print(text->page, REPORT_DIM, "", 0, "... and %u more captures", left_out);
    print_counts(text);
    report_page_blank(text->page);
}

/* Most reports have some that only another place shows: in short they are one reason. */
static bool is_same_reason(const ReportText *text, const char *a, const char *b)
{
    static const char place[] = "needs a capture ";

    if (g_strcmp0(a, b) == 0)
        return true;
    return !text->verbose && a != NULL && b != NULL && g_str_has_prefix(a, place)
           && g_str_has_prefix(b, place);
}

static const char *reason_words(const ReportText *text, const char *because, bool merged)
{
    if (because == NULL)
        return "the capture does not show enough";
    return merged && !text->verbose ? "needs a capture from another place" : because;
}

static void append_rule(const ReportText *text, GString *line, const RuleAbstention *row,
                        unsigned place)
{
    if (place >= RULES_MAX && !text->verbose)
        return;
    g_string_append_printf(line, "%s%s", place > 0 ? ", " : "", row->rule->id);
    if (row->times > 1 && text->verbose)
        g_string_append_printf(line, " (%" G_GUINT64_FORMAT " times)", row->times);
}

/* The rules that could not judge for one reason, from 'first' on; the rows that are told are
 * marked in 'told'. */
static void print_reason(ReportText *text, const GArray *rows, unsigned first, bool *told)
{
    const char *because = g_array_index(rows, RuleAbstention, first).because;
    g_autoptr(GString) line = g_string_new(NULL);
    const Rule *newest = NULL; /* the rows are sorted by rule */
    bool merged = false;
    unsigned n = 0;

    for (unsigned i = first; i < rows->len; i++) {
        const RuleAbstention *row = &g_array_index(rows, RuleAbstention, i);

        if (!is_same_reason(text, row->because, because))
            continue;
        told[i] = true;
        merged = merged || g_strcmp0(row->because, because) != 0;
        if (row->rule != newest)
            append_rule(text, line, row, n++);
        newest = row->rule;
    }
    if (n > RULES_MAX && !text->verbose)
        g_string_append_printf(line, " and %u more", n - RULES_MAX);
    report_page_print(text->page, REPORT_DIM, "  - ", 0, "%s: %s",
                      reason_words(text, because, merged), line->str);
}

static unsigned count_reasons(const ReportText *text, const GArray *rows)
{
    unsigned n = 0;

    for (unsigned i = 0; i < rows->len; i++) {
        const char *because = g_array_index(rows, RuleAbstention, i).because;
        bool known = false;

        for (unsigned k = 0; k < i && !known; k++)
            known = is_same_reason(text, g_array_index(rows, RuleAbstention, k).because, because);
        n += !known;
    }
    return n;
}

static void print_not_judged(ReportText *text)
{
    const GArray *rows = text->result->abstentions;
    g_autofree bool *told = g_new0(bool, rows->len);
    unsigned reasons = count_reasons(text, rows);
    unsigned shown = 0;

    if (reasons == 0)
        return;
    report_page_wrap(text->page, REPORT_BOLD, "", 0,
                     text->verbose ? "Not judged" : "Not judged (in full with --verbose)");
    for (unsigned i = 0; i < rows->len; i++) {
        if (told[i] || (shown == REASONS_MAX && !text->verbose))
            continue;
        print_reason(text, rows, i, told);
        shown++;
    }
    if (shown < reasons) {
        g_autofree char *more = report_page_count(reasons - shown, "more reason", "more reasons");

        report_page_print(text->page, REPORT_DIM, "  ", 0, "... for %s", more);
    }
}

static void print_forgotten(ReportText *text)
{
    const ReportResult *result = text->result;
    g_autoptr(GString) line = g_string_new(NULL);

    for (unsigned i = 0; i < result->n_tables; i++) {
        if (result->tables[i].dropped_full > 0)
            g_string_append_printf(line, "%s%" G_GUINT64_FORMAT " of %s", line->len > 0 ? ", " : "",
                                   result->tables[i].dropped_full, result->tables[i].name);
    }
    if (line->len > 0)
        report_page_print(text->page, REPORT_YELLOW, "", 4,
                          "Forgotten because a table was full: %s. What rests on them is not in "
                          "this report.",
                          line->str);
}

void report_text_limits(ReportText *text)
{
    print_not_judged(text);
    print_forgotten(text);
}
