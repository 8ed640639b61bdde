/*
 * What is counted, and that no traffic can make more series of it.
 */

#include "host/tally.h"

#include "told.h"

static char *print(const Tally *tally, const ReportResult *result)
{
    GString *text = g_string_new(NULL);

    tally_print(tally, result, text);
    return g_string_free(text, FALSE);
}

static void check_line(const Tally *tally, const char *expected)
{
    g_autofree char *text = print(tally, NULL);
    g_autofree char *line = g_strdup_printf("\n%s\n", expected);

    if (strstr(text, line) == NULL)
        fail_msg("no line \"%s\" in:\n%s", expected, text);
}

static unsigned count_lines(const Tally *tally)
{
    g_autofree char *text = print(tally, NULL);
    unsigned lines = 0;

    for (const char *at = text; (at = strchr(at, '\n')) != NULL; at++)
        lines++;
    return lines;
}

static void attempts_and_answers(void **state)
{
    g_autoptr(Tally) tally = tally_new("1.0", TOLD_AT(0));
    RegAttemptStep steps[] = { { .status = 401 }, { .status = 403 }, { .status = 0 } };
    RegAttempt attempt = { .outcome = REG_OUTCOME_REFUSED, .n_steps = 3, .steps = steps };

    tally_attempt(tally, &attempt);
    tally_attempt(tally, &attempt);
    check_line(tally, "whyreg_attempts_total{outcome=\"refused\"} 2");
    check_line(tally, "whyreg_attempts_total{outcome=\"accepted\"} 0");
    check_line(tally, "whyreg_answers_total{code=\"401\"} 2");
    check_line(tally, "whyreg_answers_total{code=\"403\"} 2");
    check_line(tally, "whyreg_answers_total{code=\"200\"} 0");
}

static void strange_status_codes_make_no_series(void **state)
{
    g_autoptr(Tally) tally = tally_new("1.0", TOLD_AT(0));
    unsigned before = count_lines(tally);

    for (unsigned status = 1; status < 65536; status++) {
        RegAttemptStep step = { .status = (uint16_t)status };
        RegAttempt attempt = { .n_steps = 1, .steps = &step };

        tally_attempt(tally, &attempt);
    }
    assert_int_equal(count_lines(tally), before);
    check_line(tally, "whyreg_answers_total{code=\"2xx\"} 98");
    check_line(tally, "whyreg_answers_total{code=\"404\"} 1");
}

static void findings_by_rule(void **state)
{
    g_autoptr(Tally) tally = tally_new("1.0", TOLD_AT(0));
    Finding finding = told_finding("alice@example.com");
    ReportResolved resolved = { .finding = &finding };

    finding.rule = rule_table[0];

    g_autofree char *labels = g_strdup_printf("{id=\"%s\",severity=\"%s\"}", finding.rule->id,
                                              finding_severity_name(finding.rule->severity));
    g_autofree char *told = g_strdup_printf("whyreg_findings_total%s 2", labels);
    g_autofree char *over = g_strdup_printf("whyreg_findings_resolved_total%s 1", labels);
    g_autofree char *open = g_strdup_printf("whyreg_findings_open%s 7", labels);
    g_autofree char *none = g_strdup_printf("whyreg_findings_open%s 0", labels);
    g_autoptr(GArray) standing = g_array_new(FALSE, FALSE, sizeof(ReportOpen));
    ReportOpen item = { .rule = rule_table[0], .devices = 7 };

    tally_finding(tally, &finding);
    tally_finding(tally, &finding);
    tally_resolved(tally, &resolved);
    check_line(tally, told);
    check_line(tally, over);

    g_array_append_val(standing, item);
    tally_pulse(tally, &(ReportPulse){ .open = standing });
    check_line(tally, open);
    g_array_set_size(standing, 0);
    tally_pulse(tally, &(ReportPulse){ .open = standing });
    check_line(tally, none);
}

static void a_rule_that_nobody_knows_is_not_counted(void **state)
{
    g_autoptr(Tally) tally = tally_new("1.0", TOLD_AT(0));
    Finding finding = told_finding("alice@example.com");
    unsigned before = count_lines(tally);

    tally_finding(tally, &finding);
    assert_int_equal(count_lines(tally), before);
}

static void devices_as_the_pulse_says(void **state)
{
    g_autoptr(Tally) tally = tally_new("1.0", TOLD_AT(0));
    RegDevice device = told_device("alice@example.com");
    ReportChange change = told_change(&device, REG_CONDITION_STABLE, REG_CONDITION_LOST);

    tally_change(tally, &change);
    tally_forgotten(tally);
    tally_pulse(tally, &(ReportPulse){ .conditions[REG_CONDITION_STABLE] = 12,
                                       .outputs_dropped = 3,
                                       .wall = TOLD_AT(1) });
    check_line(tally, "whyreg_devices{condition=\"stable\"} 12");
    check_line(tally, "whyreg_devices{condition=\"lost\"} 0");
    check_line(tally, "whyreg_condition_changes_total{condition=\"lost\"} 1");
    check_line(tally, "whyreg_devices_forgotten_total 1");
    check_line(tally, "whyreg_outputs_dropped_total 3");
    check_line(tally, "whyreg_pulse_timestamp_seconds 1769860801.000000000");
    check_line(tally, "whyreg_build_info{version=\"1.0\"} 1");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(attempts_and_answers),
        cmocka_unit_test(strange_status_codes_make_no_series),
        cmocka_unit_test(findings_by_rule),
        cmocka_unit_test(a_rule_that_nobody_knows_is_not_counted),
        cmocka_unit_test(devices_as_the_pulse_says),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
