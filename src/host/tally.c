/*
 * Counting for the metrics. What the pulse carries is only printed; what comes
 * as events is added up here.
 */

#include "tally.h"

#include <string.h>

#include "openmetrics.h"
#include "process.h"
#include "tally_capture.h"

#define OUTCOMES (REG_OUTCOME_UNANSWERED + 1)

/* Final answers to REGISTER (RFC 3261, 3329, 5626, 6809 and what registrars send); the rest
 * counts by its class. */
static const uint16_t codes[] = { 200, 202, 301, 302, 305, 400, 401, 402, 403, 404, 405,
                                  406, 407, 408, 410, 413, 415, 416, 420, 421, 423, 429,
                                  430, 439, 440, 480, 481, 482, 483, 484, 486, 488, 494,
                                  500, 501, 502, 503, 504, 505, 513, 600, 603, 606, 607 };

#define CODES G_N_ELEMENTS(codes)
#define CLASSES 7 /* 0xx, which is none, to 6xx */

struct Tally {
    char *version;
    Nsec started;
    Process *process;
    uint64_t attempts[OUTCOMES];
    uint64_t by_code[CODES];
    uint64_t by_class[CLASSES];
    uint64_t changes[REG_CONDITIONS];
    uint64_t forgotten;
    uint64_t conditions[REG_CONDITIONS];
    uint64_t outputs_dropped;
    Nsec pulse; /* NSEC_NONE: not one yet */

    unsigned n_rules;
    uint64_t *told; /* by index in rule_table, as the other two */
    uint64_t *resolved;
    uint64_t *open;
};

Tally *tally_new(const char *version, Nsec started)
{
    Tally *tally = g_new0(Tally, 1);

    while (rule_table[tally->n_rules] != NULL)
        tally->n_rules++;
    tally->version = g_strdup(version);
    tally->started = started;
    tally->process = process_new();
    tally->pulse = NSEC_NONE;
    tally->told = g_new0(uint64_t, tally->n_rules);
    tally->resolved = g_new0(uint64_t, tally->n_rules);
    tally->open = g_new0(uint64_t, tally->n_rules);
    return tally;
}

void tally_free(Tally *tally)
{
    process_free(tally->process);
    g_free(tally->version);
    g_free(tally->told);
    g_free(tally->resolved);
    g_free(tally->open);
    g_free(tally);
}

/* --- counting ------------------------------------------------------------- */

static void count_answer(Tally *tally, uint16_t status)
{
    for (size_t i = 0; i < CODES; i++) {
        if (codes[i] == status) {
            tally->by_code[i]++;
            return;
        }
    }
    if (status / 100 < CLASSES)
        tally->by_class[status / 100]++;
}

void tally_attempt(Tally *tally, const RegAttempt *attempt)
{
    tally->attempts[attempt->outcome]++;
    for (unsigned i = 0; i < attempt->n_steps; i++) {
        if (attempt->steps[i].status != 0)
            count_answer(tally, attempt->steps[i].status);
    }
}

/* NULL for what is in no list: a test's own rule. */
static uint64_t *of_rule(const Tally *tally, uint64_t *counts, const Rule *rule)
{
    for (unsigned i = 0; i < tally->n_rules; i++) {
        if (rule_table[i] == rule)
            return &counts[i];
    }
    return NULL;
}

static void count_rule(const Tally *tally, uint64_t *counts, const Rule *rule, uint64_t n)
{
    uint64_t *count = of_rule(tally, counts, rule);

    if (count != NULL)
        *count += n;
}

void tally_finding(Tally *tally, const Finding *finding)
{
    count_rule(tally, tally->told, finding->rule, 1);
}

void tally_resolved(Tally *tally, const ReportResolved *resolved)
{
    count_rule(tally, tally->resolved, resolved->finding->rule, 1);
}

void tally_change(Tally *tally, const ReportChange *change)
{
    tally->changes[change->to.condition]++;
}

void tally_forgotten(Tally *tally)
{
    tally->forgotten++;
}

void tally_pulse(Tally *tally, const ReportPulse *pulse)
{
    memcpy(tally->conditions, pulse->conditions, sizeof tally->conditions);
    memset(tally->open, 0, tally->n_rules * sizeof *tally->open);
    for (unsigned i = 0; pulse->open != NULL && i < pulse->open->len; i++) {
        const ReportOpen *open = &g_array_index(pulse->open, ReportOpen, i);

        count_rule(tally, tally->open, open->rule, open->devices);
    }
    tally->outputs_dropped = pulse->outputs_dropped;
    tally->pulse = pulse->wall;
}

/* --- printing ------------------------------------------------------------- */

