/*
 * The report for a person: what the capture is, what is wrong in one sentence,
 * all devices in a table, then each faulty device with what it did, what it
 * should have done, and what to do about it.
 *
 * A capture from a registrar has thousands of devices. The report stays as
 * long as somebody will read; the rest is counted, and --verbose has it all.
 */

#include "text.h"

#define DEVICES_MAX 20  /* told in full */
#define LISTED_MAX 50   /* named with their findings */
#define HOMELESS_MAX 20 /* findings about captures and sources */
#define NOTES_MAX 20
#define ALIKE_MAX 2   /* notes of one kind; more are one line */
#define ALIKE_NAMED 2 /* devices in it */

FindingSeverity report_subject_severity(const ReportSubject *subject)
{
    if (subject->findings == NULL)
        return FINDING_NOTE;
    return ((const Finding *)g_ptr_array_index(subject->findings, 0))->rule->severity;
}

bool report_subject_has_lapsed(const ReportSubject *subject)
{
    const RegDevice *device = subject->device;

    for (unsigned i = 0; i < device->n_bindings; i++) {
        if (device->bindings[i].end == REG_BINDING_LAPSED)
            return true;
    }
    return false;
}

/* Something is wrong with it, or will be, or went wrong and nobody knows why. */
static bool is_in_trouble(const ReportSubject *subject)
{
    if (report_subject_severity(subject) != FINDING_NOTE)
        return true;
    return !subject->device->scanner
           && (subject->state == REG_STATE_REFUSED || subject->state == REG_STATE_UNANSWERED
               || subject->state == REG_STATE_UNREACHABLE || report_subject_has_lapsed(subject));
}

/* A scanner's victims are no devices in trouble: they come last. 'place' is
 * where the first finding stands in the report. */
static unsigned rank_of(const ReportSubject *subject, unsigned place, unsigned n_findings)
{
    static const unsigned by_state[] = {
        [REG_STATE_REFUSED] = 0,    [REG_STATE_UNANSWERED] = 1, [REG_STATE_UNREACHABLE] = 2,
        [REG_STATE_LAPSED] = 3,     [REG_STATE_UNKNOWN] = 4,    [REG_STATE_DEREGISTERED] = 5,
        [REG_STATE_REGISTERED] = 6,
    };

    if (report_subject_severity(subject) != FINDING_NOTE)
        return place;
    return n_findings + (subject->device->scanner ? 7 : by_state[subject->state]);
}

static int by_rank(const void *a, const void *b)
{
    const ReportSubject *one = a;
    const ReportSubject *other = b;

    if (one->rank != other->rank)
        return one->rank < other->rank ? -1 : 1;
    return (one->device->id > other->device->id) - (one->device->id < other->device->id);
}

/* The findings of one device. */
typedef struct Group {
    unsigned place;      /* where the first of them stands in the report */
    bool known;          /* the device is in the report */
    bool told;           /* and was told in full */
    GPtrArray *findings; /* of Finding, in the order of the report */
} Group;

static void group_free(void *group)
{
    g_ptr_array_unref(((Group *)group)->findings);
    g_free(group);
}

/* Device id to group. The ids are our own, counted from 1: no hash of the
 * wire's choosing. */
static GHashTable *group_findings(const ReportResult *result)
{
    GHashTable *table = g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL, group_free);

    for (unsigned i = 0; i < result->findings->len; i++) {
        Finding *finding = g_ptr_array_index(result->findings, i);
        Group *group = g_hash_table_lookup(table, &finding->device);

        if (group == NULL) {
            group = g_new(Group, 1);
            *group = (Group){ .place = i, .findings = g_ptr_array_new() };
            g_hash_table_insert(table, &finding->device, group);
        }
        g_ptr_array_add(group->findings, finding);
    }
    return table;
}

static void collect_subjects(ReportText *text)
{
    const ReportResult *result = text->result;

    text->subjects = g_array_sized_new(FALSE, FALSE, sizeof(ReportSubject), result->devices->len);
    for (unsigned i = 0; i < result->devices->len; i++) {
        const RegDevice *device = g_ptr_array_index(result->devices, i);
        Group *group = g_hash_table_lookup(text->groups, &device->id);
        Nsec now = report_device_end(result, device);
        ReportSubject subject = { .device = device, .state = reg_device_state(device, now) };

        if (group != NULL) {
            group->known = true;
            subject.findings = group->findings;
        }
        subject.rank = rank_of(&subject, group != NULL ? group->place : 0, result->findings->len);
        g_array_append_val(text->subjects, subject);
    }
    g_array_sort(text->subjects, by_rank);
}

