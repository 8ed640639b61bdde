/*
 * Building findings: the sentence, the grade, the facts.
 */

#include "rules/finding.h"

#include "rules/rule.h"

#define MAX_FACTS 8

const char *finding_severity_name(FindingSeverity severity)
{
    static const char *const names[] = { "note", "warning", "failure" };

    return names[severity];
}

const char *finding_grade_name(FindingGrade grade)
{
    static const char *const names[] = { "weak", "strong", "proven" };

    return names[grade];
}

static void clear_fact(void *item)
{
    FindingFact *fact = item;

    g_free(fact->seen);
    g_free(fact->expected);
}

static void clear_rejected(void *item)
{
    FindingRejected *rejected = item;

    g_free(rejected->because);
}

Finding *finding_new(const Rule *rule)
{
    Finding *finding = g_new0(Finding, 1);

    finding->facts = g_array_new(false, false, sizeof(FindingFact));
    g_array_set_clear_func(finding->facts, clear_fact);
    finding->rejected = g_array_new(false, false, sizeof(FindingRejected));
    g_array_set_clear_func(finding->rejected, clear_rejected);
    finding_reset(finding, rule);
    return finding;
}

void finding_reset(Finding *finding, const Rule *rule)
{
    g_clear_pointer(&finding->aor, g_free);
    g_clear_pointer(&finding->summary, g_free);
    g_clear_pointer(&finding->settle, g_free);
    g_clear_pointer(&finding->advice, g_free);
    g_clear_pointer(&finding->rewrites, reg_rewrites_unref);
    if (finding->facts->len > 0)
        g_array_set_size(finding->facts, 0);
    if (finding->rejected->len > 0)
        g_array_set_size(finding->rejected, 0);
    finding->rule = rule;
    finding->grade = FINDING_PROVEN;
    finding->device = 0;
    finding->from = finding->until = NSEC_NONE;
    finding->count = 1;
    finding->abstained_because = NULL;
    finding->silenced = false;
}

Finding *finding_copy(const Finding *finding)
{
    Finding *copy = finding_new(finding->rule);
    Finding own = *finding;

    own.aor = g_strdup(finding->aor);
    own.summary = g_strdup(finding->summary);
    own.settle = g_strdup(finding->settle);
    own.advice = g_strdup(finding->advice);
    own.rewrites = finding->rewrites != NULL ? reg_rewrites_ref(finding->rewrites) : NULL;
    own.facts = copy->facts;
    own.rejected = copy->rejected;
    *copy = own;
    for (unsigned i = 0; i < finding->facts->len; i++) {
        FindingFact fact = g_array_index(finding->facts, FindingFact, i);

        fact.seen = g_strdup(fact.seen);
        fact.expected = g_strdup(fact.expected);
        g_array_append_val(copy->facts, fact);
    }
    for (unsigned i = 0; i < finding->rejected->len; i++) {
        FindingRejected rejected = g_array_index(finding->rejected, FindingRejected, i);

        rejected.because = g_strdup(rejected.because);
        g_array_append_val(copy->rejected, rejected);
    }
    return copy;
}

static size_t text_bytes(const char *text)
{
    return text != NULL ? strlen(text) + 1 : 0;
}

size_t finding_bytes(const Finding *finding)
{
    size_t bytes = sizeof(*finding) + text_bytes(finding->aor) + text_bytes(finding->summary)
                   + text_bytes(finding->settle) + text_bytes(finding->advice);

    for (unsigned i = 0; i < finding->facts->len; i++) {
        const FindingFact *fact = &g_array_index(finding->facts, FindingFact, i);

        bytes += sizeof(*fact) + text_bytes(fact->seen) + text_bytes(fact->expected);
    }
    for (unsigned i = 0; i < finding->rejected->len; i++) {
        const FindingRejected *rejected = &g_array_index(finding->rejected, FindingRejected, i);

        bytes += sizeof(*rejected) + text_bytes(rejected->because);
    }
    return bytes;
}

void finding_free(Finding *finding)
{
    if (finding == NULL)
        return;
    g_free(finding->aor);
    g_free(finding->summary);
    g_free(finding->settle);
    g_free(finding->advice);
    g_clear_pointer(&finding->rewrites, reg_rewrites_unref);
    g_array_unref(finding->facts);
    g_array_unref(finding->rejected);
    g_free(finding);
}

void finding_say(Finding *finding, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    g_free(finding->summary);
    finding->summary = g_strdup_vprintf(format, arguments);
    va_end(arguments);
}

void finding_advise(Finding *finding, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    g_free(finding->advice);
    finding->advice = g_strdup_vprintf(format, arguments);
    va_end(arguments);
}

void finding_grade(Finding *finding, FindingGrade grade, const char *settle)
{
    finding->grade = grade;
    g_free(finding->settle);
    finding->settle = grade == FINDING_PROVEN ? NULL : g_strdup(settle);
}

void finding_reject(Finding *finding, const char *id, const char *because)
{
    FindingRejected rejected = { id, g_strdup(because) };

    g_array_append_val(finding->rejected, rejected);
}

void finding_show(Finding *finding, RegRewrites *rewrites)
{
    g_clear_pointer(&finding->rewrites, reg_rewrites_unref);
    finding->rewrites = reg_rewrites_ref(rewrites);
}

void finding_cite(Finding *finding, const char *name, CaptureRef ref, Nsec time, Str seen,
                  const char *expected)
{
    unsigned at = finding->facts->len;

    if (at == MAX_FACTS)
        return;

    FindingFact fact = {
        .name = name,
        .ref = ref,
        .time = time,
        .seen = str_present(seen) ? str_dup(seen) : g_strdup(""),
        .expected = g_strdup(expected),
    };

    /* Packets of two interfaces may have come out of order. */
    while (at > 0 && g_array_index(finding->facts, FindingFact, at - 1).time > time)
        at--;
    g_array_insert_val(finding->facts, at, fact);
}

void finding_cite_message(Finding *finding, const char *name, const SipMessage *message,
                          const char *expected)
{
    if (message == NULL)
        return;

    g_autofree char *seen =
        message->is_request ? g_strdup_printf("%.*s %.*s, CSeq %u", STR_ARG(message->method_name),
                                              STR_ARG(message->request_uri), message->cseq)
                            : g_strdup_printf("%u %.*s, CSeq %u", message->status,
                                              STR_ARG(message->reason), message->cseq);

    finding_cite(finding, name, message->meta.ref, message->meta.time, str_of(seen), expected);
}

Nsec finding_newest(const Finding *finding)
{
    Nsec newest = NSEC_NONE;

    for (unsigned i = 0; i < finding->facts->len; i++)
        newest = MAX(newest, g_array_index(finding->facts, FindingFact, i).time);
    return newest != NSEC_NONE ? newest : finding->until;
}

const char *finding_advice(const Finding *finding)
{
    return finding->advice != NULL ? finding->advice : finding->rule->advice;
}

int finding_compare(const Finding *a, const Finding *b)
{
    if (a->rule->severity != b->rule->severity)
        return a->rule->severity > b->rule->severity ? -1 : 1;
    if (a->grade != b->grade)
        return a->grade > b->grade ? -1 : 1;
    if (a->from != b->from)
        return a->from < b->from ? -1 : 1;
    if (a->device != b->device)
        return a->device < b->device ? -1 : 1;
    return strcmp(a->rule->id, b->rule->id);
}