static const OpenMetricsFamily build = {
    .name = "whyreg_build_info",
    .help = "The version that runs; always 1.",
};
static const OpenMetricsFamily started = {
    .name = "whyreg_start_timestamp_seconds",
    .unit = "seconds",
    .help = "When the watch began.",
};
static const OpenMetricsFamily pulse = {
    .name = "whyreg_pulse_timestamp_seconds",
    .unit = "seconds",
    .help = "When the analysis last told how it stands, which it does every second.",
};
static const OpenMetricsFamily attempts = {
    .name = "whyreg_attempts",
    .type = OPENMETRICS_COUNTER,
    .help = "Attempts to register that are over, by what became of them.",
};
static const OpenMetricsFamily answers = {
    .name = "whyreg_answers",
    .type = OPENMETRICS_COUNTER,
    .help = "Final answers to REGISTER in these attempts, by status code, or class for rare ones.",
};
static const OpenMetricsFamily devices = {
    .name = "whyreg_devices",
    .help = "Devices, by how they stand now.",
};
static const OpenMetricsFamily changes = {
    .name = "whyreg_condition_changes",
    .type = OPENMETRICS_COUNTER,
    .help = "Times that a device began to stand like that.",
};
static const OpenMetricsFamily forgotten = {
    .name = "whyreg_devices_forgotten",
    .type = OPENMETRICS_COUNTER,
    .help = "Devices that made room for others or were silent for too long.",
};
static const OpenMetricsFamily open_findings = {
    .name = "whyreg_findings_open",
    .help = "Devices on which a finding stands now; 1 for one about a capture or a source.",
};
static const OpenMetricsFamily findings = {
    .name = "whyreg_findings",
    .type = OPENMETRICS_COUNTER,
    .help = "Findings that were told.",
};
static const OpenMetricsFamily resolved = {
    .name = "whyreg_findings_resolved",
    .type = OPENMETRICS_COUNTER,
    .help = "Findings that are over.",
};
static const OpenMetricsFamily dropped = {
    .name = "whyreg_outputs_dropped",
    .type = OPENMETRICS_COUNTER,
    .help = "Records that outputs could not get rid of: full disks, slow readers.",
};

static void print_attempts(const Tally *tally, GString *out)
{
    openmetrics_family(out, &attempts);
    for (unsigned i = 0; i < OUTCOMES; i++)
        openmetrics_count(out, &attempts,
                          &(OpenMetricsLabels){ "outcome", reg_outcome_name(i), NULL, NULL },
                          tally->attempts[i]);
    openmetrics_family(out, &answers);
    for (size_t i = 0; i < CODES; i++) {
        char code[8];

        g_snprintf(code, sizeof code, "%u", codes[i]);
        openmetrics_count(out, &answers, &(OpenMetricsLabels){ "code", code, NULL, NULL },
                          tally->by_code[i]);
    }
    for (unsigned i = 2; i < CLASSES; i++) {
        char code[8];

        g_snprintf(code, sizeof code, "%uxx", i);
        openmetrics_count(out, &answers, &(OpenMetricsLabels){ "code", code, NULL, NULL },
                          tally->by_class[i]);
    }
}

static void print_by_condition(GString *out, const OpenMetricsFamily *family,
                               const uint64_t counts[REG_CONDITIONS])
{
    openmetrics_family(out, family);
    for (unsigned i = 0; i < REG_CONDITIONS; i++)
        openmetrics_count(out, family,
                          &(OpenMetricsLabels){ "condition", reg_condition_name(i), NULL, NULL },
                          counts[i]);
}

/* A rule has a series from its first finding on. */
static void print_by_rule(const Tally *tally, GString *out, const OpenMetricsFamily *family,
                          const uint64_t *counts)
{
    openmetrics_family(out, family);
    for (unsigned i = 0; i < tally->n_rules; i++) {
        const Rule *rule = rule_table[i];
        const OpenMetricsLabels labels = { "id", rule->id, "severity",
                                           finding_severity_name(rule->severity) };

        if (tally->told[i] != 0 || tally->open[i] != 0)
            openmetrics_count(out, family, &labels, counts[i]);
    }
}

static void print_times(const Tally *tally, GString *out)
{
    openmetrics_family(out, &build);
    openmetrics_count(out, &build, &(OpenMetricsLabels){ "version", tally->version, NULL, NULL },
                      1);
    openmetrics_family(out, &started);
    openmetrics_billionths(out, &started, NULL, tally->started);
    if (tally->pulse == NSEC_NONE)
        return;
    openmetrics_family(out, &pulse);
    openmetrics_billionths(out, &pulse, NULL, tally->pulse);
}

void tally_print(const Tally *tally, const ReportResult *result, GString *out)
{
    print_times(tally, out);
    if (result != NULL)
        tally_capture_print(result, out);
    print_attempts(tally, out);
    print_by_condition(out, &devices, tally->conditions);
    print_by_condition(out, &changes, tally->changes);
    openmetrics_single(out, &forgotten, tally->forgotten);
    print_by_rule(tally, out, &open_findings, tally->open);
    print_by_rule(tally, out, &findings, tally->told);
    print_by_rule(tally, out, &resolved, tally->resolved);
    openmetrics_single(out, &dropped, tally->outputs_dropped);
    process_print(tally->process, out);
    openmetrics_end(out);
}