static void tell(ReportText *text, const ReportSubject *subject)
{
    Group *group = g_hash_table_lookup(text->groups, &subject->device->id);

    if (group != NULL)
        group->told = true;
    report_text_device(text, subject);
}

static void print_listed(ReportText *text, const ReportSubject *subject)
{
    g_autoptr(GString) line = g_string_new(report_text_account(subject->device));

    for (unsigned i = 0; subject->findings != NULL && i < subject->findings->len; i++) {
        const Finding *finding = g_ptr_array_index(subject->findings, i);

        g_string_append_printf(line, "%s %s", i > 0 ? "," : ":", finding->rule->id);
    }
    report_page_wrap(text->page, REPORT_PLAIN, "  ", 4, line->str);
}

/* Somebody asked for these devices, or for what an intact one does. */
static bool is_asked_for(const ReportText *text)
{
    const ReportPart *part = text->result->part;

    return text->ladder || (part != NULL && part->devices != NULL && part->devices->len > 0);
}

/* Those in trouble come first, so the rest of them follows without a gap. */
static void print_devices(ReportText *text)
{
    bool asked = is_asked_for(text);
    unsigned n = 0;

    for (unsigned i = 0; i < text->subjects->len; i++) {
        const ReportSubject *subject = REPORT_SUBJECT(text, i);
        bool in_trouble = is_in_trouble(subject);

        n += in_trouble;
        if (text->verbose || ((in_trouble || asked) && i < DEVICES_MAX))
            tell(text, subject);
        else if (in_trouble && n <= DEVICES_MAX + LISTED_MAX)
            print_listed(text, subject);
    }
    if (!text->verbose && n > DEVICES_MAX + LISTED_MAX)
        report_page_print(text->page, REPORT_DIM, "  ", 0, "... and %u more devices in trouble",
                          n - DEVICES_MAX - LISTED_MAX);
    if (!text->verbose && n > DEVICES_MAX)
        report_page_blank(text->page);
}

/* Findings that stand in no device's part: about a capture, about a source,
 * about a device that was forgotten. */
static void print_homeless(ReportText *text)
{
    const GPtrArray *findings = text->result->findings;
    unsigned printed = 0;
    unsigned left_out = 0;

    for (unsigned i = 0; i < findings->len; i++) {
        const Finding *finding = g_ptr_array_index(findings, i);
        const Group *group = g_hash_table_lookup(text->groups, &finding->device);

        if (group->known || (finding->rule->severity == FINDING_NOTE && !text->verbose))
            continue;
        if (printed == HOMELESS_MAX && !text->verbose) {
            left_out++;
            continue;
        }
        if (printed++ == 0)
            report_page_wrap(text->page, REPORT_BOLD, "", 0, "About the capture and its sources");
        report_text_finding(text, finding);
        report_page_blank(text->page);
    }
    if (left_out > 0)
        report_page_print(text->page, REPORT_DIM, "  ", 0, "... and %u more findings", left_out);
}

/* Those that stand in no device's part. */
static GPtrArray *collect_notes(const ReportText *text)
{
    const GPtrArray *findings = text->result->findings;
    GPtrArray *notes = g_ptr_array_new();

    for (unsigned i = 0; i < findings->len && !text->verbose; i++) {
        Finding *finding = g_ptr_array_index(findings, i);
        const Group *group = g_hash_table_lookup(text->groups, &finding->device);

        if (finding->rule->severity == FINDING_NOTE && !group->told)
            g_ptr_array_add(notes, finding);
    }
    return notes;
}

static unsigned count_alike(const GPtrArray *notes, unsigned first)
{
    const Rule *rule = ((const Finding *)g_ptr_array_index(notes, first))->rule;
    unsigned n = 0;

    for (unsigned i = 0; i < notes->len; i++)
        n += ((const Finding *)g_ptr_array_index(notes, i))->rule == rule;
    return n;
}

/* The first of alike ones speaks for the others. */
static bool is_spoken_for(const GPtrArray *notes, unsigned index)
{
    const Rule *rule = ((const Finding *)g_ptr_array_index(notes, index))->rule;

    for (unsigned i = 0; i < index; i++) {
        if (((const Finding *)g_ptr_array_index(notes, i))->rule == rule)
            return true;
    }
    return false;
}

