/*
 * Intervals say how a device stood, attempts what it did, findings why. Sorted
 * by time they tell the story.
 */

#include "chronicle.h"
static void clear_event(void *item)
{
    g_free(((ChronicleEvent *)item)->text);
}

static void add(Chronicle *chronicle, ChronicleEvent event)
{
    g_array_append_val(chronicle->events, event);
}

static void add_intervals(Chronicle *chronicle)
{
    for (unsigned i = 0; i < chronicle->intervals->len; i++) {
        const StoreInterval *interval = &g_array_index(chronicle->intervals, StoreInterval, i);
        bool good = g_str_equal(interval->condition, "stable")
                    || g_str_equal(interval->condition, "settling");

        add(chronicle, (ChronicleEvent){ .from = interval->from,
                                         .until = interval->open ? NSEC_NONE : interval->until,
                                         .kind = "interval",
                                         .name = interval->condition,
                                         .count = 1,
                                         .text = good || interval->because == NULL
                                                     ? g_strdup(interval->state)
                                                     : g_strdup_printf("%s: %s", interval->state,
                                                                       interval->because) });
    }
}

/* "register refused: 401 403 Forbidden" */
static char *attempt_text(const StoreAttempt *attempt)
{
    GString *text = g_string_new(attempt->purpose);

    g_string_append_printf(text, " %s", attempt->outcome);
    if (attempt->answers != NULL && *attempt->answers != '\0')
        g_string_append_printf(text, ": %s", attempt->answers);
    if (attempt->reason != NULL)
        g_string_append_printf(text, " %s", attempt->reason);
    if (attempt->remark != NULL)
        g_string_append_printf(text, " (%s)", attempt->remark);
    return g_string_free(text, FALSE);
}

static void add_attempts(Chronicle *chronicle)
{
    for (unsigned i = 0; i < chronicle->attempts->len; i++) {
        const StoreAttempt *attempt = &g_array_index(chronicle->attempts, StoreAttempt, i);

        add(chronicle, (ChronicleEvent){ .from = attempt->first_opened,
                                         .until = attempt->repeated > 1 ? attempt->opened
                                                                        : attempt->first_opened,
                                         .kind = "attempt",
                                         .name = attempt->outcome,
                                         .count = attempt->repeated,
                                         .text = attempt_text(attempt) });
    }
}

static void add_bindings(Chronicle *chronicle)
{
    char span[NSEC_TEXT];

    for (unsigned i = 0; i < chronicle->bindings->len; i++) {
        const StoreBinding *binding = &g_array_index(chronicle->bindings, StoreBinding, i);
        bool open = binding->ended == NSEC_NONE;

        add(chronicle, (ChronicleEvent){ .from = binding->since,
                                         .until = open ? NSEC_NONE : binding->ended,
                                         .kind = "binding",
                                         .name = binding->end,
                                         .count = 1,
                                         .text = g_strdup_printf(
                                             "%s from %s for %s%s%s", binding->contact,
                                             binding->source != NULL ? binding->source : "?",
                                             nsec_to_span((Nsec)binding->granted * NSEC_SEC, span),
                                             open ? "" : ", ", open ? "" : binding->end) });
    }
}

/* "alice@example.com was refused [credentials_refused, proven]" and what became of it. */
static char *finding_text(const StoreFinding *finding)
{
    GString *text = g_string_new(finding->summary);

    g_string_append_printf(text, " [%s, %s]", finding->rule, finding->grade);
    if (finding->resolved != NSEC_NONE)
        g_string_append_printf(text, ", %s: %s", finding->lost ? "left open" : "resolved",
                               finding->because != NULL ? finding->because : "?");
    return g_string_free(text, FALSE);
}

static void add_findings(Chronicle *chronicle)
{
    for (unsigned i = 0; i < chronicle->findings->len; i++) {
        const StoreFinding *finding = &g_array_index(chronicle->findings, StoreFinding, i);

        add(chronicle, (ChronicleEvent){ .from = finding->from,
                                         .until = finding->resolved,
                                         .kind = "finding",
                                         .name = finding->rule,
                                         .count = finding->count,
                                         .text = finding_text(finding) });
    }
}

/* Only what hides everything: packets that were dropped are in the report. */
static void add_losses(Chronicle *chronicle, const GArray *losses)
{
    for (unsigned i = 0; i < losses->len; i++) {
        const StoreLoss *loss = &g_array_index(losses, StoreLoss, i);

        if (!g_str_equal(loss->kind, "blind") && !g_str_equal(loss->kind, "gap"))
            continue;
        if (loss->until < chronicle->device->first_seen)
            continue;
        add(chronicle, (ChronicleEvent){ .from = loss->from,
                                         .until = loss->until,
                                         .kind = "loss",
                                         .name = loss->kind,
                                         .count = 1,
                                         .text = g_strdup(loss->what) });
    }
}

/* What begins together stands in the order in which it was added. */
static int compare_events(const void *a, const void *b)
{
    const ChronicleEvent *x = a, *y = b;

    return (x->from > y->from) - (x->from < y->from);
}

Chronicle *chronicle_new(StoreReader *reader, const StoreDevice *device, const GArray *losses,
                         StorePeriod period)
{
    Chronicle *chronicle = g_new0(Chronicle, 1);
    g_autoptr(GArray) lives = store_reader_lives(reader, device->id, period);

    chronicle->device = device;
    if (lives->len > 0)
        chronicle->life = g_array_index(lives, StoreLife, 0);
    chronicle->intervals = store_reader_intervals(reader, device->id, period);
    chronicle->attempts = store_reader_attempts(reader, device->id, period);
    chronicle->bindings = store_reader_bindings(reader, device->id, period);
    chronicle->findings = store_reader_findings(reader, device->id, period);
    chronicle->events = g_array_new(FALSE, FALSE, sizeof(ChronicleEvent));
    g_array_set_clear_func(chronicle->events, clear_event);
    add_losses(chronicle, losses);
    add_attempts(chronicle);
    add_bindings(chronicle);
    add_intervals(chronicle);
    add_findings(chronicle);
    g_array_sort(chronicle->events, compare_events);
    return chronicle;
}

void chronicle_free(Chronicle *chronicle)
{
    g_array_unref(chronicle->intervals);
    g_array_unref(chronicle->attempts);
    g_array_unref(chronicle->bindings);
    g_array_unref(chronicle->findings);
    g_array_unref(chronicle->events);
    g_free(chronicle);
}
