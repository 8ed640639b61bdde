/*
 * The two things that somebody reads who reads nothing else: one sentence, and
 * one row for each device.
 */

#include "headline.h"
#include "table.h"
#include "text.h"

#define ROWS_MAX 50
#define CAUSES_MIN 6 /* findings; fewer are seen at a glance */

static const ReportStyle styles[] = {
    [FINDING_NOTE] = REPORT_PLAIN,
    [FINDING_WARNING] = REPORT_YELLOW,
    [FINDING_FAILURE] = REPORT_RED,
};

static void append_patterns(GString *line, const char *what, const GPtrArray *patterns)
{
    for (unsigned i = 0; patterns != NULL && i < patterns->len; i++)
        g_string_append_printf(line, "%s %s", i > 0 ? " or" : what,
                               (const char *)g_ptr_array_index(patterns, i));
    if (patterns != NULL && patterns->len > 0)
        g_string_append_c(line, ',');
}

static void append_time(GString *line, const char *what, Nsec time)
{
    char stamp[NSEC_TEXT];

    if (time == NSEC_NONE || time == NSEC_MAX)
        return;
    nsec_to_text(time, stamp);
    stamp[strlen("2026-01-31")] = ' ';
    g_string_append_printf(line, " %s %.23s UTC,", what, stamp);
}

/* What was asked for, because the rest is in the capture all the same. */
static void print_part(ReportText *text, const ReportPart *part)
{
    g_autoptr(GString) line = g_string_new("Only a part is shown:");
    g_autofree char *devices = report_page_count(part->devices_left_out, "device", "devices");
    g_autofree char *findings = report_page_count(part->findings_left_out, "finding", "findings");

    append_patterns(line, " devices", part->devices);
    append_patterns(line, " findings", part->findings);
    append_time(line, "from", part->since);
    append_time(line, "until", part->until);
    g_string_append_printf(line, " without %s and %s.", devices, findings);
    report_page_wrap(text->page, REPORT_YELLOW, "", 4, line->str);
    report_page_blank(text->page);
}

void report_text_headline(ReportText *text)
{
    static const char *const severity_words[] = { "NOTE", "WARNING", "FAILURE" };
    g_auto(ReportHeadline) headline = report_headline_make(text->result);

    if (text->result->part != NULL)
        print_part(text, text->result->part);

    if (headline.severity != FINDING_NOTE)
        report_page_print(text->page, REPORT_BOLD, "", 4, "%s: %s",
                          severity_words[headline.severity], headline.text);
    else
        report_page_wrap(text->page, REPORT_BOLD, "", 4, headline.text);
    report_page_blank(text->page);
}

typedef struct Cause {
    const Rule *rule;
    unsigned n;
} Cause;

static Cause *find_cause(GArray *causes, const Rule *rule)
{
    for (unsigned i = 0; i < causes->len; i++) {
        Cause *cause = &g_array_index(causes, Cause, i);

        if (cause->rule == rule)
            return cause;
    }
    g_array_append_val(causes, ((Cause){ rule, 0 }));
    return &g_array_index(causes, Cause, causes->len - 1);
}

static int by_number(const void *a, const void *b)
{
    const Cause *one = a;
    const Cause *other = b;

    if (one->rule->severity != other->rule->severity)
        return one->rule->severity > other->rule->severity ? -1 : 1;
    if (one->n != other->n)
        return one->n > other->n ? -1 : 1;
    return strcmp(one->rule->id, other->rule->id);
}

/* What is wrong with many devices is seen before the devices are: "  61  The server refused the
 * credentials [credentials_refused]". */
