/*
 * A finding has to convince: what is claimed, which frames show it, what else
 * it could have been and why it is not, and what to do.
 */

#include "text.h"

static const struct {
    const char *word;
    ReportStyle style;
} severities[] = {
    [FINDING_NOTE] = { "NOTE", REPORT_PLAIN },
    [FINDING_WARNING] = { "WARNING", REPORT_YELLOW },
    [FINDING_FAILURE] = { "FAILURE", REPORT_RED },
};

void report_text_frame(const ReportText *text, GString *line, CaptureRef ref)
{
    const GPtrArray *captures = text->base.captures;

    if (captures->len > 1 && ref.capture < captures->len) {
        const CaptureInfo *info = g_ptr_array_index(captures, ref.capture);

        g_string_append_printf(line, "%s ", info->name);
    }
    g_string_append_printf(line, "frame %" G_GUINT64_FORMAT, ref.frame);
}

static void print_fact(ReportText *text, const FindingFact *fact)
{
    g_autoptr(GString) line = g_string_new(NULL);
    char clock[NSEC_TEXT];

    if (fact->ref.frame != 0) {
        report_text_frame(text, line, fact->ref);
        g_string_append(line, ", ");
    }
    if (fact->time != NSEC_NONE)
        g_string_append_printf(line, "%s, ", nsec_to_clock(fact->time, clock));
    g_string_append_printf(line, "%s: %s", fact->name, fact->seen != NULL ? fact->seen : "");
    if (fact->expected != NULL)
        g_string_append_printf(line, "; expected: %s", fact->expected);
    report_page_wrap(text->page, REPORT_PLAIN, "    - ", 0, line->str);
}

static void print_times(ReportText *text, const Finding *finding)
{
    char from[NSEC_TEXT];
    char until[NSEC_TEXT];

    if (finding->count < 2 || finding->from == NSEC_NONE || finding->until == NSEC_NONE)
        return;
    report_page_print(text->page, REPORT_PLAIN, "    ", 0, "Seen %u times, from %s to %s.",
                      finding->count, nsec_to_clock(finding->from, from),
                      nsec_to_clock(finding->until, until));
}

static void print_part(ReportText *text, const char *lead, const char *words)
{
    g_autofree char *line = g_strconcat(lead, words, NULL);

    if (words != NULL && *words != '\0')
        report_page_wrap(text->page, REPORT_PLAIN, "    ", 6, line);
}

/* Who was told the same; NULL: nobody. */
static const char *find_advised(const ReportText *text, const char *advice)
{
    for (unsigned i = 0; i < text->advice->len; i++) {
        const ReportAdvice *earlier = g_ptr_array_index(text->advice, i);

        if (g_str_equal(earlier->text, advice))
            return earlier->account;
    }
    return NULL;
}

static void remember_advice(ReportText *text, const Finding *finding, char *words)
{
    ReportAdvice *advice = g_new(ReportAdvice, 1);

    *advice = (ReportAdvice){ words, g_strdup(finding->aor) };
    g_ptr_array_add(text->advice, advice);
}

/* Ten phones with one fault get the same advice: it is said once. Without --verbose the report
 * has so few findings that a list will do. */
static void print_advice(ReportText *text, const Finding *finding)
{
    g_autofree char *all = g_strjoin("\n", finding->rule->id, finding_advice(finding),
                                     finding->settle != NULL ? finding->settle : "", NULL);
    const char *first = text->verbose ? NULL : find_advised(text, all);

    if (first != NULL) {
        report_page_print(text->page, REPORT_PLAIN, "    ", 6, "What to do: as for %s above.",
                          first);
        return;
    }
    print_part(text, "To settle it: ", finding->settle);
    print_part(text, "What to do: ", finding_advice(finding));
    print_part(text, "See ", finding->rule->reference);
    if (!text->verbose && finding->aor != NULL && *finding->aor != '\0')
        remember_advice(text, finding, g_steal_pointer(&all));
}

void report_text_finding(ReportText *text, const Finding *finding)
{
    const Rule *rule = finding->rule;

    report_page_print(text->page, severities[rule->severity].style, "  ", 4, "%s: %s [%s, %s]",
                      severities[rule->severity].word, rule->title, rule->id,
                      finding_grade_name(finding->grade));
    print_part(text, "", finding->summary);
    print_times(text, finding);
    for (unsigned i = 0; i < finding->facts->len; i++)
        print_fact(text, &g_array_index(finding->facts, FindingFact, i));
    if (finding->rewrites != NULL)
        report_text_diff(text, finding->rewrites);
    for (unsigned i = 0; i < finding->rejected->len; i++) {
        const FindingRejected *other = &g_array_index(finding->rejected, FindingRejected, i);
        g_autofree char *lead = g_strdup_printf("Not %s: ", other->id);

        print_part(text, lead, other->because);
    }
    print_advice(text, finding);
}

/* "[credentials_refused, frame 4]" */
void report_text_cite(const ReportText *text, GString *line, const Finding *finding)
{
    g_string_append_printf(line, " [%s", finding->rule->id);
    if (finding->facts->len > 0 && g_array_index(finding->facts, FindingFact, 0).ref.frame != 0) {
        g_string_append(line, ", ");
        report_text_frame(text, line, g_array_index(finding->facts, FindingFact, 0).ref);
    }
    g_string_append_c(line, ']');
}

void report_text_finding_line(ReportText *text, const Finding *finding)
{
    const Rule *rule = finding->rule;
    g_autoptr(GString) line = g_string_new(NULL);

    if (finding->aor != NULL
        && (finding->summary == NULL || strstr(finding->summary, finding->aor) == NULL))
        g_string_append_printf(line, "%s: ", finding->aor);
    g_string_append(line, finding->summary != NULL ? finding->summary : rule->title);
    report_text_cite(text, line, finding);
    report_page_wrap(text->page, REPORT_PLAIN, "  - ", 0, line->str);
}
