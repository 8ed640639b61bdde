/*
 * The part of the page's data that belongs to no device: headline, captures,
 * counts, attempts over time, and what each kind of finding is called.
 */

#include "headline.h"
#include "html.h"

static void put_object(ReportHtml *html, const char *before)
{
    const GString *object = report_shape_end(html->shaper);

    report_html_put(html, before);
    report_html_put_json(html, object->str, object->len);
}

static void put_captures(ReportHtml *html)
{
    const GPtrArray *captures = html->result->captures;

    report_html_put(html, ",\n\"captures\":[");
    for (unsigned i = 0; i < captures->len; i++) {
        report_shape_begin(html->shaper);
        report_shape_capture(html->shaper, g_ptr_array_index(captures, i));
        put_object(html, i > 0 ? ",\n" : "\n");
    }
    report_html_put(html, "]");
}

static void put_abstentions(ReportHtml *html)
{
    const GArray *abstentions = html->result->abstentions;

    report_html_put(html, ",\n\"not_judged\":[");
    for (unsigned i = 0; i < abstentions->len; i++) {
        report_shape_begin(html->shaper);
        report_shape_abstention(html->shaper, &g_array_index(abstentions, RuleAbstention, i));
        put_object(html, i > 0 ? ",\n" : "\n");
    }
    report_html_put(html, "]");
}

/* Each rule that fired, once. */
static void put_rules(ReportHtml *html)
{
    g_autoptr(GHashTable) told = g_hash_table_new(NULL, NULL); /* rules, by address */
    const GPtrArray *findings = html->result->findings;
    ReportShaper *shaper = html->shaper;

    report_shape_begin(shaper);
    for (unsigned i = 0; i < findings->len; i++) {
        const Rule *rule = ((const Finding *)g_ptr_array_index(findings, i))->rule;

        if (!g_hash_table_add(told, (gpointer)rule))
            continue;
        report_shape_open(shaper, rule->id);
        report_shape_text(shaper, "title", rule->title);
        report_shape_text(shaper, "severity", finding_severity_name(rule->severity));
        report_shape_close(shaper);
    }
    put_object(html, ",\n\"rules\":");
}

static void shape_slots(ReportShaper *shaper, const char *name, const uint32_t *slots, unsigned n)
{
    report_shape_open_list(shaper, name);
    for (unsigned i = 0; i < n; i++)
        report_shape_count(shaper, NULL, slots[i]);
    report_shape_close_list(shaper);
}

static void shape_activity(ReportShaper *shaper, const ReportActivity *activity)
{
    if (activity == NULL || activity->from == NSEC_NONE)
        return;
    report_shape_open(shaper, "activity");
    report_shape_time(shaper, "from", activity->from);
    report_shape_count(shaper, "width", (uint64_t)(activity->width / NSEC_USEC));
    shape_slots(shaper, "accepted", activity->accepted, activity->n);
    shape_slots(shaper, "failed", activity->failed, activity->n);
    report_shape_close(shaper);
}

static void put_summary(ReportHtml *html)
{
    g_auto(ReportHeadline) headline = report_headline_make(html->result);
    ReportShaper *shaper = html->shaper;
    char stamp[NSEC_TEXT];

    report_shape_begin(shaper);
    report_shape_text(shaper, "begins", nsec_to_text(html->begins, stamp));
    report_shape_time(shaper, "end", html->result->end);
    report_shape_open(shaper, "headline");
    report_shape_text(shaper, "severity", finding_severity_name(headline.severity));
    report_shape_text(shaper, "text", headline.text);
    report_shape_close(shaper);
    report_shape_open(shaper, "counts");
    report_shape_counts(shaper, html->result);
    report_shape_close(shaper);
    shape_activity(shaper, html->result->activity);
    report_shape_count(shaper, "messages_left_out", html->result->messages_left_out);
    report_shape_part(shaper, "part", html->result->part);
    put_object(html, ",\n\"whole\":");
}

void report_html_whole(ReportHtml *html)
{
    report_html_put(html, "{\"schema\":1");
    put_summary(html);
    put_captures(html);
    put_rules(html);
    put_abstentions(html);
    report_html_put(html, "}\n");
}