void report_text_causes(ReportText *text)
{
    g_autoptr(GArray) causes = g_array_new(FALSE, FALSE, sizeof(Cause));
    const GPtrArray *findings = text->result->findings;
    unsigned total = 0;

    for (unsigned i = 0; i < findings->len; i++) {
        const Rule *rule = ((const Finding *)g_ptr_array_index(findings, i))->rule;

        if (rule->severity == FINDING_NOTE)
            continue;
        find_cause(causes, rule)->n++;
        total++;
    }
    if (total < CAUSES_MIN)
        return;
    g_array_sort(causes, by_number);
    for (unsigned i = 0; i < causes->len; i++) {
        const Cause *cause = &g_array_index(causes, Cause, i);
        g_autofree char *lead = g_strdup_printf("%6u  ", cause->n);

        report_page_print(text->page, styles[cause->rule->severity], lead, 0, "%s [%s]",
                          cause->rule->title, cause->rule->id);
    }
    report_page_blank(text->page);
}

/* Without the port: the part about the device has it, and here the account needs the room. */
static char *address_of(const RegDevice *device)
{
    char address[NET_ENDPOINT_TEXT];

    if (device->n_public_addresses > 0)
        return g_strdup(net_addr_to_text(
            &device->public_addresses[device->n_public_addresses - 1].addr, address));
    if (device->n_addresses > 0)
        return g_strdup(
            net_addr_to_text(&device->addresses[device->n_addresses - 1].addr, address));
    return NULL;
}

/* Of its newest binding: what the registrar promised last. */
static char *expires_of(const RegDevice *device)
{
    uint32_t granted = device->n_bindings > 0 ? device->bindings[device->n_bindings - 1].granted
                                              : REG_EXPIRES_NONE;

    return granted != REG_EXPIRES_NONE ? g_strdup_printf("%u s", granted) : NULL;
}

static Nsec last_register(const RegDevice *device)
{
    Nsec newest = NSEC_NONE;

    for (unsigned i = 0; i < device->n_attempts_kept; i++) {
        const RegAttempt *attempt = device->attempts[i];

        newest = MAX(newest, attempt->opened);
        for (unsigned s = 0; s < attempt->n_steps; s++)
            newest = MAX(newest, attempt->steps[s].request_time);
    }
    return newest;
}

static void add_row(ReportTable *table, const ReportSubject *subject)
{
    const RegDevice *device = subject->device;
    g_autofree char *address = address_of(device);
    g_autofree char *expires = expires_of(device);
    Nsec newest = last_register(device);
    char clock[NSEC_TEXT];

    if (newest != NSEC_NONE) {
        nsec_to_clock(newest, clock);
        clock[strlen("12:00:00")] = '\0';
    }

    const char *cells[] = { report_text_account(device),        address,
                            reg_state_name(subject->state),     expires,
                            newest != NSEC_NONE ? clock : NULL, device->user_agent };
    report_table_add(table, styles[report_subject_severity(subject)], cells);
}

static unsigned count_devices(const ReportText *text)
{
    unsigned n = 0;

    for (unsigned i = 0; i < text->subjects->len; i++)
        n += !REPORT_SUBJECT(text, i)->device->scanner;
    return n;
}

void report_text_table(ReportText *text)
{
    static const ReportColumn columns[] = {
        { "Account", 18, false }, { "Address", 15, false }, { "State", 12, false },
        { "Expires", 7, true },   { "REGISTER", 8, false }, { "User-Agent", 10, false },
    };
    unsigned n = text->verbose ? text->subjects->len : count_devices(text);
    unsigned shown = text->verbose ? n : MIN(n, ROWS_MAX); /* a scanner's victims come last */
    g_autoptr(ReportTable) table = report_table_new(columns, G_N_ELEMENTS(columns));

    if (n == 0)
        return;
    for (unsigned i = 0; i < shown; i++)
        add_row(table, REPORT_SUBJECT(text, i));
    report_table_print(table, text->page);
    if (shown < n) {
        bool registered = report_subject_severity(REPORT_SUBJECT(text, shown)) == FINDING_NOTE
                          && REPORT_SUBJECT(text, shown)->state == REG_STATE_REGISTERED
                          && REPORT_SUBJECT(text, n - 1)->state == REG_STATE_REGISTERED;

        report_page_print(text->page, REPORT_DIM, "", 0, "... and %u more %sdevices", n - shown,
                          registered ? "registered " : "");
    }
    report_page_blank(text->page);
}