/* "Registered without a challenge: 12 times, a@example.com, b@example.com and 10 more" */
static void print_alike(ReportText *text, const GPtrArray *notes, unsigned first, unsigned n)
{
    const Finding *newest = g_ptr_array_index(notes, first);
    const Rule *rule = newest->rule;
    g_autoptr(GString) line = g_string_new(NULL);
    unsigned named = 0;

    g_string_printf(line, "%s: %u times", rule->title, n);
    for (unsigned i = first; i < notes->len && named < ALIKE_NAMED; i++) {
        const Finding *note = g_ptr_array_index(notes, i);

        if (note->rule != rule || note->aor == NULL)
            continue;
        g_string_append_printf(line, ", %s", note->aor);
        named++;
    }
    if (named > 0)
        g_string_append_printf(line, " and %u more", n - named);
    report_text_cite(text, line, newest);
    report_page_wrap(text->page, REPORT_PLAIN, "  - ", 0, line->str);
}

static void print_notes(ReportText *text)
{
    g_autoptr(GPtrArray) notes = collect_notes(text);
    unsigned printed = 0;
    unsigned left_out = 0;

    if (notes->len > 0)
        report_page_wrap(text->page, REPORT_BOLD, "", 0, "Notes");
    for (unsigned i = 0; i < notes->len; i++) {
        unsigned alike = count_alike(notes, i);

        if (alike > ALIKE_MAX && is_spoken_for(notes, i))
            continue;
        if (printed++ >= NOTES_MAX)
            left_out++;
        else if (alike > ALIKE_MAX)
            print_alike(text, notes, i, alike);
        else
            report_text_finding_line(text, g_ptr_array_index(notes, i));
    }
    if (left_out > 0)
        report_page_print(text->page, REPORT_DIM, "  ", 0, "... and %u more notes", left_out);
    if (notes->len > 0)
        report_page_blank(text->page);
}

/* For somebody who is to find the cause himself. */
static void print_unjudged(ReportText *text)
{
    report_text_captures(text);
    for (unsigned i = 0; i < text->subjects->len; i++)
        report_text_device(text, REPORT_SUBJECT(text, i));
    report_output_flush(text->base.output);
}

static void print_report(ReportText *text)
{
    if (!text->quiet)
        report_text_captures(text);
    report_text_headline(text);
    report_text_causes(text);
    if (!text->quiet)
        report_text_table(text);
    print_devices(text);
    print_homeless(text);
    print_notes(text);
    if (!text->quiet)
        report_text_limits(text);
    report_output_flush(text->base.output);
}

static void free_advice(gpointer item)
{
    ReportAdvice *advice = item;

    g_free(advice->text);
    g_free(advice->account);
    g_free(advice);
}

void report_text_end(ReportWriter *writer, const ReportResult *result)
{
    ReportText *text = (ReportText *)writer;

    report_output_linger(writer->output);
    text->result = result;
    text->groups = group_findings(result);
    text->advice = g_ptr_array_new_with_free_func(free_advice);
    collect_subjects(text);
    if (text->live != NULL)
        report_text_live_end(text);
    if (text->unjudged)
        print_unjudged(text);
    else
        print_report(text);
    g_clear_pointer(&text->subjects, g_array_unref);
    g_clear_pointer(&text->groups, g_hash_table_unref);
    g_clear_pointer(&text->advice, g_ptr_array_unref);
}

void report_text_free(ReportWriter *writer)
{
    ReportText *text = (ReportText *)writer;

    report_text_live_free(text->live);
    report_page_free(text->page);
    g_free(text);
}

static const ReportWriterOps text_ops = {
    .name = "text",
    .end = report_text_end,
    .free = report_text_free,
};

/* Where lines of a watched capture could not be written. */
static void gap_line(GString *line, uint64_t records, const char *because)
{
    g_string_append_printf(line, "... %" G_GUINT64_FORMAT " events are missing here: %s\n", records,
                           because);
}

ReportWriter *report_text_new(ReportOutput *output, const ReportOptions *options)
{
    ReportText *text = g_new0(ReportText, 1);

    text->base = (ReportWriter){ .ops = options->live ? &report_text_live_ops : &text_ops,
                                 .output = output,
                                 .captures = options->captures };
    text->live = options->live ? report_text_live_new(options->verbose) : NULL;
    text->page = report_page_new(output, options->width, options->color);
    report_output_tell_gaps(output, gap_line);
    text->verbose = options->verbose;
    text->quiet = options->quiet;
    text->unjudged = options->unjudged;
    text->ladder = options->ladder;
    text->page->terminal = text->page->terminal && !options->ascii;
    return &text->base;
}
