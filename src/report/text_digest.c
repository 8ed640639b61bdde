/*
 * "The password is right, I typed it myself." Then one of the other nine
 * ingredients of the digest is wrong, and here they stand side by side.
 *
 * A nonce and the response to it are all that somebody needs who wants to try
 * passwords, and a report is passed on: both are shortened.
 */

#include "table.h"
#include "text.h"

#define SHOWN_BYTES 6  /* of a nonce or a response */
#define SHORT_BYTES 12 /* what is no longer than this is no nonce worth guarding */
#define INDENT 4

static bool is_worth_guarding(const RegDigestRow *row)
{
    return row->ingredient == REG_INGREDIENT_NONCE || row->ingredient == REG_INGREDIENT_RESPONSE;
}

static char *cell(const ReportText *text, const RegDigestRow *row, Str value)
{
    if (!is_worth_guarding(row) || value.len <= SHORT_BYTES)
        return str_dup(value);
    return g_strdup_printf("%.*s%s", SHOWN_BYTES, value.data,
                           text->page->terminal ? "\342\200\246" : "...");
}

static char *verdict_cell(const ReportText *text, const RegDigestRow *row)
{
    const char *name = reg_row_verdict_name(row->verdict);

    if (name == NULL)
        return NULL;
    if (row->verdict != REG_ROW_FITS_ONLY)
        return g_strdelimit(g_strdup(name), "_", ' ');

    bool words = row->ingredient == REG_INGREDIENT_RESPONSE; /* ours, not a value */
    g_autofree char *fits = words ? str_dup(row->fits) : cell(text, row, row->fits);

    return g_strdup_printf(words ? "fits only with %s" : "fits only with \"%s\"", fits);
}

static void add_row(const ReportText *text, ReportTable *table, const RegDigestRow *row)
{
    g_autofree char *challenge = cell(text, row, row->challenge);
    g_autofree char *answer = cell(text, row, row->answer);
    g_autofree char *known = cell(text, row, row->known);
    g_autofree char *verdict = verdict_cell(text, row);
    bool good = row->verdict == REG_ROW_UNKNOWN || row->verdict == REG_ROW_SAME;

    report_table_add(table, good ? REPORT_PLAIN : REPORT_RED,
                     (const char *[]){ reg_ingredient_name(row->ingredient), challenge, answer,
                                       known, verdict });
}

/* Not in the messages, as is its right. */
static bool says_nothing(const RegDigestRow *row)
{
    return !str_present(row->challenge) && !str_present(row->answer) && !str_present(row->known)
           && (row->verdict == REG_ROW_UNKNOWN || row->verdict == REG_ROW_SAME);
}

static const char *use_words(const RegDigestFacts *facts)
{
    if (facts->other_server)
        return "answering the challenge of another server";
    switch ((RegChallengeUse)facts->use) {
    case REG_CHALLENGE_PRECEDING:
        return "answering the challenge before them";
    case REG_CHALLENGE_EARLIER:
        return "answering an earlier challenge";
    case REG_CHALLENGE_NO_CREDENTIALS:
    case REG_CHALLENGE_UNSEEN:
        break;
    }
    return "whose challenge is not in the capture";
}

static void print_title(ReportText *text, const RegAttemptStep *step)
{
    const RegHypothesis *hypothesis = reg_digest_facts_hypothesis(step->digest);
    const RegHypothesis *second = reg_digest_facts_second(step->digest);
    g_autoptr(GString) line = g_string_new("The credentials of ");

    report_text_frame(text, line, step->request);
    g_string_append_printf(line, ", %s", use_words(step->digest));
    if (hypothesis != NULL)
        g_string_append_printf(line, ": %s", hypothesis->text);
    if (second != NULL)
        g_string_append_printf(line, "; %s", second->text);
    report_page_wrap(text->page, REPORT_PLAIN, "  ", 4, line->str);
}

static void print_table(ReportText *text, const RegAttemptStep *step)
{
    static const ReportColumn columns[] = {
        { "Ingredient", 10, false },    { "In the challenge", 16, false },
        { "In the answer", 13, false }, { "As we know it", 13, false },
        { "Verdict", 20, false },
    };
    g_autoptr(ReportTable) table = report_table_new(columns, G_N_ELEMENTS(columns));

    report_table_indent(table, INDENT);
    for (unsigned i = 0; i < REG_DIGEST_ROWS; i++) {
        const RegDigestRow *row = &step->digest->detail->rows[i];

        if (text->verbose || !says_nothing(row))
            add_row(text, table, row);
    }
    report_page_blank(text->page);
    print_title(text, step);
    report_table_print(table, text->page);
}

/* The step with a table, which is the last one. */
static const RegAttemptStep *refused_step(const RegAttempt *attempt)
{
    const RegAttemptStep *last = &attempt->steps[attempt->n_steps - 1];

    return last->digest != NULL && last->digest->detailed ? last : NULL;
}

void report_text_digests(ReportText *text, const RegDevice *device)
{
    for (unsigned i = device->n_attempts_kept; i-- > 0;) {
        const RegAttempt *attempt = device->attempts[i];
        const RegAttemptStep *step = attempt->n_steps > 0 ? refused_step(attempt) : NULL;

        if (step == NULL)
            continue;
        print_table(text, step);
        if (!text->verbose)
            return;
    }
}
